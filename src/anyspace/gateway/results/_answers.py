"""`AnswerCache`: what was made for a request with a fixed seed, for the next one like it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from anyspace.client import LocalFile
from anyspace.gateway.results._store import ResultStore

__all__ = ["Answer", "AnswerCache", "request_key"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a task gave, in a form that can be kept.

    Attributes:
        space: Who made it.
        endpoint: With which endpoint.
        notes: What was changed on the way.
        text: The result as text.
        data: The result's numbers.
        files: The keys of its files in the store.
    """

    space: str
    endpoint: str
    notes: tuple[str, ...]
    text: str
    data: Any
    files: tuple[str, ...]


class AnswerCache:
    """Remembers answers beside their files; they age with them.

    Args:
        store: Keeps both.
    """

    def __init__(self, store: ResultStore) -> None:
        self._store = store

    async def find(self, key: str) -> Answer | None:
        """The answer to a request like this; None when there is none, or a file has gone."""
        answer = await self._store.recall(key, Answer)
        if answer is None:
            return None
        found = [await self._store.find(file) for file in answer.files]
        return answer if all(found) else None

    async def remember(self, key: str, answer: Answer) -> None:
        """Keep an answer.

        Raises:
            Refused: There is no room for it.
        """
        await self._store.remember(key, answer)


async def request_key(*parts: Any) -> str | None:
    """A key that requests share when they ask for the same.

    Args:
        parts: Whatever decides what comes out: names, values, files.

    Returns:
        None when that cannot be known, as of a file behind an address.
    """
    digest = hashlib.sha256()
    try:
        digest.update(msgspec.json.encode([await _plain(part) for part in parts], order="sorted"))
    except (TypeError, ValueError, OverflowError):
        return None
    return digest.hexdigest()[:32]


async def _plain(value: Any) -> Any:
    """A value as JSON, files by the hash of what they hold.

    Raises:
        TypeError: It cannot be.
    """
    if isinstance(value, Mapping):
        return {str(name): await _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [await _plain(item) for item in value]
    if isinstance(value, LocalFile):
        digest = hashlib.sha256()
        async for chunk in value.chunks():
            digest.update(chunk)
        return {"file": digest.hexdigest(), "name": value.name}
    if isinstance(value, bytes | bytearray):
        return {"bytes": hashlib.sha256(value).hexdigest()}
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    raise TypeError(f"{type(value).__name__} cannot be compared")
