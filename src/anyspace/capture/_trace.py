"""`Trace`: everything that went over the wire, with its time and its meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from anyspace._errors import FileError, RemoteProtocolError
from anyspace._secrets import Change
from anyspace.capture._exchange import Exchange, Message, decoded
from anyspace.capture._har import change_for, har_of
from anyspace.capture._meaning import (
    explain_answer,
    explain_message,
    explain_request,
    route_of,
)
from anyspace.protocol import EventStreamDecoder

__all__ = ["Line", "Trace"]

KEPT: Final = 4_000_000
_SOCKET: Final = 101

Headers = Sequence[tuple[str, str]]


class Line(NamedTuple):
    """One thing that happened.

    Attributes:
        at: Seconds since the first.
        what: The request, the answer's status, or the message's name.
        size: Bytes, None where there are none to count.
        meaning: In words.
        depth: 0 for a request, 1 for its answer, 2 for a message.
    """

    at: float
    what: str
    size: int | None
    meaning: str
    depth: int


class Trace:
    """Watches a client: pass it as ``trace=``, then look at what it saw.

    Tokens, passwords and cookies are in none of what it shows or saves. What the Hub is
    asked is not seen, only the way to the app.

    Args:
        keep: Bytes of each body that are kept; all are counted.

    Example:
        >>> trace = anyspace.Trace()
        >>> with anyspace.Client("black-forest-labs/FLUX.1-schnell", trace=trace) as space:
        ...     space.predict("a red fox", api_name="/infer")
        >>> print(trace.explain())
        >>> trace.save_har("fox.har")
    """

    def __init__(self, *, keep: int = KEPT) -> None:
        self._keep = keep
        self._exchanges: list[Exchange] = []
        self._decoders: dict[int, EventStreamDecoder] = {}
        self._bodies: dict[int, bytearray] = {}

    def __repr__(self) -> str:
        messages = sum(len(exchange.messages) for exchange in self._exchanges)
        return f"<Trace of {len(self._exchanges)} requests, {messages} messages>"

    # --- what a client tells (`anyspace.client.Watcher`) ---------------------------------

    def asked(self, at: float, method: str, url: str, headers: Headers, body: bytes | None) -> int:
        """A request is sent."""
        exchange = Exchange(at=at, method=method, url=url, sent=headers, body=body)
        self._exchanges.append(exchange)
        return len(self._exchanges) - 1

    def answered(
        self, exchange: int, at: float, sent: Headers, status: int, headers: Headers
    ) -> None:
        """The answer begins."""
        seen = self._exchanges[exchange]
        seen.answered_at, seen.sent, seen.status, seen.headers = at, sent, status, headers
        if seen.kind == "text/event-stream":
            self._decoders[exchange] = EventStreamDecoder()

    def received(self, exchange: int, at: float, data: bytes) -> None:
        """A piece of the answer came, or a message of a websocket."""
        seen = self._exchanges[exchange]
        seen.size += len(data)
        if seen.status == _SOCKET:
            seen.messages.append(Message(at, data))
            return
        decoder = self._decoders.get(exchange)
        if decoder is not None:
            self._read_events(exchange, decoder, at, data)
        kept = self._bodies.setdefault(exchange, bytearray())
        if len(kept) < self._keep:
            kept += data[: self._keep - len(kept)]

    def _read_events(
        self, exchange: int, decoder: EventStreamDecoder, at: float, data: bytes
    ) -> None:
        seen = self._exchanges[exchange]
        try:
            for event in decoder.receive_data(data):
                name = "" if event.event == "message" else event.event
                seen.messages.append(Message(at, event.data, name))
        except RemoteProtocolError as exc:  # the client will say so, too
            seen.error = str(exc)
            del self._decoders[exchange]

    def said(self, exchange: int, at: float, data: bytes) -> None:
        """A message was sent over a websocket."""
        self._exchanges[exchange].messages.append(Message(at, data, outgoing=True))

    def ended(self, exchange: int, at: float, error: str) -> None:
        """It is over."""
        seen = self._exchanges[exchange]
        seen.ended_at, seen.error = at, error or seen.error
        kept = self._bodies.pop(exchange, None)
        if kept is not None:
            seen.content = bytes(kept)

    # --- what it saw --------------------------------------------------------------------

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every request with its answer, in the order in which they were sent.

        These are as they went over the wire, **credentials included**; `explain`, `lines`
        and `har` are not.
        """
        return tuple(self._exchanges)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the app said over its streams, in order."""
        heard = (m for e in self._exchanges for m in e.messages if not m.outgoing)
        values = ((message.at, message.value) for message in heard)
        told = [(at, value) for at, value in values if isinstance(value, dict)]
        return [value for _, value in sorted(told, key=lambda pair: pair[0])]

    @property
    def submitted(self) -> Exchange | None:
        """The request that submitted the last job; None when there was none."""
        routes = ("queue/join", "call", "run", "api")
        found = [e for e in self._exchanges if route_of(e.path) in routes and e.body is not None]
        return found[-1] if found else None

    def lines(self) -> list[Line]:
        """Everything that happened, in order, with its meaning; secrets are taken out."""
        change = change_for(self._exchanges)
        names = self._names()
        start = self._exchanges[0].at if self._exchanges else 0.0
        found = [line for e in self._exchanges for line in _lines_of(e, names, change)]
        ordered = sorted(found, key=lambda line: line.at)
        return [line._replace(at=line.at - start) for line in ordered]

    def explain(self) -> str:
        """Say everything that happened in lines for people: time, what, bytes, meaning."""
        return "".join(
            f"{line.at:8.3f}  {'  ' * line.depth + line.what:<58} "
            f"{'' if line.size is None else _size(line.size):>9}  {line.meaning}".rstrip()
            + "\n"
            for line in self.lines()
        )

    def har(self) -> dict[str, Any]:
        """Everything as a HAR 1.2 document, which browsers' DevTools open; without secrets."""
        from anyspace import __version__

        return har_of(self._exchanges, ("anyspace", __version__))

    def save_har(self, path: str | Path) -> Path:
        """Write the HAR document to a file.

        Raises:
            FileError: It cannot be written.
        """
        target = Path(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(msgspec.json.format(msgspec.json.encode(self.har()), indent=2))
        except OSError as exc:
            raise FileError(f"cannot write {target}: {exc.strerror}") from exc
        return target

    def _names(self) -> dict[int, str]:
        """The endpoints' names by their numbers, as the app told them."""
        for exchange in self._exchanges:
            document = decoded(exchange.content) if route_of(exchange.path) == "config" else None
            if isinstance(document, dict):
                listed = document.get("dependencies")
                return {
                    item.get("id", position): f"/{item['api_name']}"
                    for position, item in enumerate(listed if isinstance(listed, list) else ())
                    if isinstance(item, dict) and isinstance(item.get("api_name"), str)
                }
        return {}


def _lines_of(exchange: Exchange, names: dict[int, str], change: Change) -> Iterator[Line]:
    parts = urlsplit(exchange.url)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    what = f"{exchange.method} {_short(change('', target))}"
    sent = len(exchange.body) if exchange.body else None
    yield Line(exchange.at, what, sent, change("", explain_request(exchange, names)), 0)
    is_stream = exchange.kind == "text/event-stream" or exchange.status == _SOCKET
    if exchange.status == 0 or exchange.answered_at is None:
        at = exchange.ended_at or exchange.at
        if exchange.error:
            yield Line(at, "no answer", None, change("", exchange.error), 1)
    elif is_stream:
        yield Line(exchange.answered_at, _status(exchange), None, "the stream is open", 1)
    else:
        at = exchange.ended_at or exchange.answered_at
        meaning = change("", explain_answer(exchange))
        yield Line(at, _status(exchange), exchange.size, meaning, 1)
    for message in exchange.messages:
        value = message.value
        name = value.get("msg", "") if isinstance(value, dict) else ""
        what = f"{'→' if message.outgoing else '←'} {message.event or name or 'message'}"
        meaning = change("", explain_message(message))
        yield Line(message.at, what, len(message.data), meaning, 2)
    if is_stream and exchange.ended_at is not None:
        meaning = change("", exchange.error)
        yield Line(exchange.ended_at, "the stream is over", exchange.size, meaning, 1)


def _status(exchange: Exchange) -> str:
    return f"{exchange.status} {exchange.kind}".strip()


def _short(target: str) -> str:
    return target if len(target) <= 50 else f"{target[:24]}…{target[-25:]}"


def _size(count: int) -> str:
    return f"{count} B" if count < 10_000 else f"{count / 1000:.0f} kB"
