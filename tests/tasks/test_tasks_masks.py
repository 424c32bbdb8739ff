"""A mask for an image editor: what a caller has of it, and what the app gets."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from anyspace import FileError, file
from anyspace.recipes import bind
from anyspace.tasks._adapt import adapt
from anyspace.tasks._masks import as_layer
from tests.recipes.apps import app, endpoint, gives, image, text


def mask() -> Image.Image:
    """The left half is masked."""
    picture = Image.new("L", (8, 8))
    picture.paste(255, (0, 0, 4, 8))
    return picture


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


async def content(value: Any) -> bytes:
    layer = as_layer(value)
    return b"".join([piece async for piece in layer.chunks()])


async def test_a_black_and_white_mask_becomes_white_on_nothing(tmp_path):
    """Ours: right for apps that look at what is opaque, and for those that look at colours."""
    path = tmp_path / "hole.jpeg"
    path.write_bytes(png(mask().convert("RGB")))
    for form in (mask(), png(mask()), path):
        drawn = Image.open(io.BytesIO(await content(form)))
        assert drawn.mode == "RGBA"
        assert drawn.getpixel((1, 1)) == (255, 255, 255, 255)
        assert drawn.getpixel((6, 6)) == (0, 0, 0, 0)
    assert (as_layer(path).name, as_layer(path).mime_type) == ("hole.png", "image/png")


async def test_what_is_transparent_already_stays_as_it_is():
    """Ours: it may have been painted in any colour."""
    painted = Image.new("RGBA", (8, 8))
    painted.paste((255, 0, 0, 255), (0, 0, 4, 8))
    assert await content(png(painted)) == png(painted)


async def test_what_is_no_picture_stays_as_it_is():
    """Ours: what to say to it is the app's business."""
    assert await content(b"no picture") == b"no picture"


def test_a_mask_elsewhere_is_not_fetched_and_one_that_is_not_there_is_told():
    """Ours: the app fetches a URL by itself; plain text is no path, here as everywhere."""
    assert as_layer(file("https://example.com/mask.png")) is None
    assert as_layer("/not/there.png") is None
    with pytest.raises(FileError):
        as_layer(Path("/not/there.png"))


@pytest.mark.parametrize(
    ("given", "kind", "notes"),
    [
        (mask(), "LocalFile", 0),
        ([png(mask())], "LocalFile", 0),
        (file("https://example.com/mask.png"), "RemoteFile", 1),
    ],
)
def test_who_cannot_see_a_mask_says_that_it_goes_as_it_is(given, kind, notes):
    """Ours: only what is here can be made a layer."""
    canvas = image("editor", "Image", component="imageeditor")
    space = app(endpoint("/edit", [canvas, text("prompt")], [gives("image", "Result")]))
    binding = bind(space, "inpainting")

    values, noted = adapt(binding, {"image": mask(), "mask_image": given, "prompt": "grass"}, {})

    (layer,) = binding.arguments(values).kwargs["editor"]["layers"]
    assert kind in repr(layer)
    assert len(noted) == notes


def test_a_mask_for_a_widget_of_its_own_stays_black_and_white():
    """Ours: such apps read its colours."""
    hole = mask()
    space = app(
        endpoint(
            "/edit",
            [image("image", "Image"), image("mask", "Mask"), text("prompt")],
            [gives("image", "Result")],
        )
    )
    values, _ = adapt(bind(space, "inpainting"), {"image": hole, "mask": hole}, {})
    assert values["mask"] is hole
