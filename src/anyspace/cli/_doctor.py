"""``anyspace doctor``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from anyspace._doctor import Examination, async_examine
from anyspace.cli._options import json_option, split_auth
from anyspace.cli._results import print_json

__all__ = ["command"]

_SHOWN = 12


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
        _show(Console(), found)
    ctx.exit(1 if found.problem else 0)


def _show(console: Console, found: Examination) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _rows(found):
        table.add_row(name, text)
    console.print(Text(found.title or found.space_id or found.source, style="bold"))
    console.print(table)
    if found.problem:
        console.print(Text.assemble(("✗ ", "red"), found.problem))
    else:
        console.print(Text("✓ it can be used", style="green"))
    for line in found.advice:
        console.print(Text(f"→ {line}"))


def _rows(found: Examination) -> Iterator[tuple[str, str]]:
    """What is known, a line each."""
    if found.space_id:
        seen = {True: ", private", False: "", None: ""}[found.private]
        yield "space", f"{found.space_id} ({found.sdk}{seen})"
    if found.url:
        yield "address", found.url
    if found.stage:
        where = f" on {found.hardware}" if found.hardware else ""
        yield "stage", f"{found.stage.lower()}{where}"
    if found.gradio:
        yield "gradio", f"{found.gradio} ({found.generation})"
    if found.config_seconds is not None:
        yield "answers in", f"{found.config_seconds * 1000:.0f} ms"
    if found.queue_size is not None:
        eta = f", about {found.queue_eta:.0f} s" if found.queue_eta else ""
        yield "queue", f"{found.queue_size} waiting{eta}"
    if found.quota is not None:
        yield "gpu time", f"{found.quota.left:.0f} of {found.quota.total:.0f} s left"
    if found.endpoints:
        more = len(found.endpoints) - _SHOWN
        rest = f" and {more} more" if more > 0 else ""
        yield "endpoints", ", ".join(found.endpoints[:_SHOWN]) + rest
    for number, task in enumerate(found.tasks):
        yield "tasks" if not number else "", f"{task.task} by {task.endpoint} ({task.score:.2f})"
