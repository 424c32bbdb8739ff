"""What a caller is told when something fails: our errors and the framework's, mapped once.

Every answer has the shape that OpenAI's clients read::

    {"error": {"message": …, "type": …, "param": …, "code": …}}

Those clients repeat requests that end with 408, 409, 429 or 5xx by themselves unless
``x-should-retry`` forbids it. We forbid it whenever the Space may have begun the job: what
changes the world is never repeated silently.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from anyspace._errors import (
    AnyspaceError,
    AppError,
    ArgumentError,
    AuthenticationError,
    BindingError,
    FileError,
    JobCancelled,
    NoProvider,
    ProtocolError,
    QueueFull,
    QuotaExceeded,
    RateLimited,
    SpaceError,
    SpaceNotFound,
    SpaceUnavailable,
    TransportError,
    TransportTimeout,
    UnknownEndpoint,
    UsageError,
)
from anyspace.gateway._calls import current_call
from anyspace.gateway._refusals import Refused, Stopping, UnknownModel

__all__ = [
    "EXCEPTION_HANDLERS",
    "ErrorBody",
    "ErrorDetail",
    "Mapped",
    "Refused",
    "Stopping",
    "UnknownModel",
    "answer_error",
    "map_error",
    "render_error",
]

logger = logging.getLogger("anyspace.gateway")

_BUSY_SECONDS: Final = 10.0  # a queue that is full says nothing of when it will not be


class ErrorDetail(msgspec.Struct, frozen=True):
    """What went wrong.

    Attributes:
        message: In words: what happened, to whom, what to do.
        type: The kind of fault, in OpenAI's words where they have one.
        param: The request's field it concerns, where it is one.
        code: The fault itself, for programs.
    """

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorBody(msgspec.Struct, frozen=True):
    """The answer to a request that failed."""

    error: ErrorDetail


class Mapped(NamedTuple):
    """How an error is answered.

    Attributes:
        status: The HTTP status.
        type: See `ErrorDetail`.
        code: Likewise.
        again: Whether the same request may be sent again by itself.
    """

    status: int
    type: str
    code: str
    again: bool = False


# The first that fits counts.
_ANSWERS: Final[tuple[tuple[type[BaseException], Mapped], ...]] = (
    (UnknownModel, Mapped(404, "invalid_request_error", "model_not_found")),
    (UnknownEndpoint, Mapped(404, "invalid_request_error", "endpoint_not_found")),
    (BindingError, Mapped(400, "invalid_request_error", "task_not_supported")),
    (ArgumentError, Mapped(400, "invalid_request_error", "invalid_value")),
    (UsageError, Mapped(400, "invalid_request_error", "invalid_request")),
    (SpaceNotFound, Mapped(404, "invalid_request_error", "space_not_found")),
    (SpaceUnavailable, Mapped(503, "space_error", "space_unavailable", again=True)),
    (AuthenticationError, Mapped(502, "space_error", "space_refused_login")),
    (SpaceError, Mapped(502, "space_error", "space_unusable")),
    (TransportTimeout, Mapped(504, "space_error", "space_timeout")),
    (TransportError, Mapped(502, "space_error", "space_unreachable")),
    (ProtocolError, Mapped(502, "space_error", "space_protocol_error")),
    (QueueFull, Mapped(503, "space_error", "queue_full", again=True)),
    (RateLimited, Mapped(429, "rate_limit_error", "rate_limit_exceeded", again=True)),
    (QuotaExceeded, Mapped(429, "insufficient_quota", "insufficient_quota")),
    (AppError, Mapped(502, "space_error", "space_failed")),
    (JobCancelled, Mapped(503, "space_error", "job_cancelled")),
    (FileError, Mapped(502, "space_error", "file_unavailable")),
    (NoProvider, Mapped(503, "space_error", "no_provider")),
    (AnyspaceError, Mapped(502, "space_error", "space_failed")),
)
_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
    503: "server_error",
    507: "server_error",
}
_UNEXPECTED: Final = Mapped(500, "server_error", "internal_error")


def map_error(exc: BaseException) -> Mapped:
    """Find how an error is answered."""
    if isinstance(exc, Refused):
        kind = _TYPES.get(exc.status, "invalid_request_error")
        return Mapped(exc.status, kind, exc.code, exc.retry_after is not None)
    if isinstance(exc, HTTPException):
        return _map_http(exc.status_code)
    for kind_of_error, answer in _ANSWERS:
        if isinstance(exc, kind_of_error):
            # A connection that was never made did nothing, whatever its class.
            return answer._replace(again=answer.again or exc.retryable)  # type: ignore[attr-defined]
    return _UNEXPECTED


def _map_http(status: int) -> Mapped:
    if status >= 500:
        return _UNEXPECTED._replace(status=status)
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    return Mapped(status, _TYPES.get(status, "invalid_request_error"), code)


def render_error(exc: BaseException) -> tuple[ErrorBody, Mapped]:
    """Say an error in the shape that callers read."""
    mapped = map_error(exc)
    if mapped is _UNEXPECTED:
        message = f"the gateway failed; its log says how: {current_call().id or 'no id'}"
    elif isinstance(exc, ValidationException):
        message = _validation_message(exc)
    elif isinstance(exc, HTTPException):
        message = exc.detail or mapped.code.replace("_", " ")
    else:
        message = str(exc)
    return ErrorBody(ErrorDetail(message, mapped.type, _param_of(exc), mapped.code)), mapped


def retry_after_of(exc: BaseException) -> float | None:
    """Seconds after which the same request may do better, None when nobody knows."""
    told = getattr(exc, "retry_after", None)
    if isinstance(told, int | float):
        return float(told)
    return _BUSY_SECONDS if isinstance(exc, QueueFull | SpaceUnavailable) else None


def error_headers(exc: BaseException, mapped: Mapped) -> dict[str, str]:
    """The headers that say whether and when to ask again."""
    headers = (
        {"x-should-retry": "true" if mapped.again else "false"} if mapped.status >= 400 else {}
    )
    seconds = retry_after_of(exc)
    if seconds is not None and mapped.status in (429, 503):
        headers["retry-after"] = str(max(1, math.ceil(seconds)))
    space = getattr(exc, "space", "")
    if space and space.isascii() and space.isprintable():
        headers["x-anyspace-space"] = space
    return headers


def answer_error(request: Request[Any, Any, Any], exc: Exception) -> Response[ErrorBody]:
    """Answer a request that failed."""
    body, mapped = render_error(exc)
    if mapped is _UNEXPECTED:
        route = request.scope.get("path_template")
        logger.error("%s %s failed", request.method, route, exc_info=exc)
    current_call().failure = mapped.code
    headers = {**(getattr(exc, "headers", None) or {}), **error_headers(exc, mapped)}
    return Response(body, status_code=mapped.status, headers=headers, media_type="application/json")


def _answer_deep(request: Request[Any, Any, Any], exc: Exception) -> Response[ErrorBody]:
    """Bodies are decoded in C, which stops at a depth that no honest one has."""
    told = Refused("the body is nested too deeply", status=400, code="too_deep")
    return answer_error(request, told)


def _param_of(exc: BaseException) -> str | None:
    """The one field of the request that an error is about."""
    problems: Any = getattr(exc, "problems", ())
    if isinstance(exc, UnknownModel):
        return "model"
    if isinstance(exc, ValidationException):
        problems = [f"{each['key']}:" for each in _extra_of(exc) if each.get("key")]
    names = [problem.partition(":")[0].partition(" ")[0] for problem in problems]
    return names[0] if len(names) == 1 else None


def _validation_message(exc: ValidationException) -> str:
    told = [
        f"{each['key']}: {each['message']}" if each.get("key") else str(each.get("message"))
        for each in _extra_of(exc)
    ]
    return "; ".join(told) or exc.detail


def _extra_of(exc: ValidationException) -> list[Mapping[str, Any]]:
    extra = exc.extra
    return [each for each in extra if isinstance(each, Mapping)] if isinstance(extra, list) else []


EXCEPTION_HANDLERS: Final[Mapping[Any, Any]] = {
    AnyspaceError: answer_error,
    HTTPException: answer_error,
    RecursionError: _answer_deep,
    Exception: answer_error,
}
