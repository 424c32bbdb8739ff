"""Cutting bytes into chunks, as networks do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import strategies as st

__all__ = ["cut", "cuts", "pieces_of"]

cuts = st.lists(st.integers(min_value=0, max_value=5_000), max_size=12)
"""Places to cut at, taken modulo the length."""


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut at these places; a place named twice gives an empty chunk."""
    borders = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(borders)]


def pieces_of(data: bytes, size: int) -> Iterator[bytes]:
    """Cut into chunks of one size, the last one shorter."""
    return (data[i : i + size] for i in range(0, len(data), size))
