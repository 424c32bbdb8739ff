"""Describe scripted endpoints as Gradio would: ``/config`` and ``/info``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from anyspace.schema import Description, render_component, render_dependency
from anyspace.testing._signatures import Component, component, inputs_of, outputs_of

__all__ = ["FakeEndpoint", "describe"]

_FILE = {
    "title": "FileData",
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "url": {"type": "string"},
        "orig_name": {"type": "string"},
        "meta": {"type": "object"},
    },
    "required": ["path"],
}
_TYPES: Mapping[str, Mapping[str, Any]] = {
    "textbox": {"type": "string"},
    "number": {"type": "number"},
    "slider": {"type": "number"},
    "checkbox": {"type": "boolean"},
    "json": {"type": {}, "description": "any valid json"},
    "image": _FILE,
    "audio": _FILE,
    "file": _FILE,
    "gallery": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "image": _FILE,
                "caption": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
        },
    },
}


class FakeEndpoint(msgspec.Struct, kw_only=True):
    """One endpoint of a fake app, where the function alone does not say everything.

    A component is its type (``"slider"``), or a mapping of its type and properties
    (``{"type": "slider", "minimum": 0, "maximum": 10}``). Without them the function's
    annotations tell, see `FakeSpace`.

    Attributes:
        name: With its slash.
        function: What it does, see `FakeSpace`.
        inputs: A component for each parameter of the function.
        outputs: A component for each value it returns.
        defaults: Initial values of the inputs by parameter name, before the function's own.
        visibility: As in ``/config`` of Gradio 6: public, undocumented or private.

    Example:
        >>> FakeEndpoint(name="/infer", function=infer, outputs=["image", "number"])
    """

    name: str
    function: Callable[..., Any]
    inputs: Sequence[str | Mapping[str, Any]] | None = None
    outputs: Sequence[str | Mapping[str, Any]] | None = None
    defaults: Mapping[str, Any] = {}
    visibility: str = "public"

    def parameters(self) -> list[Parameter]:
        """Name, component and default of each input."""
        found = inputs_of(self.function)
        if self.inputs is not None:
            told = map(component, self.inputs)
            found = [
                (name, msgspec.structs.replace(given, takes_file=own.takes_file), default)
                for (name, own, default), given in zip(found, told, strict=True)
            ]
        return [
            Parameter(name, component, self.defaults.get(name, default))
            for name, component, default in found
        ]

    def results(self) -> list[Component]:
        """The component of each output."""
        if self.outputs is None:
            return outputs_of(self.function)
        return [component(told) for told in self.outputs]


class Parameter(NamedTuple):
    """One input.

    Attributes:
        name: The function's name for it.
        component: What takes it.
        default: Empty when it is required.
    """

    name: str
    component: Component
    default: Any

    @property
    def has_default(self) -> bool:
        """It may be left out."""
        return self.default is not inspect.Parameter.empty

    @property
    def value(self) -> Any:
        """The default; None without one."""
        return self.default if self.has_default else None

    @property
    def label(self) -> str:
        """What Gradio would make of the name."""
        return str(self.component.props.get("label") or self.name.replace("_", " ").capitalize())


def describe(
    endpoints: Sequence[FakeEndpoint], *, version: str, protocol: str, prefix: str, **extra: Any
) -> Description:
    """Build the documents of an app.

    Returns:
        ``/config`` and ``/info``.
    """
    components: list[dict[str, Any]] = []
    dependencies: list[dict[str, Any]] = []
    named: dict[str, Any] = {}

    def add(made: Component, label: str, value: Any = None) -> int:
        number = len(components) + 1
        props = {"label": label, **({} if value is None else {"value": value}), **made.props}
        hidden = made.kind == "state"
        components.append(render_component(number, made.kind, props, hidden=hidden))
        return number

    for index, endpoint in enumerate(endpoints):
        parameters, results = endpoint.parameters(), endpoint.results()
        dependencies.append(
            render_dependency(
                index,
                endpoint.name.lstrip("/"),
                [add(given.component, given.label, given.value) for given in parameters],
                [add(given, f"Output {i}") for i, given in enumerate(results)],
                generator=inspect.isgeneratorfunction(endpoint.function),
                visibility=endpoint.visibility,
            )
        )
        named[endpoint.name] = {
            "parameters": [
                {
                    "label": given.label,
                    "parameter_name": given.name,
                    "parameter_has_default": given.has_default,
                    "parameter_default": given.value,
                    "type": _TYPES.get(given.component.kind, {}),
                    "component": given.component.kind.capitalize(),
                }
                for given in parameters
                if given.component.kind != "state"
            ],
            "returns": [
                {
                    "label": f"Output {i}",
                    "type": _TYPES.get(given.kind, {}),
                    "component": given.kind,
                }
                for i, given in enumerate(results)
                if given.kind != "state"
            ],
        }
    config = {
        "version": version,
        "protocol": protocol,
        **({"api_prefix": prefix} if prefix else {}),
        "title": "Fake",
        "enable_queue": True,
        "components": components,
        "dependencies": dependencies,
        **extra,
    }
    return config, {"named_endpoints": named, "unnamed_endpoints": {}}
