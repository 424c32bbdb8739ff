"""What is known of a job so far, written by the portal and read by any thread."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from anyspace.compat.gradio_client._status import OutputUpdate, Status, StatusUpdate, Update

if TYPE_CHECKING:
    import asyncio

__all__ = ["Record"]


class Record:
    """The outputs and updates of one job, in order, and whether more will come.

    Readers in threads wait for a condition; asynchronous ones leave a future of their
    own loop, which is woken from the portal's thread.
    """

    def __init__(self) -> None:
        self.latest = StatusUpdate.now(Status.STARTING)
        self.outputs: list[Any] = []
        self.updates: list[Update] = []
        self.last: OutputUpdate | None = None  # what the app says in the end, if it does
        self._ended = False
        self._changed = threading.Condition()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    def tell(self, update: StatusUpdate) -> None:
        """Note where the job stands now."""
        with self._changed:
            self.latest = update
            self.updates.append(update)
            self._wake()

    def add_output(self, value: Any, *, final: bool) -> None:
        """Note a result so far; the final one has an update of its own, `last`."""
        with self._changed:
            self.outputs.append(value)
            if not final:
                self.updates.append(OutputUpdate(value, success=True))
            self._wake()

    def end(self) -> None:
        """Note that nothing more comes."""
        with self._changed:
            if self.last is not None:
                self.updates.append(self.last)
            self._ended = True
            self._wake()

    def wait_for_output(self, position: int) -> bool:
        """Wait until there is an output at the position; False when there never will be."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.outputs) > position or self._ended)
            return len(self.outputs) > position

    async def follow(self) -> AsyncIterator[Update]:
        """Yield the updates from the first on, in the loop of whoever asks."""
        position = 0
        while True:
            with self._changed:
                fresh, waiter = self.updates[position:], None
                if not fresh:
                    if self._ended:
                        return
                    waiter = self._leave_a_future()
            position += len(fresh)
            for update in fresh:
                yield update
            if waiter is not None:
                await waiter

    def _leave_a_future(self) -> asyncio.Future[None]:
        import asyncio  # what only waits in threads does without it

        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting.append((loop, waiter))
        return waiter

    def _wake(self) -> None:
        self._changed.notify_all()
        waiting, self._waiting = self._waiting, []
        for loop, waiter in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_resolve, waiter)


def _resolve(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
