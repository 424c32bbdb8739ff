"""``anyspace bind``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from anyspace import AsyncClient, recipes
from anyspace.cli._options import connection_options, json_option, make_client
from anyspace.cli._results import print_json
from anyspace.recipes import Binding, Bound
from anyspace.schema import App, parse_app, parse_info

__all__ = ["command"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("bind")
@click.argument("src", required=False)
@click.option("--task", required=True, metavar="TASK", help="A pipeline tag: text-to-image.")
@click.option("--info", type=_FILE, help="What /info answered, instead of SRC.")
@click.option("--config", type=_FILE, help="What /config answered, to go with --info.")
@click.option("--endpoint", metavar="NAME", help="This endpoint, instead of the best one.")
@click.argument("overrides", nargs=-1, metavar="[FIELD=PARAMETER]...")
@json_option
@connection_options
def command(
    src: str | None,
    task: str,
    info: Path | None,
    config: Path | None,
    endpoint: str | None,
    overrides: tuple[str, ...],
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
) -> None:
    """Show which endpoint of SRC would do a TASK, what would go where, and why.

    With --info nothing is asked over the network. FIELD=PARAMETER settles a field by hand.
    """
    if src is not None and "=" in src and "://" not in src:
        overrides, src = (src, *overrides), None
    if (src is None) == (info is None):
        raise click.UsageError("give either SRC or --info FILE")
    if config is not None and info is None:
        raise click.UsageError("--config goes with --info")
    recipes.field_names(task)  # an unknown task is told before anything is asked
    if info is not None:
        described = info.read_bytes()
        app = parse_app(config.read_bytes(), described) if config else parse_info(described)
    else:
        client = make_client(src or "", token=token, auth=auth, timeout=timeout)
        app = asyncio.run(_ask(client))
    binding = recipes.bind(app, task, endpoint=endpoint, overrides=_stated(overrides))
    if as_json:
        print_json(describe_binding(binding))
    else:
        click.echo(binding.explain())


async def _ask(client: AsyncClient) -> App:
    async with client:
        return client.app


def _stated(overrides: tuple[str, ...]) -> dict[str, str]:
    for override in overrides:
        if "=" not in override:
            raise click.UsageError(f"{override!r} is not FIELD=PARAMETER")
    return dict(override.split("=", 1) for override in overrides)


def describe_binding(binding: Binding) -> dict[str, Any]:
    """A binding as JSON; a parameter that the app gives no name is told by its position."""
    told = {
        "endpoint": binding.endpoint.name,
        "fn_index": binding.endpoint.fn_index,
        "bind": {bound.field: _parameter(binding, bound) for bound in binding.bound},
        "output": {"index": binding.output.index, "path": binding.output.path},
        "score": binding.score,
        "reasons": binding.reasons,
        "warnings": binding.warnings,
        "alternatives": [
            {"endpoint": other.endpoint, "score": other.score} for other in binding.alternatives
        ],
    }
    if binding.chain:
        told["chain"] = [step.endpoint.name for step in binding.chain]
    return told


def _parameter(binding: Binding, bound: Bound) -> str | int:
    named = binding.endpoint.parameters[bound.position].named
    return bound.parameter if named else bound.position
