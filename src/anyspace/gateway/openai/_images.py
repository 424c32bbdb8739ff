"""``/v1/images/generations``: pictures from words."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from anyspace.gateway._answers import documented
from anyspace.gateway._gateway import Asked, Gateway
from anyspace.gateway._handed_on import ask_headers
from anyspace.gateway._operations import EVENTS
from anyspace.gateway.openai._drawing import DrawingFields, Images, give_images
from anyspace.gateway.openai._extras import extras_of

__all__ = ["ImageRequest", "generate_images"]


class ImageRequest(DrawingFields, kw_only=True):
    """What to draw. Other keys are fields of the task (``seed``, ``negative_prompt``,
    ``num_inference_steps``…) or the Space's own parameters.

    Attributes:
        prompt: What to show.
    """

    prompt: Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]


@post("/v1/images/generations", status_code=200, **documented(Images, also=(EVENTS,)))
async def generate_images(
    data: JSONBody[ImageRequest], request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]
) -> Response[Any]:
    """Draw pictures of a text."""
    asked = Asked(
        model=data.model,
        task="text-to-image",
        values={
            "prompt": data.prompt,
            **data.values(gateway),
            **await extras_of(request, data),
        },
        wishes=data.wishes(),
        headers=ask_headers(request),
    )
    return await give_images(request, gateway, asked, data.drawing("image_generation"))
