"""Write into ``anyspace.toml`` and leave the rest of the file as it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import msgspec

from anyspace._errors import UsageError
from anyspace.lock import replace_file
from anyspace.settings._document import read_document
from anyspace.settings._recipes import Settled, check_recipes, source_key

__all__ = ["change_document", "save_recipe", "table_in"]


def save_recipe(path: Path, source: str, task: str, settled: Settled) -> None:
    """Settle a task on a Space; what was settled for it before is replaced.

    Comments, order and everything else in the file stay. The file is made when it is not
    there, and is either the old one or the whole new one whatever happens.

    Raises:
        UsageError: The file is no TOML, cannot be written, or the recipe is wrong.
    """
    entry = _without_empty(settled)
    _, problems = check_recipes({source: {task: entry}})
    if problems:
        raise UsageError("; ".join(f"{'.'.join(p.keys)}: {p.text}" for p in problems))
    with change_document(path) as document:
        _settle(document, source, task, entry)


@contextlib.contextmanager
def change_document(path: Path) -> Iterator[MutableMapping[str, Any]]:
    """Change a file of settings; it is made when it is not there.

    Raises:
        UsageError: It is no TOML, cannot be written, or what was put into it is no TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    text = read_document(path).text if path.exists() else ""
    try:
        document = tomlkit.parse(text)
        yield document
        text = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError) as exc:
        raise UsageError(f"this cannot be written as TOML: {exc}") from exc
    replace_file(path, text)


def _without_empty(settled: Settled) -> dict[str, Any]:
    return {key: value for key, value in msgspec.structs.asdict(settled).items() if value}


def _settle(
    document: MutableMapping[str, Any], source: str, task: str, entry: dict[str, Any]
) -> None:
    import tomlkit

    recipes = table_in(document, "recipes")
    known = next((key for key in recipes if source_key(key) == source_key(source)), source)
    tasks = table_in(recipes, known)
    tasks.pop(task, None)
    table = tomlkit.table()
    for key, value in entry.items():
        table[key] = _inline(value) if isinstance(value, dict) else value
    tasks[task] = table


def table_in(parent: MutableMapping[str, Any], name: str) -> MutableMapping[str, Any]:
    """A table of tables below another one, made when it is not there.

    Raises:
        UsageError: Something else is there.
    """
    import tomlkit

    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=True)
    found = parent[name]
    if not isinstance(found, MutableMapping):
        raise UsageError(f"{name} in the settings is no table")
    return found


def _inline(values: dict[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.inline_table()
    table.update(values)
    return table
