"""What programs import from ``gradio_client.utils``."""

from anyspace.compat.gradio_client._failures import (
    InvalidAPIEndpointError,
    QueueError,
    SpaceDuplicationError,
    TooManyRequestsError,
)
from anyspace.compat.gradio_client._files import (
    file,
    handle_file,
    is_file_obj,
    is_file_obj_with_meta,
    is_file_obj_with_url,
    is_http_url_like,
)
from anyspace.compat.gradio_client._status import (
    OutputUpdate,
    ProgressUnit,
    Status,
    StatusUpdate,
    Update,
)

__all__ = [
    "InvalidAPIEndpointError",
    "OutputUpdate",
    "ProgressUnit",
    "QueueError",
    "SpaceDuplicationError",
    "Status",
    "StatusUpdate",
    "TooManyRequestsError",
    "Update",
    "file",
    "handle_file",
    "is_file_obj",
    "is_file_obj_with_meta",
    "is_file_obj_with_url",
    "is_http_url_like",
]
