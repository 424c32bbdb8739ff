"""``anyspace duplicate``."""

from __future__ import annotations

import click

from anyspace._spaces import duplicate_space
from anyspace.cli._options import json_option
from anyspace.cli._results import print_json

__all__ = ["command"]


@click.command("duplicate")
@click.argument("src")
@click.argument("to", required=False, metavar="[OWNER/NAME]")
@click.option("--public", is_flag=True, help="Everybody may see the copy.")
@click.option("--hardware", metavar="NAME", help="What it runs on; paid hardware costs you money.")
@click.option("--sleep", type=int, metavar="SECONDS", help="Idle time until it sleeps.")
@click.option("--token", metavar="TOKEN", help="A Hugging Face token, if not the saved one.")
@json_option
def command(
    src: str,
    to: str | None,
    public: bool,
    hardware: str | None,
    sleep: int | None,
    token: str | None,
    as_json: bool,
) -> None:
    """Copy the Space SRC into your account, and print the copy's name."""
    made = duplicate_space(
        src, to, private=not public, hardware=hardware, sleep_seconds=sleep, token=token
    )
    if as_json:
        print_json({"from": src, "space": made, "private": not public})
    else:
        click.echo(made)
