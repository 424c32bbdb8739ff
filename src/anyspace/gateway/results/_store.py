"""`ResultStore`: files by the hash of their content, at addresses that cannot be guessed.

The folder holds, for each file, its content and a small JSON that describes it, under a key
made of the content's hash and a secret of the folder: the same content takes room once, and
who knows a content still does not know its address. A file's time of change is when it was
last asked for; that decides what goes first. Several processes may share a folder: files
appear whole, and go one by one.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple, Protocol, TypeVar

import msgspec

from anyspace.client import finish_in_thread, in_thread
from anyspace.gateway._errors import Refused
from anyspace.gateway._settings import GatewaySettings
from anyspace.gateway.results._sweeping import Sweeper
from anyspace.gateway.results._writing import Kept, NewFile, create_file, path_of, replace_file

__all__ = ["Content", "GivenFile", "KeptFile", "ResultStore", "results_folder"]

T = TypeVar("T")

_SECRET_BYTES: Final = 32
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_CHUNK: Final = 1 << 18
_MEGABYTE: Final = 1 << 20
_HOUR: Final = 3600.0


class GivenFile(Protocol):
    """A file that a task gave: on its Space still, or kept here."""

    @property
    def name(self) -> str:
        """Its name, safe to use as one."""
        ...

    @property
    def mime_type(self) -> str:
        """Its type, ``""`` when unknown."""
        ...

    async def read(self) -> bytes:
        """All of it."""
        ...

    def chunks(self) -> AsyncGenerator[bytes]:
        """All of it, piece by piece."""
        ...


class Content(NamedTuple):
    """A file's bytes, with its name and type."""

    data: bytes
    name: str
    mime_type: str


class ResultStore:
    """Keeps results in a folder.

    Args:
        folder: Where; made when it is needed.
        max_age: Seconds since a file was last asked for after which it goes.
        max_size: Bytes of all files; those asked for longest ago go first.
    """

    def __init__(
        self, folder: Path, *, max_age: float = 24 * _HOUR, max_size: int = 2048 * _MEGABYTE
    ) -> None:
        self.folder = folder
        self._secret = b""
        self._sweeper = Sweeper(folder, max_age, max_size)

    @classmethod
    def of(cls, settings: GatewaySettings) -> ResultStore:
        """The store that the settings describe."""
        table = settings.storage
        return cls(
            results_folder(settings),
            max_age=table.max_age_hours * _HOUR,
            max_size=int(table.max_size_mb * _MEGABYTE),
        )

    async def keep(self, content: Content) -> Kept:
        """Keep bytes as a file.

        Raises:
            Refused: There is no room for it, or the folder cannot be written.
        """
        return await self._keep(_once(content.data), content.name, content.mime_type)

    async def keep_file(self, file: GivenFile) -> Kept:
        """Keep a file that a task gave; it is never whole in memory.

        Raises:
            Refused: There is no room for it, or the folder cannot be written.
            FileError: It cannot be had from its Space.
            TransportError: The connection failed.
        """
        if isinstance(file, KeptFile) and file.store is self:
            return file.kept
        return await self._keep(file.chunks(), file.name, file.mime_type)

    async def find(self, key: str) -> Kept | None:
        """Find a file by its key, and note that it was asked for; None when it is not there."""
        return await in_thread(self._find, key) if _KEY.fullmatch(key) else None

    async def remember(self, key: str, note: msgspec.Struct) -> None:
        """Keep a small note under a key of the caller's; it ages as files do.

        Raises:
            Refused: There is no room for it, or the folder cannot be written.
        """
        data = msgspec.json.encode(note)
        with _refused_if_full():
            await finish_in_thread(self._note, key, data)
        self._sweeper.grow(len(data))

    async def recall(self, key: str, kind: type[T]) -> T | None:
        """The note under a key; None when there is none."""
        return await in_thread(self._recall, key, kind)

    def path_of(self, key: str) -> Path:
        """Where a file lies, whether or not it is there."""
        return path_of(self.folder, key)

    async def sweep(self) -> None:
        """Let go of what is too old, or too much."""
        await in_thread(self._sweeper.sweep, time.time())

    async def aclose(self) -> None:
        """Stop sweeping."""
        self._sweeper.cancel()

    # --- inside ---------------------------------------------------------------------------

    async def _keep(self, chunks: AsyncIterator[bytes], name: str, mime_type: str) -> Kept:
        new = NewFile(self.folder, self._own_secret, name, mime_type)
        with _refused_if_full():
            try:
                async for chunk in chunks:
                    new.add(chunk)
                    if new.waiting >= _CHUNK:
                        await finish_in_thread(new.write)
                kept = await finish_in_thread(new.settle)
            finally:
                new.discard()
        self._sweeper.grow(new.grown)
        return kept

    def _own_secret(self) -> bytes:
        """What makes addresses unguessable for who knows a file's content."""
        if not self._secret:
            path = self.folder / "secret"
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileExistsError):  # another process was faster
                create_file(path, secrets.token_bytes(_SECRET_BYTES))
            self._secret = path.read_bytes()
        return self._secret

    def _find(self, key: str) -> Kept | None:
        path = self.path_of(key)
        now = time.time()
        try:
            if now - path.stat().st_mtime > self._sweeper.max_age:
                return None
            kept = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Kept)
            os.utime(path, (now, now))
        except (OSError, msgspec.DecodeError):
            return None
        return kept

    def _note(self, key: str, data: bytes) -> None:
        path = self._note_path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)

    def _recall(self, key: str, kind: type[T]) -> T | None:
        path = self._note_path(key)
        try:
            if time.time() - path.stat().st_mtime > self._sweeper.max_age:
                return None
            note = msgspec.json.decode(path.read_bytes(), type=kind)
            os.utime(path)
        except (OSError, msgspec.DecodeError):
            return None
        return note

    def _note_path(self, key: str) -> Path:
        return self.folder / "notes" / key


class KeptFile:
    """A file that is kept, as if a task had just given it.

    Attributes:
        store: Where it is kept.
        kept: What is known of it.
    """

    def __init__(self, store: ResultStore, kept: Kept) -> None:
        self.store = store
        self.kept = kept

    @property
    def name(self) -> str:
        """Its name."""
        return self.kept.name

    @property
    def mime_type(self) -> str:
        """Its type, ``""`` when unknown."""
        return self.kept.mime_type

    async def read(self) -> bytes:
        """All of it.

        Raises:
            Refused: It has gone meanwhile.
        """
        return b"".join([chunk async for chunk in self.chunks()])

    async def chunks(self, start: int = 0, size: int | None = None) -> AsyncGenerator[bytes]:
        """All of it, or the bytes from `start` on, piece by piece.

        Raises:
            Refused: It has gone meanwhile.
        """
        left = self.kept.size - start if size is None else size
        path = self.store.path_of(self.kept.key)
        with contextlib.ExitStack() as stack:
            try:
                file = await finish_in_thread(_open_at, path, start, stack)
            except OSError as exc:
                text = "the file is not kept any more"
                raise Refused(text, status=404, code="file_gone") from exc
            while left > 0 and (chunk := await finish_in_thread(file.read, min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk


def _open_at(path: Path, start: int, stack: contextlib.ExitStack) -> IO[bytes]:
    file = stack.enter_context(open(path, "rb"))
    file.seek(start)
    return file


def results_folder(settings: GatewaySettings) -> Path:
    """Where results are kept, as the settings say."""
    if settings.storage.folder:
        return Path(settings.storage.folder).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "anyspace" / "gateway"


@contextlib.contextmanager
def _refused_if_full() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Refused(
            f"the result cannot be kept here: {exc.strerror or exc}",
            status=507,
            code="storage_full",
        ) from exc


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
