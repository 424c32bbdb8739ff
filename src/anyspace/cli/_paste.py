"""``anyspace paste``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import click

from anyspace import AnyspaceError, AsyncClient, UsageError
from anyspace.capture import (
    EXPORTS,
    Capture,
    Captured,
    Explained,
    FileHere,
    Target,
    best_call,
    explain_call,
    explain_message,
    path_to_file,
    read_capture,
)
from anyspace.capture import export as write
from anyspace.cli._exports import tell_exports
from anyspace.cli._options import (
    ask_target,
    connection_options,
    described_app,
    description_options,
    gateway_options,
    json_option,
    make_client,
    through_gateway,
)
from anyspace.cli._results import print_json
from anyspace.schema import App, parse_app

__all__ = ["command"]

_WIDEST = 60


@click.command("paste")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--src", metavar="SRC", help="The Space or app, where the capture does not tell.")
@click.option("--call", "number", type=int, metavar="N", help="Which call, where it has several.")
@click.option(
    "--to",
    "names",
    multiple=True,
    type=click.Choice([*EXPORTS, "all"]),
    default=["all"],
    show_default=True,
    help="The tool to write it for; may be given several times.",
)
@gateway_options
@description_options
@json_option
@connection_options
def command(
    file: IO[bytes],
    src: str | None,
    number: int | None,
    names: tuple[str, ...],
    via: str | None,
    model: str | None,
    info: Path | None,
    config: Path | None,
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    wait: float,
) -> None:
    """Read a captured call, say which argument is which, and write it as code.

    FILE (or standard input) is a HAR that a browser saved, a request copied as cURL (bash or
    cmd) or as fetch, the body of a /queue/join or /call, an event stream or a message of one,
    or code that uses gradio_client or @gradio/client. What the app says of itself comes from
    --info and --config, from the HAR, or from the app.

    \b
    anyspace paste page.har
    anyspace paste --to python < copied-as-curl.txt
    """
    capture = read_capture(file)
    if not capture.calls:
        _tell_messages(capture, as_json)
        return

    def ask(source: str) -> Target:
        client: AsyncClient = make_client(
            source, token=token, auth=auth, timeout=timeout, wait=wait
        )
        return asyncio.run(ask_target(client))

    at, target = _choose(capture, number, src, described_app(info, config), ask)
    found = explain_call(capture.calls[at], target)
    call = through_gateway(found.call, via, model)
    if as_json:
        print_json(_document(capture, at, found))
        return
    everything = "all" in names
    _tell(capture, at, found, err=not everything)
    if everything:
        tell_exports(call)
        return
    for name in names:
        click.echo(write(call, name), nl=False)


# --- the app -------------------------------------------------------------------------


def _choose(
    capture: Capture,
    number: int | None,
    src: str | None,
    described: App | None,
    ask: Callable[[str], Target],
) -> tuple[int, Target]:
    """Which call is meant, and what its app says about itself."""
    if number is not None and not 1 <= number <= len(capture.calls):
        raise UsageError(f"there is no call {number}: the {capture.form} has {len(capture.calls)}")
    last = capture.calls[len(capture.calls) - 1 if number is None else number - 1]
    target = _target(capture, last, src, described, ask)
    at = best_call(capture.calls, target.app) if number is None else number - 1
    return at, target


def _target(
    capture: Capture,
    call: Captured,
    src: str | None,
    described: App | None,
    ask: Callable[[str], Target],
) -> Target:
    source = src or call.address
    url = source if "://" in source else ""
    if described is not None:
        return Target(source or "SRC", url, described, token=bool(source) and not url)
    config, info = capture.config.get(call.address), capture.info.get(call.address)
    if config and info and src is None:
        app = parse_app(config, info)
        return Target(app.space_id or source, url, app, token=bool(app.space_id))
    if not source:
        raise UsageError(
            f"the {capture.form} does not say which app it is for: name it with --src, or give "
            "what it says of itself with --info"
        )
    try:
        return ask(source)
    except AnyspaceError:
        if config is None:
            raise
        click.echo(f"note: {source} cannot be asked; names are made from its labels", err=True)
        return Target(source, url, parse_app(config))


# --- telling -------------------------------------------------------------------------


def _tell(capture: Capture, at: int, found: Explained, *, err: bool) -> None:
    def say(text: str = "") -> None:
        click.echo(text, err=err)

    call, captured = found.call, capture.calls[at]
    app = call.app
    others = f", call {at + 1} of {len(capture.calls)}" if len(capture.calls) > 1 else ""
    say(f"{capture.form}{others}")
    say(f"  app       {call.source}  {app.title}  Gradio {app.version or '?'}".rstrip())
    outputs = ", ".join(o.label or o.component for o in call.endpoint.outputs) or "nothing"
    say(f"  endpoint  {call.endpoint.name} → {outputs}  (fn_index {call.endpoint.fn_index})")
    say("  arguments")
    width = max((len(given.name) for given in found.given), default=0)
    for given in found.given:
        say(f"    {given.name:<{width}}  {given.state:<8} {_short(given.value)}")
    seen = "seen in the capture" if captured.output is not None else "by the description"
    say(f"  result    {call.place.javascript()}  ({seen})")
    for note in found.notes:
        say(f"  note      {note}")
    say()


def _short(value: Any) -> str:
    text = value.address if isinstance(value, FileHere) else repr(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _document(capture: Capture, at: int, found: Explained) -> dict[str, Any]:
    call = found.call
    return {
        "form": capture.form,
        "call": at + 1,
        "calls": len(capture.calls),
        "space": call.source,
        "url": call.url,
        "gradio": call.app.version,
        "endpoint": call.endpoint.name,
        "fn_index": call.endpoint.fn_index,
        "arguments": [
            {"name": g.name, "label": g.label, "state": g.state, "value": _plain(g.value)}
            for g in found.given
        ],
        "result": call.place.javascript(),
        "notes": found.notes,
        "exports": {name: _written(found, name) for name in EXPORTS},
    }


def _written(found: Explained, name: str) -> str | None:
    try:
        return write(found.call, name)
    except UsageError:
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, FileHere):
        return {"file": value.address}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _tell_messages(capture: Capture, as_json: bool) -> None:
    """An event stream, or a message: what it says, and where the result is in it."""
    lines = [
        (message.event or _name(message.value), explain_message(message))
        for message in capture.messages
    ]
    data = next(filter(None, map(_data, (m.value for m in reversed(capture.messages)))), None)
    place = path_to_file(data) if data else None
    if as_json:
        told = [{"message": name, "meaning": meaning} for name, meaning in lines]
        print_json({"form": capture.form, "messages": told, "result": place})
        return
    click.echo(capture.form)
    for name, meaning in lines:
        click.echo(f"  {name:<20} {meaning}".rstrip())
    click.echo(f"  result               {place or 'no file'}")
    click.echo(
        "  note                 which endpoint was called stands in the request, not in the "
        "answer; paste that one for code"
    )


def _name(value: Any) -> str:
    return str(value.get("msg", "message")) if isinstance(value, dict) else "message"


def _data(value: Any) -> Sequence[Any] | None:
    if isinstance(value, list):
        return value
    output = value.get("output") if isinstance(value, dict) else None
    data = output.get("data") if isinstance(output, dict) else None
    return data if isinstance(data, list) else None
