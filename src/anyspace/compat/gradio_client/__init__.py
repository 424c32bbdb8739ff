"""The names of gradio_client 2.7 over `anyspace.Client`.

::

    from anyspace.compat.gradio_client import Client, handle_file

    client = Client("black-forest-labs/FLUX.1-schnell")
    path, seed = client.predict(prompt="a red fox", api_name="/infer")

What a program sees is what it knows, from every Gradio from 3.x on: local paths for
files, a `Job` that is a `concurrent.futures.Future`, one session for all calls. Its
errors are gradio_client's and ours at once. What is better and what is refused stands in
docs/migrating-from-gradio-client.md.

Theory of operation. `_client`, `_job` and `_record` are what programs see, and load
nothing heavy. `_bridge` is made when a client connects: it owns an `AsyncClient` with a
shared session and drives every call on the portal's loop, filling the call's record.
"""

from anyspace.compat.gradio_client._client import Client
from anyspace.compat.gradio_client._files import file, handle_file
from anyspace.compat.gradio_client._job import Job
from anyspace.compat.gradio_client.data_classes import FileData

__version__ = "2.7.2"
"""The gradio_client whose names these are."""

__all__ = ["Client", "FileData", "Job", "__version__", "file", "handle_file"]
