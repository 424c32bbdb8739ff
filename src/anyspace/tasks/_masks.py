"""A mask as an image editor keeps it.

A caller's mask is black and white. An editor has layers, which are transparent wherever
nothing was painted, and apps look at either: some at what is opaque, some at what is
white. Gradio makes any picture RGBA, so a black and white one would be opaque all over.
"""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from anyspace.client import LocalFile, file, in_thread
from anyspace.schema import FileValue

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["as_layer"]


def as_layer(mask: Any) -> FileValue | None:
    """Make a layer of a mask; None when it is not here, but on some server.

    Args:
        mask: A file in any form that stands where a file is taken. Plain text is none,
            unless it is a URL.

    Raises:
        FileError: There is no such file.
    """
    if isinstance(mask, str):
        return None
    held = mask if isinstance(mask, FileValue) else file(mask)
    return _Layer(held) if isinstance(held, LocalFile) else None


class _Layer(LocalFile):
    """White and opaque where the mask is white, black and transparent elsewhere."""

    def __init__(self, mask: LocalFile) -> None:
        name = f"{PurePath(mask.name).stem or 'mask'}.png"
        super().__init__(name, "image/png", None, io.BytesIO)
        self._mask = mask

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Draw it, and yield it."""
        content = b"".join([piece async for piece in self._mask.chunks()])
        yield await in_thread(_draw, content)


def _draw(content: bytes) -> bytes:
    """Make the layer; what is no picture, or transparent somewhere, stays as it is."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as mask:
            if _has_holes(mask):
                return content
            grey = mask.convert("L")
    except UnidentifiedImageError:
        return content  # the app says what it thinks of it
    # Grey edges, too, are the same to who looks at colours and to who looks at the rest.
    layer = Image.merge("RGBA", (grey, grey, grey, grey))
    buffer = io.BytesIO()
    layer.save(buffer, "PNG")
    return buffer.getvalue()


def _has_holes(picture: Image.Image) -> bool:
    alpha = picture.convert("RGBA").getchannel("A")
    return alpha.getextrema() != (255, 255)
