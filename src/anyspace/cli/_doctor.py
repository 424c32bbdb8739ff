"""``anyspace doctor``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from anyspace._doctor import Examination, TaskFound, async_examine
from anyspace.cli._options import json_option, split_auth
from anyspace.cli._results import print_json
from anyspace.hub import Quota

__all__ = ["command"]

_SHOWN = 8


@click.command("doctor")
@click.argument("src")
@click.option("--wait", type=float, default=0, help="Seconds to wait for a Space that sleeps.")
@click.option(
    "--auth", metavar="USER:PASSWORD", envvar="ANYSPACE_AUTH", help="The app's own login."
)
@click.option("--token", metavar="TOKEN", help="A Hugging Face token, if not the saved one.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    src: str,
    wait: float,
    auth: str | None,
    token: str | None,
    as_json: bool,
) -> None:
    """Show on one page how SRC is, what it can do, and what to do next.

    Exits with 1 when it cannot be used now.
    """
    found = asyncio.run(async_examine(src, token=token, auth=split_auth(auth), wait=wait))
    if as_json:
        print_json(msgspec.to_builtins(found))
    else:
        _show(Console(highlight=False), found)
    ctx.exit(1 if found.problem else 0)


def _show(console: Console, found: Examination) -> None:
    name = found.space_id or found.source
    head = Text(found.title or name, style="bold")
    if found.title and found.title != name:
        head.append(f"  {name}", style="not bold dim")
    console.print(head)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in _rows(found):
        table.add_row(label, text)
    console.print(table)
    if found.problem:
        console.print(Text.assemble(("✗ ", "bold red"), found.problem))
    else:
        console.print(Text.assemble(("✓ ", "bold green"), "it can be used"))
    for line in found.advice:
        console.print(Text.assemble(("→ ", "cyan"), line), soft_wrap=True)


def _rows(found: Examination) -> Iterator[tuple[str, Text]]:
    """What is known, a line each."""
    if found.space_id:
        seen = {True: "private ", False: "public ", None: ""}[found.private]
        yield "space", Text(f"{seen}{found.sdk} Space")
    if found.url:
        yield "address", Text(found.url)
    if found.stage:
        yield "stage", _stage(found)
    if found.gradio:
        yield "gradio", Text(f"{found.gradio}, generation {found.generation} of the wire")
    if found.config_seconds is not None:
        yield "answers", Text(f"/config in {found.config_seconds * 1000:.0f} ms")
    if found.queue_size is not None:
        eta = f", about {found.queue_eta:.0f} s" if found.queue_eta else ""
        yield "queue", Text(f"{found.queue_size} waiting{eta}" if found.queue_size else "empty")
    if found.quota is not None:
        yield "GPU time", _quota(found.quota)
    if found.lock is not None:
        yield "lock", Text("; ".join(found.lock) or "as it was locked")
    yield from _listed("endpoints", [Text(line) for line in found.signatures])
    yield from _listed("tasks", [_task(task) for task in found.tasks])


def _stage(found: Examination) -> Text:
    words = found.stage.lower().replace("_", " ")
    style = "red" if found.problem else "green" if found.stage == "RUNNING" else "yellow"
    where = f" on {found.hardware}" if found.hardware else ""
    return Text.assemble((words, style), where)


def _quota(quota: Quota) -> Text:
    low = "red" if quota.left <= 0 else "yellow" if quota.left < quota.total / 5 else ""
    told = Text.assemble((f"{quota.left:.0f} s", low), f" left of {quota.total:.0f} s")
    if quota.resets_at is not None:
        told.append(f", all of it again at {quota.resets_at:%Y-%m-%d %H:%M %Z}")
    return told


def _task(task: TaskFound) -> Text:
    return Text.assemble(
        (task.task, "green"), f" by {task.endpoint}", (f"  {task.score:.2f}", "dim")
    )


def _listed(label: str, lines: list[Text]) -> Iterator[tuple[str, Text]]:
    more = len(lines) - _SHOWN
    rest = [Text(f"and {more} more", style="dim")] if more > 0 else []
    for number, line in enumerate([*lines[:_SHOWN], *rest]):
        yield ("" if number else label), line
