"""`Sweeper`: lets go of kept files that are too old, or too much.

It looks when enough has come or when the oldest file has had its time, and sleeps between.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from anyspace.client import in_thread

__all__ = ["Sweeper"]

logger = logging.getLogger("anyspace.gateway")

_AT_MOST_EVERY: Final = 60.0  # seconds between sweeps that only age calls for
_UNFINISHED: Final = ".new-"  # left behind by a process that was killed
_UNFINISHED_SECONDS: Final = 3600.0
_PART: Final = 0.1  # of the size that is allowed; new files of so much are looked at at once


class _Found(NamedTuple):
    asked: float
    size: int
    path: Path


class Sweeper:
    """Keeps a folder within an age and a size.

    Args:
        folder: The store's.
        max_age: Seconds since a file was last asked for.
        max_size: Bytes of all files.
    """

    def __init__(self, folder: Path, max_age: float, max_size: int) -> None:
        self._folder = folder
        self.max_age = max_age
        self._max_size = max_size
        self._grown = max_size  # so that the first file has the folder looked at
        self._timer: asyncio.TimerHandle | None = None
        self._sweeping: asyncio.Task[None] | None = None

    def grow(self, size: int) -> None:
        """A file of that many bytes came."""
        self._grown += size
        if self._grown >= self._max_size * _PART:
            self._start()

    def cancel(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._sweeping is not None:
            self._sweeping.cancel()

    def sweep(self, now: float) -> float | None:
        """Delete what is too old, then what is too much.

        Returns:
            When the oldest file that is left was asked for, None when none is left.
        """
        left: list[_Found] = []
        for found in self._files(now):
            if now - found.asked > self.max_age:
                _delete(found.path)
            else:
                left.append(found)
        left.sort()
        over = sum(found.size for found in left) - self._max_size
        gone = 0
        while over > 0 and gone < len(left):
            over -= left[gone].size
            _delete(left[gone].path)
            gone += 1
        return left[gone].asked if gone < len(left) else None

    def _start(self) -> None:
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.get_running_loop().create_task(self._sweep())

    async def _sweep(self) -> None:
        try:
            oldest = await self._look()
            while self._grown >= self._max_size * _PART:
                oldest = await self._look()  # more came meanwhile, behind where it looked
        except OSError as exc:
            logger.warning("cannot tidy %s: %s", self._folder, exc)
            return
        if self._timer is not None:
            self._timer.cancel()
        if oldest is not None:
            wait = max(_AT_MOST_EVERY, oldest + self.max_age - time.time())
            self._timer = asyncio.get_running_loop().call_later(wait, self._start)

    async def _look(self) -> float | None:
        self._grown = 0
        return await in_thread(self.sweep, time.time())

    def _files(self, now: float) -> Iterator[_Found]:
        for path in self._folder.glob("**/*"):
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                if path.name.startswith(_UNFINISHED):
                    if now - stat.st_mtime > _UNFINISHED_SECONDS:
                        os.unlink(path)
                elif path.parent != self._folder and path.is_file() and path.suffix != ".json":
                    yield _Found(stat.st_mtime, stat.st_size, path)


def _delete(path: Path) -> None:
    for each in (path, path.with_suffix(".json")):
        each.unlink(missing_ok=True)
