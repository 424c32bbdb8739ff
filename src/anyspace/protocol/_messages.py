"""Events as an app tells them: the messages of its queue, and the events of ``/call``.

The other way round from `parse_message`: for whoever plays the app's side of the wire. The
shapes are those of Gradio 6.31 (``gradio/server_messages.py``), with every field it sends,
because its clients read some of them without asking whether they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from anyspace.protocol._edits import make_edits
from anyspace.protocol._events import (
    Broken,
    Cancelled,
    Closing,
    Completed,
    Event,
    Failed,
    Heartbeat,
    Log,
    Output,
    Progress,
    Queued,
    Started,
)

__all__ = ["MessageWriter", "write_message", "write_named"]

Message = dict[str, Any]

_NOTE_SECONDS: Final = 10.0  # how long a page shows a note, as Gradio's own


def write_message(event: Event) -> Message:
    """Write an event as the message that `parse_message` reads.

    Raises:
        KeyError: It is one that only older generations have, or none that is ever sent.
    """
    return _WRITERS[type(event)](event)


class MessageWriter:
    """Writes the events of one session, outputs as edits where the client knows the last one.

    Args:
        sends_edits: As of the `Generation` that is spoken.
    """

    def __init__(self, *, sends_edits: bool = True) -> None:
        self._sends_edits = sends_edits
        self._last: dict[str, list[Any]] = {}  # by event
        self._doubtful: set[str] = set()

    def write(self, event: Event) -> Message:
        """Write the next event.

        Raises:
            KeyError: As for `write_message`.
        """
        message = write_message(event)
        if isinstance(event, Output) and self._sends_edits:
            message["output"]["data"] = self._edited(event.event_id, event.data)
        elif isinstance(event, Completed | Failed | Cancelled):
            self._last.pop(event.event_id, None)
        return message

    def doubt(self) -> None:
        """The connection broke, so that nobody knows which output came last.

        The next one replaces whatever the client has.
        """
        self._doubtful |= self._last.keys()

    def _edited(self, event_id: str, data: list[Any]) -> list[Any]:
        last = self._last.get(event_id)
        self._last[event_id] = data
        if last is None:
            return data
        if event_id in self._doubtful:
            self._doubtful.discard(event_id)
            return [[["replace", [], value]] for value in data]
        # An app that was reloaded meanwhile may have more outputs than before.
        before = [*last, *[None] * (len(data) - len(last))]
        return [make_edits(old, new) for old, new in zip(before, data, strict=False)]


def write_named(event: Event) -> tuple[str, Any] | None:
    """Write an event as one of ``/call``: a name, and what comes with it.

    Returns:
        None for what is never told there.
    """
    if isinstance(event, Output):
        return "generating", event.data
    if isinstance(event, Completed):
        return "complete", event.data
    if isinstance(event, Cancelled):
        return "complete", None
    if isinstance(event, Failed):
        return "error", _failure(event)
    if isinstance(event, Broken):
        return "error", event.message
    return ("heartbeat", None) if isinstance(event, Heartbeat) else None


# --- messages --------------------------------------------------------------------


def _message(kind: str, event_id: str | None, **fields: Any) -> Message:
    return {"msg": kind, "event_id": event_id, **fields}


def _queued(event: Queued) -> Message:
    return _message(
        "estimation",
        event.event_id,
        rank=event.rank,
        queue_size=event.queue_size or 0,
        rank_eta=event.eta,
    )


def _started(event: Started) -> Message:
    return _message("process_starts", event.event_id, eta=event.eta)


def _progress(event: Progress) -> Message:
    return _message("progress", event.event_id, progress_data=msgspec.to_builtins(event.units))


def _log(event: Log) -> Message:
    return _message(
        "log",
        event.event_id,
        log=event.message,
        level=event.level,
        duration=_NOTE_SECONDS,
        visible=True,
        title=event.title,
    )


def _output(event: Output) -> Message:
    output = _values(event.data, generating=True)
    return _message(
        "process_generating", event.event_id, output=output, success=True, time_limit=None
    )


def _completed(event: Completed) -> Message:
    return _end(event.event_id, _values(event.data, duration=event.duration))


def _cancelled(event: Cancelled) -> Message:
    return _end(event.event_id, {})


def _failed(event: Failed) -> Message:
    return _end(event.event_id, _failure(event), success=False, title=event.title or "Error")


def _broken(event: Broken) -> Message:
    return _message(
        "unexpected_error",
        None,
        message=event.message,
        session_not_found=event.session_not_found,
        success=False,
    )


def _end(event_id: str, output: Message, *, success: bool = True, title: str = "") -> Message:
    return _message(
        "process_completed",
        event_id,
        output=output,
        success=success,
        title=title or None,
        used_cache=None,
        cache_duration=None,
        avg_time=None,
    )


def _values(
    data: Sequence[Any], *, generating: bool = False, duration: float | None = None
) -> Message:
    return {
        "data": data,
        "is_generating": generating,
        "duration": duration,
        "average_duration": duration,
        "render_config": None,
        "changed_state_ids": [],
    }


def _failure(event: Failed) -> Message:
    return {
        "error": event.message,
        "title": event.title or "Error",
        "duration": _NOTE_SECONDS,
        "visible": True,
    }


_WRITERS: Final[Mapping[type, Callable[[Any], Message]]] = {
    Queued: _queued,
    Started: _started,
    Progress: _progress,
    Log: _log,
    Output: _output,
    Completed: _completed,
    Cancelled: _cancelled,
    Failed: _failed,
    Broken: _broken,
    Closing: lambda _: _message("close_stream", None),
    Heartbeat: lambda _: _message("heartbeat", None),
}
