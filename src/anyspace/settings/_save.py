"""Write a recipe into ``anyspace.toml`` and leave the rest of the file as it is."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import msgspec

from anyspace._errors import UsageError
from anyspace.lock import replace_file
from anyspace.settings._document import read_document
from anyspace.settings._recipes import Settled, check_recipes, source_key

__all__ = ["save_recipe"]


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
    text = read_document(path).text if path.exists() else ""
    replace_file(path, _with_recipe(text, source, task, entry))


def _without_empty(settled: Settled) -> dict[str, Any]:
    return {key: value for key, value in msgspec.structs.asdict(settled).items() if value}


def _with_recipe(text: str, source: str, task: str, entry: dict[str, Any]) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        recipes = _table_in(document, "recipes")
        known = next((key for key in recipes if source_key(key) == source_key(source)), source)
        tasks = _table_in(recipes, known)
        tasks.pop(task, None)
        table = tomlkit.table()
        for key, value in entry.items():
            table[key] = _inline(value) if isinstance(value, dict) else value
        tasks[task] = table
        return tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError) as exc:
        raise UsageError(f"this cannot be written as TOML: {exc}") from exc


def _table_in(parent: MutableMapping[str, Any], name: str) -> MutableMapping[str, Any]:
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
