"""Time limits that are fair to a process that stood still.

A process may be stopped for a while, with its machine or without (Ctrl-Z, a debugger, a
laptop's lid), or its loop may be held up by a caller's own code. All its timers are due
at once when it goes on, while the answers that came meanwhile wait in the sockets, and
``asyncio.timeout`` then gives up what is there already. So a limit counts the time in which
the process ran: it is looked at when half of it is over, half of the rest, and so on; what a
look comes late by is added to it, and the first late look adds a moment for reading what came
meanwhile.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final, Self

__all__ = ["Deadline"]

_LATE: Final = 0.25  # a timer this late was held up
_GRACE: Final = 1.0  # for reading what came meanwhile
_CLOSEST: Final = 16  # of so many parts of the limit the last look is before the end


class Deadline:
    """Like ``asyncio.timeout_at``: ends its block with a `TimeoutError`, and can be put off.

    Args:
        when: The loop's time at which it is over, None for never.
    """

    __slots__ = ("_active", "_loop", "_lost", "_scope", "_step", "_timer", "_when")

    def __init__(self, when: float | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._scope = asyncio.timeout(None)
        self._when = when
        self._lost = 0.0  # seconds in which nobody could have read
        self._step = _LATE  # the shortest time from look to look
        self._timer: asyncio.TimerHandle | None = None
        self._active = False

    @classmethod
    def after(cls, seconds: float | None) -> Self:
        """Make one that is over in so many seconds."""
        return cls(None if seconds is None else asyncio.get_running_loop().time() + seconds)

    def reschedule(self, when: float | None) -> None:
        """Move the end. A later one costs nothing: the timer looks again when it rings."""
        self._when = when
        self._lost = 0.0
        if not self._active or when is None:
            return
        now = self._loop.time()
        step = (when - now) / _CLOSEST
        self._step = step if step > _LATE else _LATE
        self._look_at(when, now)

    def _look_at(self, end: float, now: float) -> None:
        """Look next when half of the time until then is over, or a step if that is longer."""
        due = now + (end - now) / 2
        timer = self._timer
        if timer is not None:
            if timer.when() <= due:
                return
            timer.cancel()
        # What was over before is not late: no timer waited for it.
        due = max(now, min(end, max(due, now + self._step)))
        self._timer = self._loop.call_at(due, self._ring, due)

    async def __aenter__(self) -> Self:
        await self._scope.__aenter__()
        self._active = True
        self.reschedule(self._when)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._active = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._scope.__aexit__(exc_type, exc, traceback)

    def _ring(self, due: float) -> None:
        self._timer = None
        if self._when is None:
            return
        now = self._loop.time()
        if now - due > _LATE:
            self._lost += now - due + (_GRACE if not self._lost else 0.0)
        if now < self._when + self._lost:
            self._look_at(self._when + self._lost, now)
        else:
            self._scope.reschedule(now)
