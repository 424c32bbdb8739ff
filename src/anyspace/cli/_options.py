"""Options that several commands take, and how they become a client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from anyspace import AsyncClient, Timeouts
from anyspace.client import WAIT_SECONDS
from anyspace.hub import OnStage

__all__ = [
    "connection_options",
    "json_option",
    "lock_options",
    "make_client",
    "split_auth",
    "wait_option",
]

F = TypeVar("F", bound=Callable[..., Any])


def connection_options(command: F) -> F:
    """Add what every command that talks to an app takes."""
    for option in (
        wait_option,
        click.option("--timeout", type=float, metavar="SECONDS", help="For the whole call."),
        click.option(
            "--auth",
            metavar="USER:PASSWORD",
            help="The app's own login ($ANYSPACE_AUTH).",
            envvar="ANYSPACE_AUTH",
        ),
        click.option(
            "--token",
            metavar="TOKEN",
            help="A Hugging Face token, if not the saved one.",
        ),
    ):
        command = option(command)
    return command


def wait_option(command: F) -> F:
    """Add ``--wait``."""
    return click.option(
        "--wait",
        type=click.FloatRange(0),
        default=WAIT_SECONDS,
        show_default=True,
        metavar="SECONDS",
        help="For a Space that sleeps, builds or starts.",
    )(command)


def lock_options(command: F) -> F:
    """Add ``--lock`` and ``--no-lock``; the command is given ``lock``."""
    for option in (
        click.option("--no-lock", "lock", flag_value="", help="Whatever is locked."),
        click.option(
            "--lock",
            "lock",
            metavar="FILE",
            help="Hold the Space to this lock file, if not to the anyspace.lock.toml found.",
        ),
    ):
        command = option(command)
    return command


def json_option(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def split_auth(auth: str | None) -> tuple[str, str] | None:
    """Read USER:PASSWORD."""
    if not auth:
        return None
    username, colon, password = auth.partition(":")
    if not colon:
        raise click.UsageError("--auth takes USER:PASSWORD")
    return username, password


def make_client(
    source: str,
    *,
    token: str | None = None,
    auth: str | None = None,
    timeout: float | None = None,
    check: bool = True,
    session: bool = False,
    wait: float = WAIT_SECONDS,
    lock: str | Path | bool | None = False,
    on_stage: OnStage | None = None,
) -> AsyncClient:
    """Make the client that the options ask for; what only looks at a Space needs no lock."""
    return AsyncClient(
        source,
        token=token,
        auth=split_auth(auth),
        timeouts=Timeouts(total=timeout),
        check=check,
        session=session,
        wait=wait,
        lock=False if lock == "" else lock,
        on_stage=on_stage,
    )
