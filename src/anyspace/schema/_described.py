"""An app's endpoints from ``/info`` alone, for whoever has no ``/config`` at hand.

A saved description is often only that. Names, types and defaults are in it; choices and
ranges only as far as the JSON types and their descriptions tell them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from anyspace._errors import RemoteProtocolError
from anyspace.schema._app import App
from anyspace.schema._parse import parse_app

__all__ = ["parse_info"]

_RANGE: Final = re.compile(r"between (-?[\d.]+) and (-?[\d.]+)")
_CHOICES: Final = re.compile(r"ptions? from: (\[.*\])", re.DOTALL)
_LONGEST: Final = 100_000  # characters of a list that are read


class _Field(msgspec.Struct):
    label: Any = None
    component: Any = None
    type: Any = None
    parameter_default: Any = None


class _Endpoint(msgspec.Struct):
    parameters: list[_Field] = []
    returns: list[_Field] = []


class _Info(msgspec.Struct):
    named_endpoints: dict[str, _Endpoint]
    unnamed_endpoints: dict[str, _Endpoint] = {}


_DECODER: Final = msgspec.json.Decoder(_Info)


def parse_info(info: bytes) -> App:
    """Read an app's own description of its endpoints.

    The numbers of named endpoints are their places in the list: ``/info`` has none.

    Raises:
        RemoteProtocolError: It is no such description.
    """
    try:
        told = _DECODER.decode(info)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise RemoteProtocolError(f"that is not what /info of a Gradio app answers: {exc}") from exc
    components: list[dict[str, Any]] = []
    dependencies = [
        _dependency(endpoint, components, index, name.lstrip("/"))
        for index, (name, endpoint) in enumerate(told.named_endpoints.items())
    ]
    dependencies += [
        _dependency(endpoint, components, int(number), None)
        for number, endpoint in told.unnamed_endpoints.items()
        if number.isdecimal()
    ]
    config = {"components": components, "dependencies": dependencies}
    return parse_app(msgspec.json.encode(config), info)


def _dependency(
    endpoint: _Endpoint, components: list[dict[str, Any]], number: int, name: str | None
) -> dict[str, Any]:
    """Write one endpoint as ``/config`` would."""
    inputs = [_component(field, components) for field in endpoint.parameters]
    outputs = [_component(field, components) for field in endpoint.returns]
    return {
        "id": number,
        "api_name": name,
        "inputs": inputs,
        "outputs": outputs,
        "backend_fn": True,
        "targets": [],
    }


def _component(field: _Field, components: list[dict[str, Any]]) -> int:
    number = len(components) + 1
    kind = field.component.lower() if isinstance(field.component, str) else ""
    props: dict[str, Any] = {"label": field.label, "value": field.parameter_default}
    if kind in ("slider", "number"):
        props.update(_range(field.type))
    elif kind == "dropdown":
        props.update(_choices(field.type))
    components.append({"id": number, "type": kind, "props": props})
    return number


def _words_of(json_type: Any) -> str:
    words = json_type.get("description") if isinstance(json_type, Mapping) else None
    return words if isinstance(words, str) else ""


def _choices(json_type: Any) -> dict[str, Any]:
    """Read "Option from: [('Large', 'l')]", as 3.x describes a dropdown."""
    words = _words_of(json_type)
    found = _CHOICES.search(words) if len(words) <= _LONGEST else None
    try:
        listed = ast.literal_eval(found[1]) if found else None
        msgspec.json.encode(listed)  # what is not JSON was never a choice
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return {}
    return {"choices": listed}


def _range(json_type: Any) -> dict[str, float]:
    """Read "numeric value between 0 and 100", which is all that ``/info`` says of a slider."""
    found = _RANGE.search(_words_of(json_type))
    try:
        return {"minimum": float(found[1]), "maximum": float(found[2])} if found else {}
    except ValueError:  # "1.2.3"
        return {}
