"""Put what was measured into a page, between its markers."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_between"]


def write_between(page: Path, name: str, text: str) -> None:
    """Replace what stands between ``<!-- name: begin -->`` and ``<!-- name: end -->``.

    Raises:
        ValueError: The page has no such markers.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, found, rest = page.read_text().partition(begin)
    _, ended, tail = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{page.name} has no markers of {name!r}")
    page.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}")
