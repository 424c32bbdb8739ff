"""Describe scripted endpoints as Gradio would: ``/config`` and ``/info``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

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
    """One endpoint of a fake app.

    Attributes:
        name: With its slash.
        function: What it does, see `FakeSpace`.
        inputs: Component types; one ``"textbox"`` per parameter of the function by default.
        outputs: Component types.
        defaults: Initial values of the inputs, by parameter name.
        visibility: As in ``/config`` of Gradio 6.
    """

    name: str
    function: Callable[..., Any]
    inputs: Sequence[str] | None = None
    outputs: Sequence[str] = ("textbox",)
    defaults: Mapping[str, Any] = {}
    visibility: str = "public"

    def parameters(self) -> list[tuple[str, str]]:
        """Name and component of each input."""
        names = list(inspect.signature(self.function).parameters)
        kinds = self.inputs if self.inputs is not None else ["textbox"] * len(names)
        return list(zip(names, kinds, strict=True))


def describe(
    endpoints: Sequence[FakeEndpoint], *, version: str, protocol: str, prefix: str, **extra: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Build the documents of an app.

    Returns:
        ``/config`` and ``/info``.
    """
    components: list[dict[str, Any]] = []
    dependencies: list[dict[str, Any]] = []
    named: dict[str, Any] = {}

    def component(kind: str, label: str, value: Any = None) -> int:
        number = len(components) + 1
        props = {"name": kind, "label": label, **({} if value is None else {"value": value})}
        components.append({"id": number, "type": kind, "props": props, "skip_api": kind == "state"})
        return number

    for index, endpoint in enumerate(endpoints):
        parameters = endpoint.parameters()
        inputs = [
            component(kind, name.replace("_", " ").capitalize(), endpoint.defaults.get(name))
            for name, kind in parameters
        ]
        outputs = [component(kind, f"Output {i}") for i, kind in enumerate(endpoint.outputs)]
        dependencies.append(
            {
                "id": index,
                "api_name": endpoint.name.lstrip("/"),
                "inputs": inputs,
                "outputs": outputs,
                "queue": True,
                "backend_fn": True,
                "targets": [],
                "cancels": [],
                "types": {"generator": inspect.isgeneratorfunction(endpoint.function)},
                "api_visibility": endpoint.visibility,
            }
        )
        named[endpoint.name] = {
            "parameters": [
                {
                    "label": name.replace("_", " ").capitalize(),
                    "parameter_name": name,
                    "parameter_has_default": name in endpoint.defaults,
                    "parameter_default": endpoint.defaults.get(name),
                    "type": _TYPES.get(kind, {}),
                    "component": kind.capitalize(),
                }
                for name, kind in parameters
                if kind != "state"
            ],
            "returns": [
                {"label": f"Output {i}", "type": _TYPES.get(kind, {}), "component": kind}
                for i, kind in enumerate(endpoint.outputs)
                if kind != "state"
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
