"""`Job`: one submitted call, as a `concurrent.futures.Future`."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, wait
from functools import cache
from typing import Any, Protocol, Self

from anyspace.compat.gradio_client._failures import JobCancelled
from anyspace.compat.gradio_client._record import Record
from anyspace.compat.gradio_client._status import Status, StatusUpdate, Update

__all__ = ["Job"]

_unfinished: set[Job] = set()


class _Driver(Protocol):
    """What carries a job out."""

    def cancel(self) -> bool:
        """Stop the job, on the app too; False when it had ended before."""
        ...


class Job(Future[Any]):
    """One submitted call. Made by `Client.submit`; runs whether or not anybody waits.

    Iterating yields the results so far; what ended a failed job is told by `result`.
    ``async for`` yields a `StatusUpdate` or `OutputUpdate` for each word of the app.
    The program does not end before its jobs have.
    """

    def __init__(self, *, verbose: bool = True, space_id: str | None = None) -> None:
        super().__init__()
        self.verbose = verbose
        self.space_id = space_id
        self._record = Record()
        self._driver: _Driver | None = None
        self._position = 0
        self._followed = False
        self._ending = threading.RLock()
        self._pid = os.getpid()
        self._over = threading.Event()  # callbacks and all
        record = self._record
        super().add_done_callback(lambda _: record.end())  # the first, so nobody waits for others

    # --- for programs -----------------------------------------------------------

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the end and return what the endpoint returned.

        Args:
            timeout: Seconds to wait; the job goes on when they are over.

        Raises:
            AppError: The app's own code raised.
            CancelledError: The job was cancelled.
            TimeoutError: `timeout` ran out.
            AnyspaceError: Anything else of the tree in `anyspace`.
        """
        return super().result(timeout)

    def outputs(self) -> list[Any]:
        """The results so far, oldest first."""
        return list(self._record.outputs)

    def status(self) -> StatusUpdate:
        """Where the job stands."""
        if self.cancelled():
            return StatusUpdate.now(Status.CANCELLED, success=False, rank=0)
        if self.done():
            success = self.exception() is None
            return StatusUpdate.now(Status.FINISHED, success=success, rank=0)
        latest = self._record.latest
        if self.verbose and self.space_id and latest.eta and latest.eta > 30:
            print(
                "Due to heavy traffic on this app, the prediction will take approximately "
                f"{int(latest.eta)} seconds. For faster predictions without waiting in queue, you "
                f"may duplicate the space using: Client.duplicate({self.space_id})"
            )
        return latest

    def cancel(self) -> bool:
        """Cancel the job, on the app too, and wait until that is done.

        Siblings go on. A generator stops at its next ``yield``; a plain function that has
        started runs on unseen: Gradio cannot stop it.

        Returns:
            False when the job had ended before.
        """
        if self.done() or self._driver is None or not self._driver.cancel():
            return False
        wait((self,))
        return self.cancelled()

    def cancelled(self) -> bool:
        """Whether the job was cancelled."""
        return self.done() and isinstance(super().exception(), JobCancelled)

    def add_done_callback(self, fn: Callable[[Future[Any]], Any]) -> None:
        """Call a function with the job when it has ended, in a thread where it may wait."""
        with self._ending:
            self._followed = True
            super().add_done_callback(fn)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        if not self._record.wait_for_output(self._position):
            raise StopIteration
        self._position += 1
        return self._record.outputs[self._position - 1]

    def __aiter__(self) -> AsyncIterator[Update]:
        return self._record.follow()

    # --- for what carries it out ------------------------------------------------

    @property
    def record(self) -> Record:
        """Where what happens is written."""
        return self._record

    def start(self, driver: _Driver) -> None:
        """Tie the job to what carries it out."""
        self._driver = driver
        _unfinished.add(self)
        _wait_at_exit()

    def finish(self, value: Any = None, problem: BaseException | None = None) -> None:
        """End the job; called once, on the portal's thread, which callbacks must not hold up."""

        def end() -> None:
            if problem is None:
                self.set_result(value)
            else:
                self.set_exception(problem)
            _unfinished.discard(self)
            self._over.set()

        with self._ending:
            if not self._followed:
                end()
                return
        try:
            threading.Thread(target=end, name="anyspace job's callbacks", daemon=True).start()
        except RuntimeError:  # the interpreter ends and gives no threads any more
            end()


@cache
def _wait_at_exit() -> None:
    """Let a program that ends wait for its jobs, as one of gradio_client does."""
    atexit.register(_wait_for_jobs)


def _wait_for_jobs() -> None:
    while running := {job for job in _unfinished.copy() if job._pid == os.getpid()}:
        for job in running:
            job._over.wait()
