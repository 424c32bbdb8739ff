"""``anyspace search``."""

from __future__ import annotations

import asyncio

import click
import msgspec
from rich.console import Console
from rich.text import Text

from anyspace import hub
from anyspace.cli._options import json_option
from anyspace.cli._results import print_json
from anyspace.hub import FoundSpace

__all__ = ["command"]

_BROKEN = ("PAUSED", "RUNTIME_ERROR", "BUILD_ERROR", "CONFIG_ERROR", "NO_APP_FILE", "DELETING")
_STAGE_STYLES = {"RUNNING": "green", **dict.fromkeys(_BROKEN, "red")}


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
        _show(Console(highlight=False), found)
    else:
        click.echo("nothing found; other words may help, or leaving out --running", err=True)


def _show(console: Console, found: list[FoundSpace]) -> None:
    """Two lines for each: what there is to choose by, and what it does in one line."""
    widths = [max(len(row[column]) for row in map(_facts, found)) for column in range(4)]
    for space in found:
        name, likes, stage, hardware = _facts(space)
        console.print(
            Text.assemble(
                (name.ljust(widths[0]), "cyan"),
                (f"  {likes.rjust(widths[1])}  ", ""),
                (stage.ljust(widths[2]), _STAGE_STYLES.get(space.stage, "yellow")),
                f"  {hardware}",
            ),
            no_wrap=True,
            crop=False,
        )
        said = dict.fromkeys((space.title, space.task or space.category, space.description))
        words = " · ".join(word for word in said if word)
        console.print(Text(f"  {words}", style="dim"), no_wrap=True, overflow="ellipsis")


def _facts(space: FoundSpace) -> tuple[str, str, str, str]:
    stage = space.stage.lower().replace("_", " ")
    return space.id, f"♥ {space.likes}", stage, space.hardware
