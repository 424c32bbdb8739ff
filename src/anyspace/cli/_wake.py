"""``anyspace wake``."""

from __future__ import annotations

import asyncio

import click
import msgspec

from anyspace._spaces import async_wake_space
from anyspace.cli._options import json_option, wait_option
from anyspace.cli._progress import ProgressLine
from anyspace.cli._results import print_json

__all__ = ["command"]


@click.command("wake")
@click.argument("src")
@wait_option
@click.option("--token", metavar="TOKEN", help="A Hugging Face token, if not the saved one.")
@json_option
def command(src: str, wait: float, token: str | None, as_json: bool) -> None:
    """Wake the Space SRC and wait until its app answers."""
    with ProgressLine(src) as line:
        facts = asyncio.run(async_wake_space(src, wait=wait, on_stage=line.show_stage, token=token))
    if as_json:
        print_json(msgspec.to_builtins(facts))
    else:
        click.echo(f"{facts.id} {facts.stage.lower()} {facts.host}")
