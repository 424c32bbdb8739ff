"""`lock_space`: write down what a Space's callers rely on, and look what became of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec

from anyspace import hub
from anyspace._blocking import run_blocking
from anyspace._errors import UsageError
from anyspace.client import WAIT_SECONDS, AsyncClient
from anyspace.contract import Change, compare, sign_app
from anyspace.lock import LOCK_NAME, find_lock, read_lock, write_lock

__all__ = ["LockReport", "async_lock_space", "lock_space", "locked_spaces"]

Mode = Literal["add", "update", "check"]
"""``"add"`` writes what is not locked yet and else only compares; ``"update"`` writes in any
case; ``"check"`` never writes."""


class LockReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of locking a Space, or of looking at its lock.

    Attributes:
        source: The Space, as the lock names it.
        path: The lock file.
        written: The file says now what the Space is now.
        known: The Space was in the lock before.
        endpoints: How many the Space has now.
        changes: What has changed since it was locked; nothing when it was not.
    """

    source: str
    path: Path
    written: bool
    known: bool
    endpoints: int
    changes: tuple[Change, ...] = ()

    @property
    def safe(self) -> bool:
        """Calls go on as before, or were made to by writing."""
        return self.written or all(change.safe for change in self.changes)


def lock_space(
    source: str,
    path: str | os.PathLike[str] | None = None,
    *,
    mode: Mode = "add",
    token: str | bool | None = None,
    auth: tuple[str, str] | None = None,
    wait: float = WAIT_SECONDS,
) -> LockReport:
    """Write the signatures of a Space's endpoints into a lock file, or compare with it.

    Args:
        source: A Space, or the address of an app.
        path: The file; None for the one that holds here (`$ANYSPACE_LOCK`, the nearest
            ``anyspace.lock.toml`` above the working folder), else a new one here.
        mode: ``"add"`` writes a Space that is not locked yet, and only compares one that is;
            ``"update"`` writes it in any case; ``"check"`` never writes.
        token: A Hugging Face token; None for the saved one, False for none.
        auth: The app's own user name and password.
        wait: Seconds to wait for a Space that sleeps or starts.

    Raises:
        UsageError: The file is no lock file, or has no such Space to check.
        AnyspaceError: The Space cannot be asked.

    Example:
        >>> report = lock_space("mukaist/Midjourney", mode="check")
        >>> report.safe, [str(change) for change in report.changes]
        (True, [])
    """
    return run_blocking(
        async_lock_space(source, path, mode=mode, token=token, auth=auth, wait=wait)
    )


async def async_lock_space(
    source: str,
    path: str | os.PathLike[str] | None = None,
    *,
    mode: Mode = "add",
    token: str | bool | None = None,
    auth: tuple[str, str] | None = None,
    wait: float = WAIT_SECONDS,
    on_stage: hub.OnStage | None = None,
) -> LockReport:
    """Write a Space's signatures into a lock file, or compare with it; see `lock_space`."""
    hub.parse_source(source)  # refuses what is neither
    place = _place(path, writing=mode != "check")
    lock = read_lock(place) if place.exists() else None
    if mode == "check" and (lock is None or lock.find(source) is None):
        raise UsageError(f"{place} has no {source}; `anyspace lock {source}` adds it")
    client = AsyncClient(source, token=token, auth=auth, wait=wait, on_stage=on_stage, lock=False)
    async with client:
        now = sign_app(client.app)
        names = (source, client.space, client.url, client.app.space_id)
    found = lock.find(*names) if lock is not None else None
    written = mode == "update" or (mode == "add" and found is None)
    name = found[0] if found else names[1] if hub.parse_source(source).space_id else source
    if written:
        write_lock(place, name, now)
    return LockReport(
        source=name,
        path=place,
        written=written,
        known=found is not None,
        endpoints=len(now.endpoints),
        changes=compare(found[1] if found else now, now).changes,
    )


def locked_spaces(path: str | os.PathLike[str] | None = None) -> tuple[str, ...]:
    """Name the Spaces of the lock file that holds here, or of another.

    Raises:
        UsageError: There is none, or it is no lock file.
    """
    return tuple(read_lock(_place(path, writing=False)).spaces)


def _place(path: str | os.PathLike[str] | None, *, writing: bool) -> Path:
    if path is not None:
        return Path(path) if writing else find_lock(path) or Path(path)
    found = find_lock()
    if found is None and not writing:
        raise UsageError(f"there is no {LOCK_NAME} here or above; `anyspace lock SRC` makes one")
    return found or Path(LOCK_NAME)
