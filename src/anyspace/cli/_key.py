"""``anyspace key``: keys for those who may use a gateway."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import click

from anyspace import UsageError
from anyspace.cli._options import json_option
from anyspace.cli._results import print_json
from anyspace.settings import FILE_NAME, find_settings, key_table, new_key, save_key

__all__ = ["command"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@click.group("key")
def command() -> None:
    """Make keys for those who may use a gateway."""


@command.command("new")
@click.argument("name")
@click.option("--model", "models", multiple=True, help="A model it is for; all when left out.")
@click.option("--rate", type=click.IntRange(1), metavar="N", help="Jobs it may begin in a minute.")
@click.option("--concurrency", type=click.IntRange(1), metavar="N", help="Jobs it has at once.")
@click.option("--save", is_flag=True, help=f"Write its table into {FILE_NAME}.")
@click.option("--config", metavar="FILE", help="Which file, with --save.")
@json_option
def new(
    name: str,
    models: tuple[str, ...],
    rate: int | None,
    concurrency: int | None,
    save: bool,
    config: str | None,
    as_json: bool,
) -> None:
    """Make a key called NAME, and print it: this once, for it is kept nowhere.

    What the gateway knows it by is a table for anyspace.toml, with the key's hash.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"a key's name is letters, digits and . _ @ - inside, not {name!r}")
    made = new_key()
    said = {"hash": made.hash, "models": list(models), "rate": rate, "concurrency": concurrency}
    entry = {key: value for key, value in said.items() if value}
    path = _save(name, entry, config) if save else None
    if as_json:
        print_json({"name": name, "key": made.key, **entry})
        return
    click.echo(made.key)
    if path:
        click.echo(f"\nwritten into {path}; a gateway that runs reads it on SIGHUP", err=True)
    else:
        click.echo(f"\npaste into {FILE_NAME}, or let --save do it:\n", err=True)
        click.echo(key_table(name, entry), err=True, nl=False)


def _save(name: str, entry: dict[str, Any], config: str | None) -> Path:
    path = Path(config) if config else find_settings() or Path(FILE_NAME)
    save_key(path, name, entry)
    return path
