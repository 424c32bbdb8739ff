"""What the app says about jobs: events, and the messages they are read from.

Events are literal: one per message, carrying the job's ``event_id`` (``""`` where
the generation has none). The message shapes are Gradio's
(``gradio/server_messages.py``), read with every field optional, because older
versions lack some and newer ones add more.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

import msgspec
from msgspec import UNSET, UnsetType

from anyspace._errors import RemoteProtocolError

__all__ = [
    "Broken",
    "Cancelled",
    "Closing",
    "Completed",
    "DataWanted",
    "Event",
    "Failed",
    "Full",
    "HashWanted",
    "Heartbeat",
    "Ignored",
    "Log",
    "Output",
    "Piece",
    "Progress",
    "ProgressUnit",
    "Queued",
    "Started",
    "parse_message",
]


class Queued(msgspec.Struct, frozen=True):
    """The job waits.

    Attributes:
        rank: Jobs before it, 0 when it is next, None when the app does not say.
        queue_size: Jobs in the queue.
        eta: Seconds until it is done, as the app estimates; None without past runs.
    """

    event_id: str
    rank: int | None = None
    queue_size: int | None = None
    eta: float | None = None


class Started(msgspec.Struct, frozen=True):
    """The app began to work on the job; `eta` is its estimate in seconds."""

    event_id: str
    eta: float | None = None


class ProgressUnit(msgspec.Struct, frozen=True):
    """One progress bar of the app.

    Attributes:
        index: Units done.
        length: Units in all, None when the app does not know.
        unit: What is counted (``"steps"``).
        progress: The share done, 0 to 1, where the app gives that instead.
        desc: What is being done.
    """

    index: float | None = None
    length: float | None = None
    unit: str | None = None
    progress: float | None = None
    desc: str | None = None


class Progress(msgspec.Struct, frozen=True):
    """The app moved its progress bars, the outermost first."""

    event_id: str
    units: tuple[ProgressUnit, ...]


class Log(msgspec.Struct, frozen=True):
    """The app showed a note (``gr.Info``, ``gr.Warning``…).

    Attributes:
        level: ``"info"``, ``"warning"``, ``"success"`` or ``"error"``.
        title: The note's heading (5.2 and later).
    """

    event_id: str
    message: str
    level: str = "info"
    title: str = ""


class Output(msgspec.Struct, frozen=True):
    """The values so far, one per output slot."""

    event_id: str
    data: list[Any]


class Piece(msgspec.Struct, frozen=True):
    """The app worked on one piece of a microphone's or camera's stream, and waits for the next.

    `data` has the values it made of it, one per output slot (5.0 and later).
    """

    event_id: str
    data: list[Any]


class Completed(msgspec.Struct, frozen=True):
    """The job is done; `data` has one value per output slot.

    Attributes:
        duration: Seconds the app spent on it, where it says.
    """

    event_id: str
    data: list[Any]
    duration: float | None = None


class Failed(msgspec.Struct, frozen=True):
    """The app's code raised. `message` is None when the app hides its errors."""

    event_id: str
    message: str | None
    title: str = ""


class Cancelled(msgspec.Struct, frozen=True):
    """The app says that the job was cancelled (a completion without data)."""

    event_id: str


class Broken(msgspec.Struct, frozen=True):
    """Something went wrong with the stream itself, so with every job on it.

    Attributes:
        session_not_found: The app does not know the session: it restarted, or a
            second reader opened the stream after the first had gone.
    """

    message: str
    session_not_found: bool = False


class Closing(msgspec.Struct, frozen=True):
    """The app will end the stream now: none of the session's jobs is left."""


class HashWanted(msgspec.Struct, frozen=True):
    """The app asks which session and which function (3.x)."""


class DataWanted(msgspec.Struct, frozen=True):
    """The app asks for the job's data, and waits only seconds for it (up to 4.8)."""

    event_id: str


class Full(msgspec.Struct, frozen=True):
    """The queue takes no more jobs; the stream ends (up to 4.8, an HTTP status later)."""


class Heartbeat(msgspec.Struct, frozen=True):
    """Nothing new; the connection lives."""


class Ignored(msgspec.Struct, frozen=True):
    """A message of a kind that this version does not know; never an error."""

    kind: str


Event = (
    Queued
    | Started
    | Progress
    | Log
    | Output
    | Piece
    | Completed
    | Failed
    | Cancelled
    | Broken
    | Closing
    | HashWanted
    | DataWanted
    | Full
    | Heartbeat
    | Ignored
)


# --- messages --------------------------------------------------------------------


class _Payload(msgspec.Struct):
    data: list[Any] | UnsetType | None = UNSET
    error: Any = None
    title: str | None = None
    duration: float | None = None


class _Message(msgspec.Struct, tag_field="msg"):
    event_id: str | None = None


class _Estimation(_Message, tag="estimation"):
    rank: int | None = None
    queue_size: int | None = None
    rank_eta: float | None = None

    def event(self) -> Event:
        return Queued(self.event_id or "", self.rank, self.queue_size, self.rank_eta)


class _ProcessStarts(_Message, tag="process_starts"):
    eta: float | None = None

    def event(self) -> Event:
        return Started(self.event_id or "", self.eta)


class _Progress(_Message, tag="progress"):
    progress_data: tuple[ProgressUnit, ...] | None = None

    def event(self) -> Event:
        return Progress(self.event_id or "", self.progress_data or ())


class _Log(_Message, tag="log"):
    log: str = ""
    level: str = "info"
    title: str | None = None

    def event(self) -> Event:
        return Log(self.event_id or "", self.log, self.level, self.title or "")


class _ProcessGenerating(_Message, tag="process_generating", kw_only=True):
    output: _Payload
    success: bool = True
    makes: ClassVar[type[Output | Piece]] = Output

    def event(self) -> Event:
        event = _outcome(self.event_id or "", self.output, self.success)
        if isinstance(event, Completed):
            return self.makes(event.event_id, event.data)
        return event


class _ProcessStreaming(_ProcessGenerating, tag="process_streaming", kw_only=True):
    makes = Piece


class _ProcessCompleted(_Message, tag="process_completed", kw_only=True):
    output: _Payload
    success: bool = True
    title: str | None = None

    def event(self) -> Event:
        return _outcome(self.event_id or "", self.output, self.success, self.title or "")


class _UnexpectedError(_Message, tag="unexpected_error"):
    message: str | None = None
    session_not_found: bool = False

    def event(self) -> Event:
        message = self.message or ""
        unknown = self.session_not_found or "Session not found" in message  # in words up to 4.44
        return Broken(message, unknown)


class _CloseStream(_Message, tag="close_stream"):
    def event(self) -> Event:
        return Closing()


class _SendHash(_Message, tag="send_hash"):
    def event(self) -> Event:
        return HashWanted()


class _SendData(_Message, tag="send_data"):
    def event(self) -> Event:
        return DataWanted(self.event_id or "")


class _QueueFull(_Message, tag="queue_full"):
    def event(self) -> Event:
        return Full()


class _Heartbeat(_Message, tag="heartbeat"):
    def event(self) -> Event:
        return Heartbeat()


_DECODER: Final = msgspec.json.Decoder(
    _Estimation
    | _ProcessStarts
    | _Progress
    | _Log
    | _ProcessGenerating
    | _ProcessStreaming
    | _ProcessCompleted
    | _UnexpectedError
    | _CloseStream
    | _SendHash
    | _SendData
    | _QueueFull
    | _Heartbeat
)


class _Kind(msgspec.Struct):
    msg: str = ""


_KIND: Final = msgspec.json.Decoder(_Kind)
_FINAL: Final = frozenset({"process_generating", "process_streaming", "process_completed"})


def parse_message(data: bytes) -> Event:
    """Read one message of the queue.

    A message of an unknown kind, or a note of a known kind in an unexpected form
    (a rank that is text, say), becomes `Ignored`: only what carries the job's
    outcome has to be right.

    Raises:
        RemoteProtocolError: The data is not a message, or an outcome has the wrong form.
    """
    try:
        event: Event = _DECODER.decode(data).event()
    except msgspec.ValidationError as exc:
        return Ignored(_kind_of(data, exc))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise RemoteProtocolError(f"the app sent a message that is not JSON: {exc}") from exc
    return event


def _kind_of(data: bytes, problem: msgspec.ValidationError) -> str:
    try:
        kind = _KIND.decode(data).msg
    except (msgspec.DecodeError, RecursionError):  # the rest of it may not even be JSON
        kind = ""
    if not kind or kind in _FINAL:
        raise RemoteProtocolError(f"the app sent a message of a wrong form: {problem}") from problem
    return kind


def _outcome(
    event_id: str, output: _Payload, success: bool, title: str = ""
) -> Completed | Failed | Cancelled:
    if not success:
        error = output.error
        message = error if isinstance(error, str) or error is None else str(error)
        return Failed(event_id, message, output.title or title)
    if not isinstance(output.data, list):
        # A cancelled job completes with an empty output (every version with /cancel).
        return Cancelled(event_id)
    return Completed(event_id, output.data, output.duration)
