"""``anyspace trace``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from anyspace import AnyspaceError, AsyncClient, Trace
from anyspace.cli._arguments import parse_arguments
from anyspace.cli._options import connection_options, json_option, make_client
from anyspace.cli._results import plain_result, print_json, print_result, saved_files

__all__ = ["command"]


@click.command("trace")
@click.argument("src")
@click.argument("endpoint", required=False)
@click.argument("arguments", nargs=-1)
@click.option(
    "--har",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Save it all as a HAR, which browsers' DevTools open.",
)
@click.option("-o", "--output", metavar="DIR", help="Save the files of the result here.")
@json_option
@connection_options
def command(
    src: str,
    endpoint: str | None,
    arguments: tuple[str, ...],
    har: Path | None,
    output: str | None,
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    wait: float,
) -> None:
    """Call an ENDPOINT of SRC and show what goes over the wire.

    ENDPOINT and ARGUMENTS are those of `anyspace call`. Every request, answer and message is
    shown with its time in seconds, its size and its meaning. Tokens, passwords and cookies
    are not, and are not saved either.

    \b
    anyspace trace owner/name /infer "a red fox" width=512
    anyspace trace http://localhost:7860 /infer "a red fox" --har fox.har
    """
    trace = Trace()
    client = make_client(src, token=token, auth=auth, timeout=timeout, wait=wait, trace=trace)
    failure: AnyspaceError | None = None
    told: dict[str, Any] = {}
    try:
        told = asyncio.run(_call(client, endpoint, arguments, output, quiet=as_json))
    except AnyspaceError as exc:
        failure = exc
    if har is not None:
        trace.save_har(har)
    if as_json:
        lines = [line._asdict() for line in trace.lines()]
        print_json({**told, "error": str(failure) if failure else None, "lines": lines})
    else:
        click.echo(trace.explain(), nl=False)
        if "saved" in told:
            print_result(told["value"], told["saved"])
    if failure is not None:
        raise failure


async def _call(
    client: AsyncClient,
    name: str | None,
    words: tuple[str, ...],
    output: str | None,
    *,
    quiet: bool,
) -> dict[str, Any]:
    async with client:
        endpoint = client.app.endpoint(name)
        args, kwargs = parse_arguments(endpoint, words)
        value = await client.predict(*args, fn_index=endpoint.fn_index, **kwargs)
        saved = await saved_files(value, output)
        if not quiet:
            return {"value": value, "saved": saved}
        return {
            "space": client.space,
            "gradio": client.app.version,
            "generation": client.wire.generation.name,
            "endpoint": endpoint.name,
            "result": plain_result(value, saved),
        }
