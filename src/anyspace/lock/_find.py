"""Find a file that holds for a folder and all below it."""

from __future__ import annotations

import os
from pathlib import Path

from anyspace._errors import UsageError

__all__ = ["find_above"]


def find_above(
    name: str, variable: str, what: str, path: str | os.PathLike[str] | None = None
) -> Path | None:
    """Find a file by the name it has.

    A path that is given has to be there; else the one in the environment's variable, which
    when empty means none; else the file of that name in the working folder or the nearest
    folder above it, up to the root of the repository or the home folder.

    Args:
        name: The file's name.
        variable: The environment's variable.
        what: What to call it, for errors.
        path: Where the caller says that it is.

    Raises:
        UsageError: The file that was named is not there.
    """
    named = path if path is not None else os.environ.get(variable)
    if named is None:
        return _look_above(Path.cwd(), name)
    if not os.fspath(named):
        return None
    found = Path(named)
    if not found.is_file():
        whose = "" if path is not None else f" (${variable})"
        raise UsageError(f"there is no {what} {found}{whose}")
    return found


def _look_above(folder: Path, name: str) -> Path | None:
    home = Path.home()
    for each in (folder, *folder.parents):
        if (found := each / name).is_file():
            return found
        if each == home or (each / ".git").exists():
            break
    return None
