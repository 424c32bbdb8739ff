"""What a job reported, from the first update on, kept at the size of what was new in it.

A generator's outputs are often the same value a little longer: 2,000 steps of a text that
grows to 100 kB are 100 MB when each is kept whole, and who only waits for the result has no
use for any of them. So each output is kept as the edits that lead to it from the one before,
as the newer generations send them, and only the newest one whole. Whoever reads along is
handed the newest; whoever comes late has the earlier ones made again, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from anyspace.client._updates import Output, Update
from anyspace.protocol import apply_edits, make_edits

__all__ = ["Cursor", "History"]


class _Change(NamedTuple):
    """What leads from one output's values to the next one's."""

    edits: list[Any]


class _Newest(NamedTuple):
    position: int
    data: list[Any]
    output: Output


_NOTHING = _Newest(-1, [], Output(None))


class History:
    """The updates of one job.

    Written by its loop; read anywhere, because one assignment at a time changes it.
    """

    def __init__(self) -> None:
        self._entries: list[Update | _Change] = []
        self._newest = _NOTHING

    def add(self, update: Update) -> None:
        """Add an update that is no output."""
        self._entries.append(update)

    def add_output(self, data: list[Any], value: Any) -> None:
        """Add an output: its values as they came, and what was made of them."""
        change = _Change(make_edits(self._newest.data, data))
        self._newest = _Newest(len(self._entries), data, Output(value))
        self._entries.append(change)


class Cursor:
    """One reader's place in a history.

    Args:
        history: What is read.
        decode: Makes a result of the values that came over the wire.
    """

    def __init__(self, history: History, decode: Callable[[list[Any]], Any]) -> None:
        self._history = history
        self._decode = decode
        self._position = 0
        self._data: list[Any] = []

    @property
    def more(self) -> bool:
        """Whether there is a next update by now."""
        return self._position < len(self._history._entries)

    def next(self) -> Update | None:
        """The next update; None when there is none yet."""
        history = self._history
        newest = history._newest
        if not self.more:
            return None
        entry = history._entries[self._position]
        self._position += 1
        if not isinstance(entry, _Change):
            return entry
        if newest.position == self._position - 1:
            self._data = newest.data
            return newest.output
        self._data = apply_edits(self._data, entry.edits)
        return Output(self._decode(self._data))
