"""``anyspace text-to-image``."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import click

from anyspace import AsyncMediaFile, UsageError
from anyspace.cli._options import connection_options, json_option, make_client
from anyspace.cli._progress import ProgressLine
from anyspace.cli._results import plain_result, print_json
from anyspace.tasks import TaskResult, run_task

__all__ = ["command", "name_for", "save_pictures"]


@click.command("text-to-image")
@click.argument("prompt")
@click.option("--model", required=True, metavar="SRC", help="The Space or the app's address.")
@click.option("--negative-prompt", help="What not to show.")
@click.option("--width", type=int, help="Pixels.")
@click.option("--height", type=int, help="Pixels.")
@click.option("--seed", type=int, help="The same seed makes the same picture.")
@click.option("--steps", "num_inference_steps", type=int, help="Inference steps.")
@click.option("--guidance", "guidance_scale", type=float, help="How closely to follow the prompt.")
@click.option("--endpoint", help="The Space's endpoint, if not the one found.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="FIELD=PARAMETER",
    help="Which parameter takes a field, if not the one found.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE|DIR",
    help="Where to save; the type follows the file's ending. A DIR ends with a slash or exists.",
)
@click.option("--explain", is_flag=True, help="Also tell what went where, and why.")
@json_option
@connection_options
def command(
    prompt: str,
    model: str,
    fields: tuple[str, ...],
    endpoint: str | None,
    output: str | None,
    explain: bool,
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    **values: Any,
) -> None:
    """Let a Space draw PROMPT and print where the pictures were saved.

    \b
    anyspace text-to-image "a red fox in snow" --model black-forest-labs/FLUX.1-schnell
    anyspace text-to-image "a red fox in snow" --model mukaist/Midjourney -o fox.png
    """
    parameters = dict(_pair(field) for field in fields)
    client = make_client(model, token=token, auth=auth, timeout=timeout)

    async def run() -> tuple[TaskResult, list[Path]]:
        with ProgressLine(client.space) as line:
            async with client:
                made = await run_task(
                    client,
                    "text-to-image",
                    {"prompt": prompt, **values},
                    endpoint=endpoint,
                    parameters=parameters,
                    on_update=line.show,
                )
                return made, await save_pictures(made.files, output, name_for(prompt))

    made, paths = asyncio.run(run())
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    if explain:
        click.echo(made.binding.explain(), err=True)
    if as_json:
        print_json(_document(made, paths))
    else:
        for path in paths:
            click.echo(str(path))


async def save_pictures(
    files: tuple[AsyncMediaFile, ...], output: str | None, stem: str
) -> list[Path]:
    """Save pictures: to a file (the others beside it, numbered), or into a folder.

    Without an output they go to the working folder, named after the prompt.
    """
    paths = []
    for number, file in enumerate(files, 1):
        place = _place(output, stem, Path(file.name).suffix or ".png", number)
        paths.append(await _save_as(file, place))
    return paths


def _place(output: str | None, stem: str, suffix: str, number: int) -> Path:
    target = Path(output or ".")
    if output is None or output.endswith("/") or target.is_dir():
        return _free(target, stem, suffix)
    return target if number == 1 else target.with_stem(f"{target.stem}-{number}")


def name_for(prompt: str) -> str:
    """A file name, without its ending, that says what is in the picture."""
    words = re.sub(r"[^\w]+", "-", prompt.lower()).strip("-_")
    return words[:60].rstrip("-_") or "image"


async def _save_as(file: AsyncMediaFile, path: Path) -> Path:
    """Save a picture, converted when the file's ending asks for another type."""
    suffix = path.suffix.lower()
    if suffix in ("", Path(file.name).suffix.lower()):
        return await file.save(path)
    from PIL import Image

    kind = Image.registered_extensions().get(suffix)
    if kind is None or kind not in Image.SAVE:
        raise UsageError(f"{path.name}: no picture can be saved as {suffix}")
    picture = await file.image()
    if kind == "JPEG":
        picture = picture.convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(picture.save, path, kind)
    return path


def _free(folder: Path, stem: str, suffix: str) -> Path:
    number = 1
    while (path := folder / f"{stem}{f'-{number}' * (number > 1)}{suffix}").exists():
        number += 1
    return path


def _pair(field: str) -> tuple[str, str]:
    name, sign, parameter = field.partition("=")
    if not (name and sign and parameter):
        raise click.UsageError(f"--field takes FIELD=PARAMETER, not {field!r}")
    return name, parameter


def _document(made: TaskResult, paths: list[Path]) -> dict[str, Any]:
    saved = {id(file): path for file, path in zip(made.files, paths, strict=True)}
    return {
        "endpoint": made.binding.endpoint.name,
        "arguments": made.arguments,
        "notes": made.notes,
        "images": plain_result(list(made.files), saved),
        "result": plain_result(made.value, saved),
    }
