"""Which part of a file a request asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["Part", "Unsatisfiable", "parse_range"]

_RANGE: Final = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.I | re.A)
_DIGITS: Final = 19  # more than any file has


class Part(NamedTuple):
    """A part of a file.

    Attributes:
        start: Its first byte, from 0.
        size: How many bytes.
    """

    start: int
    size: int


class Unsatisfiable(ValueError):
    """The part lies behind the file's end."""


def parse_range(header: str, size: int) -> Part | None:
    """Read a ``Range`` header for a file of so many bytes.

    Several ranges, other units and what cannot be read mean the whole file, as the RFC
    allows: None.

    Raises:
        Unsatisfiable: Nothing of the file lies in it.
    """
    found = _RANGE.fullmatch(header)
    if found is None or max(map(len, found.groups())) > _DIGITS:
        return None
    first, last = found.groups()
    if not first:
        return _last_bytes(last, size)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None  # invalid, and so to be ignored
    if start >= size:
        raise Unsatisfiable(header)
    return Part(start, end - start + 1)


def _last_bytes(count: str, size: int) -> Part | None:
    if not count:
        return None
    wanted = min(int(count), size)
    if not wanted:
        raise Unsatisfiable(count)
    return Part(size - wanted, wanted)
