"""What a request says besides the fields that OpenAI's API has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request

from anyspace._errors import AnyspaceError
from anyspace.gateway._forms import typed
from anyspace.gateway._gateway import Asked, Gateway
from anyspace.recipes import Kind, field_for, field_kind

__all__ = ["extras_of", "typed_extras"]

_NUMBERS: Final = frozenset((Kind.INTEGER, Kind.NUMBER, Kind.SWITCH, Kind.HISTORY))
_TEXT: Final = {"type": "string"}


async def extras_of(request: Request[Any, Any, Any], data: msgspec.Struct) -> dict[str, Any]:
    """The body's other keys: fields of the task, or a Space's own parameters.

    Clients of OpenAI put there what stands in ``extra_body``.
    """
    body = await request.json()  # decoded once; the request keeps it
    return {key: value for key, value in body.items() if key not in data.__struct_fields__}


async def typed_extras(gateway: Gateway, asked: Asked, extras: Mapping[str, Any]) -> dict[str, Any]:
    """A form's other keys with the types that the task's fields, or the Space's parameters, have.

    Args:
        gateway: Knows the models.
        asked: What is asked for so far.
        extras: Mostly text, as forms have it.
    """
    kinds = {name: await _takes(gateway, asked, name) for name in extras}
    return {name: typed(value, kinds[name]) for name, value in extras.items()}


async def _takes(gateway: Gateway, asked: Asked, name: str) -> Mapping[str, Any]:
    field = field_for(asked.task, name)
    if field is not None:
        return {} if field_kind(asked.task, field) in _NUMBERS else _TEXT
    try:
        model = await gateway.models.find(asked.model, (asked.task, *asked.others))
        _, app = await model.describe()
    except AnyspaceError:
        return {}  # told by what runs the task, which knows of other Spaces, too
    taken = [p for each in app.endpoints.values() for p in each.parameters if p.name == name]
    return taken[0].json_type if taken else {}
