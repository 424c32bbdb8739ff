"""Keys of the gateway: made here, known by their hashes only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from anyspace._errors import UsageError
from anyspace.settings._document import read_document
from anyspace.settings._save import change_document, table_in

__all__ = ["NewKey", "hash_key", "key_table", "new_key", "save_key"]

_PREFIX: Final = "sk-anyspace-"
_BYTES: Final = 24  # 192 bits


class NewKey(NamedTuple):
    """A key that was just made.

    Attributes:
        key: What its owner sends; it is written nowhere.
        hash: What the settings know it by.
    """

    key: str
    hash: str


def new_key() -> NewKey:
    """Make a key that nobody can guess."""
    key = _PREFIX + secrets.token_urlsafe(_BYTES)
    return NewKey(key, hash_key(key))


def hash_key(key: str) -> str:
    """What the settings know a key by.

    A plain hash is enough, and quick: what it hides is random and not a word that somebody
    could try.
    """
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def key_table(name: str, entry: Mapping[str, Any]) -> str:
    """A key's table, to paste into ``anyspace.toml``."""
    import tomlkit

    document = tomlkit.document()
    keys = tomlkit.table(is_super_table=True)
    keys[name] = dict(entry)
    document["keys"] = keys
    return tomlkit.dumps(document)


def save_key(path: Path, name: str, entry: Mapping[str, Any]) -> None:
    """Write a key's table into the settings; everything else there stays as it is.

    Raises:
        UsageError: There is a key of that name, or the file is no TOML or cannot be written.
    """
    if path.exists():
        known = read_document(path).data.get("keys", {})
        if isinstance(known, Mapping) and name in known:
            raise UsageError(
                f"{path} has a key {name} already: choose another name, or remove that table first"
            )
    with change_document(path) as document:
        table_in(document, "keys")[name] = dict(entry)
