"""Values as each language writes them."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from anyspace.capture._call import FileHere

__all__ = [
    "javascript_key",
    "javascript_object",
    "javascript_value",
    "json_text",
    "keywords",
    "python_value",
]

FileText = Callable[[FileHere], str]

_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_PYTHON_WORDS: Final = {"null": "None", "true": "True", "false": "False"}


def python_value(value: Any, file: FileText) -> str:
    """Write a value as Python.

    Args:
        value: JSON, and files at any depth.
        file: Writes a file.
    """
    return _write(value, file, _PYTHON_WORDS, _quoted)


def javascript_value(value: Any, file: FileText) -> str:
    """Write a value as JavaScript; arguments as for `python_value`."""
    return _write(value, file, {}, javascript_key)


def json_text(value: Any, file: FileText | None = None) -> str:
    """Write a value as JSON, on one line.

    Args:
        value: JSON, and files at any depth.
        file: Writes a file; not needed where there are none.
    """
    return _write(value, file or _no_file, {}, _quoted)


def keywords(arguments: Mapping[str, Any], file: FileText, *reserved: str) -> list[str]:
    """Write named arguments of a Python call, one by one.

    Names that cannot stand before an equals sign, and those that the function takes for
    something else, come last, in a mapping.
    """
    plain = [name for name in arguments if _is_keyword(name) and name not in reserved]
    words = [f"{name}={python_value(arguments[name], file)}" for name in plain]
    rest = {name: arguments[name] for name in arguments if name not in plain}
    return [*words, f"**{python_value(rest, file)}"] if rest else words


def javascript_object(arguments: Mapping[str, Any], file: FileText, indent: str = "") -> str:
    """Write named arguments as an object, a line for each."""
    if not arguments:
        return "{}"
    lines = [
        f"{indent}  {javascript_key(k)}: {javascript_value(v, file)},\n"
        for k, v in arguments.items()
    ]
    return f"{{\n{''.join(lines)}{indent}}}"


def _write(value: Any, file: FileText, words: Mapping[str, str], key: Callable[[str], str]) -> str:
    if isinstance(value, FileHere):
        return file(value)
    if isinstance(value, Mapping):
        pairs: Iterable[str] = (
            f"{key(str(k))}: {_write(v, file, words, key)}" for k, v in value.items()
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_write(item, file, words, key) for item in value)}]"
    text = json.dumps(value, ensure_ascii=False)
    # U+2028 and U+2029 end a line where a terminal or an old JavaScript sees them.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return words.get(text, text)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def javascript_key(name: str) -> str:
    """Write the name of an object's property."""
    if name == "__proto__":
        return '["__proto__"]'  # without brackets it would be no property
    return name if _NAME.fullmatch(name) else _quoted(name)


def _is_keyword(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


def _no_file(file: FileHere) -> str:
    return _quoted(file.address)
