"""Run a gateway on a free port, here or in a thread, and speak to it as clients do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import aiohttp
import msgspec
import uvicorn

from anyspace.gateway import GatewaySettings, create_app, read_settings
from anyspace.gateway.gradio import Facade
from anyspace.gateway.gradio._sessions import Patience

API = "/gradio_api"


class Served:
    """A gateway that runs.

    Attributes:
        url: Its address.
        facade: Its Gradio apps, for those in the same thread.
        http: A connection to it.
    """

    def __init__(self, url: str, facade: Facade, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.facade = facade
        self.http = http

    def at(self, model: str) -> str:
        """The address of a model."""
        return f"{self.url}/gradio/{model}"

    async def get(self, model: str, path: str, **options: Any) -> Any:
        """What a GET answers, decoded."""
        async with self.http.get(f"{self.at(model)}{path}", **options) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, model: str, path: str, body: Any, status: int = 200) -> Any:
        """What a POST answers, decoded."""
        async with self.http.post(f"{self.at(model)}{path}", json=body) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def number_of(self, model: str, name: str) -> int:
        """The number of an endpoint."""
        config = await self.get(model, "/config")
        (number,) = [d["id"] for d in config["dependencies"] if d["api_name"] == name.lstrip("/")]
        return int(number)

    async def join(self, model: str, name: str, data: list[Any], session: str = "s") -> str:
        """Submit a job, and return its name."""
        number = await self.number_of(model, name)
        body = {"fn_index": number, "data": data, "session_hash": session}
        return str((await self.post(model, f"{API}/queue/join", body))["event_id"])

    @contextlib.asynccontextmanager
    async def stream(self, model: str, session: str = "s") -> AsyncIterator[Messages]:
        """Open a session's stream."""
        address = f"{self.at(model)}{API}/queue/data?session_hash={session}"
        async with self.http.get(address) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Messages(answer)

    async def messages(self, model: str, session: str = "s") -> list[dict[str, Any]]:
        """Everything that a session's stream says."""
        async with self.stream(model, session) as stream:
            return [message async for message in stream]

    async def upload(self, model: str, *files: tuple[str, bytes, str]) -> list[str]:
        """Upload files: name, content, type."""
        form = aiohttp.FormData()
        for name, content, kind in files:
            form.add_field("files", content, filename=name, content_type=kind)
        async with self.http.post(f"{self.at(model)}{API}/upload", data=form) as answer:
            assert answer.status == 200, await answer.text()
            return list(await answer.json())


class Messages:
    """The messages of a stream."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        while (line := await self._answer.content.readuntil(b"\n\n")) or True:
            if not line:
                return
            yield msgspec.json.decode(line.removeprefix(b"data: "))

    async def next(self, kind: str = "") -> dict[str, Any]:
        """The next message, or the next of a kind."""
        async for message in self:
            if kind in ("", message["msg"]):
                return message
        raise AssertionError(f"the stream ended without {kind or 'another message'}")


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # they are the test runner's


@contextlib.asynccontextmanager
async def serving(
    models: Mapping[str, str] | GatewaySettings, patience: Patience | None = None
) -> AsyncIterator[Served]:
    """Run a gateway in front of apps, by name their addresses, or as settings say."""
    settings = models if isinstance(models, GatewaySettings) else read_settings(models=models)
    app = create_app(settings)
    facade: Facade = app.state.facade
    if patience is not None:
        facade.sessions.patience = patience
    config = uvicorn.Config(
        app, lifespan="on", log_config=None, ws="none", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = asyncio.create_task(server.serve([listener]))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        await server.up.wait()
        try:
            async with aiohttp.ClientSession() as http:
                yield Served(url, facade, http)
        finally:
            server.should_exit = True
            await running


@contextlib.contextmanager
def serving_in_thread(models: Mapping[str, str] | GatewaySettings) -> Iterator[str]:
    """The same in a thread of its own, for clients that block; gives its address."""
    ready, urls = threading.Event(), []
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with serving(models) as served:
            ended = asyncio.Event()
            stop.append((asyncio.get_running_loop(), ended))
            urls.append(served.url)
            ready.set()
            await ended.wait()

    def work() -> None:
        try:
            asyncio.run(serve())
        finally:
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait()
    assert urls, "the gateway did not start"
    try:
        yield urls[0]
    finally:
        loop, ended = stop[0]
        loop.call_soon_threadsafe(ended.set)
        thread.join()
