"""One event stream: bytes in, events of the jobs it carries out.

Puts together what the lower modules know: the decoder's framing, the messages,
and the edits, which are applied here so that no reader ever sees one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from anyspace._errors import RemoteProtocolError
from anyspace.protocol._edits import apply_edits
from anyspace.protocol._events import (
    Broken,
    Cancelled,
    Completed,
    Event,
    Failed,
    Output,
    parse_message,
)
from anyspace.protocol._generations import Generation, generation_named
from anyspace.protocol._sse import MAX_EVENT_BYTES, EventStreamDecoder

__all__ = ["Stream"]

_ENDS: Final = (Completed, Failed, Cancelled)


class Stream:
    """The event stream of one session.

    Args:
        generation: The generation or its name.
        max_event_bytes: Refuse a larger event.
    """

    def __init__(
        self,
        generation: Generation | str,
        *,
        max_event_bytes: int = MAX_EVENT_BYTES,
    ) -> None:
        if isinstance(generation, str):
            generation, _ = generation_named(generation)
        self._edits = generation.sends_edits
        self._decoder = EventStreamDecoder(max_event_bytes)
        self._events: deque[Event] = deque()
        self._outputs: dict[str, list[Any]] = {}  # the last whole values of each job
        self.truncated = False
        """The stream ended inside an event."""

    def receive_data(self, chunk: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            RemoteProtocolError: The app broke the rules; the stream cannot be used further.
        """
        for sent in self._decoder.receive_data(chunk):
            event = parse_message(sent.data)
            self._events.append(self._without_edits(event) if self._edits else event)

    @property
    def receiving(self) -> bool:
        """A part of an event came, and not its end."""
        return self._decoder.receiving

    def receive_eof(self) -> None:
        """Note that the body ended."""
        for sent in self._decoder.receive_eof():
            try:
                event = parse_message(sent.data)
                self._events.append(self._without_edits(event) if self._edits else event)
            except RemoteProtocolError:
                self.truncated = True

    def events(self) -> Iterator[Event]:
        """Yield and forget the events received so far."""
        while self._events:
            yield self._events.popleft()

    def _without_edits(self, event: Event) -> Event:
        """Replace edits by the values they lead to, keeping our own copy of those."""
        if isinstance(event, Output):
            last = self._outputs.get(event.event_id)
            data = event.data if last is None else _edited(last, event.data)
            self._outputs[event.event_id] = data
            return Output(event.event_id, list(data))
        if isinstance(event, _ENDS):
            self._outputs.pop(event.event_id, None)
        elif isinstance(event, Broken):
            self._outputs.clear()
        return event


def _edited(last: list[Any], edits: list[Any]) -> list[Any]:
    # An app reloaded while it runs may gain outputs: those are edits to nothing.
    old = last + [None] * (len(edits) - len(last))
    changed = [apply_edits(value, change) for value, change in zip(old, edits, strict=False)]
    return changed + old[len(changed) :]
