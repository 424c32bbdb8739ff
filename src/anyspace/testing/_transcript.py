"""`Transcript`: a recorded conversation with one app, as a file that people can read.

The file is a sequence of JSON values, one record each, in the order in which things
happened. A record that fits stands on one line. Of a longer one the first line tells what
it is, and the rest has a line for every item that fits on one. So `diff` shows what
changed, and every tool that reads JSON one value after the other (``jq . talk.transcript``)
reads it. The first record is an `Opening`::

    {"what": "transcript", "version": 1}
    {"what": "request", "exchange": 1, "at": 0.0, "method": "GET", "target": "/config"}
    {"what": "answer", "exchange": 1, "at": 0.021, "status": 200, "body": {"json": {…}}}
    {"what": "request", "exchange": 2, "at": 0.03, "method": "GET", "target": "/queue/data?…"}
    {"what": "answer", "exchange": 2, "at": 0.032, "status": 200, "streams": true}
    {"what": "piece", "exchange": 2, "at": 0.04, "body": {"json": {"msg": "estimation", …}}}
    {"what": "end", "exchange": 2, "at": 0.8}

Bytes that are not text stand in it as base64 up to 4 KiB; larger ones lie beside it, in
the folder ``talk.transcript.files``, named by the SHA-256 of their content.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal, Self

import msgspec
from msgspec import UNSET

from anyspace.testing._bodies import Body, Part

__all__ = ["Answered", "Asked", "Ended", "Opening", "Record", "Said", "Transcript"]

VERSION: Final = 1
_WIDTH: Final = 120
_LARGEST_INSIDE: Final = 4096
_FILE_NAME: Final = re.compile(r"[0-9a-f]{16}(\.\w+)?")


class Opening(msgspec.Struct, tag_field="what", tag="transcript", omit_defaults=True, kw_only=True):
    """The first record.

    Attributes:
        version: Of the format.
        root: The path the app lies at on its host, ``""`` when it has the host to itself.
    """

    version: int
    root: str = ""


class _Record(
    msgspec.Struct, tag_field="what", omit_defaults=True, kw_only=True, forbid_unknown_fields=True
):
    """What all others have.

    Attributes:
        exchange: The number of the request it belongs to, from 1.
        at: Seconds since the first request.
    """

    exchange: int
    at: float


class Asked(_Record, tag="request"):
    """A client sent a request, or began a websocket.

    Attributes:
        method: ``"GET"``, ``"POST"``…
        target: Path and query, as sent.
        headers: Those that matter, by their names in lower case.
        body: None when it has none.
        socket: It asks for a websocket.
    """

    method: str
    target: str
    headers: dict[str, str] = {}
    body: Body | None = None
    socket: bool = False


class Answered(_Record, tag="answer"):
    """The app answered.

    Attributes:
        status: The HTTP status.
        headers: Those that matter, by their names in lower case.
        cookies: What it set, without the values.
        body: None when it has none, or when it came in pieces.
        streams: It came in pieces, which are records of their own.
    """

    status: int
    headers: dict[str, str] = {}
    cookies: list[str] = []
    body: Body | None = None
    streams: bool = False


class Said(_Record, tag="piece"):
    """An event came on a stream, or a message on a websocket.

    Attributes:
        body: The data, or the whole block when it has another form than Gradio's.
        by: Who said it; only on a websocket it can be the client.
        event: The event's name, where the stream names events.
    """

    body: Body | None = None
    by: Literal["app", "client"] = "app"
    event: str = ""


class Ended(_Record, tag="end"):
    """A stream or a websocket ended, or a connection broke.

    Attributes:
        by: Who ended it.
        cut: The connection broke before everything was said.
        code: The close code of a websocket.
    """

    by: Literal["app", "client"] = "app"
    cut: bool = False
    code: int = 0


Record = Asked | Answered | Said | Ended
_DECODER: Final[msgspec.json.Decoder[Opening | Record]] = msgspec.json.Decoder(Opening | Record)


class Transcript(msgspec.Struct):
    """A recorded conversation with one app.

    Attributes:
        records: What happened, in order.
        root: The path the app lies at on its host.

    Example:
        >>> talk = Transcript.load("talk.transcript")
        >>> [record.target for record in talk.records if isinstance(record, Asked)]
        ['/config', '/gradio_api/info?all_endpoints=True', ...]
    """

    records: list[Record] = []
    root: str = ""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a file, and those beside it.

        Raises:
            OSError: A file is not there.
            ValueError: It is no transcript, or one of a later format.
        """
        path = Path(path)
        records = [_read_record(text, path, line) for line, text in _split(path.read_text("utf-8"))]
        opening = records[0] if records else None
        if not isinstance(opening, Opening):
            raise ValueError(f"{path} is no transcript: it does not begin as one")
        if opening.version > VERSION:
            raise ValueError(f"{path} has format {opening.version}; this anyspace reads {VERSION}")
        said = [record for record in records if not isinstance(record, Opening)]
        for body, _ in _bodies(said):
            if body.file is not UNSET:
                body.base64, body.file = _beside(path, body.file).read_bytes(), UNSET
        return cls(said, opening.root)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, and large bytes beside it; those of an earlier one there go."""
        path = Path(path)
        records: list[Any] = [Opening(version=VERSION, root=self.root)]
        records += msgspec.convert(msgspec.to_builtins(self.records), list[Record])
        files = {}
        for body, kind in _bodies(records[1:]):
            if body.base64 is not UNSET and len(body.base64) > _LARGEST_INSIDE:
                name = _name_for(body.base64, kind)
                files[name], body.base64, body.file = body.base64, UNSET, name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(path, files)
        text = "".join(f"{_lay_out_record(msgspec.to_builtins(record))}\n" for record in records)
        path.write_text(text, "utf-8", newline="\n")


# --- text ------------------------------------------------------------------------


def _split(text: str) -> Iterator[tuple[int, str]]:
    """The records of a file, each with the number of its first line."""
    begun: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines(): JSON allows U+2028
        if not begun and line.endswith("}"):
            yield number, line
        elif begun or line.strip():
            begun.append(line)
            if line == "}":
                yield number - len(begun) + 1, "\n".join(begun)
                begun = []
    if begun:  # the end is missing
        yield number - len(begun) + 1, "\n".join(begun)


def _read_record(text: str, path: Path, line: int) -> Opening | Record:
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError as exc:
        raise ValueError(f"{path}, line {line}: {exc}") from exc


def _lay_out_record(record: dict[str, Any]) -> str:
    """Write what a record is on its first line, the long items below."""
    facts = ("what", "exchange", "at")
    record = {key: record[key] for key in facts if key in record} | record
    line = _on_a_line(record)
    if len(line) <= _WIDTH:
        return line
    short = {key: value for key, value in record.items() if not isinstance(value, dict | list)}
    rest = [(key, value) for key, value in record.items() if key not in short]
    items = [f'  "{key}": {_lay_out(value, 1)}' for key, value in rest]
    first = _on_a_line(short).removesuffix("}")
    return ",\n".join([first, *items]) + "\n}" if items else line


def _on_a_line(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


def _lay_out(value: Any, depth: int = 0) -> str:
    """Write JSON on one line if it fits, else each item on lines of its own."""
    line = _on_a_line(value)
    if len(line) + 2 * depth <= _WIDTH or not isinstance(value, dict | list) or not value:
        return line
    if isinstance(value, dict):
        items = [f"{_on_a_line(key)}: {_lay_out(v, depth + 1)}" for key, v in value.items()]
        first, last = "{", "}"
    else:
        items = [_lay_out(item, depth + 1) for item in value]
        first, last = "[", "]"
    inside = "  " * (depth + 1)
    return f"{first}\n{inside}" + f",\n{inside}".join(items) + "\n" + "  " * depth + last


# --- bytes -----------------------------------------------------------------------


def _bodies(records: list[Any]) -> Iterator[tuple[Body, str]]:
    """Every body, those inside forms too, with its media type where known."""
    for record in records:
        if isinstance(record, Asked | Answered | Said) and record.body is not None:
            headers = {} if isinstance(record, Said) else record.headers
            yield record.body, headers.get("content-type", "")
            if record.body.form is not UNSET:
                yield from _in_parts(record.body.form)


def _in_parts(parts: list[Part]) -> Iterator[tuple[Body, str]]:
    for part in parts:
        if part.body is not None:
            yield part.body, part.type


def _name_for(data: bytes, content_type: str) -> str:
    ending = mimetypes.guess_extension(content_type.partition(";")[0].strip()) or ""
    return hashlib.sha256(data).hexdigest()[:16] + ending


def _folder(path: Path) -> Path:
    return path.with_name(f"{path.name}.files")


def _beside(path: Path, name: str) -> Path:
    if not _FILE_NAME.fullmatch(name):
        raise ValueError(f"{path} names a file {name!r}, which is no name of a file beside it")
    return _folder(path) / name


def _write_beside(path: Path, files: dict[str, bytes]) -> None:
    folder = _folder(path)
    if files:
        folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for old in folder.glob("*") if folder.is_dir() else ():
        if _FILE_NAME.fullmatch(old.name) and old.name not in files:
            old.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
