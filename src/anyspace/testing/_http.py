"""A small HTTP/1.1 server that can also misbehave.

Real servers frame their answers correctly; this one lets a test choose every byte and
the moment when the connection is cut.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from anyspace.testing._frames import CLOSE, TEXT, Message, frame, read_message

__all__ = ["Exchange", "Headers", "HttpServer", "Received"]

_SOCKET_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_BODILESS: Final = (101, 204, 304)
# Of the loop: until a connection that was accepted has its task, until one over TLS is gone.
_TURNS_TO_ACCEPT: Final = 5
_TURNS_TO_ABORT: Final = 3
Headers = Mapping[str, str] | Iterable[tuple[str, str]]


class Received(msgspec.Struct):
    """One request as it came.

    Attributes:
        method: ``"GET"`` or ``"POST"``.
        target: The path and query as they were sent.
        path: The path, percent-decoded.
        query: The query's values, the last of each name.
        headers: Names in lower case; what came several times is joined with commas.
        body: The whole body.
        connection: The number of the connection it came on, from 1.
    """

    method: str
    target: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    connection: int

    def json(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)


class Exchange:
    """One request and the means to answer it."""

    def __init__(
        self, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.request = request
        self._reader = reader
        self._writer = writer
        self.answered = False
        self.ahead = b""  # read of the next request already

    async def respond(
        self, status: int = 200, body: Any = b"", headers: Headers | None = None
    ) -> None:
        """Send a whole answer.

        Args:
            status: The HTTP status.
            body: What is not bytes or text is sent as JSON.
            headers: Added to (and before) the type and length; pairs may repeat a name.
        """
        kind = "application/json"
        if isinstance(body, str):
            body, kind = body.encode(), "text/plain; charset=utf-8"
        elif not isinstance(body, bytes):
            body = msgspec.json.encode(body)
        given = _pairs(headers)
        names = {name.lower() for name, _ in given}
        usual = (("content-type", kind), ("content-length", str(len(body))))
        wanted = [(k, v) for k, v in usual if k not in names and status not in _BODILESS]
        await self.send_head(status, [*wanted, *given])
        if self.request.method != "HEAD" and status not in _BODILESS:
            await self.send(body)

    async def send_head(self, status: int = 200, headers: Headers | None = None) -> None:
        """Send the status line and headers only."""
        self.answered = True
        lines = [f"HTTP/1.1 {status} -", *(f"{k}: {v}" for k, v in _pairs(headers))]
        await self.send("\r\n".join((*lines, "", "")).encode())

    async def start_stream(self) -> None:
        """Begin an event stream in chunks."""
        await self.send_head(
            headers={"content-type": "text/event-stream", "transfer-encoding": "chunked"}
        )

    async def send_chunk(self, data: bytes) -> None:
        """Send one chunk of a stream; an empty one ends it."""
        await self.send(b"%x\r\n%b\r\n" % (len(data), data))

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    async def accept_socket(self) -> None:
        """Turn the connection into a websocket (RFC 6455)."""
        key = self.request.headers["sec-websocket-key"].encode()
        accept = base64.b64encode(hashlib.sha1(key + _SOCKET_GUID).digest()).decode()
        upgrade = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept}
        await self.send_head(101, upgrade)

    async def send_frame(self, data: bytes, opcode: int = TEXT) -> None:
        """Send one frame of a websocket; text unless told otherwise."""
        await self.send(frame(data, opcode))

    async def receive_frame(self) -> bytes | None:
        """Return the next message of a websocket, None when the client closed it."""
        message = await self.receive_message()
        return None if message.opcode == CLOSE else message.data

    async def receive_message(self) -> Message:
        """The same with its kind; the client's close too."""
        return await read_message(self._reader, self._writer, masked=False)

    async def close_socket(self, data: bytes = b"", *, answering: bool = False) -> None:
        """Close a websocket in order: both sides say so, then the server hangs up."""
        await self.send_frame(data, CLOSE)
        while not answering:
            answering = (await self.receive_message()).opcode == CLOSE
        self.hang_up()

    def hang_up(self) -> None:
        """Close the connection, after what was sent has arrived."""
        self.answered = True
        self._writer.close()

    async def gone(self) -> None:
        """Wait until the client has hung up."""
        self.ahead = await self._reader.read(1)
        if self.ahead:  # its next request: it waits for this answer, and so can we no longer tell
            await asyncio.Event().wait()

    async def while_there(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do something until it is done or the client has hung up.

        Returns:
            It was done.
        """
        doing, leaving = asyncio.create_task(work), asyncio.create_task(self.gone())
        try:
            await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
            done = doing.done()
        finally:
            doing.cancel()
            leaving.cancel()
            await asyncio.gather(doing, leaving, return_exceptions=True)
        if done:
            doing.result()
        return done

    def cut(self) -> None:
        """Drop the connection without another byte."""
        self.answered = True
        self._writer.transport.abort()


class HttpServer:
    """Serves one handler on a free port of 127.0.0.1."""

    def __init__(self, handle: Callable[[Exchange], Awaitable[None]]) -> None:
        self._handle = handle
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connections = 0

    async def start(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        """Begin to listen; with `tls` for https only."""
        self._server = await asyncio.start_server(
            self._connected, "127.0.0.1", port, limit=2**20, ssl=tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drop every connection and stop listening."""
        if self._server is None:
            return
        # First nobody more is let in: asyncio loses who comes in while a server closes.
        loop = asyncio.get_running_loop()
        for listener in self._server.sockets:
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.remove_reader(listener)
        await _turn(_TURNS_TO_ACCEPT)
        self._server.close()
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(tuple(self._tasks))
        await _turn(_TURNS_TO_ABORT)
        self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None  # start_server runs every connection in a task
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._serve(reader, writer, self.connections)
        except asyncio.CancelledError:
            pass  # stopped
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
    ) -> None:
        ahead = b""
        while not writer.transport.is_closing():
            request = await _read_request(reader, connection, ahead)
            exchange = Exchange(request, reader, writer)
            await self._handle(exchange)
            if not exchange.answered:
                await exchange.respond(404, {"detail": "Not Found"})
            ahead = exchange.ahead


async def _turn(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


def _pairs(headers: Headers | None) -> list[tuple[str, str]]:
    return list(headers.items() if isinstance(headers, Mapping) else headers or ())


async def _read_request(
    reader: asyncio.StreamReader, connection: int, ahead: bytes = b""
) -> Received:
    head = ahead + await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        known = headers.get(name.lower())
        headers[name.lower()] = value.strip() if known is None else f"{known}, {value.strip()}"
    if headers.get("transfer-encoding") == "chunked":
        body = await _read_chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    parts = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return Received(method, target, unquote(parts.path), query, headers, body, connection)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        size = int(await reader.readuntil(b"\n"), 16)
        body += await reader.readexactly(size)
        await reader.readuntil(b"\n")
        if not size:
            return body
