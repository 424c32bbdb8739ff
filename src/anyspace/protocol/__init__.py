"""The Gradio wire without a wire: bytes and messages in, events and requests out.

No socket, clock, thread or await in here. `connect` finds out how an app speaks,
`Requests` builds what to send, `Stream` reads what comes, `Call` keeps one job's
state. `anyspace.client` drives them; `anyspace.testing` plays the other side.
"""

from anyspace.protocol._answers import (
    error_for,
    parse_join,
    parse_retry_after,
    parse_run,
    parse_upload,
    was_turned_away,
)
from anyspace.protocol._call import Call, CallState
from anyspace.protocol._connect import Connected, Credentials, connect
from anyspace.protocol._edits import apply_edits, make_edits
from anyspace.protocol._events import (
    Broken,
    Cancelled,
    Closing,
    Completed,
    DataWanted,
    Event,
    Failed,
    Full,
    HashWanted,
    Heartbeat,
    Ignored,
    Log,
    Output,
    Piece,
    Progress,
    ProgressUnit,
    Queued,
    Started,
    parse_message,
)
from anyspace.protocol._filedata import read_file, read_gallery, write_file
from anyspace.protocol._generations import (
    GENERATIONS,
    NEWEST,
    Entrance,
    FileStyle,
    Generation,
    Wire,
    generation_named,
)
from anyspace.protocol._gpu import read_gpu_refusal, waits_for_gpu
from anyspace.protocol._messages import MessageWriter, write_message, write_named
from anyspace.protocol._named import NamedStream
from anyspace.protocol._playlist import Playlist, parse_playlist
from anyspace.protocol._requests import Request, Requests, Response
from anyspace.protocol._sse import MAX_EVENT_BYTES, EventStreamDecoder, ServerSentEvent
from anyspace.protocol._stream import Stream

__all__ = [
    "GENERATIONS",
    "MAX_EVENT_BYTES",
    "NEWEST",
    "Broken",
    "Call",
    "CallState",
    "Cancelled",
    "Closing",
    "Completed",
    "Connected",
    "Credentials",
    "DataWanted",
    "Entrance",
    "Event",
    "EventStreamDecoder",
    "Failed",
    "FileStyle",
    "Full",
    "Generation",
    "HashWanted",
    "Heartbeat",
    "Ignored",
    "Log",
    "MessageWriter",
    "NamedStream",
    "Output",
    "Piece",
    "Playlist",
    "Progress",
    "ProgressUnit",
    "Queued",
    "Request",
    "Requests",
    "Response",
    "ServerSentEvent",
    "Started",
    "Stream",
    "Wire",
    "apply_edits",
    "connect",
    "error_for",
    "generation_named",
    "make_edits",
    "parse_join",
    "parse_message",
    "parse_playlist",
    "parse_retry_after",
    "parse_run",
    "parse_upload",
    "read_file",
    "read_gallery",
    "read_gpu_refusal",
    "waits_for_gpu",
    "was_turned_away",
    "write_file",
    "write_message",
    "write_named",
]
