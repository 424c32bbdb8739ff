"""What stands on the wire for what a script takes and gives; files above all."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from anyspace.protocol import FileStyle, write_file
from anyspace.testing._description import FakeEndpoint
from anyspace.testing._signatures import FakeFile

__all__ = ["Values", "media_type"]


class Values:
    """The values of one fake app, and the files among them.

    Args:
        style: How the app writes files.
        address: Tells where the app has its files, once it runs: ``http://…/file=``.

    Attributes:
        files: By the paths they were given: (name, content).
    """

    def __init__(self, style: FileStyle, address: Callable[[], str]) -> None:
        self._style = style
        self._address = address
        self.files: dict[str, tuple[str, bytes]] = {}

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file, and return its path."""
        path = f"/tmp/fake/{len(self.files)}/{name}"
        self.files[path] = (name, content)
        return path

    def add(self, name: str, content: bytes) -> dict[str, Any]:
        """Keep a file, and return what an output says of it."""
        path = self.keep(name, content)
        url = None if self._style is FileStyle.NAMED else self._address() + quote(path)
        kind, size = media_type(name), len(content)
        return write_file(self._style, path, name=name, mime_type=kind, size=size, url=url)

    def arguments(self, endpoint: FakeEndpoint, data: Sequence[Any]) -> list[Any]:
        """What the function gets."""
        wants = [given.component.takes_file for given in endpoint.parameters()]
        pairs = zip(wants, data, strict=True)
        return [self._taken(value) if wants_file else value for wants_file, value in pairs]

    def outputs(self, endpoint: FakeEndpoint, result: Any) -> list[Any]:
        """What the app says for what the function returned or yielded."""
        kinds = [component.kind for component in endpoint.results()]
        if result is None and not kinds:
            return []
        values = list(result) if isinstance(result, tuple) else [result]
        if len(kinds) == len(values):
            values = [
                self._gallery(value) if kind == "gallery" and isinstance(value, list) else value
                for kind, value in zip(kinds, values, strict=True)
            ]
        return [self._given(value) for value in values]

    def _taken(self, value: Any) -> Any:
        """The uploaded file that a value names; on 3.x pictures come inside the data.

        Raises:
            ValueError: Nothing was uploaded there.
        """
        if isinstance(value, dict):
            path = value.get("path") or value.get("name")
            if path not in self.files:
                raise ValueError(f"nothing was uploaded as {path!r}")
            return FakeFile(*self.files[path])
        if isinstance(value, str) and value.startswith("data:"):
            kind, _, content = value.removeprefix("data:").partition(";base64,")
            ending = mimetypes.guess_extension(kind) or ""
            return FakeFile(f"file{ending}", base64.b64decode(content))
        return value

    def _gallery(self, items: list[Any]) -> list[Any]:
        """Files alone are pictures without words; 3.x has pairs."""
        found = [{"image": i, "caption": None} if isinstance(i, FakeFile) else i for i in items]
        if self._style is not FileStyle.NAMED:
            return found
        return [[i["image"], i.get("caption")] if isinstance(i, dict) else i for i in found]

    def _given(self, value: Any) -> Any:
        """A value with its files, wherever they stand in it, as the wire has them."""
        if isinstance(value, FakeFile):
            return self.add(value.name, value.content)
        if isinstance(value, dict):
            return {key: self._given(item) for key, item in value.items()}
        return [self._given(item) for item in value] if isinstance(value, list) else value


def media_type(name: str) -> str:
    """What the name says about the content; ``""`` when nothing."""
    return mimetypes.guess_type(name)[0] or ""
