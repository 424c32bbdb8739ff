"""Save a task's files under names that people would give them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import click

from anyspace import AsyncMediaFile, FileError

__all__ = ["name_for", "save_files", "save_text"]


async def save_files(files: Sequence[AsyncMediaFile], output: str | None, stem: str) -> list[Path]:
    """Save files: to a file (the others beside it, numbered), or into a folder.

    Without an output they go to the working folder, under the stem. A picture is
    converted when the output's ending asks for another type; a file that cannot be
    converted keeps its own ending, and a note says so.
    """
    paths = []
    for number, file in enumerate(files, 1):
        place = _place(output, stem, Path(file.name).suffix, number)
        paths.append(await _save_as(file, place))
    return paths


def save_text(text: str, output: str, stem: str) -> Path:
    """Save a text to a file, or into a folder."""
    path = _place(output, stem, ".txt", 1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as exc:
        raise FileError(f"cannot write {path}: {exc.strerror}") from exc
    return path


def name_for(text: str) -> str:
    """A file name, without its ending, that says what was asked for."""
    words = re.sub(r"[^\w]+", "-", text.lower()).strip("-_")
    return words[:60].rstrip("-_") or "result"


def _place(output: str | None, stem: str, suffix: str, number: int) -> Path:
    target = Path(output or ".")
    if output is None or output.endswith("/") or target.is_dir():
        return _free(target, stem, suffix)
    return target if number == 1 else target.with_stem(f"{target.stem}-{number}")


def _free(folder: Path, stem: str, suffix: str) -> Path:
    number = 1
    while (path := folder / f"{stem}{f'-{number}' * (number > 1)}{suffix}").exists():
        number += 1
    return path


async def _save_as(file: AsyncMediaFile, path: Path) -> Path:
    own = Path(file.name).suffix.lower()
    suffix = path.suffix.lower()
    if suffix in ("", own) or {suffix, own} <= {".jpg", ".jpeg"}:
        return await file.save(path)
    if file.mime_type.startswith("image/") and (kind := _picture_kind(suffix)):
        picture = await file.image()
        if kind == "JPEG":
            picture = picture.convert("RGB")
        path.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(picture.save, path, kind)
        return path
    kept = path.with_suffix(own)
    click.echo(f"note: the Space gave {own or 'a file'}; saved as {kept.name}", err=True)
    return await file.save(kept)


def _picture_kind(suffix: str) -> str | None:
    from PIL import Image

    kind = Image.registered_extensions().get(suffix)
    return kind if kind in Image.SAVE else None
