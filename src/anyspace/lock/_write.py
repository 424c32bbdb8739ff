"""The text of a lock file, and how it gets to the disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from anyspace._errors import UsageError
from anyspace.contract import AppSignature

__all__ = ["render_lock", "replace_file", "revive"]

_HEAD: Final = """\
# What is relied on in Spaces; written by `anyspace lock SRC`, to be kept with the code.
# `anyspace lock SRC --check` says what has changed, `--update` accepts it.
format = {format}
"""
_JSON: Final = "json"


def render_lock(version: int, spaces: Mapping[str, AppSignature]) -> str:
    """Write the file's text."""
    return _HEAD.format(format=version) + "".join(
        line for source, signature in spaces.items() for line in _space(source, signature)
    )


def _space(source: str, signature: AppSignature) -> list[str]:
    lines = [f"\n[spaces.{_text(source)}]\ngradio = {_text(signature.gradio)}\n"]
    for name, endpoint in signature.endpoints.items():
        lines.append(f"\n[spaces.{_text(source)}.endpoints.{_text(name)}]\n")
        for key in ("parameters", "returns"):
            rows = [f"  {_value(msgspec.to_builtins(row))},\n" for row in getattr(endpoint, key)]
            lines.append(f"{key} = [\n{''.join(rows)}]\n" if rows else f"{key} = []\n")
    return lines


def _value(value: Any) -> str:
    """Write a value as TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, dict) and set(value) != {_JSON}:
        pairs = (f"{_text(key, bare=True)} = {_value(item)}" for key, item in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    return f"{{ {_JSON} = {_text(msgspec.json.encode(value).decode())} }}"


def _text(text: str, *, bare: bool = False) -> str:
    """Write a text as TOML; a basic string is JSON's, but for one character."""
    if bare and text.isascii() and text.isidentifier():
        return text
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")


def revive(value: Any) -> Any:
    """Undo what `render_lock` did to values that TOML cannot say.

    Raises:
        ValueError: What is written as JSON is none.
    """
    if isinstance(value, list):
        return [revive(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {_JSON} and isinstance(value[_JSON], str):
            return msgspec.json.decode(value[_JSON])
        return {key: revive(item) for key, item in value.items()}
    return value


def replace_file(path: Path, text: str) -> None:
    """Put a file in the place of another, whole or not at all.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".anyspace-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(temporary, path.stat().st_mode if path.exists() else 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as exc:
        raise UsageError(f"cannot write {path}: {exc.strerror}") from exc
