"""``anyspace bind``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click
import msgspec

from anyspace import AsyncClient, recipes
from anyspace.cli._options import (
    connection_options,
    described_app,
    description_options,
    json_option,
    make_client,
)
from anyspace.cli._results import print_json
from anyspace.recipes import Binding, Step
from anyspace.schema import App, Endpoint
from anyspace.settings import (
    FILE_NAME,
    NOTHING_SETTLED,
    find_settings,
    load_settings,
    save_recipe,
)

__all__ = ["command"]


@click.command("bind")
@click.argument("src", required=False)
@click.option("--task", required=True, metavar="TASK", help="A pipeline tag: text-to-image.")
@description_options
@click.option("--endpoint", metavar="NAME", help="This endpoint, instead of the best one.")
@click.argument("overrides", nargs=-1, metavar="[FIELD=PARAMETER]...")
@click.option("--save", is_flag=True, help="Settle this in anyspace.toml, for every later call.")
@json_option
@connection_options
def command(
    src: str | None,
    task: str,
    info: Path | None,
    config: Path | None,
    endpoint: str | None,
    overrides: tuple[str, ...],
    save: bool,
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    wait: float,
) -> None:
    """Show which endpoint of SRC would do a TASK, what would go where, and why.

    With --info nothing is asked over the network. FIELD=PARAMETER and --endpoint settle by
    hand what is not found by itself; --save keeps that in anyspace.toml (the nearest one above
    the working folder, $ANYSPACE_CONFIG, or a new one here).
    """
    if src is not None and "=" in src and "://" not in src:
        overrides, src = (src, *overrides), None
    described = described_app(info, config)
    if (src is None) == (info is None):
        raise click.UsageError("give either SRC or --info FILE")
    if save and src is None:
        raise click.UsageError("--save wants SRC, the name to settle it under")
    recipes.field_names(task)  # an unknown task is told before anything is asked
    stated = _stated(overrides)
    settings = load_settings()
    if described is not None:
        app = described
        settled = NOTHING_SETTLED
    else:
        client = make_client(src or "", token=token, auth=auth, timeout=timeout, wait=wait)
        app, url = asyncio.run(_ask(client))
        settled = settings.settled(task, client.space, url, app.space_id)
    settled = settled.with_stated(endpoint, stated)
    binding = recipes.bind(app, task, endpoint=settled.endpoint, overrides=settled.parameters)
    if save:
        path = find_settings() or Path(FILE_NAME)
        kept = msgspec.structs.replace(settled, endpoint=binding.endpoint.name)
        save_recipe(path, src or "", task, kept)
        click.echo(f"settled in {path}", err=True)
    if as_json:
        print_json(describe_binding(binding))
    else:
        click.echo(binding.explain())


async def _ask(client: AsyncClient) -> tuple[App, str]:
    async with client:
        return client.app, client.url


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
        "bind": {
            field: _parameter(binding.endpoint, position)
            for field, position in binding.fields_at_endpoint.items()
        },
        "output": {"index": binding.output.index, "path": binding.output.path},
        "score": binding.score,
        "reasons": binding.reasons,
        "warnings": binding.warnings,
        "alternatives": [
            {"endpoint": other.endpoint, "score": other.score} for other in binding.alternatives
        ],
    }
    if binding.constants:
        told["constants"] = dict(binding.constants)
    if binding.chain:
        told["chain"] = [step.endpoint.name for step in binding.chain]
        told["steps"] = [_describe_step(step) for step in binding.chain]
    return told


def _describe_step(step: Step) -> dict[str, Any]:
    """One call of a chain: what it takes of the task, and of the calls before it."""
    return {
        "endpoint": step.endpoint.name,
        "needed": step.needed,
        "bind": {b.field: _parameter(step.endpoint, b.position) for b in step.bound},
        "handed": {f.parameter: {"step": f.step, "output": f.output} for f in step.flows},
    }


def _parameter(endpoint: Endpoint, position: int) -> str | int:
    parameter = endpoint.parameters[position]
    return parameter.name if parameter.named else position
