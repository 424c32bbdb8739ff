"""A gateway on a real socket, for clients that want one and for callers who go away."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import aiohttp
import uvicorn

from anyspace.gateway import GatewaySettings, create_app


class Gateway:
    """A gateway on a free port of this machine, in the loop of the test, and a way to ask it.

    Attributes:
        url: Where it is.
    """

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self.url = ""

    async def __aenter__(self) -> Self:
        # Connections wait in the socket until the server takes them.
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(self._settings), log_level="critical")
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server.serve([listening]))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._session = aiohttp.ClientSession(self.url)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.close()
        self._server.should_exit = True
        await self._serving

    def post(self, path: str, **options: Any) -> Any:
        return self._session.post(path, **options)


@contextlib.contextmanager
def served(settings: GatewaySettings) -> Iterator[str]:
    """A gateway in a thread, for clients that block; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    # Quick, because clients keep connections open that they will not use any more.
    config = uvicorn.Config(create_app(settings), log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
