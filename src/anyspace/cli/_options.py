"""Options that several commands take, and how they become a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from anyspace import AsyncClient, Timeouts

__all__ = ["connection_options", "json_option", "make_client"]

F = TypeVar("F", bound=Callable[..., Any])


def connection_options(command: F) -> F:
    """Add what every command that talks to an app takes."""
    for option in (
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


def json_option(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def make_client(
    source: str,
    *,
    token: str | None = None,
    auth: str | None = None,
    timeout: float | None = None,
    check: bool = True,
    session: bool = False,
) -> AsyncClient:
    """Make the client that the options ask for."""
    if auth is not None and ":" not in auth:
        raise click.UsageError("--auth takes USER:PASSWORD")
    username, _, password = (auth or "").partition(":")
    return AsyncClient(
        source,
        token=token,
        auth=(username, password) if auth else None,
        timeouts=Timeouts(total=timeout),
        check=check,
        session=session,
    )
