"""One submitted call, from its files to its result."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from enum import Enum
from typing import Any, Protocol

from anyspace.client._history import Cursor, History
from anyspace.client._updates import Output, Update
from anyspace.schema import Endpoint

__all__ = ["AsyncJob", "Decode", "JobStatus"]

Decode = Callable[[list[Any]], Any]
"""Makes a result of the values that came over the wire."""


class JobStatus(Enum):
    """Where a job stands."""

    PREPARING = "preparing"
    """Its files are sent, or it waits to be taken."""
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Nothing changes it any more."""
        return self in (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)


class Canceller(Protocol):
    """What can stop a job that runs."""

    async def cancel(self) -> None:
        """Stop it here and on the app; return when it has ended."""
        ...


class AsyncJob:
    """One submitted call. Made by `AsyncClient.submit`; runs whether or not anybody waits.

    ``await job`` is ``await job.result()``; ``async for output in job`` yields the
    results so far, the last of them being the final one.

    Attributes:
        endpoint: What was called.
        space: The Space's id or the app's address.
    """

    def __init__(self, endpoint: Endpoint, space: str, decode: Decode) -> None:
        self.endpoint = endpoint
        self.space = space
        self._decode = decode
        self._history = History()
        self._status = JobStatus.PREPARING
        self._value: Any = None
        self._problem: BaseException | None = None
        self._change_waiters: list[asyncio.Future[None]] = []
        self._end_waiters: list[asyncio.Future[None]] = []
        self._canceller: Canceller | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.endpoint.name} of {self.space}: {self._status.value}>"

    def status(self) -> JobStatus:
        """Where the job stands."""
        return self._status

    def done(self) -> bool:
        """Whether the job has ended, in whatever way."""
        return self._status.ended

    def outputs(self) -> list[Any]:
        """The results so far, oldest first."""
        updates = iter(self.cursor().next, None)
        return [update.value for update in updates if isinstance(update, Output)]

    async def result(self, timeout: float | None = None) -> Any:
        """Wait for the end and return what the endpoint returned.

        One output comes as itself, several as a `Result`.

        Args:
            timeout: Seconds to wait; the job goes on when they are over.

        Raises:
            AppError: The app's own code raised; the message is the app's.
            JobCancelled: The job was cancelled.
            StreamBroken: The connection ended first. The job may still run.
            TransportTimeout: One of the client's timeouts ran out.
            TimeoutError: `timeout` ran out.
            AnyspaceError: Anything else of the tree in `anyspace`.
        """
        if timeout is None:
            await self._ended()
        else:
            async with asyncio.timeout(timeout):
                await self._ended()
        if self._problem is not None:
            raise self._problem
        return self._value

    async def updates(self) -> AsyncIterator[Update]:
        """Yield what the app reports about this job, in order, until it ends.

        Each call starts again from the first update, so a late reader sees the
        same queue positions as an early one. The outcome itself is told by
        `result`: the updates of a failed job simply end.
        """
        cursor = self.cursor()
        while await self.wait_for_more(cursor):
            while (update := cursor.next()) is not None:
                yield update

    async def cancel(self) -> bool:
        """Cancel the job, on the app too, and wait until that is done.

        A generator stops at its next ``yield``; a plain function that has started
        runs on unseen: Gradio cannot stop it.

        Returns:
            False when the job had ended before.
        """
        if self._canceller is None or self._status.ended:
            return False
        await self._canceller.cancel()
        return self._status is JobStatus.CANCELLED

    def __await__(self) -> Generator[Any, None, Any]:
        return self.result().__await__()

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for update in self.updates():
            if isinstance(update, Output):
                yield update.value
        if self._problem is not None:
            raise self._problem

    # --- for who reads along without waiting ------------------------------------------------

    def cursor(self) -> Cursor:
        """Begin to read the updates so far at the first."""
        return Cursor(self._history, self.decode)

    async def wait_for_more(self, cursor: Cursor) -> bool:
        """Wait until there is more to read behind a cursor.

        Returns:
            False when the job has ended and there is not.
        """
        while not cursor.more:
            if self._status.ended:
                return False
            await _wait_in(self._change_waiters)
        return True

    # --- for what carries it out ------------------------------------------------------------

    def start(self, canceller: Canceller) -> None:
        """Tie the job to what carries it out."""
        self._canceller = canceller

    def show(self, update: Update, status: JobStatus) -> None:
        """Add an update that is no output."""
        self._history.add(update)
        self._move_on(status)

    def show_output(self, data: list[Any]) -> Any:
        """Add an output by the values that came over the wire; return the result so far."""
        value = self.decode(data)
        self._history.add_output(data, value)
        self._move_on(JobStatus.RUNNING)
        return value

    def _move_on(self, status: JobStatus) -> None:
        self._status = status
        if self._change_waiters:
            _wake(self._change_waiters)

    def finish(
        self, status: JobStatus, value: Any = None, problem: BaseException | None = None
    ) -> None:
        """End the job. Only the first end counts."""
        if self._status.ended:
            return
        self._status, self._value, self._problem = status, value, problem
        self._canceller = None
        _wake(self._change_waiters)
        _wake(self._end_waiters)

    def decode(self, data: list[Any]) -> Any:
        """Make a result of what came over the wire."""
        return self._decode(self.endpoint.visible(data))

    async def _ended(self) -> None:
        # Apart from who waits for more, so that who waits for the result is woken once.
        if not self._status.ended:
            await _wait_in(self._end_waiters)


async def _wait_in(waiters: list[asyncio.Future[None]]) -> None:
    waiter = asyncio.get_running_loop().create_future()
    waiters.append(waiter)
    try:
        await waiter
    finally:
        if waiter in waiters:  # given up
            waiters.remove(waiter)


def _wake(waiters: list[asyncio.Future[None]]) -> None:
    if not waiters:
        return
    woken = waiters[:]
    waiters.clear()
    for waiter in woken:
        if not waiter.done():
            waiter.set_result(None)
