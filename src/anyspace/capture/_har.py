"""HAR 1.2, the file that browsers' DevTools save and open: written, and read piece by piece."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlsplit

import msgspec

from anyspace._errors import RemoteProtocolError, UsageError
from anyspace._secrets import (
    HARMLESS_HEADERS,
    MARK,
    NOISE_HEADERS,
    Change,
    change_value,
    changer,
    credentials_of,
    secrets_in_header,
    secrets_named,
    strings_in,
    without_value,
)
from anyspace.capture._exchange import Exchange, Message, decoded, header
from anyspace.protocol import EventStreamDecoder

__all__ = ["Source", "change_for", "events_in", "har_of", "read_har"]

_TEXTUAL: Final = re.compile(r"text/|application/(json|javascript|xml|x-www-form)|^$")
# Headers of answers that say nothing about who asked.
_KEPT: Final = re.compile(
    r"accept-ranges|content-.*|date|location|retry-after|ratelimit.*|server|transfer-encoding"
    r"|connection|vary|cache-control|etag|last-modified|x-(error|proxied|gradio)-.*"
)
_FORM: Final = "application/x-www-form-urlencoded"


# --- secrets -------------------------------------------------------------------------


def change_for(exchanges: Iterable[Exchange]) -> Change:
    """Make what takes every secret that was seen anywhere out of texts."""
    return changer({}, {secret for exchange in exchanges for secret in _secrets(exchange)})


def _secrets(exchange: Exchange) -> Iterator[str]:
    for name, value in exchange.sent:
        yield from secrets_in_header(name.lower(), value)
    for name, value in exchange.headers:
        if name.lower() == "set-cookie":
            yield from credentials_of("cookie", value.partition(";")[0])
    yield from secrets_named(exchange.query.items())
    texts = [exchange.body, exchange.content, *(message.data for message in exchange.messages)]
    for text in texts:
        yield from secrets_named(strings_in(decoded(text)))
    if header(exchange.sent, "content-type").startswith(_FORM):
        yield from secrets_named(parse_qsl((exchange.body or b"").decode("latin-1")))


def _sent_header(name: str, value: str, change: Change) -> str:
    lower = name.lower()
    harmless = lower in HARMLESS_HEADERS or lower in NOISE_HEADERS or lower.startswith("sec-")
    return change(lower, value) if harmless else MARK


def _answer_header(name: str, value: str, change: Change) -> str:
    if name.lower() == "set-cookie":
        return without_value(value)
    return change("", value) if _KEPT.fullmatch(name.lower()) else MARK


# --- writing -------------------------------------------------------------------------


def har_of(exchanges: Sequence[Exchange], creator: tuple[str, str]) -> dict[str, Any]:
    """Write exchanges as a HAR document, without secrets.

    Args:
        exchanges: With their times.
        creator: Name and version of what writes it.
    """
    change = change_for(exchanges)
    name, version = creator
    entries = [_entry(exchange, change) for exchange in exchanges]
    made_by = {"name": name, "version": version}
    return {"log": {"version": "1.2", "creator": made_by, "pages": [], "entries": entries}}


def _entry(exchange: Exchange, change: Change) -> dict[str, Any]:
    answered = exchange.answered_at or exchange.ended_at or exchange.at
    ended = exchange.ended_at or max([answered, *(m.at for m in exchange.messages)])
    timings = {"send": 0, "wait": _ms(answered - exchange.at), "receive": _ms(ended - answered)}
    entry: dict[str, Any] = {
        "startedDateTime": datetime.fromtimestamp(exchange.at, UTC).isoformat(),
        "time": timings["wait"] + timings["receive"],
        "request": _request(exchange, change),
        "response": _response(exchange, change),
        "cache": {},
        "timings": timings,
    }
    if exchange.status == 101:
        entry["_resourceType"] = "websocket"
        entry["_webSocketMessages"] = [_frame(message, change) for message in exchange.messages]
    return entry


def _request(exchange: Exchange, change: Change) -> dict[str, Any]:
    pairs = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    made: dict[str, Any] = {
        "method": exchange.method,
        "url": change("", exchange.url),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(exchange.sent, change, _sent_header),
        "queryString": [{"name": name, "value": change(name, value)} for name, value in pairs],
        "headersSize": -1,
        "bodySize": len(exchange.body or b""),
    }
    kind = header(exchange.sent, "content-type")
    if exchange.body is not None:
        made["postData"] = {"mimeType": kind, "text": _text(exchange.body, change)}
    elif kind.startswith("multipart/"):
        length = header(exchange.sent, "content-length")
        made["bodySize"] = int(length) if length.isdecimal() else -1
        made["postData"] = {"mimeType": "multipart/form-data", "params": []}
    return made


def _response(exchange: Exchange, change: Change) -> dict[str, Any]:
    content: dict[str, Any] = {"size": exchange.size, "mimeType": exchange.kind or "x-unknown"}
    if exchange.content and _TEXTUAL.match(exchange.kind):
        content["text"] = _text(exchange.content, change)
    elif exchange.content and len(exchange.content) == exchange.size:
        content |= {"text": base64.b64encode(exchange.content).decode(), "encoding": "base64"}
    made: dict[str, Any] = {
        "status": exchange.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(exchange.headers, change, _answer_header),
        "content": content,
        "redirectURL": change("", header(exchange.headers, "location")),
        "headersSize": -1,
        "bodySize": exchange.size,
    }
    if exchange.error:
        made["_error"] = change("", exchange.error)
    return made


def _headers(
    headers: Sequence[tuple[str, str]], change: Change, mask: Callable[[str, str, Change], str]
) -> list[dict[str, str]]:
    return [{"name": name, "value": mask(name, value, change)} for name, value in headers]


def _text(data: bytes, change: Change) -> str:
    """A body without its secrets; JSON loses its spacing where something was taken out."""
    value = decoded(data)
    if isinstance(value, dict | list):
        changed = change_value(value, change)
        if changed != value:
            return msgspec.json.encode(changed).decode()
    return change("", data.decode(errors="replace"))


def _frame(message: Message, change: Change) -> dict[str, Any]:
    return {
        "type": "send" if message.outgoing else "receive",
        "time": message.at,
        "opcode": 1,
        "data": _text(message.data, change),
    }


def _ms(seconds: float) -> float:
    return round(max(seconds, 0.0) * 1000, 3)


class Source(Protocol):
    """What bytes are read from: an open file will do."""

    def read(self, size: int = -1, /) -> bytes:
        """Read that many bytes, all without a number; fewer only at the end."""
        ...


# --- reading -------------------------------------------------------------------------


def read_har(source: Source) -> Iterator[Exchange]:
    """Read the entries of a HAR one by one; no more than one is in memory at once.

    Raises:
        UsageError: It is no HAR, or it breaks off.
    """
    import ijson

    try:
        for entry in ijson.items(source, "log.entries.item", use_float=True):
            if isinstance(entry, dict):
                yield _exchange(entry)
    except (ijson.JSONError, UnicodeDecodeError) as exc:
        raise UsageError(f"the HAR cannot be read to its end: {exc}") from exc


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    request, response = _part(entry, "request"), _part(entry, "response")
    at = _time(entry.get("startedDateTime"))
    content = _content(_part(response, "content"))
    exchange = Exchange(
        at=at,
        method=str(request.get("method") or "GET").upper(),
        url=str(request.get("url") or ""),
        sent=_pairs(request.get("headers")),
        body=_posted(_part(request, "postData")),
        status=status if isinstance(status := response.get("status"), int) else 0,
        headers=_pairs(response.get("headers")),
        answered_at=at,
        ended_at=at,
        content=content,
        size=len(content),
    )
    exchange.messages = [*_frames(entry)]
    if exchange.kind == "text/event-stream" and not exchange.messages:
        exchange.messages = events_in(content)
    return exchange


def events_in(stream: bytes) -> list[Message]:
    """The messages of an event stream that was saved, cut off or not."""
    decoder = EventStreamDecoder()
    messages = []
    try:
        for event in [*decoder.receive_data(stream), *decoder.receive_eof()]:
            name = "" if event.event == "message" else event.event
            messages.append(Message(0.0, event.data, name))
    except RemoteProtocolError as exc:
        raise UsageError(f"the event stream cannot be read: {exc}") from exc
    return messages


def _frames(entry: Mapping[str, Any]) -> Iterator[Message]:
    """Chrome keeps the messages of websockets, and in new versions those of event streams."""
    for key in ("_webSocketMessages", "_eventSourceMessages"):
        listed = entry.get(key)
        for item in listed if isinstance(listed, list) else ():
            if isinstance(item, dict) and isinstance(item.get("data"), str):
                at = item.get("time")
                yield Message(
                    float(at) if isinstance(at, int | float) else 0.0,
                    item["data"].encode(),
                    outgoing=item.get("type") == "send",
                )


def _part(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _pairs(headers: Any) -> list[tuple[str, str]]:
    listed = headers if isinstance(headers, list) else []
    found = [item for item in listed if isinstance(item, dict)]
    return [(str(item.get("name", "")), str(item.get("value", ""))) for item in found]


def _posted(data: Mapping[str, Any]) -> bytes | None:
    text = data.get("text")
    return text.encode() if isinstance(text, str) else None


def _content(content: Mapping[str, Any]) -> bytes:
    text = content.get("text")
    if not isinstance(text, str):
        return b""
    if content.get("encoding") != "base64":
        return text.encode()
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def _time(text: Any) -> float:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return 0.0
