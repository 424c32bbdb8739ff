"""``anyspace demo``: the story of two Spaces, told by running it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.text import Text

from anyspace import AsyncClient, Trace
from anyspace.capture import path_to_file
from anyspace.cli._options import json_option
from anyspace.cli._progress import ProgressLine
from anyspace.cli._results import print_json
from anyspace.cli._saving import name_for, save_files
from anyspace.demo import NOTICE, DemoSpace, launch_all
from anyspace.tasks import TaskResult, run_task

__all__ = ["command"]


@click.command("demo")
@click.argument("prompt", default="a red fox in snow")
@click.option("--width", type=int, default=768, show_default=True, help="Pixels.")
@click.option("--height", type=int, default=512, show_default=True, help="Pixels.")
@click.option("--seed", type=int, default=7, show_default=True, help="Decides the picture.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    default="anyspace-demo",
    show_default=True,
    help="Where to save the pictures.",
)
@json_option
def command(prompt: str, width: int, height: int, seed: int, output: str, as_json: bool) -> None:
    """Draw PROMPT with two different Spaces through one call.

    Starts two Gradio apps on this machine and stops them afterwards. They have the
    endpoints, parameters and outputs of black-forest-labs/FLUX.1-schnell and
    mukaist/Midjourney, but paint by procedure: no model is behind them.
    """
    fields = {"width": width, "height": height, "seed": seed}
    with Console(stderr=True).status("starting two Gradio apps on this machine…") as status:
        with launch_all() as spaces:
            status.stop()
            runs = [asyncio.run(_run(space, prompt, fields, output)) for space in spaces.values()]
    if as_json:
        print_json({"prompt": prompt, **fields, "spaces": [run.document() for run in runs]})
    else:
        _tell(prompt, fields, runs)


class _Run(msgspec.Struct):
    """What one Space did, and what it looked like on the wire."""

    space: DemoSpace
    made: TaskResult
    paths: list[Path]
    seconds: float
    join: str
    body: dict[str, Any]
    messages: list[dict[str, Any]]

    @property
    def picture(self) -> str:
        """Where the picture was in the raw answer."""
        return path_to_file(self.messages[-1]["output"]["data"]) or "nowhere"

    def document(self) -> dict[str, Any]:
        """The run as JSON."""
        return {
            "name": self.space.name,
            "shaped_like": self.space.facts.shaped_like,
            "endpoint": self.made.binding.endpoint.name,
            "fn_index": self.made.binding.endpoint.fn_index,
            "arguments": self.made.arguments,
            "notes": self.made.notes,
            "picture_at": self.picture,
            "seconds": round(self.seconds, 2),
            "files": [str(path) for path in self.paths],
        }


async def _run(space: DemoSpace, prompt: str, fields: Mapping[str, Any], output: str) -> _Run:
    trace = Trace()
    started = time.perf_counter()
    with ProgressLine(space.name) as line:
        async with AsyncClient(space.url, trace=trace) as client:
            values = {"prompt": prompt, **fields}
            made = await run_task(client, "text-to-image", values, on_update=line.show)
            seconds = time.perf_counter() - started
            folder = f"{output.rstrip('/')}/"
            paths = await save_files(made.files, folder, f"{space.name}-{name_for(prompt)}")
    join = trace.submitted
    assert join is not None  # the call was made
    assert join.body is not None
    done = [message for message in trace.messages if message["msg"] == "process_completed"]
    body = msgspec.json.decode(join.body)
    return _Run(space, made, paths, seconds, join.path, body, done)


def _tell(prompt: str, fields: Mapping[str, int], runs: list[_Run]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    call = ", ".join(f"{name}={value}" for name, value in fields.items())
    console.print(Text(f"\nOne call, two Spaces ({NOTICE}):", style="bold"))
    console.print(Text(f"  anyspace.text_to_image({prompt!r}, model=…, {call})\n", style="cyan"))
    for run in runs:
        _tell_run(console, run)
    console.print("Pictures:")
    for run in runs:
        for path in run.paths:
            click.echo(f"  {path}")


def _tell_run(console: Console, run: _Run) -> None:
    endpoint = run.made.binding.endpoint
    title = f"● {run.space.name}, shaped like {run.space.facts.shaped_like}"
    console.print(Text(title, style="bold green"))
    sent = {"fn_index": run.body["fn_index"], "data": [_short(v) for v in run.body["data"]]}
    parameters = ", ".join(parameter.name for parameter in endpoint.parameters)
    returns = ", ".join(output.component for output in endpoint.outputs)
    rows = {
        "endpoint": f"{endpoint.name}({parameters}) → [{returns}]",
        "on the wire": f"POST {run.join}  {msgspec.json.encode(sent).decode()}",
        "bound": ", ".join(
            b.field if b.field == b.parameter else f"{b.field} → {b.parameter}"
            for b in run.made.binding.bound
        ),
        "picture at": run.picture,
        "took": f"{run.seconds:.1f} s, {len(run.paths)} "
        + ("picture" if len(run.paths) == 1 else "pictures"),
    }
    for name, value in rows.items():
        console.print(Text.assemble((f"  {name:<12}", "dim"), value))
    for note in run.made.notes:
        console.print(Text(f"  note         {note}", style="yellow"))
    console.print()


def _short(value: Any) -> Any:
    return f"{value[:32]}…" if isinstance(value, str) and len(value) > 40 else value
