"""``anyspace wake``."""

from __future__ import annotations

import asyncio

import click

from anyspace._spaces import async_wake_space
from anyspace.cli._progress import ProgressLine
from anyspace.client import WAIT_SECONDS

__all__ = ["command"]


@click.command("wake")
@click.argument("src")
@click.option(
    "--wait", type=float, default=WAIT_SECONDS, show_default=True, help="Seconds to wait at most."
)
@click.option("--token", metavar="TOKEN", help="A Hugging Face token, if not the saved one.")
def command(src: str, wait: float, token: str | None) -> None:
    """Wake the Space SRC and wait until its app answers."""
    with ProgressLine(src) as line:
        facts = asyncio.run(async_wake_space(src, wait=wait, on_stage=line.show_stage, token=token))
    click.echo(f"{facts.id} {facts.stage.lower()} {facts.host}")
