"""One request to another server, over nothing but asyncio's streams.

A recorder has to pass on what the app says piece by piece, as it says it, and see a
connection break where it breaks; so it reads the wire itself, as `HttpServer` writes it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import ssl
from collections.abc import AsyncIterator, Iterable
from typing import Final
from urllib.parse import urlsplit

from anyspace.testing._frames import Message, frame, read_message

__all__ = ["Answer", "BrokenOff", "Origin", "ask", "ask_for_socket"]

_LONGEST_HEAD: Final = 2**20
_PIECE: Final = 2**16
# What belongs to one connection, and what is said anew to the next server.
_PER_CONNECTION: Final = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te"}
    | {"proxy-authorization", "proxy-connection", "trailer", "transfer-encoding", "upgrade"}
)


class BrokenOff(Exception):
    """The other server cannot be reached, ended too soon, or speaks no HTTP."""


class Origin:
    """Where an app lies.

    Args:
        url: Its address; a path below the host may follow.
        verify: Check TLS certificates, or an `ssl.SSLContext` to check them with.

    Raises:
        ValueError: It is no address of that kind.
    """

    def __init__(self, url: str, verify: bool | ssl.SSLContext = True) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of an app: it begins with no http(s)://host")
        self.scheme, self.host = parts.scheme, parts.hostname
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self.netloc = parts.netloc.rpartition("@")[2]
        self.path = parts.path.rstrip("/")
        self._verify = verify

    @property
    def addresses(self) -> list[str]:
        """How the app may name itself: behind a proxy it does not know of TLS."""
        return [f"https://{self.netloc}", f"http://{self.netloc}"]

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection.

        Raises:
            OSError: Nobody answers there, or not the one that the certificate names.
        """
        context: ssl.SSLContext | None = None
        if self.scheme == "https":
            context = self._verify if isinstance(self._verify, ssl.SSLContext) else _context()
            if self._verify is False:
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return await asyncio.open_connection(self.host, self.port, ssl=context, limit=_LONGEST_HEAD)


class Answer:
    """An answer whose body is still coming.

    Attributes:
        status: The HTTP status.
        headers: Names in lower case, in order, as often as they came.
    """

    def __init__(
        self,
        status: int,
        headers: list[tuple[str, str]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        empty: bool,
    ) -> None:
        self.status = status
        self.headers = headers
        self._reader = reader
        self._writer = writer
        self._empty = empty

    def header(self, name: str) -> str:
        """The first value of a header, ``""`` without one."""
        return next((value for known, value in self.headers if known == name), "")

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes.

        Raises:
            BrokenOff: The connection ended before the body did.
        """
        try:
            async for piece in self._pieces():
                yield piece
        except (OSError, EOFError, ValueError) as exc:
            raise BrokenOff from exc

    async def message(self) -> Message:
        """Return the next message, once this is a websocket; same errors as `pieces`."""
        try:
            return await read_message(self._reader, self._writer, masked=True)
        except (OSError, EOFError) as exc:
            raise BrokenOff from exc

    async def send(self, message: Message) -> None:
        """Say something on the websocket; what the app hears no more is lost."""
        self._writer.write(frame(message.data, message.opcode, masked=True))
        with contextlib.suppress(OSError):
            await self._writer.drain()

    async def _pieces(self) -> AsyncIterator[bytes]:
        if self._empty:
            return
        if self.header("transfer-encoding").lower() == "chunked":
            async for piece in self._chunks():
                yield piece
        elif length := self.header("content-length"):
            left = int(length)
            while left:
                piece = await self._reader.read(min(left, _PIECE))
                if not piece:
                    raise EOFError
                left -= len(piece)
                yield piece
        else:
            while piece := await self._reader.read(_PIECE):
                yield piece

    async def _chunks(self) -> AsyncIterator[bytes]:
        while size := int((await self._reader.readuntil(b"\n")).partition(b";")[0], 16):
            yield await self._reader.readexactly(size)
            await self._reader.readuntil(b"\n")
        while (await self._reader.readuntil(b"\n")).strip():
            pass  # trailers

    def close(self) -> None:
        """Drop the connection."""
        self._writer.transport.abort()


async def ask(
    origin: Origin, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes
) -> Answer:
    """Send a request on a connection of its own.

    Raises:
        BrokenOff: No answer began.
    """
    own = [("connection", "close"), ("content-length", str(len(body)))]
    return await _exchange(origin, method, target, headers, own, body)


async def ask_for_socket(origin: Origin, target: str, headers: Iterable[tuple[str, str]]) -> Answer:
    """Ask for a websocket; it is one if the status is 101. Same errors as `ask`."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    own = [("connection", "Upgrade"), ("upgrade", "websocket")]
    own += [("sec-websocket-version", "13"), ("sec-websocket-key", key)]
    kept = [(name, value) for name, value in headers if not name.startswith("sec-websocket-")]
    return await _exchange(origin, "GET", target, kept, own, b"")


async def _exchange(
    origin: Origin,
    method: str,
    target: str,
    headers: Iterable[tuple[str, str]],
    own: list[tuple[str, str]],
    body: bytes,
) -> Answer:
    sent = [("host", origin.netloc), ("accept-encoding", "identity")]
    sent += [(k, v) for k, v in headers if k not in _PER_CONNECTION]
    sent += own
    lines = [f"{method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in sent), "", ""]
    try:
        reader, writer = await origin.connect()
    except OSError as exc:
        raise BrokenOff from exc
    try:
        writer.write("\r\n".join(lines).encode("latin-1") + body)
        await writer.drain()
        status, received = await _read_head(reader)
        while 100 <= status < 200 and status != 101:
            status, received = await _read_head(reader)
    except BaseException as exc:
        writer.transport.abort()
        if isinstance(exc, OSError | EOFError | ValueError | IndexError):
            raise BrokenOff from exc
        raise
    empty = method == "HEAD" or status in (101, 204, 304)
    return Answer(status, received, reader, writer, empty=empty)


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, list[tuple[str, str]]]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = []
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        headers.append((name.strip().lower(), value.strip()))
    return int(first.split(" ", 2)[1]), headers


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
