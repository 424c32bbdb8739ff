"""``langchain``: a tool for agents made with LangChain."""

from __future__ import annotations

import keyword
from typing import Any, Final

from anyspace._errors import UsageError
from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import python_value
from anyspace.capture.exports._python import called, file_text, target_of
from anyspace.schema import Parameter

__all__ = ["render"]

_TYPES: Final = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"}


def render(call: Call) -> str:
    """Write a function with the endpoint's parameters, marked as a tool, and one use of it.

    Raises:
        UsageError: The endpoint's parameters have no names that Python could use.
    """
    parameters = sorted(call.endpoint.parameters, key=lambda p: not p.required)
    for parameter in parameters:
        if not parameter.name.isidentifier() or keyword.iskeyword(parameter.name):
            raise UsageError(f"{parameter.name!r} is no name that a parameter of Python can have")
    signature = [_signed(parameter) for parameter in parameters]
    passed = [f"{p.name}={_passed(p)}" for p in parameters]
    if not call.certain:
        passed = [_passed(parameter) for parameter in call.endpoint.parameters]
    result = call.place.python("result", single=call.single)
    shown = f'str({result}.save("results/"))' if call.place.is_file else f"str({result})"
    function = call.name if call.name.isidentifier() and not keyword.iskeyword(call.name) else "run"
    return f"""\
import anyspace
from langchain_core.tools import tool


@tool(
    description=(
{_description(call)}
    )
)
def {function}(
{called(signature, 4)}
) -> str:
    with anyspace.Client({python_value(call.address, file_text)}) as space:
        result = space.predict(
{called([*passed, target_of(call)], 12)}
        )
        return {shown}


if __name__ == "__main__":
    print({function}.invoke({python_value(call.arguments, _address)}))
"""


def _signed(parameter: Parameter) -> str:
    kind = "str" if parameter.takes_file else _TYPES.get(str(parameter.json_type.get("type")), "")
    default = "" if parameter.required else f" = {python_value(_plain(parameter), file_text)}"
    optional = kind and not parameter.required and _plain(parameter) is None
    hint = f": {kind}{' | None' if optional else ''}" if kind else ": object"
    return f"{parameter.name}{hint}{default}"


def _plain(parameter: Parameter) -> Any:
    # An app's own file, which only it can name, is its default when nothing is sent.
    return None if parameter.takes_file else parameter.default


def _passed(parameter: Parameter) -> str:
    if not parameter.takes_file:
        return parameter.name
    made = f"anyspace.file({parameter.name})"
    return f"{made} if {parameter.name} else None"


def _description(call: Call) -> str:
    words = call.endpoint.description or f"Call {call.endpoint.name} of {call.source}."
    lines = [words.strip(), *(_said(parameter) for parameter in call.endpoint.parameters)]
    ended = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    return "\n".join(f"        {python_value(line, file_text)}" for line in ended)


def _said(parameter: Parameter) -> str:
    words = parameter.label or parameter.name
    if parameter.choices:
        words += ", one of " + ", ".join(str(choice.value) for choice in parameter.choices)
    elif parameter.minimum is not None and parameter.maximum is not None:
        words += f", {parameter.minimum:.15g} to {parameter.maximum:.15g}"
    return f"{parameter.name}: {words}"


def _address(file: FileHere) -> str:
    return python_value(file.address, file_text)
