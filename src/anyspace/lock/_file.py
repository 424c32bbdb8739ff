"""Read and write ``anyspace.lock.toml``.

One table for each Space, one for each endpoint in it, one line for each argument, so that
a change shows in a diff as what it is. TOML has no null; what it cannot say is written as
JSON, in a table of its own: ``{json = "null"}``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from anyspace._errors import UsageError
from anyspace.contract import AppSignature
from anyspace.hub import parse_source
from anyspace.lock._find import find_above
from anyspace.lock._write import render_lock, replace_file, revive

__all__ = ["LOCK_NAME", "LockFile", "find_lock", "read_lock", "write_lock"]

LOCK_NAME: Final = "anyspace.lock.toml"
_VARIABLE: Final = "ANYSPACE_LOCK"
_FORMAT: Final = 1


class LockFile(msgspec.Struct, frozen=True):
    """What a lock file says.

    Attributes:
        path: Where it is.
        spaces: The signatures, by source as it was named.
    """

    path: Path
    spaces: Mapping[str, AppSignature] = {}

    def find(self, *sources: str) -> tuple[str, AppSignature] | None:
        """What is locked for a Space, and under which name.

        Args:
            sources: The names and addresses that the Space is known by; the first that the
                file knows counts. Empty ones are passed over.
        """
        known = {_key(source): source for source in self.spaces}
        for source in filter(None, sources):
            if (key := _key(source)) in known:
                return known[key], self.spaces[known[key]]
        return None


def find_lock(path: str | os.PathLike[str] | None = None) -> Path | None:
    """Find the lock file, as `anyspace.toml` is found: see `find_above`, ``$ANYSPACE_LOCK``.

    Raises:
        UsageError: The file that was named is not there.
    """
    return find_above(LOCK_NAME, _VARIABLE, "lock file", path)


def read_lock(path: Path) -> LockFile:
    """Read a lock file.

    Raises:
        UsageError: It cannot be read, or is no lock file.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        if told.get("format") != _FORMAT:
            raise UsageError(f"{path} is no lock file that this version of anyspace can read")
        spaces = msgspec.convert(revive(told.get("spaces", {})), dict[str, AppSignature])
        for source in spaces:
            parse_source(source)
    except OSError as exc:
        raise UsageError(f"cannot read {path}: {exc.strerror}") from exc
    except (ValueError, RecursionError, msgspec.MsgspecError) as exc:
        raise UsageError(f"{path} is no lock file: {exc}") from exc
    return LockFile(path, spaces)


def write_lock(path: Path, source: str, signature: AppSignature) -> None:
    """Lock a Space; what was locked for it before is replaced, the others stay.

    The file is made when it is not there, and is either the old one or the whole new one
    whatever happens.

    Raises:
        UsageError: It is there and no lock file, or cannot be written.
    """
    before = read_lock(path) if path.exists() else LockFile(path)
    found = before.find(source)
    spaces = {**before.spaces, found[0] if found else source: signature}
    replace_file(path, render_lock(_FORMAT, dict(sorted(spaces.items()))))


def _key(source: str) -> str:
    try:
        parsed = parse_source(source)
    except UsageError:
        return ""
    return (parsed.space_id or parsed.url).lower()
