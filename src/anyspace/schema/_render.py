"""Write what an app says about itself: ``/config`` and ``/info``, as `parse_app` reads them.

The form is that of Gradio 6.31, as far as its clients read it: widgets, endpoints, names,
types, defaults, choices and ranges; no page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from anyspace.schema._app import App, Endpoint, OutputField, Parameter, Slot, Visibility
from anyspace.schema._files import definitions_of, is_file_node, resolve

__all__ = ["Description", "render_app", "render_component", "render_dependency"]

Json = dict[str, Any]
Description = tuple[Json, Json]
"""``/config`` and ``/info``."""

_PYTHON: Final = {
    "string": "str",
    "number": "float",
    "integer": "int",
    "boolean": "bool",
    "object": "dict(str, Any)",
    "null": "None",
}
_SAMPLES: Final = {"string": "Hello!!", "number": 3, "integer": 3, "boolean": True}
_DEPTH: Final = 8  # a type that refers to itself has no end


def render_app(app: App, *, everything: bool = False, **config: Any) -> Description:
    """Write the description of an app.

    Widgets that several endpoints name are written once. States have numbers of their own.

    Args:
        app: What is described.
        everything: ``/info`` has the endpoints, too, that the app leaves undocumented.
        config: Added to ``/config``.
    """
    widgets = _Widgets(app)
    last = max((endpoint.fn_index for endpoint in app.endpoints.values()), default=-1)
    dependencies = [_nothing(number) for number in range(last + 1)]
    for endpoint in app.endpoints.values():
        # At the place that its number says, for clients older than numbers (4.32).
        dependencies[endpoint.fn_index] = _dependency(endpoint, widgets)
    shown = [
        endpoint
        for endpoint in app.endpoints.values()
        if everything or endpoint.visibility is not Visibility.UNDOCUMENTED
    ]
    document = {
        "version": app.version,
        "title": app.title,
        "app_id": app.app_id,
        "max_file_size": app.max_file_size,
        "api_prefix": app.api_prefix,
        "mcp_server": app.mcp_server,
        "enable_queue": True,
        "components": list(widgets.components.values()),
        "dependencies": dependencies,
        **config,
    }
    named = {endpoint.api_name: _endpoint(endpoint) for endpoint in shown}
    return document, {"named_endpoints": named, "unnamed_endpoints": {}}


def render_component(
    number: int, kind: str, props: Mapping[str, Any], *, hidden: bool = False
) -> Json:
    """Write one widget of ``/config``."""
    return {"id": number, "type": kind, "props": {"name": kind, **props}, "skip_api": hidden}


def render_dependency(
    number: int,
    api_name: str | None,
    inputs: Sequence[int],
    outputs: Sequence[int],
    *,
    generator: bool = False,
    visibility: str = "public",
    **more: Any,
) -> Json:
    """Write one endpoint of ``/config``, by the numbers of its widgets."""
    return {
        "id": number,
        "api_name": api_name,
        "inputs": list(inputs),
        "outputs": list(outputs),
        "queue": True,
        "backend_fn": True,
        "targets": [],
        "cancels": [],
        "types": {"generator": generator, "cancel": False},
        "api_visibility": visibility,
        **more,
    }


# --- /config ---------------------------------------------------------------------


class _Widgets:
    """The widgets that endpoints name, each once."""

    def __init__(self, app: App) -> None:
        self.components: dict[int, Json] = {}
        endpoints = app.endpoints.values()
        numbers = [p.widget for endpoint in endpoints for p in endpoint.parameters]
        numbers += [o.widget for endpoint in endpoints for o in endpoint.outputs]
        self._last = max(numbers, default=0)

    def inputs(self, endpoint: Endpoint) -> Iterable[int]:
        """The numbers of what fills an endpoint's slots."""
        for slot in endpoint.input_slots:
            yield (
                self._hidden(slot)
                if slot.parameter is None
                else self._parameter(endpoint.parameters[slot.parameter])
            )

    def outputs(self, endpoint: Endpoint) -> Iterable[int]:
        """The numbers of what shows an endpoint's values."""
        fields = iter(endpoint.outputs)
        for shown in endpoint.output_slots:
            if shown:
                field = next(fields)
                props = {"label": field.label, "type": field.mode or None}
                yield self._add(field.widget, field.component, props, field.json_type)
            else:
                yield self._hidden(Slot(None))

    def _parameter(self, parameter: Parameter) -> int:
        props = {
            "label": parameter.label,
            "value": parameter.default,
            "minimum": parameter.minimum,
            "maximum": parameter.maximum,
            "step": parameter.step,
            "max_length": parameter.max_length,
            "placeholder": parameter.placeholder or None,
            "info": parameter.info or None,
            "visible": parameter.visible,
            "multiselect": parameter.multiple or None,
            "allow_custom_value": parameter.open_choices or None,
            "file_types": list(parameter.file_types) or None,
            "headers": list(parameter.headers) or None,
            "file_count": parameter.file_count or None,
            "type": parameter.mode or None,
        }
        if parameter.choices is not None:
            props["choices"] = [[choice.label, choice.value] for choice in parameter.choices]
        return self._add(parameter.widget, parameter.component, props, parameter.json_type)

    def _hidden(self, slot: Slot) -> int:
        """A state: what stands in its slot is no caller's business."""
        return self._add(-1, "state", {"value": slot.constant}, {}, hidden=True)

    def _add(
        self,
        number: int,
        kind: str,
        props: Mapping[str, Any],
        json_type: Mapping[str, Any],
        *,
        hidden: bool = False,
    ) -> int:
        if number < 0:
            self._last = number = self._last + 1
        if number not in self.components:
            said = {name: value for name, value in props.items() if value is not None}
            made = render_component(number, kind, said, hidden=hidden)
            self.components[number] = {**made, "api_info": json_type}
        return number


def _dependency(endpoint: Endpoint, widgets: _Widgets) -> Json:
    return render_dependency(
        endpoint.fn_index,
        endpoint.api_name.removeprefix("/"),
        list(widgets.inputs(endpoint)),
        list(widgets.outputs(endpoint)),
        generator=endpoint.generator,
        visibility=endpoint.visibility.value,
        connection="sse",
        js=None,
        batch=False,
        max_batch_size=4,
        trigger_after=endpoint.after,
        rendered_in=None,
    )


def _nothing(number: int) -> Json:
    """An endpoint that nobody may call, so that the others stand where their numbers say."""
    return render_dependency(number, None, (), (), visibility="private") | {
        "api_name": False,
        "backend_fn": False,
        "queue": None,
    }


# --- /info -----------------------------------------------------------------------


def _endpoint(endpoint: Endpoint) -> Json:
    return {
        "description": endpoint.description,
        "parameters": [_parameter(parameter) for parameter in endpoint.parameters],
        "returns": [_field(output) for output in endpoint.outputs],
        "api_visibility": endpoint.visibility.value,
        **({"oauth_token": endpoint.oauth_token} if endpoint.oauth_token else {}),
    }


def _parameter(parameter: Parameter) -> Json:
    default = parameter.default
    kind = parameter.json_type.get("type")
    sample = _SAMPLES.get(kind) if isinstance(kind, str) else None
    return {
        **_field(parameter),
        "parameter_name": parameter.name,
        "parameter_has_default": not parameter.required,
        "parameter_default": default,
        "example_input": sample if default is None else default,
    }


def _field(field: Parameter | OutputField) -> Json:
    words = field.json_type.get("description")
    return {
        "label": field.label,
        "type": field.json_type,
        "python_type": {
            "type": _python_type(field.json_type, definitions_of(field.json_type)),
            "description": words if isinstance(words, str) else "",
        },
        "component": field.component.capitalize(),
    }


def _python_type(node: Any, definitions: Mapping[str, Any], depth: int = 0) -> str:
    """Say a type as Python would, in the words of Gradio's own descriptions."""
    node = resolve(node, definitions)
    if depth > _DEPTH:
        return "Any"
    if is_file_node(node):
        return "filepath"
    if isinstance(node.get("enum"), list):
        return f"Literal[{', '.join(map(repr, node['enum']))}]"
    for key in ("anyOf", "oneOf"):
        if isinstance(node.get(key), list):
            return " | ".join(_python_type(each, definitions, depth + 1) for each in node[key])
    kind = node.get("type")
    if kind == "array":
        return f"list[{_python_type(node.get('items'), definitions, depth + 1)}]"
    return _PYTHON.get(kind, "Any") if isinstance(kind, str) else "Any"
