"""The gate: who may send requests at all, before any route sees them.

With keys, every route wants one, except those that tell whether the gateway is well, its
documentation, and results, whose addresses cannot be guessed. Without keys the gateway
serves this machine only, and a web page that somebody looks at on this machine is not this
machine: its requests come with an `Origin`, or, when its name was made to lead here (DNS
rebinding), with a foreign `Host`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from litestar import Request
from litestar.config.cors import CORSConfig
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from anyspace.gateway._callers import Callers
from anyspace.gateway._calls import current_call
from anyspace.gateway._errors import Refused, answer_error
from anyspace.gateway._gateway import Gateway
from anyspace.gateway._settings import GatewaySettings

__all__ = ["Gate", "Origins"]

_LOOPBACK: Final = r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?"
_LOOPBACK_HOST: Final = re.compile(_LOOPBACK, re.IGNORECASE)
_LOOPBACK_ORIGIN: Final = re.compile(f"https?://{_LOOPBACK}", re.IGNORECASE)
_OPEN: Final = re.compile(
    r"/(?:healthz|readyz|docs(?:/.*)?|files/.*|gradio/[^/]+(?:/gradio_api)?/file=.*)", re.DOTALL
)
_TOLD: Final = (
    "retry-after",
    "x-anyspace-cache",
    "x-anyspace-model",
    "x-anyspace-space",
    "x-request-id",
)
_READ: Final = frozenset((b"host", b"origin", b"authorization", b"api-key", b"x-api-key"))


class Gate:
    """Hands on the requests of those who may call, and says who they are.

    Args:
        app: Who answers them.
        gateway: Knows the keys.
    """

    def __init__(self, app: ASGIApp, gateway: Gateway) -> None:
        self._app = app
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _OPEN.fullmatch(scope["path"]):
            headers = _headers_of(scope)
            try:
                _refuse_strangers(self._gateway.settings, self._gateway.callers, headers)
                if not _is_preflight(scope, headers):  # a browser sends no key with these
                    current_call().caller = self._gateway.callers.recognise(headers)
            except Refused as exc:
                origin = headers.get("origin", "")
                if _may_call(self._gateway.settings, self._gateway.callers, origin):
                    exc.headers = {**exc.headers, **_readable(origin)}
                await _refuse(exc, scope, receive, send)
                return
        await self._app(scope, receive, send)


class Origins(CORSConfig):
    """Which pages may read answers in a browser, as the settings say at the moment.

    Args:
        gateway: Knows the settings.
    """

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(allow_origins=[], expose_headers=list(_TOLD))
        self._gateway = gateway

    def is_origin_allowed(self, origin: str) -> bool:
        """Whether a page from there may."""
        return _may_call(self._gateway.settings, self._gateway.callers, origin)


def _may_call(settings: GatewaySettings, callers: Callers, origin: str) -> bool:
    origins = settings.cors.origins
    if "*" in origins or origin in origins:
        return True
    return not callers and bool(_LOOPBACK_ORIGIN.fullmatch(origin))


def _refuse_strangers(
    settings: GatewaySettings, callers: Callers, headers: Mapping[str, str]
) -> None:
    """Without keys: refuse who is not this machine.

    Raises:
        Refused: It is not.
    """
    if callers:
        return  # a page that has a key was given it
    host = headers.get("host", "")
    if not _LOOPBACK_HOST.fullmatch(host):
        raise Refused(
            f"without keys this gateway answers only to 127.0.0.1 and localhost, not to {host!r}; "
            "make a key with `anyspace key new NAME`",
            status=403,
            code="host_not_allowed",
        )
    origin = headers.get("origin")
    if origin is not None and not _may_call(settings, callers, origin):
        raise Refused(
            f"pages of {origin} may not call this gateway; if they should, say in anyspace.toml: "
            f'[cors] origins = ["{origin}"]',
            status=403,
            code="origin_not_allowed",
        )


def _is_preflight(scope: Scope, headers: Mapping[str, str]) -> bool:
    return scope.get("method") == "OPTIONS" and "origin" in headers


def _readable(origin: str) -> dict[str, str]:
    """Let a page read why it was refused."""
    return {"access-control-allow-origin": origin, "vary": "Origin"} if origin else {}


def _headers_of(scope: Scope) -> dict[str, str]:
    return {
        name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _READ
    }


async def _refuse(exc: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == ScopeType.WEBSOCKET:
        await send({"type": "websocket.close", "code": 1008, "reason": exc.code})
        return
    request: Request[Any, Any, Any] = Request(scope, receive, send)
    answer = answer_error(request, exc).to_asgi_response(app=None, request=request)
    await answer(scope, receive, send)
