"""`Mailbox`: the jobs of one client and the stream on which it hears of them.

The stream may break and be opened again: what happens meanwhile waits. A client that stays
away is taken for gone, and its jobs are cancelled.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Final

import msgspec

from anyspace.gateway.gradio._outbox import Outbox
from anyspace.protocol import Cancelled, Closing, Completed, Event, Failed, Heartbeat

__all__ = ["Job", "Mailbox"]

_SILENCE_SECONDS: Final = 15.0  # as Gradio: proxies cut streams that are silent for longer

End = Completed | Failed | Cancelled


class Job(msgspec.Struct, eq=False):
    """One call that runs.

    Attributes:
        event_id: Its name on the wire.
        number: Of what was called.
        task: Carries it out.
    """

    event_id: str
    number: int
    task: asyncio.Task[None] | None = None
    stopping: bool = False

    def stop(self) -> None:
        """Stop it, on the Space too; once, for a second time would interrupt the first."""
        if self.task is not None and not self.stopping:
            self.stopping = True
            self.task.cancel()

    async def cancel(self) -> None:
        """Stop it, and wait until that is done."""
        self.stop()
        if self.task is not None and not self.task.done():
            await asyncio.wait({self.task})


class Mailbox:
    """Jobs, and who hears of them.

    Args:
        grace: Seconds that a client may be away before its jobs are cancelled.
        changed: Told whenever somebody comes or goes, or the last job ends.

    Attributes:
        jobs: Those that run, by their names on the wire.
    """

    def __init__(self, grace: float, changed: Callable[[], None] = lambda: None) -> None:
        self.jobs: dict[str, Job] = {}
        self._grace = grace
        self._changed = changed
        self._outbox = Outbox()
        self._news = asyncio.Event()
        self._reader: object | None = None
        self._present = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """A job runs, or somebody listens."""
        return bool(self.jobs or self._present)

    def begin(self, job: Job) -> None:
        """A job begins."""
        self.jobs[job.event_id] = job

    def put(self, event: Event) -> None:
        """Something happened."""
        self._outbox.put(event)
        self._news.set()

    def end(self, event: End) -> None:
        """A job ended; only the first end counts."""
        if self.jobs.pop(event.event_id, None) is not None:
            self.put(event)
            self._changed()

    async def cancel(self, event_id: str = "", number: int | None = None) -> None:
        """Cancel a job; without its name, all of one function."""
        for job in tuple(self.jobs.values()):
            if event_id in ("", job.event_id) and number in (None, job.number):
                self.end(Cancelled(job.event_id))
                await job.cancel()

    @contextlib.contextmanager
    def present(self) -> Iterator[None]:
        """Somebody is there as long as this lasts."""
        self._present += 1
        if self._timer is not None:
            self._timer.cancel()
        self._changed()
        try:
            yield
        finally:
            self._present -= 1
            if not self._present:
                self._timer = asyncio.get_running_loop().call_later(self._grace, self.give_up)
            self._changed()

    async def follow(self) -> AsyncGenerator[Event]:
        """Yield what happens until the last job has ended; signs of life while nothing does.

        Who comes later takes over: the one before hears nothing more.
        """
        me = self._reader = object()
        self._news.set()  # who read so far looks up, and leaves
        self._outbox.rewind()
        with self.present():
            while self._reader is me:
                event = self._outbox.take()
                if event is not None:
                    yield event
                elif not self.jobs:
                    self._outbox.settle()
                    yield Closing()
                    return
                elif not await self._wait():
                    yield Heartbeat()

    def give_up(self) -> None:
        """Nobody is there any more: cancel what runs."""
        for job in self.jobs.values():
            job.stop()

    async def aclose(self) -> None:
        """Cancel what runs, and wait until that is done."""
        if self._timer is not None:
            self._timer.cancel()
        await asyncio.gather(*(job.cancel() for job in tuple(self.jobs.values())))

    async def _wait(self) -> bool:
        """Wait for news; whether there are any."""
        self._news.clear()
        try:
            async with asyncio.timeout(_SILENCE_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return False
        return True
