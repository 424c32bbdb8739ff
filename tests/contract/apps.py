"""Apps in a few words."""

from __future__ import annotations

from typing import Any

from anyspace.contract import AppSignature, sign_app
from anyspace.schema import App, Choice, Endpoint, OutputField, Parameter, Slot

__all__ = ["app", "argument", "endpoint", "signed"]

KINDS = {"textbox": "string", "number": "number", "slider": "number", "checkbox": "boolean"}


def argument(name: str, component: str = "textbox", **more: Any) -> Parameter:
    """One argument; it has a default when one is given."""
    choices = more.pop("choices", None)
    kind = more.pop("json_type", {"type": KINDS.get(component, "string")})
    return Parameter(
        name=name,
        label=name.title(),
        component=component,
        json_type=kind,
        required="default" not in more,
        choices=None if choices is None else tuple(Choice(str(c), c) for c in choices),
        **more,
    )


def endpoint(name: str, *parameters: Parameter, returns: str = "image", **more: Any) -> Endpoint:
    """One endpoint; what it returns is named by widgets, ``"image Result"`` with a label."""
    outputs = []
    for word in filter(None, returns.split(", ")):
        component, _, label = word.partition(" ")
        outputs.append(OutputField(label=label, component=component, json_type={}))
    return Endpoint(
        api_name=name,
        fn_index=more.pop("fn_index", 0),
        parameters=parameters,
        outputs=tuple(outputs),
        input_slots=tuple(Slot(position) for position in range(len(parameters))),
        **more,
    )


def app(*endpoints: Endpoint) -> App:
    """An app of these endpoints."""
    return App(title="", version="6.31.0", endpoints={e.name: e for e in endpoints})


def signed(*endpoints: Endpoint) -> AppSignature:
    """Its signatures."""
    return sign_app(app(*endpoints))
