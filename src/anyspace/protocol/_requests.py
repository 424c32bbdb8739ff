"""Requests as data: where an app of a given `Wire` wants things, and in which form.

Paths are relative to the app's root, which may be a sub-path of its host.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
from msgspec import UNSET, UnsetType

from anyspace.protocol._generations import Entrance, Wire

__all__ = ["Request", "Requests", "Response", "login"]

_JSON: Final = (("content-type", "application/json"),)


class Request(msgspec.Struct, frozen=True):
    """One HTTP request to an app.

    Attributes:
        method: ``"GET"`` or ``"POST"``.
        path: Below the app's root, percent-encoded, with its query.
        body: The encoded body, None without one.
        headers: Added to the client's own.
        once: It has an effect although it is a GET, so nobody may repeat it on his own.
    """

    method: str
    path: str
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    once: bool = False


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
    oauth_token: str | UnsetType = UNSET


class _Call(msgspec.Struct):
    data: Sequence[Any]
    oauth_token: str | UnsetType = UNSET


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

    def join(
        self, data: Sequence[Any], fn_index: int, session_hash: str, *, oauth_token: str = ""
    ) -> Request:
        """Submit a job.

        Args:
            data: One value per input slot, state slots as None.
            fn_index: The function's number.
            session_hash: The session it runs in.
            oauth_token: The caller's own token, for endpoints that ask for it (6.21).
        """
        token = oauth_token or UNSET
        body = self._encode(_Join(data, fn_index, session_hash, oauth_token=token))
        return Request("POST", self._join_path, body, _JSON)

    def call(self, api_name: str, data: Sequence[Any], *, oauth_token: str = "") -> Request:
        """Submit a job by the route that ``curl`` is shown (4.20 and later).

        No session is named, so the job's id becomes its session: before 6.18 the
        answer of a job in another session is not found.
        """
        body = self._encode(_Call(data, oauth_token or UNSET))
        return Request("POST", self._call_path(api_name), body, _JSON)

    def call_data(self, api_name: str, event_id: str) -> Request:
        """Open the event stream of a job that was submitted by `call`."""
        return Request("GET", f"{self._call_path(api_name)}/{quote(event_id, safe='')}")

    def _call_path(self, api_name: str) -> str:
        return f"{self.wire.prefix}/call/{quote(api_name.lstrip('/'), safe='')}"

    def enter(self, fn_index: int, session_hash: str) -> Request:
        """Enter the queue and open the job's stream at once; the data is asked for (4.0-4.8)."""
        query = urlencode({"fn_index": fn_index, "session_hash": session_hash})
        return Request("GET", f"{self._join_path}?{query}", once=True)

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
        """Call a function outside the queue; the answer is the result.

        ``/api`` and not its other name ``/run``, which 3.0 and 3.1 do not have.
        """
        body = self._encode(_Join(data, fn_index, session_hash))
        name = quote(api_name.lstrip("/") or "predict", safe="")
        return Request("POST", f"{self.wire.prefix}/api/{name}", body, _JSON)

    def data(self, session_hash: str) -> Request:
        """Open the session's event stream."""
        name = (
            session_hash
            if session_hash.isascii() and session_hash.isalnum()
            else quote(session_hash, safe="")
        )
        return Request("GET", self._data_path + name)

    def watch(self, session_hash: str) -> Request:
        """Open the stream that an app wants to see while a session lives, see `Wire.watches`."""
        return Request("GET", f"{self.wire.prefix}/heartbeat/{quote(session_hash, safe='')}")

    def no_more_pieces(self, event_id: str) -> Request:
        """Say that nothing follows the piece that the app worked on, see `Piece`."""
        return Request("POST", f"{self.wire.prefix}/stream/{quote(event_id, safe='')}/close")

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

    def proxied(self, base: str, path: str) -> Request:
        """Fetch a file of another app through this one, which was made with ``gr.load()``.

        Args:
            base: Where the other app has its files, up to ``file=``.
            path: The path that it gave the file.
        """
        there = quote(base, safe="/:=")
        return Request("GET", f"{self.wire.prefix}/proxy={there}{quote(path, safe='/')}")

    def live(self, path: str) -> Request:
        """Fetch what the app still makes (sound, film) by the path that it gave it."""
        return Request("GET", f"{self.wire.prefix}/stream/{quote(path, safe='/')}")


def login(username: str, password: str) -> Request:
    """Log in; the answer sets cookies."""
    form = urlencode({"username": username, "password": password}).encode()
    return Request("POST", "/login", form, (("content-type", "application/x-www-form-urlencoded"),))
