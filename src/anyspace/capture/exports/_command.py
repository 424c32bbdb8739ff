"""``command``: the same call with the ``anyspace`` command."""

from __future__ import annotations

import re
import shlex
from typing import Any, Final

from anyspace._errors import UsageError
from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import json_text
from anyspace.schema import Parameter

__all__ = ["render"]

_NAMED: Final = re.compile(r"[^\W\d]\w*:?=")  # what `anyspace call` takes for a named argument
_TYPED: Final = ("number", "integer", "boolean")


def render(call: Call) -> str:
    """Write the call as a command line.

    Raises:
        UsageError: Files stand where the command line cannot put them.
    """
    words = ["anyspace", "call", call.address, call.endpoint.name]
    pairs = zip(call.endpoint.parameters, call.values(), strict=True)
    if call.certain:
        words += [_argument(p, value) for p, value in pairs if p.name in call.arguments]
    else:
        words += [_word(parameter, value) for parameter, value in pairs]
    words += ["-o", "results/"] if call.place.is_file else []
    return " ".join(map(shlex.quote, words)) + "\n"


def _argument(parameter: Parameter, value: Any) -> str:
    return parameter.name + "".join(_said(parameter, value))


def _word(parameter: Parameter, value: Any) -> str:
    """A value by its place: its name is not known for sure."""
    sign, text = _said(parameter, value)
    is_file = isinstance(value, FileHere | list)
    if _NAMED.match(text) or (text.startswith("@") and not is_file):
        raise UsageError(
            f"a command line would take {text!r} for something else; the python export does not"
        )
    if sign == ":=" and not isinstance(value, list | dict):
        raise UsageError(
            f"a command line has no word for {text}, the value of {parameter.name}; the python "
            "export has"
        )
    return text


def _said(parameter: Parameter, value: Any) -> tuple[str, str]:
    """How a value is said, and the sign before it."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], FileHere):
        value = value[0]  # a list of one file is what a file becomes by itself
    if isinstance(value, FileHere):
        return "=", f"@{value.path}" if value.path else value.url
    if isinstance(value, str) and not value.startswith("@"):
        return "=", value
    plain = isinstance(value, int | float) and parameter.choices is None
    sign = "=" if plain and parameter.json_type.get("type") in _TYPED else ":="
    return sign, json_text(value, _inner)


def _inner(file: FileHere) -> str:
    if file.path:
        raise UsageError(
            f"a command line cannot put {file.path} where it stands; the python export can"
        )
    return json_text(file.url)
