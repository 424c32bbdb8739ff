"""`GatewaySettings`: what ``anyspace.toml`` and the command line say of the gateway, checked."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from anyspace._errors import UsageError
from anyspace.gateway._tables import (
    CorsTable,
    KeyTable,
    LimitsTable,
    ModelTable,
    ServeTable,
    StorageTable,
)
from anyspace.hub import parse_source
from anyspace.recipes import field_for, field_names, task_names
from anyspace.settings import Problem, Settings, load_settings, nearest

__all__ = ["MODEL_NAME", "GatewaySettings", "read_settings"]

T = TypeVar("T", bound=msgspec.Struct)

MODEL_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}")
"""What a model may be called."""
_LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))
_WHERE: Final = re.compile(r" - at `\$(.*)`\Z")
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_UNKNOWN: Final = re.compile(r"unknown field `([^`]+)`")


class GatewaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway serves, to whom, and how.

    Attributes:
        models: By name.
        keys: By name; empty when everybody on this machine may call.
        file: The file they were read from, and what it settles for single Spaces.
    """

    serve: ServeTable = ServeTable()
    models: Mapping[str, ModelTable] = {}
    keys: Mapping[str, KeyTable] = {}
    limits: LimitsTable = LimitsTable()
    storage: StorageTable = StorageTable()
    cors: CorsTable = CorsTable()
    file: Settings = Settings()


def read_settings(
    path: str | os.PathLike[str] | None = None,
    *,
    models: Mapping[str, str] | None = None,
    **serve: Any,
) -> GatewaySettings:
    """Read the gateway's tables, and add what the command line says.

    Args:
        path: The file; None to look for ``anyspace.toml`` as every command does.
        models: Sources by name, besides those of the file; they win over it.
        serve: Fields of `ServeTable` that win over the file's; None is nothing said.

    Raises:
        UsageError: Something is wrong: every problem, those of the file with their lines.
    """
    said = load_settings(path)
    given = {name: ModelTable(space=source) for name, source in (models or {}).items()}
    settings = _read_tables(said, given)
    stated = {name: value for name, value in serve.items() if value is not None}
    settings = msgspec.structs.replace(
        settings,
        models={**settings.models, **given},
        serve=msgspec.structs.replace(settings.serve, **stated),
    )
    _refuse_stated(given)
    _refuse_exposed(settings)
    return settings


def _read_tables(said: Settings, given: Iterable[str]) -> GatewaySettings:
    if said.document is None:
        return GatewaySettings()
    problems: list[Problem] = []
    read = _Reader(said, problems)
    settings = GatewaySettings(
        serve=read.table("serve", ServeTable()),
        models=read.named("models", ModelTable),
        keys=read.named("keys", KeyTable),
        limits=read.table("limits", LimitsTable()),
        storage=read.table("storage", StorageTable()),
        cors=read.table("cors", CorsTable()),
        file=said,
    )
    problems += _problems(settings, {*settings.models, *given})
    said.document.refuse(problems)
    return settings


class _Reader:
    """Makes structs of tables, and collects what is wrong with them."""

    def __init__(self, said: Settings, problems: list[Problem]) -> None:
        self._said = said
        self._problems = problems

    def table(self, name: str, default: T) -> T:
        """One table; what it does not say holds as it is."""
        data = self._said.table(name)
        return self._convert((name,), data, type(default)) or default

    def named(self, name: str, kind: type[T]) -> dict[str, T]:
        """A table of tables."""
        found: dict[str, T] = {}
        for key, data in self._said.table(name).items():
            made = self._convert((name, key), data, kind)
            if made is not None:
                found[key] = made
        return found

    def _convert(self, keys: tuple[str, ...], data: Any, kind: type[T]) -> T | None:
        try:
            return msgspec.convert(data, kind)
        except msgspec.ValidationError as exc:
            self._problems.append(_problem(keys, str(exc), kind))
            return None


def _problem(keys: tuple[str, ...], said: str, kind: type[msgspec.Struct]) -> Problem:
    """Say msgspec's complaint with the way to the line."""
    where = _WHERE.search(said)
    text = said[: where.start()] if where else said
    steps = [name or number for name, number in _STEP.findall(where[1])] if where else []
    unknown = _UNKNOWN.search(text)
    if unknown:
        steps.append(unknown[1])
        text = "no such key"
        if len(steps) == 1:
            text += f"; {nearest(unknown[1], kind.__struct_fields__)}"
    return Problem((*keys, *steps), text[:1].lower() + text[1:])


# --- what the shapes do not say ---------------------------------------------------------


def _problems(settings: GatewaySettings, known: Collection[str]) -> Iterator[Problem]:
    for name, model in settings.models.items():
        for below, text in _wrong_with_model(name, model):
            yield Problem(("models", name, *below), text)
    yield from _taken_twice(settings.models)
    for name, key in settings.keys.items():
        for model_name in key.models:
            if model_name not in known:
                hint = nearest(model_name, sorted(known))
                yield Problem(("keys", name, "models"), f"no model {model_name!r}; {hint}")
    public = settings.serve.public_url
    if public and not public.startswith(("http://", "https://")):
        yield Problem(("serve", "public_url"), "it begins with https:// or http://")


def _wrong_with_model(name: str, model: ModelTable) -> Iterator[tuple[tuple[str, ...], str]]:
    if not MODEL_NAME.fullmatch(name):
        yield (), "a model's name is letters, digits, and . _ : @ - inside"
    if not model.members:
        yield (), 'say which Space does it: space = "owner/name"'
    for member in model.members:
        try:
            parse_source(member.space)
        except UsageError as exc:
            yield ("spaces" if model.spaces else "space",), str(exc)
    who = [(member.space, member.token_env) for member in model.members]
    for one in sorted({one for one in who if who.count(one) > 1}):
        yield ("spaces",), f"{one[0]} is there twice"
    if model.task and model.task not in task_names():
        yield ("task",), f"no such task; {nearest(model.task, task_names())}"
    elif model.parameters and not model.task:
        yield ("parameters",), "they belong to a task: say which"
    else:
        for field in model.parameters:
            if field_for(model.task, field) is None:
                yield (
                    ("parameters", field),
                    f"no such field; {nearest(field, field_names(model.task))}",
                )


def _taken_twice(models: Mapping[str, ModelTable]) -> Iterator[Problem]:
    taken = {name: name for name in models}
    for name, model in models.items():
        for alias in model.aliases:
            if alias in taken:
                yield Problem(("models", name, "aliases"), f"{alias!r} is {taken[alias]}'s name")
            taken.setdefault(alias, name)


def _refuse_stated(models: Mapping[str, ModelTable]) -> None:
    """Refuse what the command line says of models."""
    told = [
        f"--model {name}={model.space}: {text}"
        for name, model in models.items()
        for _, text in _wrong_with_model(name, model)
    ]
    if told:
        raise UsageError("\n".join(told))


def _refuse_exposed(settings: GatewaySettings) -> None:
    if settings.serve.host not in _LOOPBACK and not settings.keys:
        raise UsageError(
            f"without keys anybody who reaches {settings.serve.host} could use your Spaces and "
            "your quota; make one with `anyspace key new NAME`, or stay on 127.0.0.1"
        )
