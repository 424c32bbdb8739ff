"""Files that an app returned: names that can be trusted, bytes on request.

An app's words about a file are not trusted: its name is cut down to a name, its size
is counted while it is read, and an address on another host is fetched only when that
host is public, without any credentials.
"""

from __future__ import annotations

import contextlib
import io
import mimetypes
import os
import re
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import unquote

from anyspace._errors import FileError, TransportTimeout
from anyspace.client._deadline import Deadline
from anyspace.client._limits import MIB
from anyspace.client._live import has_playlist, pieces_of, wait_for_whole
from anyspace.client._source import FileSource
from anyspace.client._threads import finish_in_thread, in_thread
from anyspace.client._transport import Body
from anyspace.protocol import FileStyle, read_gallery
from anyspace.protocol import (
    read_file as read_file_data,
)
from anyspace.schema import FileValue, OutputField

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "AsyncMediaFile",
    "Decoder",
    "MakeDecoder",
    "MakeFile",
    "OnProgress",
    "StoredFile",
    "read_segments",
    "safe_name",
]

_MAX_NAME_BYTES: Final = 200
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)


OnProgress = Callable[[int, int | None], None]
"""Told how many bytes came so far, and how many there are in all, None when nobody knows."""


class MakeFile(Protocol):
    """Makes the file objects of one kind of client."""

    def __call__(self, source: FileSource, data: Mapping[str, Any]) -> FileValue:
        """Make one from the app's ``FileData``."""
        ...


class StoredFile(FileValue):
    """A file that an app returned. Nothing is fetched until it is asked for.

    What both kinds of client share; `AsyncMediaFile` and the blocking `MediaFile`
    give it its methods.

    Attributes:
        name: The file's own name, safe to use as one.
        mime_type: By the app's word, else by the name; ``""`` when unknown.
        size: Bytes by the app's word, None when it does not say.
        url: Where it is.
        data: What the app said, as it said it.
        live: The app makes it while it is read; `read` and `save` wait for its end.
    """

    def __init__(self, source: FileSource, data: Mapping[str, Any]) -> None:
        self.source = source
        self.data = dict(data)  # the app's next words may be edits to the mapping it came in
        self.live = data.get("is_stream") is True
        self.url = source.url_of(data)
        inline = self.url.startswith("data:")
        said = self.url[5:].partition(",")[0].partition(";")[0] if inline else ""
        given_name = f"image{mimetypes.guess_extension(said) or ''}" if inline else self.url
        self.name = safe_name(data.get("orig_name"), data.get("path"), given_name)
        told = data.get("mime_type")
        guessed = mimetypes.guess_type(self.name)[0]
        self.mime_type = told if isinstance(told, str) else said or guessed or ""
        size = data.get("size")
        self.size = size if isinstance(size, int) else None

    def __repr__(self) -> str:
        size = f", {self.size} bytes" if self.size is not None else ""
        return f"<{type(self).__name__} {self.name!r} {self.mime_type or 'unknown type'}{size}>"

    async def chunks(self, progress: OnProgress | None = None) -> AsyncGenerator[bytes]:
        """Yield the file's bytes as they come.

        Args:
            progress: Called with the bytes so far, and in all where that is known.

        Raises:
            FileError: It cannot be had, or is larger than the client's limit.
            TransportError: The connection failed.
        """
        size = 0
        body = await self.open()
        length = body.headers.get("content-length", "")
        packed = "content-encoding" in body.headers  # then it is the length of something else
        total = int(length[:20]) if length.isdecimal() and not packed else self.size
        async for piece in self.read_from(body):
            size += len(piece)
            self.refuse_too_large(size)
            if progress is not None:
                progress(size, total)
            yield piece

    async def open(self) -> Body:
        """Open it where it is; waits for the end of one that the app still makes."""
        url = self.url
        if self.live and has_playlist(url):
            url = await wait_for_whole(self.source, url)
        return await self.source.open(url)

    async def read_from(self, body: Body) -> AsyncGenerator[bytes]:
        """Yield a body as it comes, and close it."""
        try:
            while piece := await self._next(body):
                yield piece
        finally:
            body.close()

    def refuse_too_large(self, size: int) -> None:
        """Raise when that many bytes are more than the client takes."""
        limit = self.source.limits.file
        if size > limit:
            raise FileError(f"{self.name} is larger than the limit of {limit} bytes")

    async def _next(self, body: Body) -> bytes:
        idle = self.source.timeouts.idle
        try:
            async with Deadline.after(idle):
                return await body.read()
        except TimeoutError as exc:
            raise TransportTimeout(f"no more of {self.name} for {idle:g} s", limit="idle") from exc


class AsyncMediaFile(StoredFile):
    """A file that an app returned, with methods to await. Nothing is fetched until asked for."""

    async def read(self, *, progress: OnProgress | None = None) -> bytes:
        """Return the whole file.

        Args:
            progress: Called with the bytes so far and the bytes in all, None when the
                app does not say, as they come.

        Raises:
            FileError: It cannot be had, or is larger than the client's limit.
            TransportError: The connection failed.
        """
        return await read_file(self, progress)

    async def save(
        self, path: str | os.PathLike[str] = ".", *, progress: OnProgress | None = None
    ) -> Path:
        """Write the file to disk and return where.

        Written next to its place first and moved there when whole, so a file of that
        name is either the whole one or not there.

        Args:
            path: A folder, then the file's own name is used and nothing is overwritten
                (``fox.png``, ``fox-2.png``…); or a file, which is replaced.
            progress: As for `read`.

        Raises:
            FileError: It cannot be had or written, or is larger than the client's limit.
            TransportError: The connection failed.
        """
        return await save_file(self, path, progress)

    def segments(self) -> AsyncGenerator[bytes]:
        """Yield a sound or film piece by piece while the app makes it.

        From Gradio 5 the pieces are AAC or MPEG-TS and stand for themselves; one after
        the other they are the whole. Before, and for every file that is not `live`, they
        are the file's bytes as they come.

        Raises:
            FileError: It cannot be had, or is larger than the client's limit.
            TransportError: The connection failed, or no piece came for `Timeouts.idle`.
        """
        return read_segments(self)

    async def image(self) -> Image.Image:
        """Return the file as a picture.

        Raises:
            FileError: It is no picture that Pillow reads, or cannot be had.
            TransportError: The connection failed.
        """
        return await open_image(self)


async def read_file(file: StoredFile, progress: OnProgress | None = None) -> bytes:
    """Fetch a whole file."""
    return b"".join([piece async for piece in file.chunks(progress)])


async def read_segments(file: StoredFile) -> AsyncGenerator[bytes]:
    """Fetch a file piece by piece while it is made, see `AsyncMediaFile.segments`."""
    if not (file.live and has_playlist(file.url)):
        async for piece in file.chunks():
            yield piece
        return
    size = 0
    async for url in pieces_of(file.source, file.url):
        content = bytearray()
        async for piece in file.read_from(await file.source.open(url)):
            content += piece
            file.refuse_too_large(size + len(content))
        size += len(content)
        yield bytes(content)


async def open_image(file: StoredFile) -> Image.Image:
    """Fetch a file and decode it as a picture."""
    return await in_thread(_decode_image, await read_file(file), file.name)


async def save_file(
    file: StoredFile, path: str | os.PathLike[str], progress: OnProgress | None = None
) -> Path:
    """Fetch a file to disk, see `AsyncMediaFile.save`."""
    target = Path(path)
    into_folder = await in_thread(target.is_dir) or str(path).endswith(("/", os.sep))
    folder = target if into_folder else target.parent
    temporary = folder / f".anyspace-{secrets.token_hex(8)}"
    try:
        try:
            with contextlib.ExitStack() as stack:
                create = partial(_create, temporary, stack)
                await _copy(file, await finish_in_thread(create), progress)
            if into_folder:
                return _move_without_overwriting(temporary, folder, file.name)
            return temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as exc:
        raise FileError(f"cannot write {file.name} to {folder}: {exc.strerror}") from exc


def _create(temporary: Path, stack: contextlib.ExitStack) -> IO[bytes]:
    temporary.parent.mkdir(parents=True, exist_ok=True)
    return stack.enter_context(open(temporary, "xb"))


async def _copy(file: StoredFile, opened: IO[bytes], progress: OnProgress | None) -> None:
    """Write in a thread, a megabyte at a time, so that the loop goes on."""
    waiting: list[bytes] = []
    size = 0
    async for piece in file.chunks(progress):
        waiting.append(piece)
        size += len(piece)
        if size >= MIB:
            await finish_in_thread(opened.writelines, waiting)
            waiting, size = [], 0
    opened.writelines(waiting)


class Decoder:
    """Makes outputs of what came over the wire.

    Files become file objects, at any depth; a ``gr.update`` becomes the value it sets.

    Args:
        source: Where the app's files are fetched from.
        style: How the app writes files.
        make_file: Makes the file objects.
    """

    def __init__(self, source: FileSource, style: FileStyle, make_file: MakeFile) -> None:
        self._source = source
        self._style = style
        self._make_file = make_file

    def output(self, value: Any, field: OutputField) -> Any:
        """Make an output of what came for it."""
        if field.component == "gallery":
            value = read_gallery(self._style, value)
        return self.decode(value, declared=field.gives_file)

    def decode(self, value: Any, *, declared: bool) -> Any:
        """Make a value of what came.

        Args:
            value: What came.
            declared: The endpoint's description says that files stand in here.
        """
        if isinstance(value, dict):
            file = read_file_data(self._style, value, declared=declared)
            if file is not None:
                return self._make_file(self._source, file)
            if value.get("__type__") == "update":
                return self.decode(value.get("value"), declared=declared)
            return {key: self.decode(item, declared=declared) for key, item in value.items()}
        if isinstance(value, list):
            return [self.decode(item, declared=declared) for item in value]
        if declared and isinstance(value, str):
            file = read_file_data(self._style, value, declared=declared)
            return self._make_file(self._source, file) if file is not None else value
        return value


MakeDecoder = Callable[[FileSource, FileStyle, MakeFile], Decoder]
"""Makes what turns the app's values into outputs."""


def safe_name(*candidates: Any) -> str:
    """Cut the first usable candidate down to a file name.

    Folders, control characters and characters that some system refuses go; so do
    names that mean a device or a folder. The end is kept when a name is too long.

    >>> safe_name("../../etc/passwd"), safe_name("NUL.png"), safe_name(None, "..", "a/b.png")
    ('passwd', '_NUL.png', 'b.png')
    """
    for candidate in candidates:
        if not isinstance(candidate, str):
            continue
        if candidate.startswith(("http://", "https://")):
            # Not urlsplit, which raises for some; the app's word must not lose its other results.
            address = re.split(r"[?#]", candidate.partition("//")[2])[0]
            candidate = unquote(address.partition("/")[2])
        name = re.split(r"[/\\]", candidate)[-1].encode(errors="replace").decode()
        name = re.sub(r'[\x00-\x1f\x7f<>:"|?*]', "_", name).strip(" .")
        if name:
            name = f"_{name}" if _RESERVED.fullmatch(name) else name
            return _shortened(name)
    return "file"


def _shortened(name: str) -> str:
    encoded = name.encode()
    if len(encoded) <= _MAX_NAME_BYTES:
        return name
    stem, dot, suffix = encoded.rpartition(b".")
    if not dot or len(suffix) > 20:
        stem, suffix = encoded, b""
    kept = stem[: _MAX_NAME_BYTES - len(suffix) - 1].decode(errors="ignore")
    return kept + (dot + suffix).decode(errors="ignore") if suffix else kept


def _move_without_overwriting(temporary: Path, folder: Path, name: str) -> Path:
    stem, dot, suffix = name.rpartition(".")
    stem, suffix = (stem, dot + suffix) if stem else (name, "")
    number = 1
    while True:
        target = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            os.link(temporary, target)  # fails when the name is taken, unlike a rename
        except FileExistsError:
            number += 1
        except OSError:  # a file system without links
            if target.exists():
                number += 1
                continue
            return temporary.replace(target)
        else:
            return target


def _decode_image(content: bytes, name: str) -> Image.Image:
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(content))
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as exc:
        raise FileError(f"{name} is no picture that can be read: {exc}") from exc
    return image
