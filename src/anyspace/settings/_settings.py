"""`Settings`: what ``anyspace.toml`` says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from anyspace._errors import UsageError
from anyspace.settings._document import Document, Problem, read_document
from anyspace.settings._find import find_settings
from anyspace.settings._recipes import (
    NOTHING_SETTLED,
    Recipes,
    Settled,
    check_recipes,
    nearest,
    source_key,
)

__all__ = ["Settings", "load_settings"]

_TABLES: Final = ("recipes", "serve", "models", "keys", "limits", "storage", "cors")


class Settings(msgspec.Struct, frozen=True):
    """What ``anyspace.toml`` says.

    Attributes:
        document: The file; None when there is none.
        recipes: What is settled, by source and task.
    """

    document: Document | None = None
    recipes: Recipes = {}

    def settled(self, task: str, *sources: str) -> Settled:
        """What is settled for a task on a Space.

        Args:
            task: A pipeline tag.
            sources: The names and addresses that the Space is known by; the first that
                the settings know counts. Empty ones are passed over.
        """
        for source in sources:
            tasks = self.recipes.get(_key_or_nothing(source), {})
            if task in tasks:
                return tasks[task]
        return NOTHING_SETTLED

    def table(self, name: str) -> Mapping[str, Any]:
        """A table that another room reads, empty when it is not there.

        Raises:
            UsageError: It is no table.
        """
        value = self.document.data.get(name, {}) if self.document else {}
        if not isinstance(value, Mapping):
            assert self.document is not None
            self.document.refuse([Problem((name,), "it is a table")])
        return value


_loaded: dict[Path, tuple[int, Settings]] = {}


def load_settings(path: str | os.PathLike[str] | None = None) -> Settings:
    """Read the settings that hold here; see `find_settings`. A file that is as before is not
    read again.

    Raises:
        UsageError: The file cannot be read, or says something wrong: every problem, with
            its line.
    """
    found = find_settings(path)
    if found is None:
        return Settings()
    found = found.resolve()
    changed = found.stat().st_mtime_ns
    known = _loaded.get(found)
    if known is None or known[0] != changed:
        known = _loaded[found] = (changed, _read(found))
    return known[1]


def _read(path: Path) -> Settings:
    document = read_document(path)
    problems = [
        Problem((name,), f"no such table; {nearest(name, _TABLES)}")
        for name in document.data
        if name not in _TABLES
    ]
    recipes, wrong = check_recipes(document.data.get("recipes", {}))
    document.refuse([*problems, *wrong])
    return Settings(document, recipes)


def _key_or_nothing(source: str) -> str:
    try:
        return source_key(source) if source else ""
    except UsageError:
        return ""
