"""``command``: the same call with the ``anyspace`` command."""

from __future__ import annotations

import shlex
from typing import Any, Final

from anyspace._errors import UsageError
from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import json_text
from anyspace.schema import Parameter

__all__ = ["render"]

_TYPED: Final = ("number", "integer", "boolean")


def render(call: Call) -> str:
    """Write the call as a command line.

    Raises:
        UsageError: Files stand where the command line cannot put them.
    """
    words = ["anyspace", "call", call.address, call.endpoint.name]
    parameters = {parameter.name: parameter for parameter in call.endpoint.parameters}
    words += [_argument(parameters[name], value) for name, value in call.arguments.items()]
    words += ["-o", "results/"] if call.place.is_file else []
    return " ".join(map(shlex.quote, words)) + "\n"


def _argument(parameter: Parameter, value: Any) -> str:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], FileHere):
        value = value[0]  # a list of one file is what a file becomes by itself
    if isinstance(value, FileHere):
        return f"{parameter.name}=@{value.path}" if value.path else f"{parameter.name}={value.url}"
    if isinstance(value, str) and not value.startswith("@"):
        return f"{parameter.name}={value}"
    plain = isinstance(value, int | float) and parameter.choices is None
    sign = "=" if plain and parameter.json_type.get("type") in _TYPED else ":="
    return f"{parameter.name}{sign}{json_text(value, _inner)}"


def _inner(file: FileHere) -> str:
    if file.path:
        raise UsageError(
            f"a command line cannot put {file.path} where it stands; the python export can"
        )
    return json_text(file.url)
