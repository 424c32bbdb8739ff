"""`Life`: the jobs under way, and the end of the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator

from anyspace.gateway._calls import current_call
from anyspace.gateway._errors import Refused, Stopping

__all__ = ["Life"]

logger = logging.getLogger("anyspace.gateway")

_BUSY_SECONDS = 5.0
_CANCEL_SECONDS = 10.0  # for Spaces to take what is cancelled


class Life:
    """Counts the jobs under way, and ends them in an orderly way.

    Args:
        limit: Jobs at once.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.ending = asyncio.Event()  # set when no new jobs are taken any more
        self._jobs: set[asyncio.Task[object]] = set()
        self._cut: set[asyncio.Task[object]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._over = asyncio.Event()  # the grace

    @property
    def stopping(self) -> bool:
        """No new jobs are taken."""
        return self.ending.is_set()

    @property
    def running(self) -> int:
        """Jobs under way."""
        return len(self._jobs)

    @contextlib.contextmanager
    def job(self) -> Iterator[None]:
        """Hold what the current task does for a job under way.

        Raises:
            Stopping: The gateway takes no new ones, or ended this one.
            Refused: There are as many as it takes, or as its caller may have.
        """
        if self.stopping:
            raise Stopping()
        if len(self._jobs) >= self.limit:
            raise Refused(
                f"{self.limit} jobs are under way here, as many as this gateway takes",
                status=503,
                code="overloaded",
                retry_after=_BUSY_SECONDS,
            )
        caller = current_call().caller
        caller.begin_job()
        task = asyncio.current_task()
        assert task is not None  # a request is always handled by one
        self._jobs.add(task)
        self._idle.clear()
        try:
            yield
        except asyncio.CancelledError:
            if task not in self._cut:
                raise
            task.uncancel()
            raise Stopping(
                "the gateway was stopped before the job was done; it was cancelled on the Space"
            ) from None
        finally:
            caller.end_job()
            self._jobs.discard(task)
            self._cut.discard(task)
            if not self._jobs:
                self._idle.set()

    async def stop(self, grace: float) -> None:
        """Take no new jobs; wait for those under way, then cancel them on their Spaces.

        Args:
            grace: Seconds to wait.
        """
        self.ending.set()
        if not self._jobs:
            return
        logger.info("%d jobs are under way; they have %g s", len(self._jobs), grace)
        waits = [asyncio.create_task(event.wait()) for event in (self._idle, self._over)]
        try:
            await asyncio.wait(waits, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        for task in tuple(self._jobs):
            self._cut.add(task)
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CANCEL_SECONDS):
                await self._idle.wait()

    def hurry(self) -> None:
        """Wait no longer for the jobs under way."""
        self._over.set()
