"""`Shelf`: files as clients have them, both ways.

What a Space gives is known to clients under addresses of this gateway only: results are
kept, and what may not be asked for at all (results so far, defaults) is promised and fetched
when it is. What clients send is kept until a Space takes it. Either is known by a key that
cannot be guessed; nothing a client says is ever taken for a path.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec
from litestar.datastructures import UploadFile

from anyspace._errors import AnyspaceError, FileError
from anyspace.client import (
    AsyncClient,
    AsyncMediaFile,
    LocalFile,
    file,
    file_at,
    safe_name,
)
from anyspace.gateway.results import Kept, KeptFile, ResultStore, address_of
from anyspace.protocol import FileStyle, write_file
from anyspace.schema import FileValue

__all__ = ["PREFIX", "Place", "Shelf"]

PREFIX: Final = "/gradio_api"
"""Before every path of the API, from Gradio 5 on."""

_PROMISES: Final = 10_000
_OWN: Final = re.compile(r"(?:\A|[/=])([0-9a-f]{32})(?:/[^/]*)?\Z")
_FOREIGN: Final = ("http://", "https://", "data:")
_BLOCK: Final = 1 << 18


class Place(msgspec.Struct, frozen=True):
    """Where clients find things.

    Attributes:
        gateway: The gateway's address.
        app: That of the model, which to clients is a Gradio app.
    """

    gateway: str
    app: str


class _Promise(msgspec.Struct, eq=False):
    """A file that its Space still has, and what it is here once somebody asked for it."""

    file: AsyncMediaFile
    kept: Kept | None = None


class Shelf:
    """Files on their way between clients and Spaces.

    Args:
        results: Keeps them.
    """

    def __init__(self, results: ResultStore) -> None:
        self._results = results
        self._promises: OrderedDict[str, _Promise] = OrderedDict()

    async def put(self, upload: UploadFile) -> str:
        """Keep a file that a client sent; return what the client is to call it.

        Raises:
            Refused: There is no room for it.
        """
        kept = await self._results.keep_file(_Upload(upload))
        return _path_of(kept.key, kept.name)

    async def find(self, path: str) -> str | None:
        """The key of a file in the store, by what clients call it; None when there is none.

        Raises:
            FileError: A promised file cannot be had from its Space any more.
            Refused: There is no room for it.
        """
        key = _key_in(path)
        promise = self._promises.get(key)
        if promise is None:
            return key or None
        if promise.kept is None:
            promise.kept = await self._results.keep_file(promise.file)
        return promise.kept.key

    async def keep(self, value: Any, place: Place) -> Any:
        """Say a value with its files where clients find them, for as long as they are kept."""
        files = {id(each): each for each in _files_in(value)}
        said = await asyncio.gather(*(self._keep(each, place) for each in files.values()))
        return _replaced(value, dict(zip(files, said, strict=True)))

    def promise(self, value: Any, place: Place) -> Any:
        """Say a value with its files where clients find them, if they ask in time."""
        files = {id(each): each for each in _files_in(value)}
        return _replaced(value, {i: self._promise(each, place) for i, each in files.items()})

    def promise_default(self, value: Any, client: AsyncClient, place: Place) -> Any:
        """Say a parameter's default with the Space's own files as promises.

        Args:
            value: As the Space says it.
            client: A client of the Space.
            place: Where clients find it.
        """
        if isinstance(value, list):
            return [self.promise_default(item, client, place) for item in value]
        if not isinstance(value, Mapping):
            return value
        path = value.get("path") or (value.get("name") if "is_file" in value else None)
        if not isinstance(path, str):
            return {key: self.promise_default(item, client, place) for key, item in value.items()}
        there = file_at(client, path)
        assert isinstance(there, AsyncMediaFile)  # the gateway's clients make these
        promised = self._promise(there, place)
        # Clients of Gradio take a path that is no address for one of their own machine.
        return {**promised, "path": promised["url"]}

    async def take(self, value: Any) -> Any:
        """Make files of what a client sent for a parameter that takes them.

        Raises:
            FileError: It names a file that is not here, or that nobody may name.
        """
        if isinstance(value, list):
            return [await self.take(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        named = _name_in(value)
        if named is not None:
            return await self._take(named, value)
        return {key: await self.take(item) for key, item in value.items()}

    async def _take(self, named: str, value: Mapping[str, Any]) -> FileValue:
        key = _key_in(named)
        if key in self._promises:
            return self._promises[key].file
        kept = await self._results.find(key)
        name = value.get("orig_name")
        if kept is not None:
            path = self._results.path_of(kept.key)
            return LocalFile(
                safe_name(name, kept.name), kept.mime_type, kept.size, lambda: open(path, "rb")
            )
        if named.startswith(_FOREIGN):
            return file(named, name=safe_name(name) if isinstance(name, str) and name else "")
        raise FileError(f"no file was uploaded here as {named!r}, or it is not kept any more")

    async def _keep(self, given: AsyncMediaFile | KeptFile, place: Place) -> dict[str, Any]:
        try:
            kept = await self._results.keep_file(given)
        except AnyspaceError:
            if isinstance(given, KeptFile):
                raise
            return self._promise(given, place)  # the other results must not be lost
        address = address_of(place.gateway, kept)
        return _said(kept.key, kept.name, kept.mime_type, kept.size, address)

    def _promise(self, given: AsyncMediaFile | KeptFile, place: Place) -> dict[str, Any]:
        if isinstance(given, KeptFile):
            kept = given.kept
            address = address_of(place.gateway, kept)
            return _said(kept.key, kept.name, kept.mime_type, kept.size, address)
        key = secrets.token_hex(16)
        self._promises[key] = _Promise(given)
        if len(self._promises) > _PROMISES:
            self._promises.popitem(last=False)
        address = f"{place.app}{PREFIX}/file={key}/{quote(given.name, safe='')}"
        return _said(key, given.name, given.mime_type, given.size, address)


class _Upload:
    """A file that a client sent, as the store takes it."""

    def __init__(self, upload: UploadFile) -> None:
        self._upload = upload
        self.name = safe_name(upload.filename)
        self.mime_type = upload.content_type or ""

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])

    async def chunks(self) -> Any:
        while chunk := await self._upload.read(_BLOCK):
            yield chunk


def _said(key: str, name: str, mime_type: str, size: int | None, address: str) -> dict[str, Any]:
    path = _path_of(key, name)
    return write_file(
        FileStyle.MARKED, path, name=name, mime_type=mime_type, size=size, url=address
    )


def _path_of(key: str, name: str) -> str:
    """What clients call a file; those of Gradio name their copies by its end."""
    return f"{key}/{name}"


def _key_in(path: str) -> str:
    """The key in what a client calls a file, ``""`` when it has none."""
    found = _OWN.search(unquote(path))
    return found[1] if found else ""


def _name_in(value: Mapping[str, Any]) -> str | None:
    """What a mapping calls a file, in today's form or that of 3.x; None when it is no file."""
    if value.get("is_file") is False and isinstance(value.get("data"), str):
        return str(value["data"])
    named = [value[key] for key in ("path", "url", "name") if isinstance(value.get(key), str)]
    return next(filter(None, named), "") if named else None


def _files_in(value: Any) -> Iterator[AsyncMediaFile | KeptFile]:
    if isinstance(value, AsyncMediaFile | KeptFile):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _files_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _files_in(item)


def _replaced(value: Any, said: Mapping[int, Any]) -> Any:
    if isinstance(value, AsyncMediaFile | KeptFile):
        return said[id(value)]
    if isinstance(value, Mapping):
        return {key: _replaced(item, said) for key, item in value.items()}
    return [_replaced(item, said) for item in value] if isinstance(value, list | tuple) else value
