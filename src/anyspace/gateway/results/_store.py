"""`ResultStore`: files by the hash of their content, at addresses that cannot be guessed."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from anyspace.client import in_thread
from anyspace.gateway._errors import Refused
from anyspace.gateway._settings import GatewaySettings

__all__ = ["Content", "Kept", "ResultStore", "results_folder"]

_SECRET_BYTES: Final = 32
_KEY_CHARACTERS: Final = 32


class Content(NamedTuple):
    """A file's bytes, with its name and type."""

    data: bytes
    name: str
    mime_type: str


class Kept(msgspec.Struct, frozen=True):
    """One file that is kept.

    Attributes:
        key: Its part of the address: who knows it may have the file.
        name: Its name.
        mime_type: Its type.
        size: In bytes.
    """

    key: str
    name: str
    mime_type: str
    size: int


class ResultStore:
    """Keeps results in a folder; the same content takes room once.

    Args:
        folder: Where; made when it is needed. Processes may share it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._secret = b""

    async def keep(self, content: Content) -> Kept:
        """Keep a file.

        Raises:
            Refused: There is no room for it, or the folder cannot be written.
        """
        try:
            return await in_thread(self._write, content)
        except OSError as exc:
            raise Refused(
                f"the result cannot be kept here: {exc.strerror}; ask for b64_json instead",
                status=507,
                code="storage_full",
            ) from exc

    def path_of(self, key: str) -> Path:
        """Where a file lies, whether or not it is there."""
        return self.folder / key[:2] / key

    def _write(self, content: Content) -> Kept:
        data, name, mime_type = content
        digest = hashlib.sha256(data + b"\0" + f"{name}\0{mime_type}".encode()).digest()
        key = hmac.new(self._own_secret(), digest, "sha256").hexdigest()[:_KEY_CHARACTERS]
        kept = Kept(key, name, mime_type, len(data))
        path = self.path_of(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path.with_suffix(".json"), msgspec.json.encode(kept))
            _replace(path, data)
        return kept

    def _own_secret(self) -> bytes:
        """What makes addresses unguessable for who knows a file's content."""
        if not self._secret:
            path = self.folder / "secret"
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                _replace(path, secrets.token_bytes(_SECRET_BYTES))
            self._secret = path.read_bytes()
        return self._secret


def results_folder(settings: GatewaySettings) -> Path:
    """Where results are kept, as the settings say."""
    if settings.storage.folder:
        return Path(settings.storage.folder).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "anyspace" / "gateway"


def _replace(path: Path, data: bytes) -> None:
    """Write a file that is either not there or whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
