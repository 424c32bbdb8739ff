"""One request with its answer, and the messages of a stream, as they were seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

__all__ = ["Exchange", "Message", "decoded", "header"]


class Message(msgspec.Struct, frozen=True):
    """One message of an event stream or a websocket.

    Attributes:
        at: Seconds since the epoch; 0 when not known.
        data: Its content, as it came.
        event: Its name, where the stream names its events (``/call``).
        outgoing: It went to the app.
    """

    at: float
    data: bytes
    event: str = ""
    outgoing: bool = False

    @property
    def value(self) -> Any:
        """Its content as JSON, None where it is none."""
        return decoded(self.data)


class Exchange(msgspec.Struct, kw_only=True):
    """One request with its answer.

    Attributes:
        at: When it was sent, in seconds since the epoch; 0 when not known.
        method: In capitals.
        url: In full.
        sent: The request's headers.
        body: What was sent, None for nothing and for uploads.
        status: The answer's, 0 when none came.
        headers: The answer's.
        answered_at: When the answer began.
        ended_at: When it was over.
        content: The answer's body, as far as it is kept.
        size: Bytes of the answer's body, kept or not.
        messages: Of an event stream or a websocket.
        error: Why it ended otherwise than it should.
    """

    at: float = 0.0
    method: str
    url: str
    sent: Sequence[tuple[str, str]] = ()
    body: bytes | None = None
    status: int = 0
    headers: Sequence[tuple[str, str]] = ()
    answered_at: float | None = None
    ended_at: float | None = None
    content: bytes = b""
    size: int = 0
    messages: list[Message] = []
    error: str = ""

    @property
    def path(self) -> str:
        """The address's path, its query left out."""
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        """The address's query."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def kind(self) -> str:
        """The media type of the answer, without its parameters."""
        return header(self.headers, "content-type").partition(";")[0].strip().lower()


def header(headers: Sequence[tuple[str, str]], name: str) -> str:
    """A header's value, ``""`` when there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


def decoded(data: bytes | str | None) -> Any:
    """Read JSON; None for anything else."""
    if not data:
        return None
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
