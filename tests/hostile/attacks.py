"""What hostile servers do, and how to see what it costs."""

from __future__ import annotations

import contextlib
import gzip
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from anyspace.testing import Exchange, FakeSpace

try:
    import brotli
except ImportError:  # it comes with other things; where it is not, nobody could unpack it
    brotli = None

__all__ = [
    "BOMBS",
    "MIB",
    "SECRET",
    "Stranger",
    "bomb",
    "endless",
    "huge",
    "little_memory",
    "nested",
]

MIB: Final = 1024 * 1024
Handler = Callable[[Exchange], Awaitable[None]]
_PIECE: Final = b"x" * 65536
SECRET: Final = "secret"
"""Stands in everything that a test must not see elsewhere."""


@contextlib.contextmanager
def little_memory(most: int) -> Iterator[None]:
    """Fail when the block needs more than so many bytes, server included."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most, f"{peak / MIB:.0f} MiB"


def endless(piece: bytes = _PIECE, *, kind: str = "application/json") -> Handler:
    """A body without an end, in chunks."""

    async def handle(exchange: Exchange) -> None:
        await exchange.send_head(headers={"content-type": kind, "transfer-encoding": "chunked"})
        while True:
            await exchange.send_chunk(piece)

    return handle


def huge(length: int = 10 * 1024**3, *, kind: str = "application/json") -> Handler:
    """A body that claims to have ten gigabytes, and sends as many as are taken."""

    async def handle(exchange: Exchange) -> None:
        await exchange.send_head(headers={"content-type": kind, "content-length": str(length)})
        for _ in range(length // len(_PIECE)):
            await exchange.send(_PIECE)

    return handle


def _packed_zeros(encoding: str) -> bytes:
    """128 megabytes, packed: far more than any test here may take."""
    zeros = bytes(MIB)
    if encoding == "br" and brotli is not None:
        packer = brotli.Compressor(quality=1)
        return b"".join([*(packer.process(zeros) for _ in range(128)), packer.finish()])
    kind = {"gzip": 31, "deflate": 15, "raw": -15}.get(encoding, 31)
    inflated = zlib.compressobj(1, zlib.DEFLATED, kind)
    return b"".join([*(inflated.compress(zeros) for _ in range(128)), inflated.flush()])


_made: dict[str, bytes] = {}
# What the name of the encoding is on the wire, and what is sent.
BOMBS: Final = {
    "gzip": "gzip",
    "x-gzip": "gzip",
    "deflate": "deflate",
    "deflate without header": "raw",
    "br": "br",
    "zstd": "gzip",
    "gzip, gzip": "gzip",
}


def bomb(name: str, *, kind: str = "application/json") -> Handler:
    """A little that unpacks to very much, or claims to."""
    how = BOMBS[name]

    async def handle(exchange: Exchange) -> None:
        headers = {"content-type": kind, "content-encoding": name.removesuffix(" without header")}
        if how not in _made:
            _made[how] = _packed_zeros(how)
        await exchange.respond(200, _made[how], headers)

    return handle


def nested(depth: int, inner: bytes = b"1") -> bytes:
    """A list in a list in a list…"""
    return b"[" * depth + inner + b"]" * depth


def packed(body: bytes) -> bytes:
    """Honestly packed."""
    return gzip.compress(body)


class Stranger(FakeSpace):
    """A server that nobody told anything: it must never get to see a secret.

    Every request is looked at when the block ends: headers, address and body.
    """

    def _judge(self, exc: BaseException | None) -> None:
        seen = [request for request in self.requests if SECRET in repr(request)]
        assert seen == [], "a secret went to a stranger"
