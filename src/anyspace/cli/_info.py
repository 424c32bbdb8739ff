"""``anyspace info``."""

from __future__ import annotations

import asyncio
from typing import Any

import click
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from anyspace import AsyncClient
from anyspace.cli._options import connection_options, json_option, make_client
from anyspace.cli._progress import ProgressLine
from anyspace.cli._results import print_json
from anyspace.schema import Endpoint, Parameter, Visibility

__all__ = ["command"]

_SHOWN_CHOICES = 8
_WIDEST_DEFAULT = 40


@click.command("info")
@click.argument("src")
@click.argument("endpoint", required=False)
@json_option
@connection_options
def command(
    src: str,
    endpoint: str | None,
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    wait: float,
) -> None:
    """Show the endpoints of SRC, or only ENDPOINT: parameters, defaults, choices, ranges."""
    line = ProgressLine(src)
    client = make_client(
        src, token=token, auth=auth, timeout=timeout, wait=wait, on_stage=line.show_stage
    )
    asyncio.run(_info(client, line, endpoint, as_json))


async def _info(client: AsyncClient, line: ProgressLine, name: str | None, as_json: bool) -> None:
    with line:
        await client.connect()
    async with client:
        app = client.app
        endpoints = [app.endpoint(name)] if name else list(app.endpoints.values())
        facts = {
            "space": client.space,
            "url": client.url,
            "title": app.title,
            "gradio": app.version,
            "generation": client.wire.generation.name,
        }
    if as_json:
        described = {endpoint.name: describe_endpoint(endpoint) for endpoint in endpoints}
        print_json({**facts, "endpoints": described, "private": app.private})
        return
    console = Console()
    console.print(
        Text(f"{app.title or client.space}", style="bold"),
        Text(f"{facts['url']}  Gradio {app.version or '?'} ({facts['generation']})", style="dim"),
    )
    for endpoint in endpoints:
        console.print(_page(endpoint))


def describe_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    """An endpoint as JSON."""
    return {
        "fn_index": endpoint.fn_index,
        "visibility": endpoint.visibility.value,
        "description": endpoint.description,
        "generator": endpoint.generator,
        "parameters": [_describe_parameter(parameter) for parameter in endpoint.parameters],
        "returns": [
            {"label": output.label, "component": output.component} for output in endpoint.outputs
        ],
    }


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    optional = {
        "choices": [c.value for c in parameter.choices] if parameter.choices else None,
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "step": parameter.step,
        "max_length": parameter.max_length,
        "file_types": list(parameter.file_types) or None,
        "file_count": parameter.file_count or None,
    }
    return {
        "name": parameter.name,
        "label": parameter.label,
        "component": parameter.component,
        "type": parameter.json_type,
        "required": parameter.required,
        **({} if parameter.required else {"default": parameter.default}),
        **{key: value for key, value in optional.items() if value is not None},
    }


def _page(endpoint: Endpoint) -> Group:
    note = "" if endpoint.visibility is Visibility.PUBLIC else f"  ({endpoint.visibility.value})"
    returns = ", ".join(
        f"{output.label} ({output.component})" if output.label else output.component
        for output in endpoint.outputs
    )
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for heading in ("parameter", "takes", "default", "label"):
        table.add_column(heading)
    for parameter in endpoint.parameters:
        default = "required" if parameter.required else _short(repr(parameter.default))
        table.add_row(
            Text(parameter.name, style="cyan"), takes(parameter), Text(default), parameter.label
        )
    head = Text.assemble("\n", (endpoint.name, "bold green"), (f" → {returns or 'nothing'}", ""))
    head.append(note, style="yellow")
    parts: list[Any] = [head]
    if endpoint.description:
        parts.append(Text(f"  {endpoint.description}", style="dim"))
    return Group(*parts, table) if endpoint.parameters else Group(*parts)


def takes(parameter: Parameter) -> str:
    """Say in a few words what a parameter takes."""
    if parameter.choices is not None:
        shown = ", ".join(
            str(c.value) if str(c.value) == c.label else f"{c.value} ({c.label})"
            for c in parameter.choices[:_SHOWN_CHOICES]
        )
        more = len(parameter.choices) - _SHOWN_CHOICES
        return f"{'any of' if parameter.multiple else 'one of'} {shown}" + (
            f" and {more} more" if more > 0 else ""
        )
    if parameter.minimum is not None or parameter.maximum is not None:
        low = "" if parameter.minimum is None else f"{parameter.minimum:.15g}"
        high = "" if parameter.maximum is None else f"{parameter.maximum:.15g}"
        step = f", step {parameter.step:.15g}" if parameter.step else ""
        return f"number {low}..{high}{step}"
    if parameter.takes_file:
        kinds = "/".join(parameter.file_types) or parameter.component
        return f"{kinds} files" if parameter.file_count != "single" else f"{kinds} file"
    kind = parameter.json_type.get("type")
    return {"string": "text", "boolean": "true/false"}.get(str(kind), str(kind or "JSON"))


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST_DEFAULT else text[: _WIDEST_DEFAULT - 1] + "…"
