"""``anyspace text-to-image`` and its like: one command for each task, made from the catalogue."""

from __future__ import annotations

import asyncio
import mimetypes
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import click
import msgspec

import anyspace
from anyspace import AsyncClient, recipes
from anyspace.cli._catalogue import FIELD_HELP, HIDDEN_FIELDS, OPTION_NAMES, TASKS, Word
from anyspace.cli._options import connection_options, json_option, lock_options, make_client
from anyspace.cli._progress import ProgressLine
from anyspace.cli._results import plain_result, print_json
from anyspace.cli._saving import name_for, save_files, save_text
from anyspace.recipes import Kind, Media
from anyspace.tasks import Preview, TaskResult, TaskRun, submit_task

__all__ = ["Asked", "answer_of", "task_command"]

_FILES: Final = frozenset((Kind.IMAGE, Kind.MASK, Kind.AUDIO, Kind.VIDEO, Kind.DOCUMENT))
_NUMBERS: Final[Mapping[Kind, click.ParamType[Any]]] = {
    Kind.INTEGER: click.INT,
    Kind.NUMBER: click.FLOAT,
}
_WORDS: Final = (Media.TEXT, Media.DATA)


class Asked(msgspec.Struct, frozen=True):
    """What a command line asks for.

    Attributes:
        task: The task's pipeline tag.
        values: By field, or by parameter of the endpoint.
        endpoint: The endpoint, when it is named.
        parameters: By field its parameter, for those that are named.
    """

    task: str
    values: Mapping[str, Any]
    endpoint: str | None
    parameters: Mapping[str, str]

    async def submit(self, client: AsyncClient, **more: Any) -> TaskRun:
        """Set it going; what is given besides counts more."""
        return await submit_task(
            client,
            self.task,
            {**self.values, **more},
            endpoint=self.endpoint,
            parameters=self.parameters,
        )


@cache
def task_command(task: str) -> click.Command:
    """Make the command of a task."""
    entry = TASKS[task]
    examples = "\n".join(entry.examples)
    command = click.Command(
        task,
        params=_arguments(entry.words),
        help=f"{entry.line}\n\n\b\n{examples}",
        callback=lambda **given: _run_command(task, **given),
    )
    for decorate in _FIRST:
        decorate(command)
    command.params += _field_options(task, entry.words)
    for decorate in (*_LAST, json_option, lock_options, connection_options):
        decorate(command)
    return command


# --- what a command takes ---------------------------------------------------------------


def _arguments(words: tuple[Word, ...]) -> list[click.Parameter]:
    return [
        click.Argument(
            [f"word_{word.field}"],
            metavar=f"[{word.metavar}]" if word.optional else word.metavar,
            required=not word.optional,
        )
        for word in words
    ]


def _field_options(task: str, words: tuple[Word, ...]) -> list[click.Parameter]:
    """An option for each field that no word fills."""
    taken = {word.field for word in words} | HIDDEN_FIELDS
    return [_option(task, name) for name in recipes.field_names(task) if name not in taken]


def _option(task: str, name: str) -> click.Option:
    kind = recipes.field_kind(task, name)
    flags = OPTION_NAMES.get(name, (f"--{name.replace('_', '-')}",))
    if kind is Kind.SWITCH:
        flag = f"{flags[0]}/--no-{flags[0].removeprefix('--')}"
        return click.Option([flag, f"field_{name}"], default=None, help=FIELD_HELP[name])
    metavar = "FILE" if kind in _FILES or kind is Kind.HISTORY else None
    return click.Option(
        [*flags, f"field_{name}"],
        type=_NUMBERS.get(kind, click.STRING),
        metavar=metavar,
        help=FIELD_HELP[name],
    )


_FIRST: Final = (
    click.option("--model", required=True, metavar="SRC", help="The Space or the app's address."),
    click.option(
        "-o",
        "--output",
        metavar="FILE|DIR|-",
        help="Where to save; a picture's type follows the file's ending. A DIR ends with a slash "
        "or exists, - is standard output.",
    ),
)
_LAST: Final = (
    click.option("--endpoint", help="The Space's endpoint, if not the one found."),
    click.option(
        "--field",
        "fields",
        multiple=True,
        metavar="FIELD=PARAMETER",
        help="Which parameter takes a field, if not the one found.",
    ),
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="PARAMETER=VALUE",
        help="A parameter that only this Space has; PARAMETER:=JSON for exact values.",
    ),
    click.option("--explain", is_flag=True, help="Also tell what went where, and why."),
)


# --- what was given ---------------------------------------------------------------------


def _read_values(task: str, given: dict[str, Any], settings: tuple[str, ...]) -> dict[str, Any]:
    """Take words and options out of what click found, as values of fields."""
    values: dict[str, Any] = dict(_setting(word) for word in settings)
    for key in [key for key in given if key.startswith(("word_", "field_"))]:
        value = given.pop(key)
        name = key.partition("_")[2]
        if value is not None:
            name, value = _field_value(task, name, value)
            values[name] = value
    return values


def _field_value(task: str, name: str, value: Any) -> tuple[str, Any]:
    kind = recipes.field_kind(task, name)
    if kind in _FILES:
        if task == "document-ocr" and name == "image" and not _is_picture(value):
            name = "document"
        return name, _file(value)
    if kind is Kind.HISTORY:
        return name, _history(Path(value))
    if kind is Kind.TEXT and value == "-":
        return name, sys.stdin.read()
    return name, value


def _is_picture(source: str) -> bool:
    return (mimetypes.guess_type(source)[0] or "image/").startswith("image/")


def _file(source: str) -> Any:
    """A path, an address, or what comes from standard input."""
    if source == "-":
        return anyspace.file(sys.stdin.buffer.read())
    if "://" not in source and not Path(source).is_file():
        raise click.UsageError(f"there is no file {source}")
    return source if "://" in source else Path(source)


def _history(path: Path) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as exc:
        raise click.UsageError(f"--history takes a JSON file of messages; {path}: {exc}") from exc


def _setting(word: str) -> tuple[str, Any]:
    name, sign, text = word.partition("=")
    if not (sign and name.strip(":")):
        raise click.UsageError(f"--set takes PARAMETER=VALUE, not {word!r}")
    if not name.endswith(":"):
        return name, text
    try:
        return name[:-1], msgspec.json.decode(text)
    except msgspec.DecodeError as exc:
        raise click.UsageError(f"{name[:-1]}:= takes JSON: {exc}") from exc


def _pair(field: str) -> tuple[str, str]:
    name, sign, parameter = field.partition("=")
    if not (name and sign and parameter):
        raise click.UsageError(f"--field takes FIELD=PARAMETER, not {field!r}")
    return name, parameter


def _stem(task: str, given: Mapping[str, Any]) -> str:
    """What to call the files: after the text, or after the file that was given."""
    words = [(word.field, given.get(f"word_{word.field}")) for word in TASKS[task].words]
    for field, value in words:
        if value and value != "-" and recipes.field_kind(task, field) not in _FILES:
            return name_for(value)
    files = (value for _, value in words if value and value != "-")
    return f"{name_for(Path(next(files, 'result')).stem)}-{task}"


# --- running ----------------------------------------------------------------------------


def _run_command(
    task: str,
    *,
    model: str,
    output: str | None,
    endpoint: str | None,
    fields: tuple[str, ...],
    settings: tuple[str, ...],
    explain: bool,
    as_json: bool,
    token: str | None,
    auth: str | None,
    timeout: float | None,
    wait: float,
    lock: str | None,
    **given: Any,
) -> None:
    stem = _stem(task, given)
    values = _read_values(task, given, settings)
    asked = Asked(task, values, endpoint, dict(_pair(field) for field in fields))
    line = ProgressLine(model)
    reach: dict[str, Any] = {
        "token": token,
        "auth": auth,
        "timeout": timeout,
        "wait": wait,
        "lock": lock,
        "on_stage": line.show_stage,
    }
    if task == "chat-completion" and "message" not in values:
        if sys.stdin.isatty() and not as_json:
            from anyspace.cli._talk import talk

            talk(make_client(model, session=True, **reach), asked, line)
            return
        values["message"] = sys.stdin.read()
    client = make_client(model, **reach)
    asyncio.run(_run(client, asked, line, output, stem, as_json=as_json, explain=explain))


async def _run(
    client: AsyncClient,
    asked: Asked,
    line: ProgressLine,
    output: str | None,
    stem: str,
    *,
    as_json: bool,
    explain: bool,
) -> None:
    """Do the task, and print or save what came of it before the client is closed."""
    with line:
        await client.connect()
    async with client:
        made, shown = await answer_of(client, asked, aloud=output is None and not as_json)
        for note in made.notes:
            click.echo(f"note: {note}", err=True)
        if explain:
            click.echo(made.binding.explain(), err=True)
        if output == "-" and made.files:
            sys.stdout.buffer.write(await made.files[0].read())
            return
        paths = await save_files(made.files, output, stem)
    if as_json:
        print_json(_document(client, made, paths))
    elif made.binding.output.media in _WORDS:
        _tell(made, output, stem, paths, shown=shown)
    else:
        for path in paths:
            click.echo(str(path))


async def answer_of(
    client: AsyncClient, asked: Asked, *, aloud: bool, **more: Any
) -> tuple[TaskResult, bool]:
    """Do the task; on a terminal, text is printed as it comes when it is to be said aloud.

    Returns:
        The result, and whether its text was printed.
    """
    with ProgressLine(client.space) as line:
        voice = _Voice(line) if aloud and sys.stdout.isatty() else None
        async with await asked.submit(client, **more) as run:
            async for update in run.updates():
                if not isinstance(update, Preview):
                    line.show(update)
                elif voice is not None and run.binding.output.media is Media.TEXT:
                    voice.say(update.text)
            made = await run.result()
        if voice is None or not voice.begun:
            return made, False
        voice.say(made.text)
        click.echo()
        return made, True


class _Voice:
    """Prints a text that grows; one that changes is printed anew."""

    def __init__(self, line: ProgressLine) -> None:
        self._line = line
        self._said = ""
        self.begun = False

    def say(self, text: str) -> None:
        """Print what is new of it."""
        if text and not self.begun:
            self._line.stop()
            self.begun = True
        if not text.startswith(self._said):
            click.echo()
            self._said = ""
        click.echo(text[len(self._said) :], nl=False)
        self._said = text


def _tell(
    made: TaskResult, output: str | None, stem: str, paths: list[Path], *, shown: bool
) -> None:
    """Print words and numbers, or say where they were saved."""
    numbers = made.binding.output.media is Media.DATA
    text = msgspec.json.encode(made.data).decode() if numbers else made.text
    if output not in (None, "-"):
        click.echo(str(save_text(text, output or "", stem)))
    elif not shown:
        click.echo(text)
    for path in paths:
        click.echo(str(path))


def _document(client: AsyncClient, made: TaskResult, paths: list[Path]) -> dict[str, Any]:
    saved = {id(file): path for file, path in zip(made.files, paths, strict=True)}
    return {
        "space": client.space,
        "endpoint": made.binding.endpoint.name,
        "arguments": plain_result(_plain(made.arguments), saved),
        "notes": made.notes,
        "text": made.text or None,
        "data": made.data,
        "files": plain_result(list(made.files), saved),
        "result": plain_result(made.value, saved),
    }


def _plain(value: Any) -> Any:
    """What was sent, with files by their names."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)
