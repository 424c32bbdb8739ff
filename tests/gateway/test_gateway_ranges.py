"""``Range``. Rules are RFC 9110's, section 14."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace.gateway.results._ranges import Part, Unsatisfiable, parse_range


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-3", Part(0, 4)),
        ("bytes=4-", Part(4, 6)),
        ("bytes=-3", Part(7, 3)),
        ("bytes=-99", Part(0, 10)),
        ("bytes=2-99", Part(2, 8)),
        ("Bytes = 1 - 1", Part(1, 1)),
        ("bytes=0-1,4-5", None),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("items=0-3", None),
        ("bytes=٣-", None),
        ("bytes=" + "9" * 30 + "-", None),
        ("", None),
    ],
)
def test_the_part_that_is_meant(header, part):
    """What cannot be read, and several parts, mean the whole file."""
    assert parse_range(header, 10) == part


@pytest.mark.parametrize(("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=-5", 0)])
def test_nothing_lies_behind_the_end(header, size):
    """Answered with 416."""
    with pytest.raises(Unsatisfiable):
        parse_range(header, size)


@given(st.text(max_size=40), st.integers(0, 1000))
def test_a_part_always_lies_in_the_file(header, size):
    """Whatever a caller sends."""
    try:
        part = parse_range(f"bytes={header}", size)
    except Unsatisfiable:
        return
    assert part is None or (0 <= part.start and 0 < part.size <= size - part.start)
