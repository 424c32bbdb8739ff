"""`Document`: one TOML file, and where in it things stand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from anyspace._errors import UsageError

__all__ = ["Document", "Problem", "read_document"]


class Problem(msgspec.Struct, frozen=True):
    """Something wrong in a file.

    Attributes:
        keys: The way to it: tables, then the key.
        text: What is wrong, and what would be right.
    """

    keys: tuple[str, ...]
    text: str


class Document(msgspec.Struct, frozen=True):
    """One TOML file.

    Attributes:
        path: Where it is.
        data: What it says.
        text: As it stands there.
    """

    path: Path
    data: Mapping[str, Any]
    text: str

    def line_of(self, keys: Sequence[str]) -> int:
        """The line where a key, or the nearest thing around it, stands; from 1."""
        best, best_line = 0, 1
        table: tuple[str, ...] = ()
        for number, line in enumerate(self.text.splitlines(), 1):
            if (header := _header(line)) is not None:
                table = here = header
            else:
                here = (*table, *_key(line)) if _key(line) else ()
            shared = _shared(here, keys)
            if shared > best and shared == len(here):
                best, best_line = shared, number
        return best_line

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Raise when there are problems, all of them at once, with their lines.

        Raises:
            UsageError: There are.
        """
        told = [
            f"{self.path}:{self.line_of(problem.keys)}: {'.'.join(problem.keys)}: {problem.text}"
            for problem in problems
        ]
        if told:
            raise UsageError("\n".join(told))


def read_document(path: Path) -> Document:
    """Read a TOML file.

    Raises:
        UsageError: It cannot be read, or is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Document(path, tomllib.loads(text), text)
    except OSError as exc:
        raise UsageError(f"cannot read {path}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{path} is not UTF-8 (byte {exc.start})") from exc
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise UsageError(f"{path}: {exc}") from exc


def _header(line: str) -> tuple[str, ...] | None:
    """The table that a line opens."""
    line = line.strip()
    if not line.startswith("["):
        return None
    return _path_in(line.replace("[[", "[", 1).replace("]]", "]", 1))


def _key(line: str) -> tuple[str, ...]:
    """The key that a line sets."""
    name = _before_equals(line.strip())
    return (_path_in(f"{name} = 0") or ()) if name else ()


def _path_in(toml: str) -> tuple[str, ...] | None:
    """The keys of the one thing that a line of TOML says."""
    try:
        value: Any = tomllib.loads(toml)
    except tomllib.TOMLDecodeError:
        return None
    keys = []
    while isinstance(value, dict) and value:
        key, value = next(iter(value.items()))
        keys.append(key)
    return tuple(keys)


def _before_equals(line: str) -> str:
    quote = ""
    for at, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#":
            return ""
        elif char == "=":
            return line[:at]
    return ""


def _shared(here: Sequence[str], keys: Sequence[str]) -> int:
    count = 0
    for ours, theirs in zip(here, keys, strict=False):
        if ours != theirs:
            break
        count += 1
    return count
