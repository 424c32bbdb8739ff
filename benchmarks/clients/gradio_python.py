"""`gradio_client.Client`, which runs every job in a thread: as many as it is asked for at once."""

from __future__ import annotations

import sys
import time
from concurrent.futures import CancelledError

import httpx
from gradio_client import Client, handle_file
from gradio_client.client import Job

from benchmarks.clients._orders import Answer, Order, Stopwatch, take_orders

URL, FOLDER = sys.argv[1:3]
SPARE_THREADS = 8  # for the streams
POLL_SECONDS = 0.01


class Official:
    """One client for each number of calls at a time."""

    def __init__(self) -> None:
        self._clients: dict[int, Client] = {}

    def obey(self, order: Order) -> Answer:
        """Do what is ordered."""
        watch = Stopwatch()
        if order.do == "connect":
            _connect(1)
            return watch.answer()
        if order.at_once not in self._clients:
            self._clients[order.at_once] = _connect(order.at_once)
        client = self._clients[order.at_once]
        watch = Stopwatch()
        if order.do == "calls":
            count = lost = 0
            while watch.seconds < order.seconds:
                jobs = [client.submit("hi", api_name=order.endpoint) for _ in range(order.at_once)]
                ended = sum(map(_succeeds, jobs))
                count += ended
                lost += order.at_once - ended
            return watch.answer(count, lost)
        if order.do == "hold":
            self._held = [client.submit("hi", api_name="/wait") for _ in range(order.at_once)]
            for job in self._held:
                while job.status().code.value not in ("PROCESSING", "FINISHED"):
                    time.sleep(POLL_SECONDS)
            return watch.answer(order.at_once)
        if order.do == "stream":
            job = client.submit("hi", api_name=order.endpoint)
            job.result()
            return watch.answer(len(job.outputs()))
        if order.do == "upload":
            client.predict(handle_file(order.path), api_name="/take")
        else:
            client.predict(order.size, api_name="/give")  # which downloads it
        return watch.answer()


def _succeeds(job: Job) -> bool:
    """Wait for a job.

    Those are lost that come while the client's one stream ends, and, on a busy machine, those
    that are not answered within the five seconds that httpx waits.
    """
    try:
        job.result()
    except (CancelledError, httpx.TransportError):
        return False
    return True


def _connect(at_once: int) -> Client:
    return Client(
        URL,
        verbose=False,
        analytics_enabled=False,
        max_workers=at_once + SPARE_THREADS,
        download_files=FOLDER,
    )


if __name__ == "__main__":
    take_orders(Official().obey)
