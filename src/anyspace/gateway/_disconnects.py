"""Middleware that ends a request's work when its caller has gone away.

A server tells that a caller is gone only to who asks for more of the request. This asks on
the handler's behalf once the body is read, and cancels the handler; what it does on a Space
is cancelled there, as whenever somebody stops waiting.
"""

from __future__ import annotations

import asyncio
import logging

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

__all__ = ["cancel_when_gone"]

logger = logging.getLogger("anyspace.gateway")


def cancel_when_gone(app: ASGIApp) -> ASGIApp:
    """Wrap an application so that its requests end with their callers."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
        else:
            await _Watched(app, receive, send).handle(scope)

    return wrapped


class _Watched:
    """One request, whose caller is watched while it is handled."""

    def __init__(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        self._app = app
        self._receive = receive
        self._to_caller = send
        self._gone = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._handler = asyncio.current_task()
        self._cancelled = False
        self._answered = False

    async def handle(self, scope: Scope) -> None:
        try:
            await self._app(scope, self._next, self._send)
        except asyncio.CancelledError:
            if not self._cancelled:
                raise
            assert self._handler is not None
            self._handler.uncancel()
            route = scope.get("path_template")  # the path may be all one needs to have a file
            logger.info("%s %s: the caller went away", scope.get("method"), route)
        finally:
            if self._watch is not None:
                self._watch.cancel()

    async def _send(self, message: Message) -> None:
        await self._to_caller(message)
        if message["type"] == "http.response.body" and not message["more_body"]:
            self._answered = True  # servers call this the end, too

    async def _next(self) -> ReceiveMessage:
        """Hand on what the server says; behind the body there is only the end."""
        if self._watch is not None:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._gone.set()
        elif message["type"] == "http.request" and not message["more_body"]:
            self._watch = asyncio.create_task(self._await_end(), name="anyspace caller")
        return message

    async def _await_end(self) -> None:
        await self._receive()
        self._gone.set()
        if self._handler is not None and not self._handler.done() and not self._answered:
            self._cancelled = True
            self._handler.cancel()
