"""``anyspace serve``: the gateway."""

from __future__ import annotations

import contextlib
import os
import shlex
import socket
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click
import msgspec
from rich.console import Console
from rich.text import Text

from anyspace import UsageError
from anyspace.hub import parse_source

if TYPE_CHECKING:
    from anyspace.gateway import GatewaySettings

__all__ = ["command"]

_PROMPT: Final = "a red fox in snow"


@click.command("serve")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="[NAME=]SRC",
    help="Serve a Space under a name; without one under the Space's own.",
)
@click.option("--config", metavar="FILE", help="Settings; else anyspace.toml, where there is one.")
@click.option("--demo", is_flag=True, help="Start two Spaces here, as flux and midjourney.")
@click.option("--host", help="Where to listen; anything but 127.0.0.1 needs keys.")
@click.option("--port", type=click.IntRange(0, 65535), help="8000 by default; 0 for a free one.")
@click.option("--workers", type=click.IntRange(1), help="Processes; one by default.")
@click.option("--any-space", is_flag=True, help="Callers may name any Space as a model.")
@click.option("--log", type=click.Choice(["text", "json"]), help="How log lines are written.")
def command(
    models: tuple[str, ...], config: str | None, demo: bool, any_space: bool, **serve: Any
) -> None:
    """Serve Spaces behind OpenAI's API, and as Gradio apps.

    Tools that speak either need nothing but the address that is printed. SIGHUP has the
    settings read again; SIGTERM and Ctrl-C let running jobs end first.
    """
    gateway = _load_gateway()
    if config is not None:
        os.environ["ANYSPACE_CONFIG"] = str(Path(config).resolve())  # its recipes count too
    said = gateway.Said(
        os.environ.get("ANYSPACE_CONFIG") if config is not None else None,
        _named(models),
        {**serve, "any_space": any_space or None},
    )
    with _demo_models(demo) as demos:
        said = msgspec.structs.replace(said, models={**demos, **said.models})
        settings = said.read()
        if not settings.models and not settings.serve.any_space:
            raise UsageError(
                "there is nothing to serve: name a Space (--model flux=black-forest-labs/"
                "FLUX.1-schnell), try --demo, or write [models.NAME] into anyspace.toml"
            )
        listener = gateway.listen(settings.serve.host, settings.serve.port)
        with listener:
            _tell(settings, listener)
            gateway.serve(settings, said, listener)


def _load_gateway() -> Any:
    try:
        return import_module("anyspace.gateway")
    except ModuleNotFoundError as exc:
        missing = (exc.name or "").partition(".")[0]
        if missing == "anyspace":
            raise
        raise UsageError(
            f"the gateway needs {missing}, which is not installed: pip install 'anyspace[gateway]'"
        ) from exc


@contextlib.contextmanager
def _demo_models(wanted: bool) -> Iterator[dict[str, str]]:
    """The demonstration Spaces' addresses by model, while they run."""
    if not wanted:
        yield {}
        return
    from anyspace.demo import launch_all

    status = Console(stderr=True).status("starting two Gradio apps on this machine…")
    with status, launch_all() as spaces:
        status.stop()
        yield {name: space.url for name, space in spaces.items()}


def _named(models: Iterable[str]) -> dict[str, str]:
    """Sources by name, as ``--model`` says them."""
    from anyspace.gateway import MODEL_NAME

    named: dict[str, str] = {}
    for each in models:
        name, equals, source = each.partition("=")
        if not (equals and MODEL_NAME.fullmatch(name)):
            name, source = _own_name(each), each
        if name in named:
            raise UsageError(f"--model: two models are called {name}; give one another name")
        named[name] = source
    return named


def _own_name(source: str) -> str:
    """What a Space is called when nobody says."""
    parsed = parse_source(source)
    if parsed.space_id:
        return parsed.space_id.rpartition("/")[2]
    address = urlsplit(parsed.url)
    host = address.hostname or ""
    if "." in host.replace("127.0.0.1", "") and not address.port:
        return host.partition(".")[0]
    return address.netloc


# --- the page that is shown on start ------------------------------------------------------


def _tell(settings: GatewaySettings, listener: socket.socket) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    url = settings.serve.public_url.rstrip("/") or _address(listener)
    console.print(Text.assemble(("\nanyspace", "bold green"), " serves at ", (url, "bold"), "\n"))
    width = max((len(name) for name in settings.models), default=0)
    for name, model in settings.models.items():
        spaces = ", ".join(member.space for member in model.members)
        console.print(Text.assemble(f"  {name:<{width}}  ", (spaces, "dim")))
    if settings.serve.any_space:
        console.print(Text("  and any other Space by its id", style="dim"))
    console.print()
    key = "one of your keys" if settings.keys else "any text, it is not looked at"
    first = next(iter(settings.models), "owner/name")
    rows = {
        "OpenAI clients": f"base_url={url}/v1   (api_key: {key})",
        "Gradio clients": f"{url}/gradio/{first}/",
        "documentation": f"{url}/docs",
        "try it": _curl(url, first, bool(settings.keys)),
    }
    for name, value in rows.items():
        console.print(Text.assemble((f"  {name:<16}", "dim"), value))
    console.print()


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # everywhere, this machine included
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _curl(url: str, model: str, with_key: bool) -> str:
    body = msgspec.json.encode({"model": model, "prompt": _PROMPT}).decode()
    key = " -H 'authorization: Bearer YOUR_KEY'" if with_key else ""
    return (
        f"curl {url}/v1/images/generations{key} -H 'content-type: application/json' "
        f"-d {shlex.quote(body)}"
    )
