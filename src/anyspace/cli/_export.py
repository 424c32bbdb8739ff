"""``anyspace export``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from anyspace.capture import EXPORTS, Call, Target, compose, compose_task
from anyspace.capture import export as write
from anyspace.cli._arguments import parse_arguments, parse_fields
from anyspace.cli._exports import tell_exports
from anyspace.cli._options import (
    ask_target,
    connection_options,
    described_app,
    description_options,
    gateway_options,
    make_client,
    through_gateway,
)

__all__ = ["command"]


@click.command("export")
@click.argument("src")
@click.argument("endpoint", required=False)
@click.argument("arguments", nargs=-1)
@click.option("--task", metavar="TASK", help="A pipeline tag; arguments are its fields then.")
@click.option(
    "--to",
    "names",
    multiple=True,
    type=click.Choice([*EXPORTS, "all"]),
    default=["python"],
    show_default=True,
    help="The tool; may be given several times.",
)
@gateway_options
@description_options
@connection_options
def command(
    src: str,
    endpoint: str | None,
    arguments: tuple[str, ...],
    task: str | None,
    names: tuple[str, ...],
    via: str | None,
    model: str | None,
    info: Path | None,
    config: Path | None,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    wait: float,
) -> None:
    """Write a call of SRC as code for another tool.

    ENDPOINT and ARGUMENTS are those of `anyspace call`; with --task they are the task's fields,
    and the endpoint is found by itself. What keeps its default is left out, and a needed value
    that is not given is an example. Tokens are never written: code reads $HF_TOKEN.

    \b
    anyspace export owner/name /infer prompt="a red fox" --to curl
    anyspace export owner/name --task text-to-image "a red fox" width=512 --to yank-note
    anyspace export owner/name --task text-to-image "a red fox" --to openai-js --via URL
    """
    words = [*([endpoint] if endpoint else []), *arguments]
    app = described_app(info, config)
    if app is not None:
        url = src if "://" in src else ""
        target = Target(src, url, app, token=not url)
    else:
        target = asyncio.run(
            ask_target(make_client(src, token=token, auth=auth, timeout=timeout, wait=wait))
        )
    call, notes = _compose(target, words, task)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    call = through_gateway(call, via, model)
    if "all" in names:
        tell_exports(call)
    else:
        for name in names:
            click.echo(write(call, name), nl=False)


def _compose(
    target: Target, words: Sequence[str], task: str | None
) -> tuple[Call, tuple[str, ...]]:
    named = bool(words) and words[0].startswith("/")
    if task is not None:
        name = words[0] if named else None
        return compose_task(target, task, parse_fields(task, words[named:]), endpoint=name)
    if words and not named:
        named = "=" not in words[0]
    endpoint = target.app.endpoint(words[0] if named else None)
    args, kwargs = parse_arguments(endpoint, words[named:])
    return compose(target, endpoint, args, kwargs)
