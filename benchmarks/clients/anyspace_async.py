"""`anyspace.AsyncClient`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import anyspace
from anyspace import AsyncClient, Output, Started
from benchmarks.clients._loops import keep_calling, take_orders_on_a_loop
from benchmarks.clients._orders import Answer, Order, Stopwatch

URL = sys.argv[1]


class Asynchronous:
    """One client, connected by its first order.

    Args:
        session: All its calls share one session.
    """

    def __init__(self, *, session: bool = False) -> None:
        self._session = session
        self._client: AsyncClient | None = None

    async def obey(self, order: Order) -> Answer:
        """Do what is ordered."""
        if order.do == "connect":
            watch = Stopwatch()
            async with AsyncClient(URL):
                return watch.answer()
        if self._client is None:
            self._client = AsyncClient(URL, session=self._session)
            await self._client.connect()
        client = self._client
        if order.do == "calls":
            return await keep_calling(order, lambda: client.predict("hi", api_name=order.endpoint))
        watch = Stopwatch()
        if order.do == "hold":
            return await self._hold(client, order, watch)
        if order.do == "stream":
            job = await client.submit("hi", api_name=order.endpoint)
            return watch.answer([isinstance(u, Output) async for u in job.updates()].count(True))
        if order.do == "upload":
            await client.predict(anyspace.file(order.path), api_name="/take")
        else:
            file = await client.predict(order.size, api_name="/give")
            await file.save(Path(order.path) / "async.bin")
        return watch.answer()

    async def _hold(self, client: AsyncClient, order: Order, watch: Stopwatch) -> Answer:
        self._held = [await client.submit("hi", api_name="/wait") for _ in range(order.at_once)]
        started = asyncio.Semaphore(0)

        async def see(job: anyspace.AsyncJob) -> None:
            async for update in job.updates():
                if isinstance(update, Started):
                    break
            started.release()

        watchers = [asyncio.ensure_future(see(job)) for job in self._held]
        for _ in watchers:
            await started.acquire()
        await asyncio.gather(*watchers)
        del watchers
        return watch.answer(order.at_once)


if __name__ == "__main__":
    take_orders_on_a_loop(Asynchronous().obey)
