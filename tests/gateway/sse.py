"""Read server-sent events out of an answer."""

from __future__ import annotations

from typing import Any

import msgspec


def events(text: str) -> list[tuple[str, Any]]:
    """Each event's name (``""`` without one) and data, as JSON where it is."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "data" in lines:
            data = lines["data"]
            found.append((lines.get("event", ""), data if data == "[DONE]" else _json(data)))
    return found


def _json(data: str) -> Any:
    return msgspec.json.decode(data)
