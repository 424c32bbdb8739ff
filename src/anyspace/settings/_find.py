"""Where ``anyspace.toml`` is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from anyspace.lock import find_above

__all__ = ["FILE_NAME", "find_settings"]

FILE_NAME: Final = "anyspace.toml"
_VARIABLE: Final = "ANYSPACE_CONFIG"


def find_settings(path: str | os.PathLike[str] | None = None) -> Path | None:
    """Find the settings' file: see `find_above`, ``$ANYSPACE_CONFIG``.

    Raises:
        UsageError: The file that was named is not there.
    """
    return find_above(FILE_NAME, _VARIABLE, "settings file", path)
