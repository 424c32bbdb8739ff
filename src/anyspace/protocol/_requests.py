"""Requests as data, and what their answers mean.

`Requests` knows where an app of a given `Wire` wants things; the `parse_*`
functions read the answers and raise the error that fits. Paths are relative to the
app's root, which may be a sub-path of its host.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

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
from anyspace.protocol._generations import Entrance, Wire

__all__ = [
    "Request",
    "Requests",
    "Response",
    "error_for",
    "parse_join",
    "parse_retry_after",
    "parse_run",
    "parse_upload",
]

_JSON: Final = (("content-type", "application/json"),)


class Request(msgspec.Struct, frozen=True):
    """One HTTP request to an app.

    Attributes:
        method: ``"GET"`` or ``"POST"``.
        path: Below the app's root, percent-encoded, with its query.
        body: The encoded body, None without one.
        headers: Added to the client's own.
    """

    method: str
    path: str
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


class Response(msgspec.Struct, frozen=True):
    """What came back.

    Attributes:
        status: The HTTP status.
        body: The whole body.
        headers: Header names in lower case.
        url: The address that answered, when it is not the one that was asked.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    url: str = ""

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class _Join(msgspec.Struct):
    data: Sequence[Any]
    fn_index: int
    session_hash: str
    event_data: None = None
    trigger_id: int | None = None


class _HandIn(msgspec.Struct, omit_defaults=True):
    data: Sequence[Any]
    fn_index: int
    session_hash: str
    event_id: str | None = None


class _Cancel(msgspec.Struct):
    session_hash: str
    fn_index: int
    event_id: str


class Requests:
    """The requests that an app of this wire understands.

    Args:
        wire: How the app speaks.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._encode = msgspec.json.Encoder().encode
        self._join_path = f"{wire.prefix}/queue/join"
        self._data_path = f"{wire.prefix}/queue/data?session_hash="

    def info(self) -> Request:
        """Ask what the endpoints take and return, the undocumented ones too."""
        return Request("GET", f"{self.wire.prefix}/info?all_endpoints=True")

    def join(self, data: Sequence[Any], fn_index: int, session_hash: str) -> Request:
        """Submit a job: one value per input slot, state slots as None."""
        body = self._encode(_Join(data, fn_index, session_hash))
        return Request("POST", self._join_path, body, _JSON)

    def enter(self, fn_index: int, session_hash: str) -> Request:
        """Enter the queue and open the job's stream at once; the data is asked for (4.0-4.8)."""
        query = urlencode({"fn_index": fn_index, "session_hash": session_hash})
        return Request("GET", f"{self._join_path}?{query}")

    def socket(self) -> Request:
        """Open the job's websocket (3.x)."""
        return Request("GET", self._join_path)

    def introduce(self, fn_index: int, session_hash: str) -> bytes:
        """Say on the websocket which session and function it is for."""
        return self._encode({"session_hash": session_hash, "fn_index": fn_index})

    def hand_in(
        self, data: Sequence[Any], fn_index: int, session_hash: str, event_id: str
    ) -> Request:
        """Give the data that the app asked for; on a websocket the body alone is sent."""
        body = self._encode(_HandIn(data, fn_index, session_hash, event_id or None))
        return Request("POST", f"{self.wire.prefix}/queue/data", body, _JSON)

    def run(self, api_name: str, data: Sequence[Any], fn_index: int, session_hash: str) -> Request:
        """Call a function outside the queue; the answer is the result."""
        body = self._encode(_Join(data, fn_index, session_hash))
        name = quote(api_name.lstrip("/") or "predict", safe="")
        return Request("POST", f"{self.wire.prefix}/run/{name}", body, _JSON)

    def data(self, session_hash: str) -> Request:
        """Open the session's event stream."""
        return Request("GET", self._data_path + quote(session_hash, safe=""))

    def cancel(self, fn_index: int, session_hash: str, event_id: str) -> Request:
        """Cancel every running job of this function in this session (4.31 and later).

        The app kills all of them and completes only `event_id`, so this is exact
        only while the session has one job of the function.
        """
        body = self._encode(_Cancel(session_hash, fn_index, event_id))
        return Request("POST", f"{self.wire.prefix}/cancel", body, _JSON)

    def reset(self, event_id: str, fn_index: int, session_hash: str) -> Request:
        """Stop one job at its next ``yield``; a plain function runs on unseen.

        3.x knows no event ids: there it stops the session's job of this function.
        """
        if self.wire.generation.entrance is Entrance.SOCKET:
            body = self._encode({"session_hash": session_hash, "fn_index": fn_index})
        else:
            body = self._encode({"event_id": event_id})
        return Request("POST", f"{self.wire.prefix}/reset", body, _JSON)

    def upload(self) -> Request:
        """The address files are sent to, as multipart parts all called ``files``."""
        return Request("POST", f"{self.wire.prefix}/upload")

    def file(self, path: str) -> Request:
        """Fetch a file by the path the app gave it."""
        return Request("GET", f"{self.wire.prefix}/file={quote(path, safe='/')}")


def login(username: str, password: str) -> Request:
    """Log in; the answer sets cookies."""
    form = urlencode({"username": username, "password": password}).encode()
    return Request("POST", "/login", form, (("content-type", "application/x-www-form-urlencoded"),))


# --- answers ---------------------------------------------------------------------


class _Joined(msgspec.Struct):
    event_id: str


class _Ran(msgspec.Struct):
    data: list[Any]
    duration: float | None = None


_RAN: Final = msgspec.json.Decoder(_Ran)
_JOINED: Final = msgspec.json.Decoder(_Joined)
_PATHS: Final = msgspec.json.Decoder(list[str])


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

    ``Retry-After`` as seconds, or as a date when `now` (a Unix time) is given;
    else the Hub's ``RateLimit: "api";r=0;t=55``.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    if value and now is not None:
        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - now)
        except ValueError:
            pass
    limit = re.search(r"\bt=(\d+)", headers.get("ratelimit", ""))
    return float(limit[1]) if limit else None


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
