"""The event stream of ``/call``: one job, its events told apart by their names.

It is the way that apps show to ``curl`` (4.20 and later). There are whole values only,
and of what happens before them nothing but heartbeats. Before 6.13 a failed job's
event holds no words.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from anyspace._errors import RemoteProtocolError
from anyspace.protocol._events import Completed, Event, Failed, Heartbeat, Ignored, Output
from anyspace.protocol._sse import MAX_EVENT_BYTES, EventStreamDecoder, ServerSentEvent

__all__ = ["NamedStream"]

_VALUES: Final = msgspec.json.Decoder(list[Any])
_ANYTHING: Final = msgspec.json.Decoder()


class NamedStream:
    """The event stream of one job that was submitted by ``/call``; read like a `Stream`.

    Args:
        max_event_bytes: Refuse a larger event.
    """

    def __init__(self, *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._decoder = EventStreamDecoder(max_event_bytes)
        self._events: deque[Event] = deque()
        self.truncated = False
        """The stream ended inside an event."""

    def receive_data(self, chunk: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            RemoteProtocolError: The app broke the rules; the stream cannot be used further.
        """
        for event in self._decoder.receive_data(chunk):
            self._events.append(_read(event))

    @property
    def receiving(self) -> bool:
        """A part of an event came, and not its end."""
        return self._decoder.receiving

    def receive_eof(self) -> None:
        """Note that the body ended."""
        for event in self._decoder.receive_eof():
            try:
                self._events.append(_read(event))
            except RemoteProtocolError:
                self.truncated = True

    def events(self) -> Iterator[Event]:
        """Yield and forget the events received so far."""
        while self._events:
            yield self._events.popleft()


def _read(sent: ServerSentEvent) -> Event:
    try:
        if sent.event == "complete":
            return Completed("", _VALUES.decode(sent.data))
        if sent.event == "generating":
            return Output("", _VALUES.decode(sent.data))
        if sent.event == "error":
            return _failure(_ANYTHING.decode(sent.data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise RemoteProtocolError(f"the app sent an event of a wrong form: {exc}") from exc
    return Heartbeat() if sent.event == "heartbeat" else Ignored(sent.event)


def _failure(said: Any) -> Failed:
    """Read the data of an error: the failed output, the bare words, or nothing (before 6.13)."""
    if isinstance(said, dict):
        error, title = said.get("error"), said.get("title")
        message = error if isinstance(error, str) or error is None else str(error)
        return Failed("", message, title if isinstance(title, str) else "")
    return Failed("", said if isinstance(said, str) else None)
