"""`Outbox`: what there is to tell a client that may be slow, or away for a while.

A slow client loses nothing that counts: of outputs that wait, and of progress and places in
the queue, newer ones stand for older ones, and every job's end is told. When a connection
breaks, nobody knows what arrived, so the ends that were told on it are told again on the
next; a client that has heard one already does not know that job any more.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from anyspace.protocol import (
    Cancelled,
    Completed,
    Event,
    Failed,
    Log,
    Output,
    Progress,
    Queued,
)

__all__ = ["Outbox"]

_OUTPUTS: Final = 16  # of one job that wait; whoever keeps up gets every one
_NOTES: Final = 200  # of all jobs
_NEWEST: Final = {Queued: 1, Progress: 1, Output: _OUTPUTS, Log: _NOTES}


class Outbox:
    """The events that wait to be told, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._told: dict[str, Event] = {}  # ends that may not have arrived

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, event: Event) -> None:
        """Add an event; what it stands for goes."""
        limit = _NEWEST.get(type(event))
        if limit is not None:
            alike = [each for each in self._waiting if _same_sort(each, event)]
            if len(alike) >= limit:
                self._waiting.remove(alike[0])
        self._waiting.append(event)

    def take(self) -> Event | None:
        """The next event to tell, None when there is none."""
        if not self._waiting:
            return None
        event = self._waiting.popleft()
        if isinstance(event, Completed | Failed | Cancelled):
            self._told[event.event_id] = event
        return event

    def settle(self) -> None:
        """Everything that was told has arrived: the stream ended in order."""
        self._told.clear()

    def rewind(self) -> None:
        """Tell again what may not have arrived."""
        self._waiting.extendleft(reversed(self._told.values()))
        self._told.clear()


def _same_sort(one: Event, other: Event) -> bool:
    if isinstance(other, Log):
        return isinstance(one, Log)
    return type(one) is type(other) and _job(one) == _job(other)


def _job(event: Event) -> str:
    return getattr(event, "event_id", "")
