"""Files among the arguments: from what Python has to what an app takes.

A `LocalFile` is made of a path, bytes, an open file, a picture, an array, a URL or
a ``data:`` URL. It is only opened while it is uploaded, and uploaded only when the
arguments were found right.
"""

from __future__ import annotations

import contextlib
import io
import mimetypes
import os
import secrets
import struct
import wave
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import IO, Any, Final

from anyspace._errors import FileError
from anyspace.client._limits import MIB
from anyspace.client._media import StoredFile, safe_name
from anyspace.client._resolver import check_public_literal, is_local
from anyspace.client._source import FileSource, decode_data_url
from anyspace.client._threads import in_thread
from anyspace.client._transport import Body
from anyspace.schema import FileValue

__all__ = [
    "LocalFile",
    "RemoteFile",
    "collect_files",
    "fetched_here",
    "file",
    "multipart",
    "replace_files",
    "to_file",
    "to_public_file",
]


class LocalFile(FileValue):
    """A file to be uploaded.

    Args:
        name: What the app shall call it.
        mime_type: ``""`` when unknown.
        size: Bytes, None when not known beforehand.
        open_it: Opens its content for reading, each time it is called.
    """

    def __init__(
        self, name: str, mime_type: str, size: int | None, open_it: Callable[[], IO[bytes]]
    ) -> None:
        self.name = name.encode(errors="replace").decode()  # of bytes that are no UTF-8
        self.mime_type = mime_type or mimetypes.guess_type(name)[0] or ""
        self.size = size
        self._open = open_it

    def __repr__(self) -> str:
        return f"<LocalFile {self.name!r} {self.mime_type or 'unknown type'}>"

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the content; reading from disk happens in a thread."""
        try:
            with self._open() as source:
                in_memory = isinstance(source, io.BytesIO)
                while True:
                    if in_memory:
                        piece = source.read(MIB)
                    else:
                        piece = await in_thread(source.read, MIB)
                    if not piece:
                        return
                    yield piece
        except OSError as exc:
            raise FileError(f"{self.name} cannot be read: {exc.strerror or exc}") from exc


class RemoteFile(FileValue):
    """A file at a URL.

    Attributes:
        url: Where it is.
        local: Only this machine or its network can reach it, so it is fetched here and
            uploaded; any other is fetched by the app itself, unless the Hub keeps it from
            the app.
    """

    size = None

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = safe_name(url)
        self.mime_type = mimetypes.guess_type(self.name)[0] or ""
        self.local = is_local(url)

    def __repr__(self) -> str:
        return f"<RemoteFile {self.url!r}>"


class _FetchedFile(StoredFile):
    """A file that the app cannot fetch itself, read here and sent on."""

    def __init__(self, item: RemoteFile, source: FileSource, *, public_only: bool) -> None:
        super().__init__(source, {"path": item.url, "url": item.url, "orig_name": item.name})
        self._public_only = public_only

    async def open(self) -> Body:
        """Open it; an address that the user named may be private, or for the user's token."""
        return await self.source.open(self.url, named_by_user=not self._public_only)


def fetched_here(item: RemoteFile, source: FileSource, *, public_only: bool) -> StoredFile:
    """Make a file that the app cannot fetch readable, so that it can be uploaded."""
    return _FetchedFile(item, source, public_only=public_only)


def file(
    source: str | os.PathLike[str] | bytes | IO[bytes], *, name: str = "", mime_type: str = ""
) -> FileValue:
    """Mark a value as a file, so that it is uploaded where a parameter takes one.

    Only plain strings need this: text that names a file is never taken for one.

    Args:
        source: A path, a URL, a ``data:`` URL, the bytes themselves or an open file.
        name: What the app shall call it; else its own name.
        mime_type: Its type; else guessed from the name.

    Raises:
        FileError: There is no such file.
        TypeError: The source is none of these.
    """
    if isinstance(source, str):
        made = _from_url(source) or _from_path(source)
    elif isinstance(source, bytes | bytearray | memoryview):
        made = _from_bytes(bytes(source), "file", mime_type)
    else:
        converted = to_file(source)
        if not isinstance(converted, FileValue):
            raise TypeError(f"{type(source).__name__} is no file")
        made = converted
    if name:
        made.name = safe_name(name)
    if mime_type or name:
        made.mime_type = mime_type or mimetypes.guess_type(made.name)[0] or made.mime_type
    return made


def to_file(value: Any) -> FileValue | None:
    """Make a file of a value that stands where a file is taken; None when it is none.

    Raises:
        FileError: It is one, but cannot be read.
    """
    if isinstance(value, FileValue):
        return value
    if isinstance(value, str):
        return _from_url(value)
    if isinstance(value, PurePath):
        return _from_path(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _from_bytes(bytes(value), "file", "")
    if isinstance(value, tuple):
        return _from_tuple(value)
    if hasattr(value, "__array_interface__") and hasattr(value, "dtype"):
        return _from_array(value)
    if hasattr(value, "save") and hasattr(value, "getbands"):
        return _from_picture(value)
    if hasattr(value, "read"):
        return _from_open_file(value)
    if isinstance(value, os.PathLike):
        return _from_path(value)
    return None


def to_public_file(value: Any) -> FileValue | None:
    """As `to_file`, for values that somebody else wrote.

    Raises:
        FileError: It cannot be read, or is an address that is not public as far as its
            text tells. Names are looked at again when a file is fetched.
    """
    made = to_file(value)
    if isinstance(made, RemoteFile):
        check_public_literal(made.url)
        if made.local:
            raise FileError(f"{made.url} is not on a public host, so it is not fetched")
    return made


def _from_path(path: str | os.PathLike[str]) -> LocalFile:
    try:
        target = Path(path).expanduser()
        size = target.stat().st_size
    except OSError as exc:
        raise FileError(f"{target} cannot be read: {exc.strerror}") from exc
    except (RuntimeError, ValueError) as exc:  # ~nobody, a NUL
        raise FileError(f"{path!r} is no path: {exc}") from exc
    if target.is_dir():
        raise FileError(f"{target} is a folder, not a file")
    return LocalFile(target.name, "", size, lambda: open(target, "rb"))


def _from_bytes(content: bytes, name: str, mime_type: str) -> LocalFile:
    mime_type = mime_type or _sniff(content)
    if "." not in name:
        name += _EXTENSIONS.get(mime_type) or mimetypes.guess_extension(mime_type) or ""
    return LocalFile(name, mime_type, len(content), lambda: io.BytesIO(content))


def _from_tuple(value: tuple[Any, ...]) -> LocalFile | None:
    """(name, content) as HTTP libraries take it, or (sample rate, samples)."""
    if len(value) != 2:
        return None
    first, second = value
    if isinstance(first, str) and isinstance(second, bytes | bytearray | memoryview):
        return _from_bytes(bytes(second), safe_name(first), mimetypes.guess_type(first)[0] or "")
    if hasattr(first, "__index__") and hasattr(second, "dtype"):
        return _from_samples(int(first), second)
    return None


def _from_samples(rate: int, samples: Any) -> LocalFile:
    """Sound as 16-bit WAV; floating-point samples lie in -1 to 1."""
    kind = samples.dtype.kind
    if kind not in "fiu" or samples.ndim not in (1, 2):
        raise FileError(
            f"{samples.dtype} of shape {samples.shape} is no sound (samples[, channels])"
        )
    if kind == "f":
        samples = (samples.clip(-1.0, 1.0) * 32767).astype("int16")
    elif kind == "u" or samples.dtype.itemsize != 2:
        full = _full_scale(samples)
        centred = samples.astype("float64") - (full if kind == "u" else 0.0)
        samples = (centred / full * 32767).astype("int16")
    buffer = io.BytesIO()
    try:
        with wave.open(buffer, "wb") as sound:
            sound.setnchannels(samples.shape[1] if samples.ndim > 1 else 1)
            sound.setsampwidth(2)
            sound.setframerate(rate)
            sound.writeframes(samples.astype("<i2").tobytes())
    except (wave.Error, struct.error) as exc:
        raise FileError(
            f"samples of shape {samples.shape} at {rate} Hz are no sound: {exc}"
        ) from exc
    return _from_bytes(buffer.getvalue(), "audio.wav", "audio/wav")


def _full_scale(samples: Any) -> float:
    return float(2 ** (8 * samples.dtype.itemsize - 1))


def _from_array(array: Any) -> LocalFile:
    """A picture from an array (height, width[, channels]).

    Floats lie in 0 to 1, whole numbers in 0 to 255; True is white.
    """
    from PIL import Image

    kind = array.dtype.kind
    if kind not in "biuf" or array.ndim not in (2, 3) or not array.size:
        raise FileError(
            f"{array.dtype} of shape {array.shape} is no picture (height, width, channels)"
        )
    if kind == "f":
        array = (array.clip(0.0, 1.0) * 255).round()
    elif kind == "b":
        array = array * 255
    elif array.dtype != "uint8" and (array.min() < 0 or array.max() > 255):
        raise FileError(f"a picture of {array.dtype} has values from 0 to 255, this one others")
    try:
        picture = Image.fromarray(array.astype("uint8"))
    except (TypeError, ValueError) as exc:
        raise FileError(f"an array of shape {array.shape} is no picture: {exc}") from exc
    return _from_picture(picture)


def _from_picture(picture: Any) -> LocalFile:
    """A Pillow picture as PNG, which loses nothing, under its own name if it has one."""
    buffer = io.BytesIO()
    try:
        try:
            picture.save(buffer, "PNG")
        except OSError:  # a mode that PNG has not, such as CMYK
            picture.convert("RGB").save(buffer, "PNG")
    except (OSError, SystemError, ValueError) as exc:
        raise FileError(f"the picture cannot be sent as PNG: {exc}") from exc
    stem = Path(getattr(picture, "filename", "") or "image").stem
    return _from_bytes(buffer.getvalue(), f"{safe_name(stem)}.png", "image/png")


def _from_open_file(handle: Any) -> LocalFile:
    name = getattr(handle, "name", "")
    content = handle.read()
    if isinstance(content, str):
        content = content.encode()
    return _from_bytes(content, safe_name(name, "file"), "")


def _from_url(text: str) -> FileValue | None:
    if text.startswith(("http://", "https://")):
        try:
            return RemoteFile(text)
        except ValueError as exc:
            raise FileError(f"{text!r} is no address: {exc}") from exc
    if not text.startswith("data:"):
        return None
    mime_type, content = decode_data_url(text)
    return _from_bytes(content, "file", mime_type or "text/plain")


_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)
# Those that `mimetypes` names differently from system to system, or not at all.
_EXTENSIONS: Final = {
    "audio/flac": ".flac",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
}


def _sniff(content: bytes) -> str:
    """The type by the first bytes, for content that comes without a name."""
    for magic, mime_type in _MAGIC:
        if content.startswith(magic):
            return mime_type
    if content[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return ""


# --- on the wire -----------------------------------------------------------------


def multipart(
    files: Sequence[LocalFile | StoredFile],
) -> tuple[AsyncIterator[bytes], str, int | None]:
    """Lay files out as a multipart body, each under the field ``files``.

    Returns:
        The body in pieces, its content type, and its size if every file's is known.
    """
    boundary = f"anyspace-{secrets.token_hex(16)}"
    heads = [_part_head(boundary, item.name, item.mime_type) for item in files]
    tail = f"--{boundary}--\r\n".encode()
    sizes = [item.size for item in files if isinstance(item, LocalFile)]
    known = [size for size in sizes if size is not None]
    total = None
    if len(known) == len(files):
        total = sum(known) + sum(len(head) + 2 for head in heads) + len(tail)

    async def body() -> AsyncIterator[bytes]:
        for head, item in zip(heads, files, strict=True):
            yield head
            async with contextlib.aclosing(item.chunks()) as chunks:
                async for piece in chunks:
                    yield piece
            yield b"\r\n"
        yield tail

    return body(), f"multipart/form-data; boundary={boundary}", total


def _part_head(boundary: str, name: str, mime_type: str) -> bytes:
    # As browsers do: the name in UTF-8, only quotes and line ends escaped, so that
    # spaces, "#", "%" and every alphabet survive.
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="files"; filename="{quoted}"\r\n'
        f"Content-Type: {mime_type or 'application/octet-stream'}\r\n\r\n"
    ).encode()


def replace_files(value: Any, replaced: Mapping[int, Any]) -> Any:
    """Put what each file became (by its identity) in its place."""
    if isinstance(value, FileValue):
        return replaced[id(value)]
    if isinstance(value, dict):
        return {key: replace_files(item, replaced) for key, item in value.items()}
    if isinstance(value, list):
        return [replace_files(item, replaced) for item in value]
    return value


def collect_files(value: Any, found: list[FileValue]) -> None:
    """Find the files among the values, in order."""
    if isinstance(value, FileValue):
        found.append(value)
    elif isinstance(value, dict):
        for item in value.values():
            collect_files(item, found)
    elif isinstance(value, list):
        for item in value:
            collect_files(item, found)
