"""Where ``anyspace.toml`` is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from anyspace._errors import UsageError

__all__ = ["FILE_NAME", "find_settings"]

FILE_NAME: Final = "anyspace.toml"
_VARIABLE: Final = "ANYSPACE_CONFIG"


def find_settings(path: str | os.PathLike[str] | None = None) -> Path | None:
    """Find the settings' file.

    A path that is given has to be there; else the one in ``$ANYSPACE_CONFIG``, which when
    empty means none; else ``anyspace.toml`` in the working folder or the nearest folder
    above it, up to the root of the repository or the home folder.

    Raises:
        UsageError: The file that was named is not there.
    """
    named = path if path is not None else os.environ.get(_VARIABLE)
    if named is None:
        return _find_above(Path.cwd())
    if not os.fspath(named):
        return None
    found = Path(named)
    if not found.is_file():
        whose = "" if path is not None else f" (${_VARIABLE})"
        raise UsageError(f"there is no settings file {found}{whose}")
    return found


def _find_above(folder: Path) -> Path | None:
    home = Path.home()
    for each in (folder, *folder.parents):
        if (found := each / FILE_NAME).is_file():
            return found
        if each == home or (each / ".git").exists():
            break
    return None
