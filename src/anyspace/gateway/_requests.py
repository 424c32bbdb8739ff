"""Every request gets a name, one line in the log, and is counted."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from anyspace.gateway._calls import Call, leave_call, set_call
from anyspace.gateway._metrics import Metrics

__all__ = ["REQUEST_ID", "Requests"]

logger = logging.getLogger("anyspace.gateway.requests")

REQUEST_ID: Final = "x-request-id"
_ID_HEADER: Final = REQUEST_ID.encode()
_SANE: Final = re.compile(rb"[A-Za-z0-9._-]{1,100}")
_WENT_AWAY: Final = 499  # nobody was there to be answered; the number that nginx logs for it
_QUIET: Final = frozenset(("/healthz", "/readyz", "/metrics"))  # asked every few seconds
_UNMATCHED: Final = "unmatched"


class Requests:
    """Handles every request as a `Call`.

    Args:
        app: Who answers them.
        metrics: Where they are counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(_id_of(scope), self._metrics)
        token = set_call(call)
        try:
            if scope["type"] == ScopeType.HTTP:
                await _Answer(self._metrics, call, scope, send).watch(self._app, receive)
            else:
                await self._app(scope, receive, send)
        finally:
            leave_call(token)


class _Answer:
    """The answer to one request, as it goes out."""

    def __init__(self, metrics: Metrics, call: Call, scope: Scope, send: Send) -> None:
        self._metrics = metrics
        self._call = call
        self._scope = scope
        self._to_caller = send
        self._status = _WENT_AWAY
        self._bytes = 0
        self._begun = time.perf_counter()

    async def watch(self, app: ASGIApp, receive: Receive) -> None:
        try:
            await app(self._scope, receive, self._send)
        finally:
            self._tell()

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = [*message["headers"], (_ID_HEADER, self._call.id.encode())]
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body":
            self._bytes += len(message["body"])
        await self._to_caller(message)

    def _tell(self) -> None:
        call = self._call
        seconds = time.perf_counter() - self._begun
        scope: Any = self._scope
        route = scope.get("path_template") or _UNMATCHED
        self._count(route, seconds)
        level = logging.DEBUG if route in _QUIET else logging.INFO
        if not logger.isEnabledFor(level):
            return
        fields = {
            "key": call.caller.name,
            "method": scope["method"],
            "route": route,
            "model": call.model,
            "space": call.space,
            "status": self._status,
            "failure": call.failure,
            "ms": round(seconds * 1000, 1),
            "bytes": self._bytes,
        }
        logger.log(level, "request", extra={"fields": fields})

    def _count(self, route: str, seconds: float) -> None:
        model, space = self._call.labels
        metrics = self._metrics
        metrics.requests.labels(route, model, space, self._status).inc()
        metrics.seconds.labels(route, model).observe(seconds)
        if self._call.failure:
            metrics.failures.labels(model, space, self._call.failure).inc()
        if self._call.cached:
            metrics.cache_hits.labels(model).inc()


def _id_of(scope: Scope) -> str:
    """The name that the caller, or a proxy, gave the request, if it is one; else one of ours."""
    for name, value in scope["headers"]:
        if name == _ID_HEADER and _SANE.fullmatch(value):
            return value.decode()
    return secrets.token_hex(8)
