"""What a browser is shown at a model's address: what this is, and how to use it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from anyspace.gateway.gradio._fronts import Front
from anyspace.gateway.gradio._menu import Dish
from anyspace.schema import Endpoint, Parameter, Visibility

__all__ = ["PAGE_HEADERS", "render_page"]

PAGE_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}
_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --quiet: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2.5rem auto;
  padding: 0 1rem }
h1 { font-size: 1.6rem; margin-bottom: .2rem }
h2 { font-size: 1.15rem; margin-top: 2.2rem }
h3 { font: 600 1rem/1.4 ui-monospace, monospace; margin: 0 }
pre { background: var(--soft); padding: .8rem 1rem; border-radius: .5rem; overflow-x: auto }
pre, code { font: .86rem/1.5 ui-monospace, monospace }
section.endpoint { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem;
  margin: .8rem 0 }
section.endpoint p { margin: .2rem 0 .6rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th { text-align: left; font-weight: 600; color: var(--quiet) }
th, td { padding: .2rem .8rem .2rem 0; vertical-align: top; border-top: 1px solid var(--line) }
thead th { border-top: 0 }
.quiet { color: var(--quiet) }
"""
_LONG: Final = 60


def render_page(front: Front) -> str:
    """Write the page."""
    model, address = front.model, front.place.app
    dishes = [dish for dish in front.menu if dish.shown.visibility is Visibility.PUBLIC]
    shapes = [dish for dish in dishes if dish.shape is not None]
    own = [dish for dish in dishes if dish.shape is None]
    spaces = ", ".join(provider.src for provider in model.pool.providers)
    first = next(iter(shapes or own), None)
    return "".join(
        (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(model.name)}'
            '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{_STYLE}</style><body><h1>{escape(model.name)}</h1>",
            f'<p class="quiet">{escape(model.table.description or model.task)}'
            f"{' · ' if model.table.description or model.task else ''}{escape(spaces)}</p>",
            "<p>To clients, this address is a Gradio app. It has no page of its own to play "
            "with; use it from a tool that speaks Gradio's API, or from code:</p>",
            _snippets(address, first.shown) if first else "",
            _list("For any Space of the task", shapes),
            _list("The Space's own endpoints", own),
            "</body></html>\n",
        )
    )


def _snippets(address: str, endpoint: Endpoint) -> str:
    name, values = endpoint.name, _example(endpoint.parameters)
    named = ", ".join(f"{key}={value!r}" for key, value in values)
    keys = ", ".join(f"{key}: {_quoted(value)}" for key, value in values)
    lines = (
        "# Python: pip install gradio_client (or anyspace, with anyspace.Client)\n"
        "from gradio_client import Client\n"
        f'Client("{address}").predict({named}{", " if named else ""}api_name="{name}")',
        "// JavaScript: npm install @gradio/client\n"
        'import { Client } from "@gradio/client";\n'
        f'const app = await Client.connect("{address}");\n'
        f'const result = await app.predict("{name}", {{ {keys} }});',
        f"anyspace info {address}",
    )
    return "".join(f"<pre>{escape(line)}</pre>" for line in lines)


def _example(parameters: Iterable[Parameter]) -> list[tuple[str, str]]:
    return [
        (parameter.name, "a red fox in snow")
        for parameter in parameters
        if parameter.required and not parameter.takes_file
    ]


def _quoted(value: str) -> str:
    return f'"{value}"'


def _list(title: str, dishes: Iterable[Dish]) -> str:
    listed = "".join(map(_endpoint, dishes))
    return f"<h2>{escape(title)}</h2>{listed}" if listed else ""


def _endpoint(dish: Dish) -> str:
    endpoint = dish.shown
    outputs = ", ".join(output.label or output.component for output in endpoint.outputs)
    rows = "".join(map(_row, endpoint.parameters))
    head = "<thead><tr><th>parameter<th>takes<th>default<th>label</thead>"
    table = f"<table>{head}<tbody>{rows}</tbody></table>" if rows else ""
    return (
        f'<section class="endpoint"><h3>{escape(endpoint.name)} → {escape(outputs or "nothing")}'
        f' <span class="quiet">fn_index {endpoint.fn_index}</span></h3>'
        f"<p>{escape(endpoint.description)}</p>{table}</section>"
    )


def _row(parameter: Parameter) -> str:
    default = "required" if parameter.required else _short(parameter.default)
    cells = (_takes(parameter), default, parameter.label)
    named = f"<td><code>{escape(parameter.name)}</code>"
    return f"<tr>{named}{''.join(f'<td>{escape(cell)}' for cell in cells)}</tr>"


def _takes(parameter: Parameter) -> str:
    if parameter.choices is not None:
        return _short(" | ".join(choice.label for choice in parameter.choices))
    ends = (parameter.minimum, parameter.maximum)
    if ends != (None, None):
        low, high = ("…" if end is None else f"{end:.12g}" for end in ends)
        return f"{parameter.component} {low} to {high}"
    return parameter.component


def _short(value: object) -> str:
    text = "" if value is None else value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
