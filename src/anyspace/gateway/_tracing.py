"""OpenTelemetry: a span for every request, when it is installed.

Made by hand of four calls and not by the ready instrumentation for ASGI: that one writes
whole addresses into spans, and an address below ``/files`` is all that one needs to have a
file.
"""

from __future__ import annotations

import time
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from anyspace.gateway._calls import current_call

__all__ = ["traced"]

_LOOK_EVERY: Final = 1.0  # seconds; a provider may be set at any time


def traced(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that its requests are spans; as it is without OpenTelemetry."""
    try:
        from opentelemetry import trace
    except ModuleNotFoundError:
        return app
    return _Traced(app, trace)


class _Traced:
    def __init__(self, app: ASGIApp, trace: Any) -> None:
        self._app = app
        self._trace = trace
        self._tracer = trace.get_tracer("anyspace.gateway")
        self._look_again = 0.0
        self._wanted = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not self._is_wanted():
            await self._app(scope, receive, send)
            return
        with self._tracer.start_as_current_span(
            scope["method"], context=_parent_of(scope), kind=self._trace.SpanKind.SERVER
        ) as span:
            if not span.is_recording():
                await self._app(scope, receive, send)
                return
            try:
                await self._app(scope, receive, _telling(span, send))
            finally:
                _describe(span, scope)

    def _is_wanted(self) -> bool:
        """Whether there is anybody to tell; finding out takes the environment's variables."""
        now = time.monotonic()
        if not self._wanted and now >= self._look_again:
            provider = self._trace.get_tracer_provider()
            self._wanted = not isinstance(provider, self._trace.ProxyTracerProvider)
            self._look_again = now + _LOOK_EVERY
        return self._wanted


def _parent_of(scope: Scope) -> Any:
    """The span that the request is part of, as its `traceparent` says."""
    from opentelemetry.propagate import extract

    return extract({name.decode(): value.decode("latin-1") for name, value in scope["headers"]})


def _telling(span: Any, send: Send) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            span.set_attribute("http.response.status_code", message["status"])
        await send(message)

    return tell


def _describe(span: Any, scope: Any) -> None:
    """Say of a request what is known when it has been handled, in OpenTelemetry's words."""
    call = current_call()
    route = scope.get("path_template", "")
    said = {
        "http.request.method": scope["method"],
        "http.route": route,
        "error.type": call.failure,
        "anyspace.request_id": call.id,
        "anyspace.model": call.model,
        "anyspace.space": call.space,
        "anyspace.key": call.caller.name,
    }
    span.update_name(f"{scope['method']} {route}".strip())
    span.set_attributes({name: value for name, value in said.items() if value})
