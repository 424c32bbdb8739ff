"""Options that several commands take, and how they become a client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from anyspace import AsyncClient, ProtocolError, Timeouts, Trace, UsageError
from anyspace.capture import Call, Gateway, Target
from anyspace.client import WAIT_SECONDS
from anyspace.hub import OnStage
from anyspace.schema import App, parse_app, parse_info

__all__ = [
    "ask_target",
    "connection_options",
    "described_app",
    "description_options",
    "gateway_options",
    "json_option",
    "lock_options",
    "make_client",
    "split_auth",
    "through_gateway",
    "wait_option",
]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

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


def description_options(command: F) -> F:
    """Add ``--info`` and ``--config``: what an app said of itself, in files."""
    for option in (
        click.option("--config", type=_FILE, help="What /config answered, to go with --info."),
        click.option("--info", type=_FILE, help="What /info answered; nothing is asked then."),
    ):
        command = option(command)
    return command


def described_app(info: Path | None, config: Path | None) -> App | None:
    """Read the app's description from the files of `description_options`; None without them."""
    if info is None and config is not None:
        raise click.UsageError("--config goes with --info")
    if info is None:
        return None
    described = info.read_bytes()
    try:
        return parse_app(config.read_bytes(), described) if config else parse_info(described)
    except ProtocolError as exc:  # of the app, were it not a file that the caller chose
        names = " and ".join(str(path) for path in (info, config) if path)
        raise UsageError(f"{names}: {exc}") from exc


def gateway_options(command: F) -> F:
    """Add ``--via`` and ``--model``."""
    for option in (
        click.option(
            "--model", metavar="NAME", help="What the gateway calls it; else the Space's name."
        ),
        click.option("--via", metavar="URL", help="Call it through the anyspace gateway at URL."),
    ):
        command = option(command)
    return command


def through_gateway(call: Call, via: str | None, model: str | None) -> Call:
    """The call through the gateway of `gateway_options`; as it is without one."""
    if via is None:
        return call
    known = call.source if "://" not in call.source else call.nickname
    return call.via(Gateway(via.rstrip("/"), model or known))


async def ask_target(client: AsyncClient) -> Target:
    """Ask an app what it is, for code that calls it."""
    async with client:
        is_space = "://" not in client.space
        return Target(client.space, client.url, client.app, token=is_space)


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
    trace: Trace | None = None,
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
        trace=trace,
    )
