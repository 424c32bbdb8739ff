"""OpenAI's masks, which are transparent where to paint, as ours, which are white there."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import Any

from anyspace._errors import ArgumentError
from anyspace.client import LocalFile, file, in_thread

__all__ = ["painted_white"]


async def painted_white(mask: LocalFile) -> LocalFile:
    """Make a mask that is white where this one is transparent, and black elsewhere.

    A mask without any transparency is taken for one that is white where to paint already:
    as OpenAI means it, nothing at all would be painted.

    Raises:
        ArgumentError: It is no picture.
    """
    content = b"".join([piece async for piece in mask.chunks()])
    try:
        drawn = await in_thread(_draw, content)
    except ValueError as exc:
        problem = f"mask: {mask.name} is no picture that can be read: {exc}"
        raise ArgumentError(problem, problems=[problem]) from exc
    made = file(drawn, name=f"{PurePath(mask.name).stem or 'mask'}.png", mime_type="image/png")
    assert isinstance(made, LocalFile)
    return made


def _draw(content: bytes) -> bytes:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content)) as opened:
            painted = _painted(opened)
    except (OSError, SyntaxError, Image.DecompressionBombError) as exc:
        raise ValueError(str(exc)) from exc
    made = io.BytesIO()
    (ImageOps.invert(painted[0]) if painted[1] else painted[0]).save(made, "PNG")
    return made.getvalue()


def _painted(mask: Any) -> tuple[Any, bool]:
    """What says where to paint, and whether it says where not to."""
    opaque = mask.convert("RGBA").getchannel("A")
    if opaque.getextrema() == (255, 255):
        return mask.convert("L"), False
    return opaque, True
