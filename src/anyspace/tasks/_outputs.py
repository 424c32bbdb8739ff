"""Results as ``huggingface_hub.InferenceClient`` gives them.

Its own classes are used, so that a program which moves over gets the very same types.
They are loaded by the first result that needs one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anyspace.client import AsyncMediaFile
from anyspace.tasks._done import TaskResult

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["make", "numpy", "read_segments", "read_sounds", "size_of"]


def make(kind: str, **fields: Any) -> Any:
    """Make one of the hub's result classes by its name; what is not given is None.

    Which fields a class has differs between versions of the hub's library.
    """
    import huggingface_hub

    return getattr(huggingface_hub, kind).parse_obj(fields)


def numpy() -> Any:
    """Load numpy.

    Raises:
        ImportError: It is not installed; the message says how to.
    """
    try:
        import numpy
    except ImportError as exc:
        raise ImportError("this returns a numpy array: pip install numpy") from exc
    return numpy


def size_of(target: Any) -> dict[str, Any]:
    """The fields of a target size, which is a mapping or has them as attributes."""
    if target is None:
        return {}
    if isinstance(target, Mapping):
        return {name: target.get(name) for name in ("width", "height")}
    return {name: getattr(target, name, None) for name in ("width", "height")}


async def read_sounds(made: TaskResult) -> list[Any]:
    """Recordings with their bytes, types and labels."""
    return [
        make(
            "AudioToAudioOutputElement",
            blob=await file.read(),
            content_type=file.mime_type or "application/octet-stream",
            label=_label(file, made),
        )
        for file in made.files
    ]


async def read_segments(made: TaskResult) -> list[Any]:
    """What was found in a picture, each with its label and mask."""
    marked = _annotations(made)
    found = marked or [(file, _label(file, made)) for file in made.files]
    return [
        make(
            "ImageSegmentationOutputElement",
            label=label,
            mask=_mask(await file.image(), cut_out=not marked),
        )
        for file, label in found
    ]


def _annotations(made: TaskResult) -> list[tuple[AsyncMediaFile, str]]:
    """The masks of an annotated picture.

    It is ``{"image", "annotations": [{"image", "label"}]}``, and was
    ``[image, [[mask, label]]]`` before 4.0.
    """
    values = made.value if isinstance(made.value, tuple) else (made.value,)
    own = values[made.binding.output.index]
    items = own.get("annotations") if isinstance(own, Mapping) else None
    if isinstance(own, list) and len(own) == 2 and isinstance(own[1], list):
        items = [{"image": i[0], "label": i[1]} for i in own[1] if isinstance(i, list) and i[1:]]
    return [
        (item["image"], str(item.get("label", "")))
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, Mapping) and isinstance(item.get("image"), AsyncMediaFile)
    ]


def _mask(picture: Image.Image, *, cut_out: bool) -> Image.Image:
    """White where the thing is: what is not transparent of a cut-out picture."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        opaque = picture.convert("RGBA").getchannel("A")
        if cut_out or opaque.getextrema() != (255, 255):
            return opaque
    return picture.convert("L")


def _label(file: AsyncMediaFile, made: TaskResult) -> str:
    """The file's own name where it says something, else what the page shows above it."""
    stem = re.sub(r"[-_]+", " ", file.name.rpartition(".")[0] or file.name).strip()
    if len(made.files) > 1 and stem and stem not in ("audio", "image", "file"):
        return stem
    return made.binding.output.label or stem
