"""``/healthz``, ``/readyz``, ``/metrics``: what those ask who keep the gateway running."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from prometheus_client import CONTENT_TYPE_LATEST

from anyspace.client import in_thread
from anyspace.gateway._calls import current_call
from anyspace.gateway._errors import Refused, Stopping
from anyspace.gateway._gateway import Gateway

__all__ = ["ROUTES"]


@get("/healthz", media_type="text/plain", include_in_schema=False)
async def say_alive() -> str:
    """The process answers."""
    return "alive\n"


@get("/readyz", media_type="text/plain", include_in_schema=False)
async def say_ready(gateway: NamedDependency[Gateway]) -> str:
    """The gateway takes jobs."""
    if gateway.life.stopping:
        raise Stopping
    return "ready\n"


@get("/metrics", include_in_schema=False)
async def give_metrics(gateway: NamedDependency[Gateway]) -> Response[bytes]:
    """What was counted. It names every model, so keys that are for some do not get it."""
    if not gateway.settings.serve.metrics:
        raise NotFoundException("metrics are switched off here")
    if current_call().caller.is_limited:
        raise Refused(
            "this key is for some models, and the metrics are of all",
            status=403,
            code="not_allowed",
        )
    text = await in_thread(gateway.metrics.text)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


ROUTES = (say_alive, say_ready, give_metrics)
