"""`FakeSpace`: a Gradio app that does what a script says, well or badly.

It plays the other side of the wire, so that a client can be tested against answers
that a real server cannot be made to give: streams cut in the middle of a message,
lying headers, a queue that is full, an app that falls silent.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from anyspace.protocol import (
    GENERATIONS,
    Cancelled,
    Closing,
    Completed,
    Entrance,
    Event,
    Failed,
    Log,
    MessageWriter,
    Output,
    Progress,
    Queued,
    Started,
    Wire,
    write_message,
)
from anyspace.testing._description import FakeEndpoint, describe
from anyspace.testing._http import Exchange, Headers, Received
from anyspace.testing._local import LocalServer
from anyspace.testing._values import Values, media_type

__all__ = ["Cut", "FakeSpace", "Pause", "Raw", "Silence"]

_VERSIONS: Final = {"sse_v3": "6.31.0", "ws": "3.50.2"}
Handler = Callable[[Exchange], Awaitable[None]]


class Pause(msgspec.Struct, frozen=True):
    """A step of a script: wait so many seconds."""

    seconds: float


class Raw(msgspec.Struct, frozen=True):
    """A step of a script: send these bytes on the stream as they are."""

    data: bytes


class Cut(msgspec.Struct, frozen=True):
    """A step of a script: drop the connection of the stream."""


class Silence(msgspec.Struct, frozen=True):
    """A step of a script: say nothing more, not even a heartbeat, and keep the connection."""


class _Session:
    def __init__(self) -> None:
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.running: dict[str, tuple[int, asyncio.Task[None]]] = {}


class FakeSpace(LocalServer):
    r"""A scripted Gradio app on a free port of 127.0.0.1.

    Use it as an (asynchronous) context manager; without ``async`` it runs in a thread
    of its own.

    An endpoint's function gets the values of its inputs. What it returns is its output (a
    tuple for several); what it raises is the app's error. A generator yields steps
    instead: outputs so far, `anyspace.protocol` events (`Queued`, `Progress`, `Log`) with
    any event id, or `Pause`, `Raw`, `Cut` and `Silence`.

    What the endpoint takes and gives is read from the function's signature: `str` is a
    textbox, `int` and `float` are numbers, `bool` is a checkbox, `Literal` is a radio, and
    `FakeFile` is a file, taken or given; ``Annotated[int, "slider"]`` names another
    component. What has a default may be left out. Without annotations everything is text;
    `FakeEndpoint` says it in words.

    Args:
        endpoints: Functions by endpoint name, or `FakeEndpoint`s.
        generation: The generation of the wire it speaks (``"ws"``, ``"sse"`` … ``"sse_v3"``).
        version: The Gradio version it claims; by default one that speaks the generation.
        prefix: Before every path of the API; by default what the version has.
        auth: User name and password it wants.
        config: Added to ``/config``.

    Attributes:
        requests: Every request received, in order.
        config: What ``/config`` answers, except for the address.
        info: What ``/info`` answers.

    Raises:
        ValueError: The components of a `FakeEndpoint` are not as many as the parameters.

    Example:
        >>> def infer(prompt: str, seed: int = 0) -> tuple[FakeFile, int]:
        ...     return FakeFile("fox.png", b"\x89PNG"), seed
        >>> with FakeSpace({"/infer": infer}) as space:
        ...     client = anyspace.Client(space.url)
        ...     client.predict("a red fox", api_name="/infer")
        (<MediaFile 'fox.png' image/png, 4 bytes>, 0)
    """

    def __init__(
        self,
        endpoints: Mapping[str, Callable[..., Any]] | Sequence[FakeEndpoint] = (),
        *,
        generation: str = "sse_v3",
        version: str = "",
        prefix: str | None = None,
        auth: tuple[str, str] | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        if isinstance(endpoints, Mapping):
            endpoints = [FakeEndpoint(name=n, function=f) for n, f in endpoints.items()]
        self._endpoints = list(endpoints)
        self._generation = GENERATIONS[generation]
        self._version = version or _VERSIONS.get(generation, self._generation.since)
        if prefix is None:
            prefix = "/gradio_api" if int(self._version.split(".")[0]) >= 5 else ""
        self.prefix = prefix
        self.config, self.info = describe(
            self._endpoints,
            version=self._version,
            protocol=generation,
            prefix=prefix,
            **(config or {}),
        )
        wire = Wire.negotiate(generation, self._version, prefix)
        self._values = Values(wire.files, lambda: f"{self.url}{prefix}/file=")
        self._auth = auth
        self._answers: dict[tuple[str, str], Handler] = {}
        self._sessions: dict[str, _Session] = {}
        self._waiting: dict[str, _Session] = {}  # entered, and their data not come yet
        self._tasks: set[asyncio.Task[None]] = set()
        self._next_id = 0
        self.requests: list[Received] = []

    # --- for tests --------------------------------------------------------------

    @property
    def files(self) -> dict[str, tuple[str, bytes]]:
        """Uploaded and given files by their paths: (name, content)."""
        return self._values.files

    @property
    def running(self) -> int:
        """How many jobs run."""
        return sum(len(session.running) for session in self._sessions.values())

    def answer(
        self,
        method: str,
        path: str,
        status: int = 200,
        body: Any = b"",
        headers: Headers | None = None,
    ) -> None:
        """Give the same answer to every request for a path, instead of the usual one."""

        async def canned(exchange: Exchange) -> None:
            await exchange.respond(status, body, headers)

        self.on(method, path, canned)

    def on(self, method: str, path: str, handler: Handler) -> None:
        """Let a handler answer every request for a path."""
        self._answers[method, path] = handler

    def add_file(self, name: str, content: bytes) -> dict[str, Any]:
        """Keep a file for who asks for it, and return what an output says of it."""
        return self._values.add(name, content)

    def received(self, path: str) -> list[Received]:
        """The requests for one path, in order."""
        return [request for request in self.requests if request.path == path]

    async def stop(self) -> None:
        """Stop at once: every connection is dropped, every job forgotten."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))
        await super().stop()

    # --- routes -----------------------------------------------------------------

    async def _handle(self, exchange: Exchange) -> None:
        request = exchange.request
        self.requests.append(request)
        handler = self._answers.get((request.method, request.path)) or self._route(request)
        if handler is not None:
            await handler(exchange)

    def _route(self, request: Received) -> Handler | None:
        if request.path == "/login":
            return self._log_in
        if self._auth and "access=yes" not in request.headers.get("cookie", ""):
            return self._refuse
        if request.path == "/config":
            return self._send_config
        path = request.path.removeprefix(self.prefix)
        if path.startswith("/file="):
            return self._send_file
        entrance = self._generation.entrance
        if entrance is Entrance.SOCKET and path == "/queue/join":
            return self._converse
        if entrance is Entrance.STREAM and (request.method, path) == ("GET", "/queue/join"):
            return self._enter
        if entrance is Entrance.STREAM and path == "/queue/data":
            return self._take_data
        routes: dict[tuple[str, str], Handler] = {
            ("POST", "/reset"): self._reset,
            ("GET", "/info"): self._send_info,
            ("POST", "/queue/join"): self._join,
            ("GET", "/queue/data"): self._stream,
            ("POST", "/cancel"): self._cancel,
            ("POST", "/upload"): self._upload,
        }
        return routes.get((request.method, path))

    async def _send_config(self, exchange: Exchange) -> None:
        await exchange.respond(200, {**self.config, "root": self.url})

    async def _send_info(self, exchange: Exchange) -> None:
        await exchange.respond(200, self.info)

    async def _refuse(self, exchange: Exchange) -> None:
        await exchange.respond(401, {"detail": "Not authenticated"})

    async def _log_in(self, exchange: Exchange) -> None:
        username, password = self._auth or ("", "")
        if exchange.request.body.decode() == f"username={username}&password={password}":
            await exchange.respond(200, {"success": True}, {"set-cookie": "access=yes; Path=/"})
        else:
            await exchange.respond(400, {"detail": "Incorrect credentials."})

    async def _join(self, exchange: Exchange) -> None:
        body = exchange.request.json()
        self._next_id += 1
        event_id = f"event-{self._next_id}"
        session = self._sessions.setdefault(body["session_hash"], _Session())
        self._start(session, event_id, body["fn_index"], body["data"])
        await exchange.respond(200, {"event_id": event_id})

    async def _cancel(self, exchange: Exchange) -> None:
        body = exchange.request.json()
        session = self._sessions.setdefault(body["session_hash"], _Session())
        for event_id, (fn_index, task) in list(session.running.items()):
            if fn_index == body["fn_index"]:
                task.cancel()
                del session.running[event_id]
        await session.messages.put(write_message(Cancelled(body["event_id"])))
        await exchange.respond(200, {"success": True})

    async def _reset(self, exchange: Exchange) -> None:
        body = exchange.request.json()
        for session in self._sessions.values():
            task = session.running.pop(body.get("event_id", ""), (0, None))[1]
            if task is not None:
                task.cancel()
        await exchange.respond(200, {"success": True})

    async def _enter(self, exchange: Exchange) -> None:
        """4.0 to 4.8: a GET enters the queue; a POST brings the data when it is asked for."""
        self._next_id += 1
        event_id, session = f"event-{self._next_id}", _Session()
        self._sessions[event_id] = session
        self._waiting[event_id] = session
        await exchange.start_stream()
        for message in (_bare(_waiting()), {"msg": "send_data", "event_id": event_id}):
            await exchange.send_chunk(_data(message))
        while True:
            step = await session.messages.get()
            if isinstance(step, Cut):
                exchange.cut()
                return
            await exchange.send_chunk(step.data if isinstance(step, Raw) else _data(_bare(step)))
            if not isinstance(step, Raw) and step["msg"] == "process_completed":
                session.running.clear()
                break
        await exchange.send_chunk(b"")

    async def _take_data(self, exchange: Exchange) -> None:
        body = exchange.request.json()
        session = self._waiting.pop(body["event_id"])
        self._start(session, body["event_id"], body["fn_index"], body["data"], announce=False)
        await exchange.respond(200, None)

    async def _converse(self, exchange: Exchange) -> None:
        """3.x: a websocket for each job."""
        await exchange.accept_socket()
        await exchange.send_frame(msgspec.json.encode({"msg": "send_hash"}))
        told = await exchange.receive_frame()
        if told is None:
            return
        for message in (_bare(_waiting()), {"msg": "send_data"}):
            await exchange.send_frame(msgspec.json.encode(message))
        given = await exchange.receive_frame()
        if given is None:
            return
        body = msgspec.json.decode(given)
        self._next_id += 1
        event_id, session = f"event-{self._next_id}", _Session()
        self._sessions[event_id] = session
        self._start(session, event_id, body["fn_index"], body["data"], announce=False)
        while True:
            step = await session.messages.get()
            if isinstance(step, Cut):
                exchange.cut()
                return
            frame = step.data if isinstance(step, Raw) else msgspec.json.encode(_bare(step))
            await exchange.send_frame(frame)
            if not isinstance(step, Raw) and step["msg"] == "process_completed":
                session.running.clear()
                break
        await exchange.send_frame((1000).to_bytes(2, "big"), 8)

    async def _upload(self, exchange: Exchange) -> None:
        files = _multipart_files(exchange.request)
        paths = [self._values.keep(name, content) for name, content in files]
        await exchange.respond(200, paths)

    async def _send_file(self, exchange: Exchange) -> None:
        path = exchange.request.path.partition("/file=")[2]
        if path in self.files:
            name, content = self.files[path]
            kind = media_type(name) or "application/octet-stream"
            await exchange.respond(200, content, {"content-type": kind})

    async def _stream(self, exchange: Exchange) -> None:
        session = self._sessions.get(exchange.request.query["session_hash"])
        await exchange.start_stream()
        if session is None:
            message = {"msg": "unexpected_error", "message": "404: ", "session_not_found": True}
            await exchange.send_chunk(_data(message))
            await exchange.send_chunk(b"")
            return
        while True:
            step = await session.messages.get()
            if isinstance(step, Cut):
                exchange.cut()
                return
            if isinstance(step, Raw):
                await exchange.send_chunk(step.data)
                continue
            await exchange.send_chunk(_data(step))
            if step["msg"] == "process_completed":
                session.running.pop(step["event_id"], None)
                if not session.running:
                    break
        if self._generation.announces_close:
            await exchange.send_chunk(_data(write_message(Closing())))
        await exchange.send_chunk(b"")

    # --- scripts ----------------------------------------------------------------

    def _start(
        self,
        session: _Session,
        event_id: str,
        fn_index: int,
        data: list[Any],
        *,
        announce: bool = True,
    ) -> None:
        if announce:
            session.messages.put_nowait(_waiting(event_id))
        task = asyncio.create_task(self._run(session, event_id, self._endpoints[fn_index], data))
        session.running[event_id] = (fn_index, task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(
        self, session: _Session, event_id: str, endpoint: FakeEndpoint, data: list[Any]
    ) -> None:
        async def tell(event: Event) -> None:
            await session.messages.put(writer.write(event))

        writer = MessageWriter(sends_edits=self._generation.sends_edits)
        try:
            result = endpoint.function(*self._values.arguments(endpoint, data))
            await tell(Started(event_id))
            if inspect.isgenerator(result):
                await self._play(session, event_id, endpoint, result, tell)
            else:
                await tell(Completed(event_id, self._values.outputs(endpoint, result)))
        except Exception as exc:
            await tell(Failed(event_id, str(exc) or None))

    async def _play(
        self,
        session: _Session,
        event_id: str,
        endpoint: FakeEndpoint,
        steps: Iterator[Any],
        tell: Callable[[Event], Awaitable[None]],
    ) -> None:
        last: list[Any] = []
        for step in steps:
            if isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
            elif isinstance(step, Silence):
                await asyncio.Event().wait()
            elif isinstance(step, Raw | Cut):
                await session.messages.put(step)
            elif isinstance(step, Queued | Progress | Log):
                await tell(msgspec.structs.replace(step, event_id=event_id))
            else:
                last = self._values.outputs(endpoint, step)
                await tell(Output(event_id, last))
        await tell(Completed(event_id, last))


def _waiting(event_id: str = "") -> dict[str, Any]:
    return write_message(Queued(event_id, rank=0, queue_size=1))


def _bare(message: dict[str, Any]) -> dict[str, Any]:
    """Up to 4.8 messages name no event: the stream is the job's own."""
    return {key: value for key, value in message.items() if key != "event_id"}


def _data(message: Any) -> bytes:
    return b"data: " + msgspec.json.encode(message) + b"\n\n"


def _multipart_files(request: Received) -> Iterator[tuple[str, bytes]]:
    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
    for part in request.body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = head.partition(b'filename="')[2].partition(b'"')[0].decode()
        yield name, content.removesuffix(b"\r\n")
