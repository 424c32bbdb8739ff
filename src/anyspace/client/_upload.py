"""Bring the files of a call to the app before the call is made."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any

from anyspace import hub
from anyspace._errors import AnyspaceError, FileError, TransportTimeout
from anyspace.client._deadline import Deadline
from anyspace.client._files import (
    LocalFile,
    RemoteFile,
    collect_files,
    fetched_here,
    multipart,
    replace_files,
)
from anyspace.client._limits import MIB
from anyspace.client._media import StoredFile
from anyspace.client._source import FileSource
from anyspace.client._transport import origin_of
from anyspace.protocol import FileStyle, Requests, parse_upload, write_file
from anyspace.schema import FileValue, Parameter

__all__ = ["Uploader"]


class Uploader:
    """Turns the files among a call's values into what the app takes.

    Args:
        source: Where the app's own files are, with its transport, limits and timeouts.
        requests: The app's requests.
        public_only: Files at addresses are read from public hosts only.
    """

    def __init__(
        self, source: FileSource, requests: Requests, *, public_only: bool = False
    ) -> None:
        self._source = source
        self._public_only = public_only
        self._requests = requests
        self._style = requests.wire.files

    async def place(
        self,
        values: list[Any],
        parameters: Sequence[Parameter],
        sending: Callable[[int, int | None, int], None],
        headers: Mapping[str, str] | None = None,
    ) -> list[Any]:
        """Return the values with every file where the app finds it.

        Args:
            values: One per parameter; files anywhere inside.
            parameters: What they are for.
            sending: Told the number of files, their bytes, and how many of them are sent:
                before the first, now and then, and behind the last.
            headers: Sent with the upload.

        Raises:
            FileError: A file cannot be read, or the app refused it.
            TransportError: The connection failed.
        """
        files: list[FileValue] = []
        collect_files(values, files)
        if not files:
            return values
        inside = self._inside(values, parameters)
        placed: dict[int, Any] = {}
        waiting: list[FileValue] = []
        each = {id(item): item for item in files}.values()
        closed = await self._closed(each)
        for item in each:
            there = None if id(item) in closed else self._already_there(item)
            if id(item) in inside:
                placed[id(item)] = await _data_url(self._readable(item))
            elif there is not None:
                placed[id(item)] = there
            else:
                waiting.append(item)
        if waiting:
            placed.update(await self._send(waiting, sending, headers))
        return [replace_files(value, placed) for value in values]

    def _inside(self, values: list[Any], parameters: Sequence[Parameter]) -> set[int]:
        """The pictures that 3.x takes as text among the data, by their identity."""
        inside: list[FileValue] = []
        if self._style is FileStyle.NAMED:
            for value, parameter in zip(values, parameters, strict=True):
                if parameter.component == "image":
                    collect_files(value, inside)
        return {id(item) for item in inside}

    async def _closed(self, files: Iterable[FileValue]) -> set[int]:
        """The files that the Hub gives to the user and not to the app, by their identity.

        An app has no token to fetch them with. Up to 4.44 it does not even look whether
        it was refused, and works on the words of the refusal.
        """
        if self._public_only or self._style is FileStyle.NAMED:
            return set()  # not with a token of ours; fetched here anyway
        asked = [
            item
            for item in files
            if isinstance(item, RemoteFile) and not item.local and hub.is_repo_file(item.url)
        ]
        closed = await asyncio.gather(*(hub.is_closed_file(item.url) for item in asked))
        return {id(item) for item, is_closed in zip(asked, closed, strict=True) if is_closed}

    def _already_there(self, item: FileValue) -> dict[str, Any] | None:
        """A file the app returned itself, or one on a public host that it fetches itself."""
        if isinstance(item, StoredFile):
            # The same host may serve several apps, each below a path of its own.
            here = self._source.transport.root
            same_app = item.source.transport.root == here
            if not same_app or origin_of(item.url) != origin_of(here):
                return None
            if self._style is FileStyle.NAMED:
                return self._written(item.data["path"], item)
            return dict(item.data)
        if isinstance(item, RemoteFile) and not item.local and self._style is not FileStyle.NAMED:
            return self._written(item.url, item, url=item.url)
        return None

    def _written(self, path: str, item: FileValue, url: str | None = None) -> dict[str, Any]:
        return write_file(
            self._style, path, name=item.name, mime_type=item.mime_type, size=item.size, url=url
        )

    async def _send(
        self,
        files: list[FileValue],
        sending: Callable[[int, int | None, int], None],
        headers: Mapping[str, str] | None,
    ) -> dict[int, Any]:
        sources = [self._readable(item) for item in files]
        body, content_type, size = multipart(sources)
        sending(len(files), size, 0)
        reported = _reported(body, size, lambda sent: sending(len(files), size, sent))
        idle = self._source.timeouts.idle
        unread: list[AnyspaceError] = []
        try:
            async with Deadline.after(idle) as deadline:
                watched = _watched(reported, deadline, idle, unread)
                response = await self._source.transport.upload(
                    self._requests.upload(), watched, content_type, size, headers
                )
        except TimeoutError as exc:
            raise TransportTimeout(f"the upload stood still for {idle:g} s", limit="idle") from exc
        except AnyspaceError:
            if not unread:
                raise
        if unread:  # the network's error is only what followed from this one
            raise unread[0]
        paths = parse_upload(response, len(files))
        return {
            id(item): self._written(path, item) for item, path in zip(files, paths, strict=True)
        }

    def _readable(self, item: FileValue) -> LocalFile | StoredFile:
        if isinstance(item, LocalFile | StoredFile):
            return item
        if isinstance(item, RemoteFile):
            return fetched_here(item, self._source, public_only=self._public_only)
        raise FileError(f"{item!r} has no content to send")


async def _data_url(item: LocalFile | StoredFile) -> str:
    content = b"".join([piece async for piece in item.chunks()])
    kind = item.mime_type or "image/png"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


async def _reported(
    body: AsyncIterator[bytes], size: int | None, report: Callable[[int], None]
) -> AsyncIterator[bytes]:
    """Tell how many bytes are sent, a hundred times at most when the size is known."""
    sent = told = 0
    step = max(MIB, (size or 0) // 100)
    async for piece in body:
        yield piece
        sent += len(piece)
        if sent - told >= step:
            told = sent
            report(sent)
    if told != sent:
        report(sent)


async def _watched(
    body: AsyncIterator[bytes],
    deadline: Deadline,
    idle: float | None,
    unread: list[AnyspaceError],
) -> AsyncIterator[bytes]:
    """Put the deadline off with every piece that is taken; keep why a file cannot be read."""
    loop = asyncio.get_running_loop()
    try:
        async for piece in body:
            deadline.reschedule(None if idle is None else loop.time() + idle)
            yield piece
    except AnyspaceError as exc:
        unread.append(exc)
        raise
