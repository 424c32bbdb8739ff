"""A tolerant decoder for event streams: bytes in, events out.

Follows the WHATWG rules for ``text/event-stream`` where they matter here: lines
end with LF, CR or CRLF; ``data:`` lines of one event are joined with a newline;
``event:`` and ``id:`` are kept; comments and unknown fields are skipped; a blank
line ends the event. Chunks may be cut anywhere, also inside a UTF-8 character,
because everything stays bytes.

It departs from them in one place: data left over when the stream ends is handed
out by `receive_eof`, marked as unfinished. Some proxies swallow the last blank
line, and whether the data is whole is for its reader to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from anyspace._errors import LocalProtocolError, RemoteProtocolError

__all__ = ["MAX_EVENT_BYTES", "EventStreamDecoder", "ServerSentEvent"]

MAX_EVENT_BYTES: Final = 256 * 1024 * 1024
"""The largest event accepted by default; a gallery as base64 may be tens of megabytes."""

_BOM: Final = b"\xef\xbb\xbf"
_BEGIN: Final = b"data: "
_BLANK: Final = b"\n\n"
_NEXT: Final = _BLANK + _BEGIN


class ServerSentEvent(msgspec.Struct, frozen=True):
    """One event of the stream.

    Attributes:
        data: The joined data lines, as UTF-8 bytes.
        event: The ``event:`` field, ``"message"`` when there was none.
        id: The ``id:`` field, ``""`` when there was none.
        finished: False when the stream ended before the event's blank line.
    """

    data: bytes
    event: str = "message"
    id: str = ""
    finished: bool = True


class EventStreamDecoder:
    """Turn the body of an event stream into events.

    Args:
        max_event_bytes: Refuse an event larger than this.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max = max_event_bytes
        self._partial: list[bytes] = []  # pieces of a line whose end has not come
        self._partial_size = 0
        self._data: list[bytes] = []
        self._data_size = 0
        self._event = ""
        self._id = ""
        self._skip_lf = False  # the last chunk ended with CR: an LF next belongs to it
        self._at_start = True
        self._ended = False

    def receive_data(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """Take the next bytes of the body and yield the events they complete.

        Raises:
            RemoteProtocolError: An event is larger than allowed.
            LocalProtocolError: The stream has already ended.
        """
        if self._ended:
            raise LocalProtocolError("data after the end of the stream")
        head = self._take_plain(chunk)
        if head:
            for data in head[6:-2].split(_NEXT):
                yield ServerSentEvent(data)
            chunk = chunk[chunk.rfind(_BLANK) + 2 :]
        for line in self._lines(chunk):
            if line:
                self._field(line)
            elif self._data:
                yield self._dispatch(finished=True)
            else:
                self._event = ""

    @property
    def receiving(self) -> bool:
        """Data has begun to come, and its event has not ended. No other field is a beginning."""
        return bool(self._data) or b"".join(self._partial[:4])[:4] == b"data"

    def receive_eof(self) -> Iterator[ServerSentEvent]:
        """Note the end of the body and yield what was left unfinished, if anything."""
        self._ended = True
        for line in self._lines(b"\n"):  # an end for the line that has none
            self._field(line)
        if self._data:
            yield self._dispatch(finished=False)

    def _take_plain(self, chunk: bytes) -> bytes:
        """Take what came up to the last blank line, if it is events of one ``data:`` line each.

        Nearly all is, as Gradio sends it, and needs no look at its lines. Line ends that
        are not of this pattern are seen by their number.

        Returns:
            What was taken; ``b""`` when nothing was.
        """
        end = chunk.rfind(_BLANK) + 2
        if end < 2 or self._data or self._event or self._id or self._skip_lf:
            return b""
        head = b"".join((*self._partial, chunk[:end]))
        plain = head.startswith(_BEGIN) and head.count(b"\n") == 2 * (head.count(_NEXT) + 1)
        if not plain or b"\r" in head or len(head) > self._max:
            return b""
        self._partial.clear()
        self._partial_size = 0
        self._at_start = False
        return head

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        """Cut off the whole lines, then keep the piece after the last line end."""
        if self._skip_lf and chunk:
            self._skip_lf = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        if not end:
            self._keep(chunk)
            return
        self._skip_lf = chunk.endswith(b"\r")
        head = chunk[:end]
        if self._partial:
            head = b"".join((*self._partial, head))
            self._partial.clear()
            self._partial_size = 0
        if self._at_start:
            self._at_start = False
            head = head.removeprefix(_BOM)
        yield from head.splitlines()  # bytes split at LF, CR and CRLF only
        self._keep(chunk[end:])  # only now: it must not count for the events before it

    def _keep(self, piece: bytes) -> None:
        if self._partial and self._partial[0].startswith(b":"):
            return  # of a comment its colon is enough
        if piece:
            piece = b":" if piece.startswith(b":") and not self._partial else piece
            self._partial.append(piece)
            self._partial_size += len(piece)
            self._check_size()

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value[1:] if value.startswith(b" ") else value
        if name == b"data":
            self._data_size += len(value) + bool(self._data)  # the newline that joins them
            self._data.append(value)
            self._check_size()
        elif name == b"event":
            self._event = value.decode(errors="replace")
        elif name == b"id":
            self._id = value.decode(errors="replace")

    def _check_size(self) -> None:
        if self._partial_size + self._data_size > self._max:
            raise RemoteProtocolError(f"an event of the stream is larger than {self._max} bytes")

    def _dispatch(self, *, finished: bool) -> ServerSentEvent:
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        event = ServerSentEvent(data, self._event or "message", self._id, finished)
        self._data = []
        self._data_size = 0
        self._event = ""
        return event
