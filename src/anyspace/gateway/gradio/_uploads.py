"""`Uploads`: what is told of files on their way here.

A request is read whole before its files are looked at, so each is told once it is there,
with all of its bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from typing import Any, Final

__all__ = ["Told", "Uploads"]

_WAIT_SECONDS: Final = 3.0  # as Gradio: who asks may be faster than the upload itself
_FORGET_SECONDS: Final = 30.0

Told = dict[str, Any]


class Uploads:
    """Uploads that have a name, and what is told of them."""

    def __init__(self) -> None:
        self._told: dict[str, asyncio.Queue[Told]] = {}
        self._waiting: dict[str, asyncio.Event] = {}

    @contextlib.contextmanager
    def begin(self, name: str) -> Iterator[asyncio.Queue[Told]]:
        """An upload begins; give what takes the news of it. It is done with the block."""
        told: asyncio.Queue[Told] = asyncio.Queue()
        self._told[name] = told
        if name in self._waiting:
            self._waiting[name].set()
        try:
            yield told
        finally:
            told.put_nowait({"msg": "done"})
            asyncio.get_running_loop().call_later(_FORGET_SECONDS, self._forget, name, told)

    async def follow(self, name: str) -> AsyncGenerator[Told] | None:
        """Follow an upload; None when none of the name begins in time."""
        if name not in self._told:
            begun = self._waiting.setdefault(name, asyncio.Event())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_WAIT_SECONDS):
                    await begun.wait()
            self._waiting.pop(name, None)
        told = self._told.get(name)
        return None if told is None else _until_done(told)

    def _forget(self, name: str, told: asyncio.Queue[Told]) -> None:
        if self._told.get(name) is told:
            del self._told[name]


async def _until_done(told: asyncio.Queue[Told]) -> AsyncGenerator[Told]:
    while True:
        news = await told.get()
        yield news
        if news["msg"] == "done":
            return
