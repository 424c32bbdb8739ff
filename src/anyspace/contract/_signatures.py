"""Signatures: what of an app its callers rely on.

That is names, order, kinds of values, defaults, choices and ranges. Looks, help texts,
numbers on the wire and JSON schemas are left out: they change without harm, the schemas
with every version of Gradio.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from anyspace.schema import App, Endpoint, Parameter, definitions_of, holds_file, resolve

__all__ = [
    "AppSignature",
    "EndpointSignature",
    "OutputSignature",
    "ParameterSignature",
    "sign_app",
    "type_in_words",
]

_DEPTH: Final = 4  # lists in lists in lists: what lies deeper is anything


class ParameterSignature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One argument.

    Attributes:
        name: The keyword.
        type: What it takes (see `type_in_words`).
        required: There is no default.
        default: What is sent when it is left out.
        choices: The values on offer, None when it is no choice, or takes others too.
        minimum: The smallest number taken.
        maximum: The largest number taken.
    """

    name: str
    type: str = "any"
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None


class OutputSignature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One returned value: its label, and the widget that shows it, which says its form."""

    component: str
    label: str = ""


class EndpointSignature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One endpoint: what goes in, in order, and what comes out."""

    parameters: tuple[ParameterSignature, ...] = ()
    returns: tuple[OutputSignature, ...] = ()


class AppSignature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One app: its Gradio version, which is for people, and its endpoints by name."""

    gradio: str = ""
    endpoints: dict[str, EndpointSignature] = {}


def sign_app(app: App) -> AppSignature:
    """Take down what callers of an app rely on."""
    endpoints = {name: _sign_endpoint(endpoint) for name, endpoint in app.endpoints.items()}
    return AppSignature(gradio=app.version, endpoints=endpoints)


def _sign_endpoint(endpoint: Endpoint) -> EndpointSignature:
    return EndpointSignature(
        parameters=tuple(_sign_parameter(parameter) for parameter in endpoint.parameters),
        returns=tuple(
            OutputSignature(component=output.component, label=output.label)
            for output in endpoint.outputs
        ),
    )


def _sign_parameter(parameter: Parameter) -> ParameterSignature:
    closed = parameter.choices is not None and not parameter.open_choices
    return ParameterSignature(
        name=parameter.name,
        type=type_in_words(parameter.json_type),
        required=parameter.required,
        # A default file is a place on the app's disk, and another one after each restart.
        default=None if parameter.required or parameter.takes_file else parameter.default,
        choices=tuple(c.value for c in parameter.choices or ()) if closed else None,
        minimum=parameter.minimum,
        maximum=parameter.maximum,
    )


def type_in_words(json_type: Mapping[str, Any]) -> str:
    """Say in a few words what values a JSON schema takes, whatever version of Gradio wrote it.

    >>> type_in_words({"anyOf": [{"type": "string"}, {"type": "number"}]})
    'number or string'
    """
    return _words(json_type, definitions_of(json_type), _DEPTH)


def _words(schema: Any, definitions: Mapping[str, Any], depth: int) -> str:
    if not depth:
        return "any"
    node = resolve(schema, definitions)
    for key in ("anyOf", "oneOf"):
        branches = node.get(key)
        if isinstance(branches, list):
            words = {_words(one, definitions, depth - 1) for one in branches}
            # Whether null is mentioned differs by version; None empties every widget.
            return " or ".join(sorted(words - {"null"})) or "any"
    kind = node.get("type")
    if kind == "array":
        return f"list of {_words(node.get('items', {}), definitions, depth - 1)}"
    if kind == "object" or "properties" in node:
        # Today's FileData, the one before 4.23, and 3.x's made-up one: all of them are files.
        return "file" if holds_file({**node, "$defs": definitions}) else "mapping"
    return kind if isinstance(kind, str) else "any"
