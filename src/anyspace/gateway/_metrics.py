"""`Metrics`: what is counted, in the form that Prometheus reads.

Labels are few by design: routes and not paths, models of the settings and not what callers
wrote, kinds of failures and not their words. Several processes count into one folder
(``PROMETHEUS_MULTIPROC_DIR``, which has to be set before this module is loaded), and each
tells the sum.
"""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

__all__ = ["FOLDER_VARIABLE", "Metrics"]

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"

# Seconds: a page of the gateway's own, a quick Space, a slow one, a queue.
_BUCKETS: Final = (0.01, 0.05, 0.25, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640)


class Metrics:
    """Counts what happens.

    Attributes:
        requests: By route, model, Space and status.
        seconds: How long requests took, by route and model.
        failures: By model, Space and the code of the error.
        cache_hits: Requests answered from what is kept, by model.
        jobs_running: Jobs that Spaces have now, by model and Space.
        jobs_waiting: Jobs that wait for a Space with room, by model.
    """

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        self.requests = Counter(
            "anyspace_requests",
            "Requests that were answered.",
            ["route", "model", "space", "status"],
            registry=own,
        )
        self.seconds = Histogram(
            "anyspace_request_seconds",
            "Seconds that requests took.",
            ["route", "model"],
            registry=own,
            buckets=_BUCKETS,
        )
        self.failures = Counter(
            "anyspace_failures",
            "Requests that failed, by the code of their error.",
            ["model", "space", "kind"],
            registry=own,
        )
        self.cache_hits = Counter(
            "anyspace_cache_hits",
            "Requests that were answered from what is kept.",
            ["model"],
            registry=own,
        )
        self.jobs_running = Gauge(
            "anyspace_jobs_running",
            "Jobs that Spaces have now.",
            ["model", "space"],
            registry=own,
            multiprocess_mode="livesum",
        )
        self.jobs_waiting = Gauge(
            "anyspace_jobs_waiting",
            "Jobs that wait for a Space with room.",
            ["model"],
            registry=own,
            multiprocess_mode="livesum",
        )

    def text(self) -> bytes:
        """Tell all of it; of several processes the sum."""
        if not os.environ.get(FOLDER_VARIABLE):
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
