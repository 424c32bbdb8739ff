"""What routes answer with besides the result: who made it, and what was changed on the way."""

from __future__ import annotations

from typing import Any, Final, Unpack

import msgspec
from litestar import Response
from litestar.openapi import ResponseSpec

from anyspace.gateway._calls import current_call
from anyspace.gateway._errors import ErrorBody
from anyspace.gateway._gateway import Done
from anyspace.gateway._operations import Described, operation

__all__ = ["Told", "answer", "documented", "told", "told_headers"]

_MEANINGS: Final = {
    400: "The request is wrong, or the Space does not take it; nothing was sent.",
    401: "No key, or one that is not known here.",
    403: "The key may not do this, or the page may not call.",
    404: "There is no such model, endpoint or Space.",
    413: "The request is larger than this gateway takes.",
    429: "Too much was asked for: `Retry-After` says when there is more.",
    500: "The gateway failed.",
    502: "The Space failed, or cannot be used.",
    503: "The Space or the gateway takes no jobs now.",
    504: "The Space did not answer in time.",
    507: "There is no room for the result.",
}


class Told(msgspec.Struct, frozen=True):
    """Who did a task, and how.

    Attributes:
        model: The gateway's name for it.
        space: The Space that did it.
        endpoint: Its endpoint.
        notes: What was changed to fit, or is not offered, in words.
        cached: It was made before, for a request like this one.
    """

    model: str
    space: str
    endpoint: str
    notes: list[str]
    cached: bool = False


def told(done: Done) -> Told:
    """Tell who did a task."""
    return Told(done.model.name, done.space, done.endpoint, list(done.notes), done.cached)


def told_headers(done: Done) -> dict[str, str]:
    """The same for answers that are no JSON, as far as it fits into headers."""
    return current_call().headers | ({"x-anyspace-cache": "hit"} if done.cached else {})


def answer(body: Any, done: Done) -> Response[Any]:
    """Answer with JSON."""
    return Response(
        body, status_code=200, media_type="application/json", headers=told_headers(done)
    )


def documented(
    body: type[Any],
    *,
    media_type: str = "application/json",
    meaning: str = "Done.",
    **more: Unpack[Described],
) -> dict[str, Any]:
    """What a route says of its answers in the OpenAPI document.

    Args:
        body: What a good answer is.
        media_type: Its type.
        meaning: In words.
        more: See `anyspace.gateway._operations.operation`.
    """
    good = ResponseSpec(body, description=meaning, media_type=media_type, generate_examples=False)
    bad = {
        status: ResponseSpec(ErrorBody, description=words, generate_examples=False)
        for status, words in _MEANINGS.items()
    }
    return {"responses": {200: good, **bad}, "operation_class": operation(**more)}
