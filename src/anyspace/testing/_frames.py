"""Messages of a websocket (RFC 6455), as either side writes and reads them."""

from __future__ import annotations

import asyncio
import secrets
from typing import Final, NamedTuple

__all__ = ["BINARY", "CLOSE", "TEXT", "Message", "frame", "read_message"]

TEXT: Final = 1
BINARY: Final = 2
CLOSE: Final = 8
_PING: Final = 9
_PONG: Final = 10
_FINAL: Final = 0x80


class Message(NamedTuple):
    """One whole message.

    Attributes:
        opcode: `TEXT`, `BINARY` or `CLOSE`.
        data: Its content; of `CLOSE` two bytes of code and a reason, or nothing.
    """

    opcode: int
    data: bytes


def frame(data: bytes, opcode: int = TEXT, *, masked: bool = False) -> bytes:
    """Write one message as one frame; clients mask theirs, servers do not."""
    size = len(data)
    bit = 0x80 if masked else 0
    if size < 126:
        head = bytes([_FINAL | opcode, bit | size])
    elif size < 2**16:
        head = bytes([_FINAL | opcode, bit | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([_FINAL | opcode, bit | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + data
    mask = secrets.token_bytes(4)
    return head + mask + _mask(data, mask)


async def read_message(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, masked: bool
) -> Message:
    """Return the next whole message, answering pings on the way.

    Args:
        reader: Where frames come from.
        writer: Where the answers to pings go.
        masked: What is written is masked: this side is the client.

    Raises:
        IncompleteReadError: The connection ended without a close.
    """
    kind, pieces = TEXT, b""
    while True:
        first, opcode, data = await _read_frame(reader)
        if opcode == _PING:
            writer.write(frame(data, _PONG, masked=masked))
        elif opcode == CLOSE:
            return Message(CLOSE, data)
        elif opcode != _PONG:
            kind = opcode or kind  # 0 continues what the first frame began
            pieces += data
            if first & _FINAL:
                return Message(kind, pieces)


async def _read_frame(reader: asyncio.StreamReader) -> tuple[int, int, bytes]:
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
    mask = await reader.readexactly(4) if second & 0x80 else b""
    data = await reader.readexactly(size)
    return first, first & 0x0F, _mask(data, mask) if mask else data


def _mask(data: bytes, mask: bytes) -> bytes:
    """Apply a mask, or take it off again; as one number, for pictures are megabytes."""
    size = len(data)
    whole = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")
