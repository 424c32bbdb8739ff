"""`LocalServer`: what answers on 127.0.0.1 for as long as a block runs."""

from __future__ import annotations

import asyncio
import ssl
import threading
from types import TracebackType
from typing import Self

from anyspace.testing._http import Exchange, HttpServer

__all__ = ["LocalServer", "cookie_for_here"]


class LocalServer:
    """A server on a free port of 127.0.0.1, as an (asynchronous) context manager.

    Without ``async`` it runs in a thread of its own, so that blocking code can ask it.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = HttpServer(self._handle)
        self._tls = tls
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._here

    @property
    def _here(self) -> str:
        # Certificates are for names.
        root = "https://localhost" if self._tls else "http://127.0.0.1"
        return f"{root}:{self._server.port}"

    @property
    def connections(self) -> int:
        """How many connections were opened to it."""
        return self._server.connections

    async def _handle(self, exchange: Exchange) -> None:
        """Answer one request."""
        raise NotImplementedError

    def _judge(self, exc: BaseException | None) -> None:
        """Say at the end of the block what went wrong in it; `exc` is what left it."""

    async def start(self) -> None:
        """Begin to serve, in the running loop."""
        await self._server.start(tls=self._tls)

    async def stop(self) -> None:
        """Stop at once: every connection is dropped."""
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()
        self._judge(exc)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name=type(self).__name__, daemon=True
        )
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.start(), self._loop).result()
        except BaseException:
            self._end_thread(self._loop, self._thread)
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._loop is not None  # set by __enter__
        assert self._thread is not None
        try:
            asyncio.run_coroutine_threadsafe(self.stop(), self._loop).result()
        finally:
            self._end_thread(self._loop, self._thread)
        self._judge(exc)

    def _end_thread(self, loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def cookie_for_here(cookie: str) -> str:
    """A cookie that a client sends back over plain HTTP to 127.0.0.1."""
    first, *attributes = cookie.split(";")
    dropped = ("secure", "domain", "samesite")
    kept = [item for item in attributes if item.strip().lower().partition("=")[0] not in dropped]
    return ";".join([first, *kept])
