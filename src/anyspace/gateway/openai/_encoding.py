"""Pictures in the type that was asked for."""

from __future__ import annotations

import io
from typing import Any, Final, Literal

from anyspace._errors import FileError
from anyspace.client import in_thread
from anyspace.gateway.results import Content, GivenFile

__all__ = ["ImageFormat", "read_image"]

ImageFormat = Literal["png", "jpeg", "webp"]

_QUALITY: Final = 90
_OPAQUE: Final = "RGB"


async def read_image(
    file: GivenFile, format: ImageFormat | None, quality: int | None = None
) -> Content:
    """Fetch a picture, and make it one of the type that was asked for.

    Args:
        file: The picture.
        format: The type; None for the one the Space made.
        quality: Of JPEG and WebP, 0 to 100.

    Raises:
        FileError: It cannot be had, or is no picture.
        TransportError: The connection failed.
    """
    data = await file.read()
    if format is None or (file.mime_type == f"image/{format}" and quality is None):
        return Content(data, file.name, file.mime_type or "application/octet-stream")
    made = await in_thread(_converted, data, file.name, format, quality)
    stem = file.name.rpartition(".")[0] or file.name
    return Content(made, f"{stem}.{format}", f"image/{format}")


def _converted(data: bytes, name: str, format: ImageFormat, quality: int | None) -> bytes:
    from PIL import Image, ImageOps

    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data)) as opened:
            image = ImageOps.exif_transpose(opened)
            if format == "jpeg" and image.mode != _OPAQUE:
                image = _on_white(image)
            image.save(
                made,
                format,
                **(
                    {} if format == "png" else {"quality": _QUALITY if quality is None else quality}
                ),
            )
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as exc:
        raise FileError(f"{name} is no picture that can be made {format}: {exc}") from exc
    return made.getvalue()


def _on_white(image: Any) -> Any:
    """JPEG has no transparency."""
    from PIL import Image

    rgba = image.convert("RGBA")
    under = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(under, rgba).convert(_OPAQUE)
