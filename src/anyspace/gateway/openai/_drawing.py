"""How pictures are asked for and given back, whichever route makes them."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response

from anyspace._errors import ArgumentError
from anyspace.gateway._answers import Told, answer, told
from anyspace.gateway._gateway import Asked, Beat, Done, Gateway
from anyspace.gateway._streams import HEARTBEAT, event, event_stream
from anyspace.gateway.openai._encoding import ImageFormat, read_image
from anyspace.gateway.results import Content, GivenFile

__all__ = ["Drawing", "DrawingFields", "Image", "Images", "give_images"]

Size = Annotated[
    str, msgspec.Meta(pattern=r"^(auto|[1-9]\d{0,4}x[1-9]\d{0,4})$", examples=["1024x1024"])
]
_GIVES_BASE64 = "gpt-image"  # models of this name never give addresses at OpenAI


class DrawingFields(msgspec.Struct, kw_only=True):
    """What every request for pictures may say.

    Attributes:
        model: A model of this gateway; the first one that does it when left out.
        n: How many pictures.
        size: ``WIDTHxHEIGHT`` in pixels, brought to the nearest the Space takes.
        response_format: An address of this gateway, or the picture itself. Without it an
            address; for models called ``gpt-image…`` the picture, as at OpenAI.
        output_format: The picture's type; as the Space makes it when left out.
        output_compression: Quality of JPEG and WebP, 0 to 100.
        stream: Give the picture so far while it is drawn, as server-sent events.
        partial_images: How many of those at most.
        quality: Handed on to Spaces that have it.
        style: Likewise.
        background: Likewise.
        moderation: Has no meaning here.
        safety_identifier: Likewise.
        user: Likewise.
    """

    model: str | None = None
    n: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    size: Size | None = None
    response_format: Literal["url", "b64_json"] | None = None
    output_format: ImageFormat | None = None
    output_compression: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    stream: bool | None = None
    partial_images: Annotated[int, msgspec.Meta(ge=0, le=3)] | None = None
    quality: str | None = None
    style: str | None = None
    background: str | None = None
    moderation: str | None = None
    safety_identifier: str | None = None
    user: str | None = None

    def values(self, gateway: Gateway) -> dict[str, Any]:
        """The fields of the task that it says.

        Raises:
            ArgumentError: This gateway does not make as many pictures.
        """
        width, height = _parse_size(self.size)
        return {"width": width, "height": height, "num_images": _counted(self.n, gateway)}

    def wishes(self) -> dict[str, Any]:
        """What a Space may have, and mostly has not."""
        said = {"quality": self.quality, "style": self.style, "background": self.background}
        return {name: value for name, value in said.items() if value != "auto"}

    def drawing(self, event: str) -> Drawing:
        """How the pictures are to be given back; `event` is what a stream calls them."""
        return Drawing(
            count=self.n or 1,
            inline=_is_inline(self.response_format, self.model),
            format=self.output_format,
            quality=self.output_compression,
            partial=self.partial_images or 0,
            event=event,
            stream=bool(self.stream),
        )


class Image(msgspec.Struct, omit_defaults=True):
    """One picture.

    Attributes:
        url: Where it is.
        b64_json: The picture itself.
    """

    url: str | None = None
    b64_json: str | None = None


class Images(msgspec.Struct, omit_defaults=True):
    """The pictures that were drawn.

    Attributes:
        created: When, in seconds since 1970.
        data: The pictures.
        anyspace: Who drew them, and how.
    """

    created: int
    data: list[Image]
    anyspace: Told


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """How pictures are given back, whichever route asked for them.

    Attributes:
        count: How many.
        inline: Whether as they are, and not as addresses.
        format: Their type, None as the Space makes them.
        quality: Of lossy types.
        partial: How many pictures so far are given at most.
        event: What the events of a stream are called.
        stream: Whether they are asked for.
    """

    count: int
    inline: bool
    format: ImageFormat | None
    quality: int | None
    partial: int
    event: str
    stream: bool


async def give_images(
    request: Request[Any, Any, Any], gateway: Gateway, asked: Asked, drawing: Drawing
) -> Response[Any]:
    """Have pictures made, and give them back as they were asked for."""
    if drawing.stream:
        return await event_stream(_drawn(request, gateway, asked, drawing))
    done = await gateway.run(asked)
    files = done.files[: drawing.count]
    return answer(
        Images(
            created=int(time.time()),
            data=await asyncio.gather(*(_give(request, gateway, file, drawing) for file in files)),
            anyspace=told(done),
        ),
        done,
    )


async def _drawn(
    request: Request[Any, Any, Any], gateway: Gateway, asked: Asked, drawing: Drawing
) -> AsyncGenerator[bytes]:
    """The events of pictures that are drawn: some on the way, then each of them."""
    shown = 0
    async with aclosing(gateway.stream(asked)) as steps:
        async for step in steps:
            if isinstance(step, Done):
                for file in step.files[: drawing.count]:
                    content = await read_image(file, drawing.format, drawing.quality)
                    yield _event(f"{drawing.event}.completed", content, anyspace=told(step))
            elif isinstance(step, Beat) or not step.files or shown >= drawing.partial:
                yield HEARTBEAT
            else:
                content = await read_image(step.files[0], drawing.format, drawing.quality)
                name = f"{drawing.event}.partial_image"
                yield _event(name, content, partial_image_index=shown)
                shown += 1


def _event(name: str, content: Content, **more: Any) -> bytes:
    data = {
        "type": name,
        "b64_json": _base64(content),
        "created_at": int(time.time()),
        "output_format": content.mime_type.partition("/")[2],
        **more,
    }
    return event(data, name)


async def _give(
    request: Request[Any, Any, Any], gateway: Gateway, file: GivenFile, drawing: Drawing
) -> Image:
    if not drawing.inline and drawing.format is None:
        return Image(url=await gateway.keep(request, file))  # never whole in memory
    content = await read_image(file, drawing.format, drawing.quality)
    if drawing.inline:
        return Image(b64_json=_base64(content))
    return Image(url=await gateway.keep(request, content))


def _base64(content: Content) -> str:
    return base64.b64encode(content.data).decode()


# --- what a request says ------------------------------------------------------------------


def _parse_size(size: str | None) -> tuple[int | None, int | None]:
    """Width and height in pixels; None for what the Space takes by itself."""
    if size is None or size == "auto":
        return None, None
    width, _, height = size.partition("x")
    return int(width), int(height)


def _counted(count: int | None, gateway: Gateway) -> int | None:
    """How many pictures, if this gateway makes that many for one request.

    Raises:
        ArgumentError: It does not.
    """
    limit = gateway.settings.limits.images
    if count is not None and count > limit:
        problem = f"n: this gateway makes at most {limit} pictures for one request, not {count}"
        raise ArgumentError(problem, problems=[problem])
    return count


def _is_inline(response_format: str | None, model: str | None) -> bool:
    """Whether pictures are given as they are, and not as addresses."""
    if response_format is None:
        return (model or "").startswith(_GIVES_BASE64)
    return response_format == "b64_json"
