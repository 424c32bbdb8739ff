"""Print results: values as they are, files where they were saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from anyspace import AsyncMediaFile, Result
from anyspace.recipes import find_files

__all__ = ["plain_result", "print_json", "print_result", "saved_files"]


async def saved_files(value: Any, folder: str | None) -> dict[int, Path]:
    """Save every file of a result into a folder; where each went, by its identity."""
    saved: dict[int, Path] = {}
    if folder is not None:
        into = folder.rstrip("/") + "/"
        for file in find_files(value):
            if isinstance(file, AsyncMediaFile):
                saved[id(file)] = await file.save(into)
    return saved


def print_result(value: Any, saved: dict[int, Path]) -> None:
    """Print a result for people: a line for every value."""
    for item in value if isinstance(value, Result) else [value]:
        plain = plain_result(item, saved, brief=True)
        click.echo(plain if isinstance(plain, str) else _json_text(plain))


def print_json(document: Any) -> None:
    """Print a document as JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))


def plain_result(value: Any, saved: dict[int, Path], *, brief: bool = False) -> Any:
    """Turn a result into JSON: files become mappings, or just their place when brief."""
    if isinstance(value, AsyncMediaFile):
        path = saved.get(id(value))
        if brief:
            return str(path or value.url)
        return {
            "name": value.name,
            "mime_type": value.mime_type or None,
            "size": value.size,
            "url": value.url,
            "path": str(path) if path else None,
        }
    if isinstance(value, list | tuple):
        return [plain_result(item, saved, brief=brief) for item in value]
    if isinstance(value, dict):
        return {key: plain_result(item, saved, brief=brief) for key, item in value.items()}
    return value


def _json_text(value: Any) -> bytes:
    return msgspec.json.encode(value)
