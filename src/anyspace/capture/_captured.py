"""`Captured`: a call as it was found in a capture, before the app's description explains it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from anyspace.capture._exchange import Exchange, Message, decoded
from anyspace.capture._meaning import endpoint_in, route_of

__all__ = ["Captured", "call_in", "outcome_in", "root_of"]

_ROOT: Final = re.compile(
    r"(?:/gradio_api)?/(?:call/.*|queue/(?:join|data|status)/?|config/?|info/?|openapi\.json"
    r"|login/?|upload(?:_progress)?/?|cancel/?|reset/?|startup-events/?|run/.*|api/.*"
    r"|heartbeat/.*|stream/.*|file=.*|proxy=.*)$"
)
_REPLICA: Final = re.compile(r"/--replicas/[^/]+")


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it was found.

    Attributes:
        form: What it was found in: ``"HAR"``, ``"cURL"``, ``"fetch"``…
        address: Where the app answers, or the Space's name; ``""`` when it is not told.
        api_name: The endpoint's name, ``""`` when it is not told.
        fn_index: Its number, None when it is not told.
        data: The values as they go over the wire, hidden slots included; None when they were
            given otherwise.
        positional: Values in the order of the endpoint's parameters.
        named: Values by name.
        output: What came back, None when it was not seen.
        failure: Why nothing came back, in the app's words.
        event_id: The job's name.
        credentials: It said who asked: a token, a login or cookies, which are not repeated.
    """

    form: str
    address: str = ""
    api_name: str = ""
    fn_index: int | None = None
    data: Sequence[Any] | None = None
    positional: Sequence[Any] = ()
    named: Mapping[str, Any] = {}
    output: Sequence[Any] | None = None
    failure: str = ""
    event_id: str = ""
    credentials: bool = False

    def at(self, address: str) -> Captured:
        """The same call at an address."""
        return msgspec.structs.replace(self, address=address)

    def with_outcome(self, output: Sequence[Any] | None, failure: str) -> Captured:
        """The same call with what came of it."""
        return msgspec.structs.replace(self, output=output, failure=failure)


def root_of(url: str) -> str:
    """Where the app of a request answers, without a slash at the end.

    >>> root_of("https://a-b.hf.space/--replicas/x1/gradio_api/queue/join?__theme=dark")
    'https://a-b.hf.space'
    """
    parts = urlsplit(url)
    path = _ROOT.sub("", _REPLICA.sub("", parts.path))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path.rstrip('/')}"


def call_in(exchange: Exchange, form: str) -> Captured | None:
    """Find the call that a request makes; None when it makes none."""
    route = route_of(exchange.path)
    document = decoded(exchange.body)
    if exchange.url.startswith("ws"):
        return None  # 3.x says all in messages
    if route == "queue/join" and exchange.method == "GET":  # 4.0 to 4.8
        query = exchange.query
        document = {"fn_index": _number(query.get("fn_index")), "data": decoded(query.get("data"))}
    if route not in ("queue/join", "call", "run", "api") or not isinstance(document, dict):
        return None
    answer = decoded(exchange.content)
    told = answer if isinstance(answer, dict) else {}
    by_name = "/call/v2/" in exchange.path
    names = {name.lower() for name, _ in exchange.sent}
    data, output = document.get("data"), told.get("data")
    number = document.get("fn_index")
    return Captured(
        form=form,
        address=root_of(exchange.url),
        api_name=endpoint_in(exchange.path) if route != "queue/join" else "",
        fn_index=number if isinstance(number, int) else None,
        data=data if isinstance(data, list) and not by_name else None,
        named=document if by_name else {},
        output=output if isinstance(output, list) else None,
        event_id=str(told.get("event_id") or ""),
        credentials=bool(names & {"authorization", "x-hf-authorization", "cookie"}),
    )


def outcome_in(messages: Sequence[Message], event_id: str = "") -> tuple[list[Any] | None, str]:
    """What came of a job: its values, or why there are none.

    Args:
        messages: Of the streams that were seen.
        event_id: The job's name; ``""`` for any.
    """
    for message in reversed(messages):
        value = message.value
        if message.event in ("complete", "generating") and isinstance(value, list):
            return value, ""
        if message.event == "error":
            return None, str(value or "the app does not say why")
        if not isinstance(value, dict) or value.get("msg") != "process_completed":
            continue
        if event_id and value.get("event_id") not in (None, event_id):
            continue
        output = value.get("output")
        told = output if isinstance(output, dict) else {}
        data = told.get("data")
        if value.get("success", True) and isinstance(data, list):
            return data, ""
        return None, str(told.get("error") or "the app does not say why")
    return None, ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
