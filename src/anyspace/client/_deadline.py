"""Time limits that are fair to a process that stood still.

A process may be stopped for a while, with its machine or without (Ctrl-Z, a debugger, a
laptop's lid), or its loop may be held up by a caller's own code. All its timers are due
at once when it goes on, while the answers that came meanwhile wait in the sockets, and
``asyncio.timeout`` then gives up what is there already. So a limit that is found to be
over by far more than a timer is ever late lets what came be read first.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Final, Self

__all__ = ["Deadline"]

_LATE: Final = 0.25  # a timer this late was held up
_GRACE: Final = 1.0  # for reading what came meanwhile


class Deadline:
    """Like ``asyncio.timeout_at``: ends its block with a `TimeoutError`, and can be put off.

    Args:
        when: The loop's time at which it is over, None for never.
    """

    __slots__ = ("_active", "_loop", "_scope", "_spared", "_timer", "_when")

    def __init__(self, when: float | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._scope = asyncio.timeout(None)
        self._when = when
        self._spared: float | None = None  # the end that what came late was let go past
        self._timer: asyncio.TimerHandle | None = None
        self._active = False

    @classmethod
    def after(cls, seconds: float | None) -> Self:
        """Make one that is over in so many seconds."""
        return cls(None if seconds is None else asyncio.get_running_loop().time() + seconds)

    def reschedule(self, when: float | None) -> None:
        """Move the end. A later one costs nothing: the timer looks again when it rings."""
        self._when = when
        if not self._active or when is None:
            return
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        # What was over before is not late: only a timer that waited can be held up.
        due = max(when, self._loop.time())
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
        if now < self._when:
            self.reschedule(self._when)
        elif now - due > _LATE and self._spared != self._when:
            self._spared = self._when
            self._timer = self._loop.call_at(now + _GRACE, self._ring, now + _GRACE)
        else:
            self._scope.reschedule(now)
