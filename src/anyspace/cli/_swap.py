"""``anyspace swap``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from anyspace import BindingError, UsageError, recipes
from anyspace.cli._options import connection_options, json_option, make_client
from anyspace.cli._results import print_json
from anyspace.recipes import ArgumentChange, Binding, Media, Swap
from anyspace.schema import App, parse_app, parse_info
from anyspace.settings import load_settings

__all__ = ["command", "result_path"]

_CERTAIN = 0.5
_STYLES = {"dropped": "red", "added": "green", "renamed": "yellow", "resized": "yellow", "kept": ""}


class _Described(NamedTuple):
    """One of the two, with the names that settings may know it by."""

    app: App
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.names[0]} (Gradio {self.app.version or '?'})"


@click.command("swap")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--task", metavar="TASK", help="A pipeline tag; else every task that both can do.")
@json_option
@connection_options
def command(
    before: str,
    after: str,
    task: str | None,
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    wait: float,
) -> None:
    """Show what changes for a caller who moves from Space A to Space B.

    A and B are Spaces, addresses, or files: what /info answered, or a JSON object with
    "info" and "config".

    \b
    anyspace swap black-forest-labs/FLUX.1-schnell mukaist/Midjourney
    """
    if task is not None:
        recipes.field_names(task)  # an unknown task is told before anything is asked
    options = {"token": token, "auth": auth, "timeout": timeout, "wait": wait}
    one, other = asyncio.run(_describe_both(before, after, options))
    swaps = [_compare(one, other, task)] if task else _common(one, other)
    if as_json:
        told = [describe_swap(swap) for swap in swaps]
        print_json({"from": _facts(one), "to": _facts(other), "tasks": told})
        return
    console = Console()
    console.print(Text.assemble((one.title, "bold"), " → ", (other.title, "bold")))
    for swap in swaps:
        _show(console, swap)


async def _describe_both(
    before: str, after: str, options: dict[str, Any]
) -> tuple[_Described, _Described]:
    one, other = await asyncio.gather(_describe(before, options), _describe(after, options))
    return one, other


async def _describe(source: str, options: dict[str, Any]) -> _Described:
    if source.endswith(".json"):
        return _Described(_read(Path(source)), (source,))
    async with make_client(source, **options) as client:
        return _Described(client.app, (client.space, client.url, client.app.space_id))


def _read(path: Path) -> App:
    """Read a saved description: ``/info`` alone, ``/config``, or both in one object."""
    try:
        said = msgspec.json.decode(path.read_bytes())
    except OSError as exc:
        raise UsageError(f"cannot read {path}: {exc.strerror}") from exc
    except msgspec.DecodeError as exc:
        raise UsageError(f"{path} is no JSON: {exc}") from exc
    parts = said if isinstance(said, dict) else {}
    info = parts if "named_endpoints" in parts else parts.get("info")
    config = parts if "dependencies" in parts else parts.get("config")
    if not (info or config):
        raise UsageError(f"{path} is neither what /info nor what /config answers")
    described = msgspec.json.encode(info) if info else None
    return (
        parse_app(msgspec.json.encode(config), described)
        if config
        else parse_info(described or b"")
    )


# --- comparing --------------------------------------------------------------------------


def _compare(one: _Described, other: _Described, task: str) -> Swap:
    return recipes.compare(_bind(one, task), _bind(other, task))


def _bind(described: _Described, task: str) -> Binding:
    settled = load_settings().settled(task, *described.names)
    try:
        return recipes.bind(
            described.app, task, endpoint=settled.endpoint, overrides=settled.parameters
        )
    except BindingError as exc:
        raise BindingError(
            f"{described.names[0]}: {exc}", candidates=exc.candidates, space=described.names[0]
        ) from None


def _common(one: _Described, other: _Described) -> list[Swap]:
    """Every task that both can surely do, the surest first."""
    found = []
    for task in recipes.task_names():
        try:
            found.append(_compare(one, other, task))
        except BindingError:
            continue
    sure = [s for s in found if min(s.before.score, s.after.score) >= _CERTAIN] or found[:1]
    if not sure:
        raise BindingError(
            f"{one.names[0]} and {other.names[0]} have no task in common; "
            "`anyspace bind SRC --task TASK` tells what is missing"
        )
    return sorted(sure, key=lambda swap: -min(swap.before.score, swap.after.score))


# --- telling ----------------------------------------------------------------------------


def describe_swap(swap: Swap) -> dict[str, Any]:
    """A swap as JSON."""
    return {
        "task": swap.task,
        "same": swap.same,
        "endpoint": {"from": swap.before.endpoint.name, "to": swap.after.endpoint.name},
        "fn_index": {"from": swap.before.endpoint.fn_index, "to": swap.after.endpoint.fn_index},
        "arguments": [
            {
                "field": change.field or None,
                "from": change.before or None,
                "to": change.after or None,
                "change": change.change,
                "effects": [{"kind": e.kind, "text": e.text} for e in change.effects],
            }
            for change in swap.arguments
        ],
        "output": {
            "from": {"index": swap.before.output.index, "path": swap.before.output.path},
            "to": {"index": swap.after.output.index, "path": swap.after.output.path},
        },
    }


def result_path(binding: Binding) -> str:
    """Where the result is in what the app answers, as programs write it."""
    output = binding.output
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in output.path)
    file = "" if output.media in (Media.TEXT, Media.DATA) else ".url"
    return f"data[{output.index}]{''.join(steps)}{file}"


def _facts(described: _Described) -> dict[str, Any]:
    return {"space": described.names[0], "gradio": described.app.version}


def _show(console: Console, swap: Swap) -> None:
    one, other = swap.before, swap.after
    console.print(Text.assemble("\n", (swap.task, "bold green")))
    if swap.same:
        console.print("  nothing changes but the address")
        return
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    table.add_column("from", no_wrap=True)
    table.add_column("to", no_wrap=True)
    table.add_column("")
    table.add_row(one.endpoint.name, other.endpoint.name, Text("the endpoint", style="dim"))
    for change in swap.arguments:
        table.add_row(*_row(change))
    table.add_row(result_path(one), result_path(other), Text("the result", style="dim"))
    console.print(table)


def _row(change: ArgumentChange) -> tuple[Text, ...]:
    style = _STYLES[change.change]
    told = ", ".join(effect.text for effect in change.effects)
    note = told if change.change in ("kept", "renamed") else f"{change.change}, {told}"
    return (
        Text(change.before or "–", style=style),
        Text(change.after or "–", style=style),
        Text(note.removesuffix(", ")),
    )
