"""What requests and messages mean, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from anyspace.capture._exchange import Exchange, Message, decoded
from anyspace.capture._place import path_to_file
from anyspace.protocol import generation_named

__all__ = ["endpoint_in", "explain_answer", "explain_message", "explain_request", "route_of"]

# The parts of Gradio's API. An app may lie below any path, and an endpoint may be called
# like one of them, so what can be told surely comes first.
_ROUTES: Final = tuple(
    map(
        re.compile,
        (
            r"/(call)/",
            r"/(queue/(?:join|data|status)|config|info|openapi\.json|login|upload"
            r"|upload_progress|cancel|reset|startup-events)/?$",
            r"/(run|api|heartbeat|stream)/",
            r"/(file=|proxy=)",
        ),
    )
)
_MEANS: Final[Mapping[str, str]] = {
    "config": "ask the app what it is",
    "info": "ask for its endpoints and their parameters",
    "openapi.json": "ask for its endpoints as OpenAPI",
    "login": "log in",
    "upload": "upload files",
    "upload_progress": "follow an upload",
    "cancel": "cancel a job",
    "reset": "stop a job",
    "heartbeat": "keep the session alive",
    "startup-events": "start what the app loads first",
    "queue/status": "ask how long the queue is",
    "queue/data": "listen to what the app says of the session's jobs",
    "file=": "fetch a file",
    "proxy=": "fetch a file of another Space",
    "stream": "fetch a sound or film while it is made",
}


def route_of(path: str) -> str:
    """Which part of Gradio's API a path is, ``""`` for none."""
    found = next((found for route in _ROUTES if (found := route.search(path))), None)
    return found[1] if found else ""


def endpoint_in(path: str) -> str:
    """The endpoint's name in the path of a call, with its slash."""
    name = re.split(r"/(?:call/v2|call|run|api)(?=/)", path, maxsplit=1)[-1]
    return f"/{unquote(name.split('/')[1])}"


def explain_request(exchange: Exchange, names: Mapping[int, str]) -> str:
    """Say what a request is for.

    Args:
        exchange: The request.
        names: The endpoints' names by their numbers, as far as they are known.
    """
    route = route_of(exchange.path)
    body = decoded(exchange.body)
    document = body if isinstance(body, dict) else {}
    if route == "queue/join":
        return _join(exchange, document, names)
    if route in ("call", "run", "api"):
        name = endpoint_in(exchange.path)
        if exchange.method == "GET":
            return f"read the result of {name}"
        return f"submit {name} with {_values(document)}"
    if route == "queue/data" and exchange.method == "POST":
        return f"send {_values(document)}, as the app asked"
    return _MEANS.get(route, "open the page" if exchange.path in ("", "/") else "")


def _join(exchange: Exchange, document: Mapping[str, Any], names: Mapping[int, str]) -> str:
    told = document or exchange.query
    number = str(told.get("fn_index", ""))
    name = names.get(int(number), "") if number.isdecimal() else ""
    which = f" fn_index {number}" if number else ""
    which += f" ({name})" if name else ""
    if "data" in document:
        return f"submit{which} with {_values(document)}"
    return f"enter the queue{' for' if which else ''}{which} and listen"


def _values(document: Mapping[str, Any]) -> str:
    data = document.get("data", document)
    count = len(data) if isinstance(data, list | dict) else 1
    return f"{count} value{'s' * (count != 1)}"


def explain_answer(exchange: Exchange) -> str:
    """Say what an answer says, ``""`` when its status says it all."""
    if exchange.error and not exchange.status:
        return f"no answer: {exchange.error}"
    document = decoded(exchange.content)
    if not isinstance(document, dict):
        return exchange.error
    if route_of(exchange.path) == "config" and "components" in document:
        version = document.get("version") or "?"
        generation = generation_named(document.get("protocol"))[0].name
        count = len(document.get("dependencies") or ())
        return f"Gradio {version}, speaks {generation}, {count} endpoints"
    if "event_id" in document:
        return f"taken as job {document['event_id']}"
    told = document.get("detail") or document.get("error")
    return str(told) if told and exchange.status >= 400 else exchange.error


def explain_message(message: Message) -> str:
    """Say what a message of a stream means."""
    value = message.value
    if message.event:
        return _named(message.event, value)
    if not isinstance(value, dict):
        return ""
    if message.outgoing:
        return _sent(value)
    explain = _MESSAGES.get(str(value.get("msg", "")))
    return explain(value) if explain else ""


def _named(event: str, value: Any) -> str:
    if event == "heartbeat":
        return "still there"
    if event == "error":
        return f"failed: {value or 'the app does not say why'}"
    if not isinstance(value, list):
        return ""
    return f"{'done' if event == 'complete' else 'so far'}: {_data(value)}"


def _sent(value: Mapping[str, Any]) -> str:
    if "data" in value:
        return f"send {_values(value)}"
    return f"fn_index {value.get('fn_index')} in session {value.get('session_hash')}"


def _data(data: Any) -> str:
    if not isinstance(data, list):
        return "no values"
    file = path_to_file(data)
    count = f"{len(data)} value{'s' * (len(data) != 1)}"
    return f"{count}, the file at {file}" if file else count


def _estimation(value: Mapping[str, Any]) -> str:
    rank, size, eta = value.get("rank"), value.get("queue_size"), value.get("rank_eta")
    before = f"{rank} before it" if rank else "next"
    words = f"in the queue: {before}"
    words += f", {size} in all" if isinstance(size, int) and size > 1 else ""
    return words + (f", about {eta:.1f} s" if isinstance(eta, int | float) else "")


def _starts(value: Mapping[str, Any]) -> str:
    eta = value.get("eta")
    return "it runs" + (f", about {eta:.1f} s" if isinstance(eta, int | float) else "")


def _progress(value: Mapping[str, Any]) -> str:
    steps = value.get("progress_data") or []
    return "; ".join(_step(step) for step in steps if isinstance(step, dict)) or "progress"


def _step(step: Mapping[str, Any]) -> str:
    words = step.get("desc") or step.get("unit") or "progress"
    index, length = step.get("index"), step.get("length")
    if index is not None and length:
        return f"{words} {index}/{length}"
    share = step.get("progress")
    return f"{words} {share:.0%}" if isinstance(share, int | float) else str(words)


def _log(value: Mapping[str, Any]) -> str:
    title = f"{value['title']}: " if value.get("title") else ""
    return f"the app says ({value.get('level', 'info')}): {title}{value.get('log', '')}"


def _generating(value: Mapping[str, Any]) -> str:
    output = value.get("output")
    data = output.get("data") if isinstance(output, dict) else None
    if not value.get("success", True):
        return _failed(output)
    edits = isinstance(data, list) and any(_is_edits(item) for item in data)
    return "so far: edits to the last values" if edits else f"so far: {_data(data)}"


def _is_edits(value: Any) -> bool:
    """From sse_v2 on, what follows the first output is how it changes."""
    if not isinstance(value, list) or not value:
        return False
    first = value[0]
    return isinstance(first, list) and first[:1] in (["replace"], ["append"], ["add"], ["delete"])


def _completed(value: Mapping[str, Any]) -> str:
    output = value.get("output")
    told = output if isinstance(output, dict) else {}
    if not value.get("success", True):
        return _failed(output)
    if "data" not in told:
        return "cancelled"
    seconds = told.get("duration")
    took = f" after {seconds:.2f} s" if isinstance(seconds, int | float) else ""
    return f"done{took}: {_data(told['data'])}"


def _failed(output: Any) -> str:
    told = output if isinstance(output, dict) else {}
    title = f"{told['title']}: " if told.get("title") not in (None, "Error") else ""
    return f"failed: {title}{told.get('error') or 'the app does not say why'}"


_MESSAGES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "send_hash": lambda value: "which session, which function?",
    "send_data": lambda value: "now send the values",
    "queue_full": lambda value: "the queue is full",
    "estimation": _estimation,
    "process_starts": _starts,
    "progress": _progress,
    "log": _log,
    "process_generating": _generating,
    "process_streaming": _generating,
    "process_completed": _completed,
    "heartbeat": lambda value: "still there",
    "close_stream": lambda value: "nothing more will come",
    "unexpected_error": lambda value: f"failed: {value.get('message') or 'unexpected error'}",
}
