"""What routes say in the OpenAPI document that the framework cannot read from their types.

That are forms, whose files and other keys are read by hand (`anyspace.gateway._forms`), and
answers that come in several types: JSON, or events, or a sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict, Unpack

import msgspec
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from anyspace.client import LocalFile

__all__ = ["EVENTS", "Described", "operation"]

EVENTS: Final = "text/event-stream"
_FORM: Final = "multipart/form-data"
_FILE: Final = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
_TEXT: Final = Schema(type=OpenAPIType.STRING)


class Described(TypedDict, total=False):
    """What a route says besides.

    Attributes:
        form: What it takes as a form.
        takes: Schemas of what it may be sent, by media type, where no class says it.
        also: Other media types of a good answer.
    """

    form: type[msgspec.Struct]
    takes: Mapping[str, Any]
    also: tuple[str, ...]


def operation(**said: Unpack[Described]) -> type[Operation]:
    """Make the class of a route's operation; see `Described`."""
    content = dict(said.get("takes", {}))
    also = said.get("also", ())
    form = said.get("form")
    if form is not None:
        content[_FORM] = _form_schema(form)

    @dataclass
    class Told(Operation):
        def __post_init__(self) -> None:
            if content:
                self.request_body = RequestBody(
                    content={kind: OpenAPIMediaType(schema) for kind, schema in content.items()},
                    required=form is not None,
                )
            good = (self.responses or {}).get("200")
            if isinstance(good, OpenAPIResponse):
                good.content = {
                    **(good.content or {}),
                    **{kind: OpenAPIMediaType(_TEXT if kind == EVENTS else _FILE) for kind in also},
                }

    return Told


def _form_schema(form: type[msgspec.Struct]) -> Any:
    _, parts = msgspec.json.schema_components([form], schema_hook=_schema_of)
    return parts[form.__name__]


def _schema_of(kind: type) -> dict[str, Any]:
    if kind is LocalFile:
        return _FILE.to_schema()
    raise NotImplementedError(kind)
