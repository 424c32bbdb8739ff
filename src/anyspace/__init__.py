"""Any Hugging Face Space, and any Gradio app anywhere, as an API.

>>> import anyspace
>>> image = anyspace.text_to_image("a red fox in snow", model="mukaist/Midjourney")

The names below are the whole public surface. The heavy ones are loaded on first use,
so that ``import anyspace`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from anyspace._errors import (
    AnyspaceError,
    AppError,
    ArgumentError,
    AuthenticationError,
    BindingError,
    BindingWarning,
    ConnectFailed,
    FileError,
    JobCancelled,
    JobError,
    LocalProtocolError,
    NoProvider,
    NotGradio,
    ProtocolError,
    QueueFull,
    QuotaExceeded,
    RateLimited,
    RemoteProtocolError,
    SpaceError,
    SpaceNotFound,
    SpaceUnavailable,
    StreamBroken,
    TransportError,
    TransportTimeout,
    UnknownEndpoint,
    UnsupportedGeneration,
    UsageError,
)

if TYPE_CHECKING:
    from anyspace._blocking import Client, Job, MediaFile
    from anyspace.client import (
        AsyncClient,
        AsyncJob,
        AsyncMediaFile,
        JobStatus,
        Limits,
        Log,
        Output,
        Progress,
        ProgressUnit,
        Queued,
        Result,
        Started,
        Timeouts,
        Update,
        Uploading,
        file,
    )
    from anyspace.client import file as handle_file
    from anyspace.tasks import async_text_to_image, text_to_image

__version__ = "0.1.0"

_LAZY = {
    "AsyncClient": "client",
    "AsyncJob": "client",
    "AsyncMediaFile": "client",
    "Client": "_blocking",
    "Job": "_blocking",
    "JobStatus": "client",
    "Limits": "client",
    "Log": "client",
    "MediaFile": "_blocking",
    "Output": "client",
    "Progress": "client",
    "ProgressUnit": "client",
    "Queued": "client",
    "Result": "client",
    "Started": "client",
    "Timeouts": "client",
    "Update": "client",
    "Uploading": "client",
    "async_text_to_image": "tasks",
    "file": "client",
    "handle_file": "client",
    "text_to_image": "tasks",
}
_RENAMED = {"handle_file": "file"}  # the name that users of gradio_client know

__all__ = [
    "AnyspaceError",
    "AppError",
    "ArgumentError",
    "AsyncClient",
    "AsyncJob",
    "AsyncMediaFile",
    "AuthenticationError",
    "BindingError",
    "BindingWarning",
    "Client",
    "ConnectFailed",
    "FileError",
    "Job",
    "JobCancelled",
    "JobError",
    "JobStatus",
    "Limits",
    "LocalProtocolError",
    "Log",
    "MediaFile",
    "NoProvider",
    "NotGradio",
    "Output",
    "Progress",
    "ProgressUnit",
    "ProtocolError",
    "QueueFull",
    "Queued",
    "QuotaExceeded",
    "RateLimited",
    "RemoteProtocolError",
    "Result",
    "SpaceError",
    "SpaceNotFound",
    "SpaceUnavailable",
    "Started",
    "StreamBroken",
    "Timeouts",
    "TransportError",
    "TransportTimeout",
    "UnknownEndpoint",
    "UnsupportedGeneration",
    "Update",
    "Uploading",
    "UsageError",
    "__version__",
    "async_text_to_image",
    "file",
    "handle_file",
    "text_to_image",
]


def __getattr__(name: str) -> Any:
    room = _LAZY.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{room}"), _RENAMED.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
