"""``/v1/images/edits`` and ``/v1/images/variations``: pictures from pictures."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from anyspace.client import LocalFile
from anyspace.gateway._answers import documented
from anyspace.gateway._forms import read_form
from anyspace.gateway._gateway import Asked, Gateway
from anyspace.gateway._handed_on import ask_headers
from anyspace.gateway._operations import EVENTS
from anyspace.gateway.openai._drawing import DrawingFields, Images, give_images
from anyspace.gateway.openai._extras import typed_extras
from anyspace.gateway.openai._masks import painted_white

__all__ = ["EditForm", "VariationForm", "edit_images", "vary_images"]


class EditForm(DrawingFields, kw_only=True):
    """What to change, and how. Other fields are those of the task, or the Space's own.

    Attributes:
        image: The picture; of several the first is changed, where the Space takes one.
        prompt: What to make of it.
        mask: A picture of the same size, transparent where to paint.
        input_fidelity: Handed on to Spaces that have it.
    """

    image: Annotated[list[LocalFile], msgspec.Meta(min_length=1, max_length=16)]
    prompt: Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]
    mask: LocalFile | None = None
    input_fidelity: str | None = None


class VariationForm(DrawingFields, kw_only=True):
    """What to make others like it of. Other fields are those of the task, or the Space's own.

    Attributes:
        image: The picture.
    """

    image: LocalFile


@post("/v1/images/edits", status_code=200, **documented(Images, form=EditForm, also=(EVENTS,)))
async def edit_images(
    request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]
) -> Response[Any]:
    """Change a picture as a text says, all of it or where a mask is transparent."""
    form, extras = await read_form(request, EditForm)
    values = {"image": _one_or_all(form.image), "prompt": form.prompt, **form.values(gateway)}
    task = "image-to-image"
    if form.mask is not None:
        task, values["mask"] = "inpainting", await painted_white(form.mask)
    wishes = {**form.wishes(), "input_fidelity": form.input_fidelity}
    return await _changed(
        request,
        gateway,
        form,
        Asked(model=form.model, task=task, values=values, wishes=wishes),
        extras,
    )


@post(
    "/v1/images/variations",
    status_code=200,
    **documented(Images, form=VariationForm, also=(EVENTS,)),
)
async def vary_images(
    request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]
) -> Response[Any]:
    """Make pictures like one that is given."""
    form, extras = await read_form(request, VariationForm)
    values = {"image": form.image, **form.values(gateway)}
    asked = Asked(model=form.model, task="image-to-image", values=values, wishes=form.wishes())
    return await _changed(request, gateway, form, asked, extras)


async def _changed(
    request: Request[Any, Any, Any],
    gateway: Gateway,
    form: DrawingFields,
    asked: Asked,
    extras: dict[str, Any],
) -> Response[Any]:
    values = {**asked.values, **await typed_extras(gateway, asked, extras)}
    asked = msgspec.structs.replace(asked, values=values, headers=ask_headers(request))
    return await give_images(request, gateway, asked, form.drawing("image_edit"))


def _one_or_all(images: list[LocalFile]) -> LocalFile | list[LocalFile]:
    return images[0] if len(images) == 1 else images
