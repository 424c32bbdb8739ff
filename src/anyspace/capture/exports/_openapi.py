"""``openapi``: the endpoint as an OpenAPI 3.1 document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from anyspace._errors import UsageError
from anyspace.capture._call import Call
from anyspace.capture._literals import json_text
from anyspace.schema import Parameter

__all__ = ["render"]

_BY_CALL: Final = (4, 20)


def render(call: Call) -> str:
    """Describe the two requests of a call: submit, and read until it is done.

    Raises:
        UsageError: The app is too old for plain HTTP requests, or the endpoint has no name.
    """
    if call.version < _BY_CALL or not call.endpoint.api_name:
        raise UsageError(
            f"{call.endpoint.name} of {call.source} has no HTTP route of its own: only named "
            "endpoints of Gradio 4.20 and later have"
        )
    by_name = call.by_name
    submit = f"{call.api}/call/v2/{call.name}" if by_name else f"{call.api}/call/{call.name}"
    parts: dict[str, Any] = {}
    body = _by_name(call, parts) if by_name else _by_position(call, parts)
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": call.app.title or call.source, "version": call.app.version or "0"},
        "servers": [{"url": call.root}],
        "paths": {
            submit: {"post": _submit(call, body)},
            f"{call.api}/call/{call.name}/{{event_id}}": {"get": _read(call)},
        },
    }
    if parts:
        document["components"] = {"schemas": parts}
    if call.token:
        schemes = {"token": {"type": "http", "scheme": "bearer"}}
        document.setdefault("components", {})["securitySchemes"] = schemes
        document["security"] = [{"token": []}, {}]
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _submit(call: Call, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = {"type": "object", "properties": {"event_id": {"type": "string"}}}
    return {
        "operationId": call.name,
        "summary": call.endpoint.description or f"Submit {call.endpoint.name}",
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "200": {
                "description": "The job was taken; read its result under its event_id.",
                "content": {"application/json": {"schema": answer}},
            }
        },
    }


def _read(call: Call) -> dict[str, Any]:
    outputs = ", ".join(o.label or o.component for o in call.endpoint.outputs) or "nothing"
    return {
        "operationId": f"{call.name}_result",
        "summary": "Read the job's result as an event stream",
        "parameters": [
            {"name": "event_id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "responses": {
            "200": {
                "description": f"`event: complete`, its data a list: {outputs}. "
                f"The result is at {call.place.javascript()}.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            }
        },
    }


def _by_name(call: Call, parts: dict[str, Any]) -> dict[str, Any]:
    fields = call.endpoint.parameters
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {p.name: _schema(p, parts) for p in fields},
        "additionalProperties": False,
    }
    required = [p.name for p in fields if p.required]
    if required:
        schema["required"] = required
    return {"schema": schema, "example": _plain(dict(call.arguments))}


def _by_position(call: Call, parts: dict[str, Any]) -> dict[str, Any]:
    positions = [slot.parameter for slot in call.endpoint.input_slots]
    items = [
        {"type": "null"} if at is None else _schema(call.endpoint.parameters[at], parts)
        for at in positions
    ]
    data = {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    schema = {"type": "object", "properties": {"data": data}, "required": ["data"]}
    return {"schema": schema, "example": {"data": _plain(call.endpoint.fill(call.values()))}}


def _schema(parameter: Parameter, parts: dict[str, Any]) -> dict[str, Any]:
    told = dict(_moved(parameter.json_type, parts))
    told["title"] = parameter.label or parameter.name
    if not parameter.required:
        told["default"] = parameter.default
    ends = {"minimum": parameter.minimum, "maximum": parameter.maximum}
    told |= {word: value for word, value in ends.items() if value is not None}
    if parameter.choices and not parameter.multiple and not parameter.open_choices:
        told["enum"] = [choice.value for choice in parameter.choices]
    return told


def _moved(node: Any, parts: dict[str, Any]) -> Any:
    """Move the named parts of a schema to where OpenAPI has them, and point there."""
    if isinstance(node, list):
        return [_moved(item, parts) for item in node]
    if not isinstance(node, Mapping):
        return node
    for key in ("$defs", "definitions"):
        named = node.get(key)
        for name, part in named.items() if isinstance(named, Mapping) else ():
            if name not in parts:
                parts[name] = {}  # it may refer to itself
                parts[name] = _moved(part, parts)
    return {
        key: f"#/components/schemas/{value.rpartition('/')[2]}"
        if key == "$ref" and isinstance(value, str)
        else _moved(value, parts)
        for key, value in node.items()
        if key not in ("$defs", "definitions")
    }


def _plain(value: Any) -> Any:
    return msgspec.json.decode(json_text(value))
