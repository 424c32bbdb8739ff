"""Calls in code that uses gradio_client or anyspace (Python), or @gradio/client (JavaScript)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from anyspace._errors import UsageError
from anyspace.capture._call import FileHere
from anyspace.capture._captured import Captured
from anyspace.capture._javascript import Unknown, arguments_at

__all__ = ["read_javascript", "read_python"]

_CLIENTS: Final = frozenset("Client AsyncClient".split())
_CALLS: Final = frozenset("predict submit".split())
_FILES: Final = frozenset("handle_file file Path File".split())
_OPTIONS: Final = frozenset("api_name fn_index result_callbacks timeout headers check".split())
_JS_CLIENT: Final = re.compile(r"\b(?:Client\s*\.\s*connect|client|duplicate)\s*\(")
_JS_CALL: Final = re.compile(r"\.\s*(?:predict|submit)\s*\(")


# --- Python --------------------------------------------------------------------------


def read_python(text: str) -> list[Captured]:
    """Read the calls of a script, without running it.

    Raises:
        UsageError: It is no Python, or it makes no call.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as exc:
        raise UsageError(f"that is no Python that can be read: {exc}") from exc
    names = _assigned(tree)
    address = ""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name_of(node.func)
        if name in _CLIENTS and not address:
            address = _address(node, names)
        elif name in _CALLS and isinstance(node.func, ast.Attribute):
            found.append(_python_call(node, names))
    if not found:
        raise UsageError("the Python makes no call: there is no predict() or submit() in it")
    return [captured.at(address) for captured in found]


def _assigned(tree: ast.AST) -> Mapping[str, ast.expr]:
    """What variables are set to, where that is said once."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, node.value)
    return found


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _address(node: ast.Call, names: Mapping[str, ast.expr]) -> str:
    given = node.args[0] if node.args else next((k.value for k in node.keywords), None)
    value = _python_value(given, names) if given is not None else None
    return value if isinstance(value, str) else ""


def _python_call(node: ast.Call, names: Mapping[str, ast.expr]) -> Captured:
    values = {k.arg: _python_value(k.value, names) for k in node.keywords if k.arg is not None}
    number, name = values.get("fn_index"), values.get("api_name")
    return Captured(
        form="Python",
        api_name=name if isinstance(name, str) else "",
        fn_index=number if isinstance(number, int) else None,
        positional=[_python_value(argument, names) for argument in node.args],
        named={k: v for k, v in values.items() if k not in _OPTIONS},
    )


def _python_value(node: ast.expr, names: Mapping[str, ast.expr]) -> Any:
    """A literal, a file, or a variable that was set to one; else `Unknown`."""
    if isinstance(node, ast.Name) and node.id in names:
        rest = {name: value for name, value in names.items() if name != node.id}
        return _python_value(names[node.id], rest)
    if isinstance(node, ast.Call) and _name_of(node.func) in _FILES and node.args:
        inner = _python_value(node.args[0], names)
        return _file(inner) if isinstance(inner, str) else Unknown(ast.unparse(node))
    if isinstance(node, ast.List | ast.Tuple):
        return [_python_value(item, names) for item in node.elts]
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        keys = [str(key.value) for key in node.keys if isinstance(key, ast.Constant)]
        values = [_python_value(value, names) for value in node.values]
        return dict(zip(keys, values, strict=True))
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Unknown(ast.unparse(node))
    plain = value is None or isinstance(value, str | int | float | bool)
    return value if plain else Unknown(ast.unparse(node))


def _file(address: str) -> FileHere:
    is_url = address.startswith(("http://", "https://", "data:"))
    return FileHere(url=address) if is_url else FileHere(path=address)


# --- JavaScript ----------------------------------------------------------------------


def read_javascript(text: str) -> list[Captured]:
    """Read the calls of a module, without running it.

    Raises:
        UsageError: It makes no call, or breaks off.
    """
    address = ""
    for found in _JS_CLIENT.finditer(text):
        first = next(iter(arguments_at(text, found.end() - 1)), None)
        if isinstance(first, str):
            address = first
            break
    calls = [captured.at(address) for captured in _javascript_calls(text)]
    if not calls:
        raise UsageError("the JavaScript makes no call: there is no predict() or submit() in it")
    return calls


def _javascript_calls(text: str) -> Iterator[Captured]:
    for found in _JS_CALL.finditer(text):
        endpoint, *rest = [*arguments_at(text, found.end() - 1), None]
        data = rest[0] if rest else None
        yield Captured(
            form="JavaScript",
            api_name=endpoint if isinstance(endpoint, str) else "",
            fn_index=endpoint if isinstance(endpoint, int) else None,
            positional=data if isinstance(data, list) else [],
            named=data if isinstance(data, dict) else {},
        )
