"""What a call reports while it runs, for a caller who may be slower than the Space."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any, Final

from anyspace.client import GpuWait, Log, Output, Progress, Queued, Started, Update, Uploading

__all__ = ["Updates", "name_of"]

_MOST: Final = 256
_SILENCE_SECONDS: Final = 15.0  # as Gradio; proxies cut streams that are silent for longer
_NAMES: Final[tuple[tuple[type[Any], str], ...]] = (
    (Uploading, "uploading"),
    (Queued, "queued"),
    (Started, "started"),
    (Progress, "progress"),
    (GpuWait, "gpu_wait"),
    (Log, "log"),
    (Output, "output"),
)


def name_of(update: Update) -> str:
    """What a stream calls it."""
    return next(name for kind, name in _NAMES if isinstance(update, kind))


class Updates:
    """Updates that wait to be told; of results and progress so far only the newest."""

    def __init__(self) -> None:
        self._waiting: deque[Update] = deque(maxlen=_MOST)
        self._news = asyncio.Event()
        self._ended = False

    def see(self, update: Update) -> None:
        """Take in one more."""
        newest = self._waiting[-1] if self._waiting else None
        if isinstance(update, Output | Progress | Uploading) and type(newest) is type(update):
            self._waiting.pop()
        self._waiting.append(update)
        self._news.set()

    def end(self) -> None:
        """There are no more."""
        self._ended = True
        self._news.set()

    async def __aiter__(self) -> AsyncGenerator[Update | None]:
        """Give each in order; None is a silence."""
        while self._waiting or not self._ended:
            if self._waiting:
                yield self._waiting.popleft()
                continue
            self._news.clear()
            try:
                async with asyncio.timeout(_SILENCE_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                yield None
