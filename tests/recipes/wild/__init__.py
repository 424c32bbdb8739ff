"""Descriptions of apps as they are found in the wild, with what an expert would bind.

They are written from the sources of public apps: names, labels, widgets, ranges and
defaults are theirs, put together anew. One app looks like this::

    == a name for the test
    title What the page says of itself
    /api_name  [Button]                      or  (kind label event); a bare / has no name
      name | Label | widget | default | ph=hint | info=help
      (name) | Label | …                     the app gives no name
      > widget Label; widget Label           the outputs
    task /endpoint output: field=parameter   what is right; "a|b" are equally right
    no task task                             what it does not do

A widget is ``slider 0..10/0.5``, ``dropdown: a; b*`` (the star marks the default,
``Label=value`` parts the two), ``file .pdf,.png`` or just a name. Without a default a
parameter has to be given.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from anyspace.schema import App, Choice, Endpoint, OutputField, Parameter, Visibility

__all__ = ["Label", "WildApp", "load"]

FOLDER = Path(__file__).parent

FILE = {"type": "object", "properties": {"path": {"type": "string"}, "meta": {}}}
GALLERY = {"type": "array", "items": {"properties": {"image": FILE, "caption": {}}}}
EDITOR = {"properties": {"background": FILE, "layers": {"items": FILE}, "composite": FILE}}
MESSAGE = {"properties": {"text": {"type": "string"}, "files": {"items": FILE}}}
PAIRS = {"type": "array", "items": {"type": "array"}}
TYPES: dict[str, Any] = {
    "textbox": {"type": "string"},
    "dropdown": {"type": "string"},
    "radio": {"type": "string"},
    "number": {"type": "number"},
    "slider": {"type": "number"},
    "checkbox": {"type": "boolean"},
    "gallery": GALLERY,
    "imageeditor": EDITOR,
    "multimodaltextbox": MESSAGE,
    "chatbot": PAIRS,
    **dict.fromkeys(("image", "audio", "video", "file", "model3d"), FILE),
    "imageslider": {"type": "array", "items": FILE},
    "annotatedimage": {"type": "array", "items": FILE},
}
FILES = frozenset(
    """image gallery imageeditor imageslider annotatedimage audio video file model3d
    multimodaltextbox""".split()
)
KINDS = {"image": ("image",), "audio": ("audio", "video"), "video": ("video", "audio")}


class Label(NamedTuple):
    """What is right for a task: the endpoints, the outputs, the field's parameters."""

    task: str
    endpoints: list[str]
    outputs: list[int]
    fields: dict[str, str]


class WildApp(NamedTuple):
    """An app, what it does, and what it does not."""

    name: str
    app: App
    labels: list[Label]
    no: list[str]


def load() -> Iterator[WildApp]:
    """Read all of them."""
    for path in sorted(FOLDER.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("\n== ")[1:]:
            name, _, body = block.partition("\n")
            yield read_app(name.strip(), body.splitlines())


def read_app(name: str, lines: list[str]) -> WildApp:
    """Read one app from its lines."""
    endpoints: list[Endpoint] = []
    labels: list[Label] = []
    no: list[str] = []
    title = ""
    start: tuple[str, tuple[str, str, str]] | None = None
    parameters: list[Parameter] = []
    for line in (line for line in lines if line.strip() and not line.startswith("#")):
        if line.startswith("/"):
            start, parameters = read_head(line), []
        elif line.startswith("  >"):
            assert start is not None
            endpoints.append(
                Endpoint(
                    api_name=start[0],
                    visibility=Visibility.PUBLIC if start[0] else Visibility.UNNAMED,
                    fn_index=len(endpoints),
                    parameters=tuple(parameters),
                    outputs=tuple(read_outputs(line.strip()[1:])),
                    triggers=(start[1],),
                )
            )
        elif line.startswith("  "):
            parameters.append(read_parameter(line.strip()))
        elif line.startswith("title "):
            title = line.removeprefix("title ")
        elif line.startswith("no "):
            no = line.split()[1:]
        else:
            labels.append(read_label(line))
    app = App(
        title=title,
        version="5.0",
        endpoints={endpoint.name: endpoint for endpoint in endpoints},
        headings=(title,) if title else (),
    )
    return WildApp(name, app, labels, no)


def read_head(line: str) -> tuple[str, tuple[str, str, str]]:
    """Read the name of an endpoint and what runs it."""
    name, _, trigger = line.partition("  ")
    name = name.rstrip("/")
    trigger = trigger.strip()
    if trigger.startswith("["):
        return name, ("button", trigger.strip("[]"), "click")
    kind, *label, event = trigger.strip("()").split(" ")
    return name, (kind, " ".join(label), event)


def read_parameter(line: str) -> Parameter:
    """Read one input."""
    name, label, widget, *rest = (part.strip() for part in line.split(" | "))
    named = not name.startswith("(")
    component, more = read_widget(widget)
    for part in rest:
        key, sign, value = part.partition("=")
        if sign and key in ("ph", "info", "visible"):
            key = {"ph": "placeholder"}.get(key, key)
            more[key] = value != "False" if key == "visible" else value
        else:
            more |= {"default": read_value(part), "required": False}
    return Parameter(
        **{
            "name": name.strip("()"),
            "label": label,
            "component": component,
            "json_type": TYPES.get(component, {}),
            "named": named,
            "takes_file": component in FILES,
            "file_types": KINDS.get(component, ()),
            "file_count": "single" if component in FILES else "",
            **more,
        }
    )


def read_widget(widget: str) -> tuple[str, dict[str, Any]]:
    """Read a widget with its range, choices or file types."""
    ranged = re.fullmatch(r"slider (-?[\d.]+?)\.\.(-?[\d.]+)/([\d.]+)", widget)
    if ranged:
        low, high, step = (ast.literal_eval(text) for text in ranged.groups())
        return "slider", {"minimum": low, "maximum": high, "step": step}
    kind, sign, listed = widget.partition(": ")
    if sign:
        return kind, read_choices(kind, [item.strip() for item in listed.split(";")])
    component, _, types = widget.partition(" ")
    return component, {"file_types": tuple(types.split(","))} if types else {}


def read_choices(kind: str, listed: list[str]) -> dict[str, Any]:
    """Read choices; the starred one is the default."""
    choices, default = [], None
    for item in listed:
        label, sign, value = item.rstrip("*").partition("=")
        choice = Choice(label, read_value(value) if sign else read_value(label))
        choices.append(choice)
        if item.endswith("*"):
            default = choice.value
    more: dict[str, Any] = {"choices": tuple(choices), "required": default is None}
    if kind == "checkboxgroup":
        return more | {"multiple": True, "default": [default]}
    return more | {"default": default}


def read_value(text: str) -> Any:
    """Read a number, a truth or None; anything else is text."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def read_outputs(line: str) -> Iterator[OutputField]:
    """Read what comes back."""
    for part in (part.strip() for part in line.split(";")):
        if part:
            component, _, label = part.partition(" ")
            yield OutputField(
                label=label,
                component=component,
                json_type=TYPES.get(component, {}),
                gives_file=component in FILES,
            )


def read_label(line: str) -> Label:
    """Read what is right."""
    head, _, fields = line.partition(":")
    task, endpoints, outputs = head.split()
    pairs = (pair.split("=") for pair in fields.split())
    return Label(task, endpoints.split("|"), [int(n) for n in outputs.split("|")], dict(pairs))
