"""`NewFile`: a file on its way into the store, and how files get there whole."""

from __future__ import annotations

import hmac
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

import msgspec

__all__ = ["Kept", "NewFile", "create_file", "path_of", "replace_file"]

_PREFIX: Final = ".new-"


class Kept(msgspec.Struct, frozen=True):
    """One file that is kept.

    Attributes:
        key: Its part of the address: who knows it may have the file.
        name: Its name.
        mime_type: Its type, ``""`` when unknown.
        size: In bytes.
    """

    key: str
    name: str
    mime_type: str
    size: int


class NewFile:
    """A file that is being kept.

    What is given waits in memory until it is written, so that a small file is known by its
    hash before the disk is touched, and not written when it is there already. All but `add`
    may have to wait for the disk.

    Args:
        folder: The store's.
        secret: Gives what makes keys unguessable.
        name: The file's name.
        mime_type: Its type.

    Attributes:
        waiting: Bytes that are not written yet.
        grown: Bytes by which the store has grown.
    """

    def __init__(
        self, folder: Path, secret: Callable[[], bytes], name: str, mime_type: str
    ) -> None:
        self.waiting = 0
        self.grown = 0
        self._folder = folder
        self._secret = secret
        self._name = name
        self._mime_type = mime_type
        self._size = 0
        self._pieces: list[bytes] = []
        self._digest: hmac.HMAC | None = None
        self._file: IO[bytes] | None = None
        self._temporary = ""

    def add(self, piece: bytes) -> None:
        """Take the next piece."""
        self._pieces.append(piece)
        self.waiting += len(piece)
        self._size += len(piece)

    def write(self) -> None:
        """Write what waits."""
        self._take_in()
        self._write()

    def settle(self) -> Kept:
        """Write what is left, and have the file appear in the store."""
        digest = self._take_in()
        kept = Kept(digest.hexdigest()[:32], self._name, self._mime_type, self._size)
        path = path_of(self._folder, kept.key)
        if not _is_there(path, kept.size):
            self._write().close()
            path.parent.mkdir(exist_ok=True)
            replace_file(path.with_suffix(".json"), msgspec.json.encode(kept))
            os.replace(self._temporary, path)
            self._file = None
            self.grown = kept.size
        return kept

    def discard(self) -> None:
        """Leave nothing behind of a file that was not settled."""
        if self._file is not None:
            self._file.close()
            os.unlink(self._temporary)
            self._file = None

    def _take_in(self) -> hmac.HMAC:
        """Make what waits part of the hash."""
        if self._digest is None:
            named = f"{self._name}\0{self._mime_type}\0".encode()
            self._digest = hmac.new(self._secret(), named, "sha256")
        for piece in self._pieces:
            self._digest.update(piece)
        return self._digest

    def _write(self) -> IO[bytes]:
        if self._file is None:
            handle, self._temporary = tempfile.mkstemp(dir=self._folder, prefix=_PREFIX)
            self._file = os.fdopen(handle, "wb")
        self._file.writelines(self._pieces)
        self._pieces.clear()
        self.waiting = 0
        return self._file


def path_of(folder: Path, key: str) -> Path:
    """Where a file lies, whether or not it is there."""
    return folder / key[:2] / key


def replace_file(path: Path, data: bytes) -> None:
    """Write a file that is either not there, the old one, or whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def create_file(path: Path, data: bytes) -> None:
    """Write a file that was not there, whole.

    Raises:
        FileExistsError: It was.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.link(temporary, path)
    finally:
        os.unlink(temporary)


def _is_there(path: Path, size: int) -> bool:
    """Tell whether a file is kept already, and note that it was asked for."""
    try:
        os.utime(path)
        return path.stat().st_size == size and path.with_suffix(".json").exists()
    except OSError:
        return False
