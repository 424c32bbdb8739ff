"""Packed answers, unpacked a little at a time.

A few kilobytes of gzip can stand for gigabytes. The HTTP library would unpack whatever
came at one stroke, in every encoding that happens to be installed; here at most a megabyte
is unpacked before the limits are looked at again, and nothing is taken that was not asked
for.
"""

from __future__ import annotations

import zlib
from typing import Final

from anyspace._errors import RemoteProtocolError
from anyspace.client._limits import MIB

__all__ = ["ACCEPTED", "Unpacker", "unpacker_for"]

ACCEPTED: Final = "gzip, deflate"
"""What is asked for; both are in the standard library."""

_ANY_HEADER: Final = 47  # zlib's word for "gzip or zlib, see for yourself"
_NO_HEADER: Final = -15
_ZLIB: Final = 8  # the low half of the first byte where there is a zlib header


class Unpacker:
    """Unpacks gzip, and deflate with and without its header.

    Args:
        deflate: The encoding is ``deflate``, whose header some servers leave out.
    """

    def __init__(self, *, deflate: bool = False) -> None:
        self._deflate = deflate
        self._inflate = zlib.decompressobj(_ANY_HEADER)
        self._packed = b""
        self._begun = False

    def feed(self, packed: bytes) -> None:
        """Take the next packed bytes."""
        if self._deflate and not self._begun and packed and packed[0] & 15 != _ZLIB:
            self._inflate = zlib.decompressobj(_NO_HEADER)
        self._begun = self._begun or bool(packed)
        self._packed += packed

    def unpack(self) -> bytes:
        """Unpack some of what was fed; ``b""`` when more has to be fed first.

        Raises:
            RemoteProtocolError: That is not what it is said to be.
        """
        while self._packed:
            if self._inflate.eof:  # gzip may be several, one behind the other
                self._inflate = zlib.decompressobj(_ANY_HEADER)
            try:
                piece = self._inflate.decompress(self._packed, MIB)
            except zlib.error as exc:
                raise RemoteProtocolError(f"the app packed its answer wrongly: {exc}") from exc
            self._packed = self._inflate.unconsumed_tail or self._inflate.unused_data
            if piece:
                return piece
        return b""

    @property
    def whole(self) -> bool:
        """What was packed is there to its end."""
        return self._inflate.eof or not self._begun


def unpacker_for(encoding: str) -> Unpacker | None:
    """Make what unpacks an encoding; None for a body that is not packed.

    Raises:
        RemoteProtocolError: It is one that was not asked for.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name in ("gzip", "x-gzip", "deflate"):
        return Unpacker(deflate=name == "deflate")
    raise RemoteProtocolError(f"the app packed its answer as {encoding[:40]!r}, unasked")
