"""A wire that can be damaged: a proxy on 127.0.0.1 between a client and a real server."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from types import TracebackType
from typing import Self

__all__ = ["Wire"]


class Wire:
    """Passes bytes on until it is told to fail.

    Args:
        url: Where the server is.

    Attributes:
        url: Where the wire begins.
        mode: How it fails: ``"fin"``, ``"rst"`` or ``"stall"``.
        marker: It fails behind these bytes from the server, or (`upward`) from the client.
        upward: Whether it fails on the way to the server.
        failed: Set when it has failed.
    """

    def __init__(self, url: str) -> None:
        self._port = int(url.rpartition(":")[2])
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self.mode = ""
        self.marker = b""
        self.upward = False
        self.failed = asyncio.Event()
        self.url = ""

    def break_after(self, marker: bytes, mode: str, *, upward: bool = False) -> None:
        """Fail behind these bytes, once."""
        self.marker, self.mode, self.upward = marker, mode, upward

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # connections close one step after they are told to

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._connect(reader, writer)
        finally:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            self._writers.append(back)
            ends = (writer, back)
            pumps = (
                asyncio.create_task(self._pump(reader, back, ends, upward=True)),
                asyncio.create_task(self._pump(there, writer, ends, upward=False)),
            )
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                if not back.transport.is_closing():
                    back.transport.abort()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
        *,
        upward: bool,
    ) -> None:
        seen = b""
        while data := await reader.read(16384):
            if self.mode and upward is self.upward:
                seen += data
                place = seen.find(self.marker)
                if place >= 0:
                    known = len(seen) - len(data)
                    writer.write(data[: max(0, place + len(self.marker) - known)])
                    await writer.drain()
                    await self._fail(ends)
                    return
            writer.write(data)
            await writer.drain()

    async def _fail(self, ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> None:
        mode, self.mode = self.mode, ""
        self.failed.set()
        if mode == "stall":
            await asyncio.Event().wait()
        for end in ends:
            if mode == "rst":
                # With no time to linger, closing resets the connection.
                linger = struct.pack("ii", 1, 0)
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            end.close()
