"""``anyspace search``."""

from __future__ import annotations

import asyncio

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from anyspace import hub
from anyspace.cli._options import json_option
from anyspace.cli._results import print_json
from anyspace.hub import FoundSpace

__all__ = ["command"]

_STAGE_STYLES = {"RUNNING": "green", "SLEEPING": "yellow", "PAUSED": "red"}


@click.command("search")
@click.argument("words", nargs=-1)
@click.option("--task", metavar="TASK", help="Only Spaces for this task: text-to-image.")
@click.option("--running", is_flag=True, help="Only Spaces that run now.")
@click.option("--hardware", metavar="NAME", help="Only on this hardware: zero, cpu-basic, a10g.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@click.option("--token", metavar="TOKEN", help="A Hugging Face token, if not the saved one.")
@json_option
def command(
    words: tuple[str, ...],
    task: str | None,
    running: bool,
    hardware: str | None,
    limit: int,
    token: str | None,
    as_json: bool,
) -> None:
    """Search the Hub's Gradio Spaces by what they do.

    \b
    anyspace search remove the background of a photo --running
    anyspace search --task text-to-speech --hardware zero
    """
    found = asyncio.run(
        hub.search_spaces(
            " ".join(words),
            task=task,
            running=running,
            hardware=hardware,
            limit=limit,
            token=hub.find_token(token),
        )
    )
    if as_json:
        print_json([msgspec.to_builtins(space) for space in found])
    elif found:
        Console().print(_table(found))
    else:
        click.echo("nothing found; other words may help, or leaving out --running", err=True)


def _table(found: list[FoundSpace]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("space", no_wrap=True, style="cyan")
    table.add_column("what it does")
    table.add_column("likes", justify="right")
    table.add_column("stage", no_wrap=True)
    table.add_column("hardware", no_wrap=True)
    for space in found:
        words = space.description or space.title
        told = Text.assemble(words, *((f"  {space.category}", "dim"),) * bool(space.category))
        stage = Text(space.stage.lower(), style=_STAGE_STYLES.get(space.stage, ""))
        table.add_row(space.id, told, str(space.likes), stage, space.hardware)
    return table
