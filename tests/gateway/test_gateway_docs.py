"""docs/gateway.md: its reference of the settings is made of the tables' own words."""

from __future__ import annotations

import os
import re
import tomllib
import typing
from pathlib import Path

import msgspec
import pytest

from anyspace.gateway import read_settings
from anyspace.gateway._metrics import Metrics
from anyspace.gateway._tables import (
    CorsTable,
    KeyTable,
    LimitsTable,
    ModelTable,
    ServeTable,
    SpaceTable,
    StorageTable,
)

PAGE = Path(__file__).parents[2] / "docs" / "gateway.md"
BEGIN, END = "<!-- reference: begin -->", "<!-- reference: end -->"
TABLES = {
    "[serve]": ServeTable,
    "[models.NAME]": ModelTable,
    "one of `spaces`, where more than its id is to be said": SpaceTable,
    "[keys.NAME]": KeyTable,
    "[limits]": LimitsTable,
    "[storage]": StorageTable,
    "[cors]": CorsTable,
}


def meanings(table: type[msgspec.Struct]) -> dict[str, str]:
    """What a table's docstring says of each key."""
    assert table.__doc__ is not None
    words = table.__doc__.partition("Attributes:\n")[2]
    found = re.findall(r"^ {8}(\w+): (.*(?:\n {12}.*)*)", words, re.M)
    return {name: " ".join(text.split()) for name, text in found}


def default(field: msgspec.structs.FieldInfo) -> str:
    """What holds when nothing is said, as TOML."""
    if field.required:
        return "(needed)"
    value = field.default
    if value is msgspec.NODEFAULT:
        value = field.default_factory()
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple | list):
        return "`[]`"
    if isinstance(value, typing.Mapping):
        return "`{}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value:g}`"


def reference() -> str:
    """Every table, every key."""
    parts = []
    for name, table in TABLES.items():
        title = f"`{name}`" if name.startswith("[") else f"`[models.NAME]`, {name}"
        known = meanings(table)
        rows = [
            f"| `{field.name}` | {default(field)} | {known[field.name].replace('``', '`')} |"
            for field in msgspec.structs.fields(table)
        ]
        parts.append("\n".join([f"### {title}\n", "| key | default | |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def test_the_reference_is_what_the_tables_say():
    """Ours: `UPDATE_DOCS=1 pytest tests/gateway/test_gateway_docs.py` writes it anew."""
    head, _, rest = PAGE.read_text().partition(BEGIN)
    tail = rest.partition(END)[2]
    whole = f"{head}{BEGIN}\n\n{reference()}\n\n{END}{tail}"
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(whole)
    assert PAGE.read_text() == whole


def test_every_metric_is_on_the_page():
    """Ours."""
    names = re.findall(r"^# TYPE (\w+?)(?:_created)? ", Metrics().text().decode(), re.M)
    text = PAGE.read_text()
    assert [name for name in set(names) if f"`{name}" not in text] == []


@pytest.mark.parametrize("number", range(PAGE.read_text().count("```toml")))
def test_every_example_of_settings_is_taken(number, tmp_path):
    """Ours: an example that is pasted works."""
    example = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.S)[number]
    keys = tomllib.loads(example).get("keys", {})
    named = {name for key in keys.values() for name in key.get("models", ())}
    path = tmp_path / "anyspace.toml"
    path.write_text(example)
    assert read_settings(path, models=dict.fromkeys(named, "a/b"))
