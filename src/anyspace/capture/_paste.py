"""Recognise what somebody pasted, and find the calls in it.

A HAR, a request copied as cURL or as fetch, the body of a request, an event stream or one
message of it, or code that uses a Gradio client.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from anyspace._errors import UsageError
from anyspace.capture._captured import Captured, call_in, outcome_in, root_of
from anyspace.capture._code import read_javascript, read_python
from anyspace.capture._curl import read_curl
from anyspace.capture._exchange import Exchange, Message, decoded
from anyspace.capture._fetch import read_fetch
from anyspace.capture._har import Source, events_in, read_har
from anyspace.capture._meaning import route_of

__all__ = ["Capture", "read_capture"]

_HEAD: Final = 4096
_LARGEST: Final = 64_000_000  # bytes of anything that is no HAR
_IS_HAR: Final = re.compile(rb'^\s*\{\s*"log"\s*:')
_IS_STREAM: Final = re.compile(r"\A\s*(?:event|data|id|retry)\s*:|\A\s*:", re.M)
_IS_CURL: Final = re.compile(r"\A\s*(?:\$\s*)?curl(?:\.exe)?\s")
_IS_FETCH: Final = re.compile(r"\A\s*(?:(?:const|let|var)\s+\w+\s*=\s*)?(?:await\s+)?fetch\s*\(")
_IN_PAGE: Final = re.compile(rb"window\.gradio_config\s*=\s*")


class Capture(msgspec.Struct, kw_only=True):
    """What was found in what somebody pasted.

    Attributes:
        form: What it is.
        calls: The calls in it, in order.
        messages: What an app said, where that is all there is.
        requests: How many requests there are.
        config: What ``/config`` answered, by the app's address.
        info: What ``/info`` answered.
    """

    form: str
    calls: list[Captured] = []
    messages: list[Message] = []
    requests: int = 0
    config: dict[str, bytes] = {}
    info: dict[str, bytes] = {}


def read_capture(source: Source) -> Capture:
    """Recognise a capture and read it. A HAR is read piece by piece, whatever its size.

    Args:
        source: Opened for reading; it need not be able to go back.

    Raises:
        UsageError: It is nothing that is known, or it breaks off.
    """
    head = source.read(_HEAD)
    whole = _Rejoined(head, source)
    if _IS_HAR.match(head.removeprefix(b"\xef\xbb\xbf")):
        return _from_exchanges(read_har(whole), "HAR")
    content = whole.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise UsageError(f"that is no HAR, and anything else may have {_LARGEST} bytes at most")
    text = _decode(content)
    if not text.strip():
        raise UsageError("there is nothing to read")
    if _IS_CURL.match(text):
        return _from_exchanges([read_curl(text)], "cURL")
    if _IS_FETCH.match(text):
        return _from_exchanges([read_fetch(text)], "fetch")
    document = decoded(text)
    if isinstance(document, dict):
        return _from_document(document, content)
    if _IS_STREAM.match(text):
        return _from_messages("event stream", events_in(content))
    return _from_code(text)


class _Rejoined:
    """A file whose first bytes were read already."""

    def __init__(self, head: bytes, rest: Source) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        """Read that many bytes, or all; fewer only at the end."""
        if size < 0:
            head, self._head = self._head, b""
            return head + self._rest.read()
        head, self._head = self._head[:size], self._head[size:]
        return head + self._rest.read(size - len(head)) if len(head) < size else head


def _decode(content: bytes) -> str:
    """Text as files have it; PowerShell writes UTF-16."""
    in_two = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return content.decode("utf-16" if in_two else "utf-8-sig")
    except UnicodeDecodeError as exc:
        raise UsageError("that is no text") from exc


def _from_exchanges(exchanges: Iterable[Exchange], form: str) -> Capture:
    found = Capture(form=form)
    streams: list[Message] = []
    for exchange in exchanges:
        found.requests += 1
        _keep_description(found, exchange)
        call = call_in(exchange, form)
        if call is not None:
            found.calls.append(_finished(call, exchange))
        elif exchange.messages:
            streams += exchange.messages
            found.calls += _socket_calls(exchange, form)
    found.calls = [_with_outcome(call, streams) for call in found.calls]
    if not found.calls:
        seen = f"{found.requests} request{'s' * (found.requests != 1)}"
        raise UsageError(
            f"the {form} has {seen}, but no call of a Gradio app: those go to /queue/join, /call "
            "or /run. Run the page once while the browser records, then save again"
        )
    return found


def _finished(call: Captured, exchange: Exchange) -> Captured:
    """4.0 to 4.8 answer the request itself with the stream."""
    return call.with_outcome(*outcome_in(exchange.messages)) if exchange.messages else call


def _with_outcome(call: Captured, streams: list[Message]) -> Captured:
    if call.output is not None or call.failure or not streams:
        return call
    named = [m for m in streams if not m.event]
    found = outcome_in(named, call.event_id) if call.event_id else (None, "")
    return call.with_outcome(*found)


def _socket_calls(exchange: Exchange, form: str) -> list[Captured]:
    """Calls of 3.x, which go over a websocket."""
    sent = [m.value for m in exchange.messages if m.outgoing and isinstance(m.value, dict)]
    output, failure = outcome_in([m for m in exchange.messages if not m.outgoing])
    return [
        Captured(
            form=form,
            address=root_of(re.sub(r"^ws", "http", exchange.url)),
            fn_index=value.get("fn_index"),
            data=value["data"],
            output=output,
            failure=failure,
        )
        for value in sent
        if isinstance(value.get("data"), list)
    ]


def _keep_description(found: Capture, exchange: Exchange) -> None:
    """An app describes itself in ``/config`` and ``/info``, and in its page."""
    if exchange.status != 200 or not exchange.content:
        return
    root = root_of(exchange.url)
    route = route_of(exchange.path)
    document = decoded(exchange.content) if route in ("config", "info") else None
    if isinstance(document, dict):
        kept = found.config if route == "config" else found.info
        kept.setdefault(root, exchange.content)
    elif exchange.kind == "text/html":
        config = _config_in(exchange.content)
        if config:
            found.config.setdefault(root, config)


def _config_in(page: bytes) -> bytes:
    """The description that pages carry: the value that is set in a script."""
    found = _IN_PAGE.search(page)
    if found is None:
        return b""
    text = page[found.end() :].decode(errors="replace")
    try:
        # The standard library can stop where a value ends; what follows is JavaScript.
        value, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return b""
    return msgspec.json.encode(value) if isinstance(value, dict) else b""


def _from_document(document: dict[str, Any], content: bytes) -> Capture:
    if "msg" in document:
        return _from_messages("message", [Message(0.0, content)])
    data = document.get("data")
    number = document.get("fn_index")
    if not isinstance(data, list):
        if {"components", "dependencies"} <= set(document) or "named_endpoints" in document:
            raise UsageError(
                "that is what an app says of itself, not a call; give it as --config or --info"
            )
        return Capture(form="body", calls=[Captured(form="body", named=document)])
    call = Captured(form="body", fn_index=number if isinstance(number, int) else None, data=data)
    return Capture(form="body", calls=[call])


def _from_messages(form: str, messages: list[Message]) -> Capture:
    if not messages:
        raise UsageError(f"the {form} has no message")
    return Capture(form=form, messages=messages)


def _from_code(text: str) -> Capture:
    """Python or JavaScript; what can be read as Python is, because it says more clearly."""
    try:
        calls = read_python(text)
    except UsageError as exc:
        if "fetch(" in text and not re.search(r"\.\s*(predict|submit)\s*\(", text):
            return _from_exchanges([read_fetch(text)], "fetch")
        if not re.search(r"\.\s*(predict|submit)\s*\(", text):
            raise UsageError(
                "that is nothing that is known: a HAR, a request copied as cURL or as fetch, the "
                "body of a /queue/join or /call, an event stream or a message of one, or code "
                "that uses gradio_client or @gradio/client"
            ) from exc
        calls = read_javascript(text)
    return Capture(form=calls[0].form, calls=calls)
