"""``anyspace call``."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from anyspace import AsyncClient
from anyspace.cli._arguments import parse_arguments
from anyspace.cli._options import connection_options, json_option, lock_options, make_client
from anyspace.cli._progress import ProgressLine
from anyspace.cli._results import plain_result, print_json, print_result, saved_files
from anyspace.schema import Endpoint

__all__ = ["command"]


@click.command("call")
@click.argument("src")
@click.argument("endpoint", required=False)
@click.argument("arguments", nargs=-1)
@click.option("-o", "--output", metavar="DIR", help="Save the files of the result here.")
@click.option("--no-check", is_flag=True, help="Send the arguments whatever they are.")
@json_option
@lock_options
@connection_options
def command(
    src: str,
    endpoint: str | None,
    arguments: tuple[str, ...],
    output: str | None,
    no_check: bool,
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    wait: float,
    lock: str | None,
) -> None:
    """Call an ENDPOINT of SRC and print what it returns.

    Arguments are name=value, name=@file, name:=json, or values in the endpoint's
    order. ENDPOINT may be left out when the app documents only one and no
    arguments follow. Ctrl-C cancels the job on the app.

    \b
    anyspace call owner/name /infer "a red fox" width=512
    anyspace call http://localhost:7860 /describe photo=@cat.png -o out/
    """
    line = ProgressLine(f"{src} {endpoint or ''}".strip())
    client = make_client(
        src,
        token=token,
        auth=auth,
        timeout=timeout,
        check=not no_check,
        wait=wait,
        lock=lock,
        on_stage=line.show_stage,
    )
    asyncio.run(_call(client, line, endpoint, arguments, output, as_json))


async def _call(
    client: AsyncClient,
    line: ProgressLine,
    name: str | None,
    words: tuple[str, ...],
    output: str | None,
    as_json: bool,
) -> None:
    with line:
        async with client:
            endpoint = client.endpoint(name)
            order = client.contract.order_of(endpoint) if client.contract else None
            args, kwargs = parse_arguments(endpoint, words, order)
            value = await _run(client, endpoint, args, kwargs, line)
            saved = await saved_files(value, output)
    if as_json:
        print_json({"endpoint": endpoint.name, "result": plain_result(value, saved)})
    else:
        print_result(value, saved)


async def _run(
    client: AsyncClient,
    endpoint: Endpoint,
    args: list[Any],
    kwargs: dict[str, Any],
    line: ProgressLine,
) -> Any:
    job = await client.submit(*args, fn_index=endpoint.fn_index, **kwargs)
    async for update in job.updates():
        line.show(update)
    return await job
