"""`anyspace.Client`."""

from __future__ import annotations

import sys
from pathlib import Path

import anyspace
from anyspace import Client, Output, Started
from benchmarks.clients._orders import Answer, Order, Stopwatch, take_orders

URL = sys.argv[1]


class Blocking:
    """One client, connected by its first order."""

    def __init__(self) -> None:
        self._client: Client | None = None

    def obey(self, order: Order) -> Answer:
        """Do what is ordered."""
        if order.do == "connect":
            watch = Stopwatch()
            with Client(URL):
                return watch.answer()
        if self._client is None:
            self._client = Client(URL)
        client = self._client
        watch = Stopwatch()
        if order.do == "calls":
            count = 0
            while watch.seconds < order.seconds:
                if order.at_once == 1:
                    client.predict("hi", api_name=order.endpoint)
                else:
                    jobs = [
                        client.submit("hi", api_name=order.endpoint) for _ in range(order.at_once)
                    ]
                    for job in jobs:
                        job.result()
                count += order.at_once
            return watch.answer(count)
        if order.do == "hold":
            self._held = [client.submit("hi", api_name="/wait") for _ in range(order.at_once)]
            for job in self._held:
                next(update for update in job.updates() if isinstance(update, Started))
            return watch.answer(order.at_once)
        if order.do == "stream":
            job = client.submit("hi", api_name=order.endpoint)
            return watch.answer([isinstance(u, Output) for u in job.updates()].count(True))
        if order.do == "upload":
            client.predict(anyspace.file(order.path), api_name="/take")
        else:
            client.predict(order.size, api_name="/give").save(Path(order.path) / "blocking.bin")
        return watch.answer()


if __name__ == "__main__":
    take_orders(Blocking().obey)
