"""The only room that talks to apps."""

from anyspace.client._client import AsyncClient
from anyspace.client._files import LocalFile, RemoteFile, file, to_public_file
from anyspace.client._history import Cursor
from anyspace.client._job import AsyncJob, JobStatus
from anyspace.client._lending import file_at, lend_session
from anyspace.client._limits import Limits, Timeouts
from anyspace.client._media import (
    AsyncMediaFile,
    Decoder,
    OnProgress,
    StoredFile,
    open_image,
    read_file,
    read_segments,
    safe_name,
    save_file,
)
from anyspace.client._reach import WAIT_SECONDS
from anyspace.client._result import Result
from anyspace.client._source import FileSource
from anyspace.client._threads import finish_in_thread, in_thread
from anyspace.client._transport import Body, HttpTransport, Transport
from anyspace.client._updates import (
    GpuWait,
    Log,
    Output,
    Progress,
    ProgressUnit,
    Queued,
    Started,
    Update,
    Uploading,
)
from anyspace.client._watching import Watcher
from anyspace.protocol import Wire

__all__ = [
    "WAIT_SECONDS",
    "AsyncClient",
    "AsyncJob",
    "AsyncMediaFile",
    "Body",
    "Cursor",
    "Decoder",
    "FileSource",
    "GpuWait",
    "HttpTransport",
    "JobStatus",
    "Limits",
    "LocalFile",
    "Log",
    "OnProgress",
    "Output",
    "Progress",
    "ProgressUnit",
    "Queued",
    "RemoteFile",
    "Result",
    "Started",
    "StoredFile",
    "Timeouts",
    "Transport",
    "Update",
    "Uploading",
    "Watcher",
    "Wire",
    "file",
    "file_at",
    "finish_in_thread",
    "in_thread",
    "lend_session",
    "open_image",
    "read_file",
    "read_segments",
    "safe_name",
    "save_file",
    "to_public_file",
]
