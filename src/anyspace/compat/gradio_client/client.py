"""What programs import from ``gradio_client.client``."""

from anyspace.compat.gradio_client._client import DEFAULT_TEMP_DIR, Client
from anyspace.compat.gradio_client._endpoint import Endpoint
from anyspace.compat.gradio_client._job import Job

__all__ = ["DEFAULT_TEMP_DIR", "Client", "Endpoint", "Job"]
