"""What the answers to requests mean: read, or turned into the error that fits."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec

from anyspace._errors import (
    AnyspaceError,
    AppError,
    ArgumentError,
    AuthenticationError,
    FileError,
    NotGradio,
    QueueFull,
    RateLimited,
    RemoteProtocolError,
    SpaceNotFound,
    SpaceUnavailable,
)
from anyspace.protocol._events import Completed, Failed
from anyspace.protocol._requests import Response

__all__ = [
    "error_for",
    "parse_join",
    "parse_retry_after",
    "parse_run",
    "parse_upload",
    "was_turned_away",
]

# What a proxy answers for a path that it does not let through. Gradio's own /queue/join
# never does.
_TURNED_AWAY: Final = frozenset({403, 404, 405, 501})


class _Joined(msgspec.Struct):
    event_id: str


class _Ran(msgspec.Struct):
    data: list[Any]
    duration: float | None = None


_RAN: Final = msgspec.json.Decoder(_Ran)
_JOINED: Final = msgspec.json.Decoder(_Joined)
_PATHS: Final = msgspec.json.Decoder(list[str])


def was_turned_away(response: Response) -> bool:
    """Tell whether a job never reached the app, because of its address alone."""
    return response.status in _TURNED_AWAY


def parse_join(response: Response) -> str:
    """Read the answer to a submitted job: its event id.

    Raises:
        QueueFull: The queue takes no more.
        ArgumentError: The app's validator or its schema refused the arguments.
        AnyspaceError: Whatever else the status says, see `error_for`.
    """
    if response.status != 200:
        raise error_for(response)
    try:
        return _JOINED.decode(response.body).event_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise _unreadable(response, "the answer to a submitted job") from exc


def parse_run(response: Response) -> Completed | Failed:
    """Read the answer to a call outside the queue.

    Raises:
        AnyspaceError: Whatever a status other than 200 and the app's own failure says.
    """
    if response.status == 500 and "error" in _decoded(response):
        error = _decoded(response)["error"]
        return Failed("", error if isinstance(error, str) else None)
    if response.status != 200:
        raise error_for(response)
    try:
        ran = _RAN.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise _unreadable(response, "the answer to a call") from exc
    return Completed("", ran.data, ran.duration)


def parse_upload(response: Response, count: int) -> list[str]:
    """Read the answer to an upload: one path on the server per file.

    Raises:
        FileError: The app refused the files (too large, by its own words).
        AnyspaceError: Whatever else the status says, see `error_for`.
    """
    if response.status in (400, 413):
        raise FileError(
            f"the app refused the upload: {_words(response) or f'HTTP {response.status}'}"
        )
    if response.status != 200:
        raise error_for(response)
    try:
        paths = _PATHS.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise _unreadable(response, "the answer to an upload") from exc
    if len(paths) != count:
        raise RemoteProtocolError(f"{count} files were sent, the app took {len(paths)}")
    return paths


def error_for(response: Response) -> AnyspaceError:
    """Say what an unsuccessful answer means, whatever was asked.

    Kinds seen: FastAPI's ``{"detail": …}`` with text, with a list of problems
    (422) or with a validator's verdicts (422, 5.45 and later); Gradio's
    ``{"error": …}``; plain text; the HTML pages of the proxy before a Space.
    """
    status = response.status
    words = _words(response)
    if status in (401, 403):
        return AuthenticationError(
            f"the app wants a login ({words or f'HTTP {status}'}); pass auth=(user, password), "
            "or token= for a private Space"
        )
    if status == 404:
        return SpaceNotFound(f"no Gradio app answers there (HTTP 404{_in_brackets(words)})")
    if status == 422:
        return _refused(response, words)
    if status == 429:
        wait = parse_retry_after(response.headers)
        after = f"; try again in {wait:g} s" if wait is not None else ""
        return RateLimited(f"too many requests{_in_brackets(words)}{after}", retry_after=wait)
    if status == 503 and "ueue is full" in words:
        return QueueFull(words)
    if status in (502, 503, 504):
        return SpaceUnavailable(f"the app does not run now (HTTP {status}{_in_brackets(words)})")
    if status == 400:
        return AppError(words or "the app refused the request (HTTP 400)")
    if 300 <= status < 400:
        where = response.headers.get("location", "somewhere")
        return RemoteProtocolError(f"the app redirects to {where!r}, not followed", status=status)
    return RemoteProtocolError(
        f"the app answered HTTP {status}{_in_brackets(words)}", status=status
    )


def parse_retry_after(headers: Mapping[str, str], *, now: float | None = None) -> float | None:
    """Read how long to wait, in seconds.

    ``Retry-After`` as seconds, or as a date, which is held against `now` (a Unix time) or
    the answer's own ``Date``; else the Hub's ``RateLimit: "api";r=0;t=55``.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value, re.A):
        return float(value)
    until, since = _time(value), now if now is not None else _time(headers.get("date", ""))
    if until is not None and since is not None:
        return max(0.0, until - since)
    limit = re.search(r"\bt=(\d{1,9})", headers.get("ratelimit", ""), re.A)
    return float(limit[1]) if limit else None


def _time(date: str) -> float | None:
    """Read an HTTP date as a Unix time."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None


def _refused(response: Response, words: str) -> ArgumentError:
    """Read the two kinds of 422: FastAPI's problems and a validator's verdicts."""
    detail = _decoded(response).get("detail")
    problems = []
    for item in detail if isinstance(detail, list) else [detail]:
        if not isinstance(item, dict):
            continue
        if item.get("__type__") == "validate":
            if not item.get("is_valid"):
                name = item.get("parameter_name")
                problems.append(f"{name}: {item.get('message')}" if name else item.get("message"))
        elif "msg" in item:
            steps = item.get("loc")
            where = ".".join(str(step) for step in steps) if isinstance(steps, list) else ""
            problems.append(f"{where}: {item['msg']}" if where else item["msg"])
    told = [str(problem) for problem in problems if problem]
    reason = "; ".join(told) or words or "HTTP 422"
    return ArgumentError(f"the app refused the arguments: {reason}", problems=told)


def _words(response: Response) -> str:
    """What the answer says in words, one short line."""
    document = _decoded(response)
    said: Any = document.get("detail") or document.get("error")
    if isinstance(said, dict):  # Gradio 6's login answer
        said = said.get("error") or said.get("auth_message")
    if not isinstance(said, str):
        text = response.body[:4000].decode(errors="replace")
        if "html" in response.content_type or text.lstrip()[:1] == "<":
            title = re.search(r"<title[^>]*>(.*?)</title>", text, re.S | re.I)
            said = html.unescape(title[1]) if title else ""
        else:
            said = text if not document else ""
    line = " ".join(said.split())
    return line if len(line) <= 300 else line[:297] + "..."


def _decoded(response: Response) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _in_brackets(words: str) -> str:
    return f": {words}" if words else ""


def _unreadable(response: Response, what: str) -> AnyspaceError:
    if "html" in response.content_type:
        return NotGradio(f"{what} is a web page{_in_brackets(_words(response))}")
    start = response.body[:80].decode(errors="replace")
    return RemoteProtocolError(f"{what} has a form that is not Gradio's: {start!r}")
