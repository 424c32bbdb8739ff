"""Arguments as people type them: ``width=512 photo=@cat.png options:='{"a": 1}'``."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from anyspace.recipes import Kind, field_for, field_kind, needed_fields
from anyspace.schema import Endpoint, Parameter

__all__ = ["parse_arguments", "parse_fields"]

_NAMED: Final = re.compile(r"([^\W\d]\w*)(:?=)(.*)", re.S)
_YES: Final = frozenset({"true", "yes", "on", "1"})
_NO: Final = frozenset({"false", "no", "off", "0"})


def parse_arguments(
    endpoint: Endpoint, words: Sequence[str], order: Sequence[str] | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """Read the words after the endpoint's name.

    ``name=text`` is a value, turned into what the parameter takes; ``name=@path`` a
    file (its text, where the parameter takes text; ``@-`` is standard input);
    ``name:=json`` exact JSON. A word without a name fills the next parameter.

    Args:
        endpoint: What is called.
        words: As they were typed.
        order: The names that words without one are for, if not in the endpoint's order.

    Returns:
        Positional and named arguments.

    Raises:
        click.UsageError: A word cannot be read.
    """
    parameters = {parameter.name: parameter for parameter in endpoint.parameters}
    order = list(parameters) if order is None else order
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for word in words:
        named = _NAMED.fullmatch(word)
        if named is None:
            if kwargs:
                raise click.UsageError(f"{word!r} comes after named arguments; name it too")
            place = order[len(args)] if len(args) < len(order) else ""
            args.append(_value(parameters.get(place), word))
            continue
        name, sign, text = named.groups()
        parameter = parameters.get(name)
        kwargs[name] = _json(name, text) if sign == ":=" else _value(parameter, text)
    return args, kwargs


def parse_fields(task: str, words: Sequence[str]) -> dict[str, Any]:
    """Read words as the fields of a task; the first one without a name is what it needs most.

    Names that no field has may be parameters of the endpoint; their values stay text, or
    are exact JSON after ``:=``.

    Raises:
        click.UsageError: A word cannot be read.
    """
    values: dict[str, Any] = {}
    for word in words:
        named = _NAMED.fullmatch(word)
        name, sign, text = named.groups() if named else (needed_fields(task)[0][0], "=", word)
        if name in values:
            raise click.UsageError(f"{word!r}: {name} is given twice")
        field = field_for(task, name)
        if sign == ":=":
            values[name] = _json(name, text)
        elif field is None:
            values[name] = text
        else:
            values[name] = _field(field_kind(task, field), text)
    return values


def _field(kind: Kind, text: str) -> Any:
    if text.startswith("@"):
        return Path(text[1:])
    if kind in (Kind.INTEGER, Kind.NUMBER):
        return _number(text)
    if kind is Kind.SWITCH and text.lower() in _YES | _NO:
        return text.lower() in _YES
    return text


def _value(parameter: Parameter | None, text: str) -> Any:
    """Turn text into what a parameter takes; the client says what is wrong with the rest."""
    if text.startswith("@"):
        return _file(parameter, text[1:])
    if parameter is None:
        return text
    if parameter.choices is not None:
        return _choice(parameter, text)
    kind = parameter.json_type.get("type")
    if kind in ("number", "integer"):
        return _number(text)
    if kind == "boolean" and text.lower() in _YES | _NO:
        return text.lower() in _YES
    if kind in ("array", "object") or not isinstance(kind, str):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text


def _number(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text  # the client says what is wrong with it
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else number


def _choice(parameter: Parameter, text: str) -> Any:
    """The choice that is meant: by its value or by its label; several with commas between."""
    by_name = {str(c.value): c.value for c in parameter.choices or ()}
    by_name |= {c.label: c.value for c in parameter.choices or () if c.label not in by_name}
    if not parameter.multiple:
        return by_name.get(text, text)
    return [by_name.get(part, part) for part in text.split(",") if part]


def _file(parameter: Parameter | None, name: str) -> Any:
    if name == "-":
        content = sys.stdin.buffer.read()
        return content if parameter is None or parameter.takes_file else content.decode()
    path = Path(name)
    if parameter is None or parameter.takes_file:
        return path
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as exc:
        raise click.UsageError(f"{name}: {exc}") from exc


def _json(name: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as exc:
        raise click.UsageError(f"{name}:={text} is not JSON ({exc})") from exc
