"""What every route of the façade does with a request before anything else, and with failures."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from litestar import Request, Response
from litestar.response import Stream

from anyspace.gateway._errors import EXCEPTION_HANDLERS, error_headers, render_error
from anyspace.gateway._handed_on import ask_headers
from anyspace.gateway._streams import STREAM_HEADERS
from anyspace.gateway.gradio._facade import Call, Facade
from anyspace.gateway.gradio._fronts import Front
from anyspace.gateway.gradio._menu import Dish
from anyspace.gateway.gradio._sessions import Session
from anyspace.gateway.gradio._shelf import PREFIX

__all__ = ["HANDLERS", "Asked", "both", "front_of", "make_call", "stream"]

logger = logging.getLogger("anyspace.gateway")

Asked = Request[Any, Any, Any]

_BASE: Final = "/gradio/{model:str}"


def both(path: str) -> list[str]:
    """The paths of a route: as from Gradio 5 on, and as before."""
    return [f"{_BASE}{PREFIX}{path}", f"{_BASE}{path}"]


async def front_of(request: Asked, facade: Facade, model: str) -> Front:
    """Find the model that a request is for.

    Raises:
        UnknownModel: There is no such model.
        AnyspaceError: None of its Spaces answers.
    """
    return await facade.fronts.find(model, str(request.base_url))


def make_call(
    request: Asked, front: Front, dish: Dish, data: Sequence[Any], session: Session | None
) -> Call:
    """Put together a call."""
    return Call(front, dish, data, session, ask_headers(request))


def stream(parts: AsyncGenerator[bytes]) -> Stream:
    """Answer with server-sent events."""
    return Stream(_closing(parts), media_type="text/event-stream", headers=STREAM_HEADERS)


async def _closing(parts: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(parts):
        async for part in parts:
            yield part


def _answer(request: Asked, exc: Exception) -> Response[Any]:
    """Say a failure where clients of Gradio look for it."""
    body, mapped = render_error(exc)
    if mapped.status == 500:
        logger.error("%s %s failed", request.method, request.url.path, exc_info=exc)
    message = body.error.message
    return Response(
        {"detail": message, "error": message},
        status_code=mapped.status,
        headers={**(getattr(exc, "headers", None) or {}), **error_headers(exc, mapped)},
        media_type="application/json",
    )


HANDLERS: Final[Mapping[Any, Any]] = dict.fromkeys(EXCEPTION_HANDLERS, _answer)
"""For the façade's routes."""
