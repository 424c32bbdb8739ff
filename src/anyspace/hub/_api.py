"""Asking the Hub: one way for every question, through huggingface_hub.

The library makes the connections (its proxies, certificates and adapters are the user's
settings); which headers are sent, where a redirect may lead and how much is read is decided
here. The library has changed its HTTP client (requests before 1.0, httpx from then on), so
answers are read in the one way that both have: piece by piece, as they came.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import msgspec

from anyspace._errors import (
    AnyspaceError,
    AuthenticationError,
    ConnectFailed,
    RateLimited,
    RemoteProtocolError,
    SpaceNotFound,
    SpaceUnavailable,
)
from anyspace.protocol import parse_retry_after

__all__ = [
    "MAX_REDIRECTS",
    "REDIRECTS",
    "ask_hub",
    "decode_answer",
    "headers_with",
    "hub_address",
    "send_once",
]

_TIMEOUT: Final = 20.0  # seconds; the Hub answers in less than one
_WHOLE: Final = 60.0  # seconds for all of an answer
_LARGEST: Final = 16 * 1024 * 1024  # bytes; the longest answers, of a search, have some 100 kB
_PIECE: Final = 65536
_GZIP: Final = 31  # zlib's word for it
MAX_REDIRECTS: Final = 3
REDIRECTS: Final = frozenset((301, 302, 307, 308))


class HubAnswer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def words(self) -> str:
        """What the Hub says is wrong."""
        told = self.headers.get("x-error-message") or ""
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            document = msgspec.json.decode(self.body)
            error = document.get("error") if isinstance(document, dict) else None
            told = told or (error if isinstance(error, str) else "")
        line = " ".join(told.split())[:300]
        return f"HTTP {self.status}: {line}" if line else f"HTTP {self.status}"


async def ask_hub(
    method: str,
    path: str,
    *,
    token: str | None,
    space: str = "",
    params: Mapping[str, Any] | None = None,
    body: Any = None,
) -> bytes:
    """Ask the Hub's API, in a thread.

    Args:
        method: ``"GET"`` or ``"POST"``.
        path: Below the Hub's address (`hub_address`).
        token: Sent to the Hub; None for none.
        space: The Space it is about, for errors.
        params: The query.
        body: Sent as JSON.

    Raises:
        SpaceNotFound: The Hub does not know the Space, or does not show it.
        AuthenticationError: The Hub refused the token.
        RateLimited: The Hub takes no more requests now.
        SpaceUnavailable: The Hub answered with an error of its own.
        RemoteProtocolError: It answered with something else than an answer of the Hub's.
        ConnectFailed: The Hub cannot be reached.
    """
    answer = await asyncio.to_thread(_ask, method, path, token, space, params, body)
    if answer.status >= 300:
        raise _refusal(space, token, answer)
    return answer.body


def decode_answer(body: bytes) -> Any:
    """Read an answer's JSON.

    Raises:
        RemoteProtocolError: It is none.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise RemoteProtocolError(f"the Hub's answer is no JSON: {exc}") from exc


def hub_address() -> str:
    """Where the Hub is: huggingface.co, or what ``HF_ENDPOINT`` says."""
    from huggingface_hub import constants

    return constants.ENDPOINT.rstrip("/")


def _ask(
    method: str,
    path: str,
    token: str | None,
    space: str,
    params: Mapping[str, Any] | None,
    body: Any,
) -> HubAnswer:
    """Send a request; follow a renamed Space to its new name, but nowhere else."""
    url = f"{hub_address()}{path}"
    options: dict[str, Any] = {"params": dict(params) if params else None, "json": body}
    for _ in range(MAX_REDIRECTS):
        answer = send_once(method, url, space, {**options, "headers": headers_with(token)})
        if answer.status not in REDIRECTS or method != "GET":
            return answer
        url, options = urljoin(url, answer.headers.get("location", "")), {}
        if urlsplit(url)[:2] != urlsplit(hub_address())[:2]:
            raise RemoteProtocolError(
                f"the Hub redirects to {url[:200]!r}, another server, not followed", space=space
            )
    raise RemoteProtocolError(f"the Hub redirects more than {MAX_REDIRECTS} times", space=space)


def send_once(method: str, url: str, space: str, options: dict[str, Any]) -> HubAnswer:
    """Send one request; a redirect is not followed.

    Raises:
        ConnectFailed: The Hub cannot be reached.
        RemoteProtocolError: The answer cannot be read.
    """
    # Typed as it is said: it is public, but not marked as such.
    from huggingface_hub import utils as library

    utils: Any = library
    try:
        with _opened(utils.get_session(), method, url, options) as (status, headers, pieces):
            return HubAnswer(status, headers, _read(pieces, headers))
    except AnyspaceError as exc:
        exc.space = space
        raise
    except Exception as exc:
        # What its HTTP client raises has no type that all its versions share.
        raise ConnectFailed(f"the Hub could not be asked: {exc}", space=space) from exc


@contextlib.contextmanager
def _opened(
    session: Any, method: str, url: str, options: dict[str, Any]
) -> Iterator[tuple[int, dict[str, str], Iterator[bytes]]]:
    """Send a request; give the answer's status, headers, and body in packed pieces."""
    given = {key: value for key, value in options.items() if value is not None}
    if hasattr(session, "follow_redirects"):  # httpx
        opening = session.stream(method, url, follow_redirects=False, timeout=_TIMEOUT, **given)
        with opening as response:
            yield response.status_code, _lowered(response.headers), response.iter_raw(_PIECE)
        return
    with session.request(
        method, url, allow_redirects=False, timeout=_TIMEOUT, stream=True, **given
    ) as response:
        pieces = response.raw.stream(_PIECE, decode_content=False)
        yield response.status_code, _lowered(response.headers), pieces


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _read(pieces: Iterator[bytes], headers: Mapping[str, str]) -> bytes:
    """Read a body, unpacked as far as it may be long.

    Raises:
        RemoteProtocolError: It is too long, or packed in a way that was not asked for.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise RemoteProtocolError(f"the Hub packed its answer as {encoding[:40]!r}, unasked")
    unpack = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    end = time.monotonic() + _WHOLE
    content = bytearray()
    for piece in pieces:
        room = _LARGEST + 1 - len(content)
        try:
            content += unpack.decompress(piece, room) if unpack else piece
        except zlib.error as exc:
            raise RemoteProtocolError(f"the Hub packed its answer wrongly: {exc}") from exc
        if len(content) > _LARGEST:
            raise RemoteProtocolError(f"the Hub's answer is larger than {_LARGEST} bytes")
        if time.monotonic() > end:
            raise RemoteProtocolError(f"the Hub's answer was not all there after {_WHOLE:g} s")
    return bytes(content)


def headers_with(token: str | None) -> dict[str, str]:
    """Made here: the library would tell the Hub what runs it, and look for a saved token."""
    headers = {"user-agent": "anyspace", "accept-encoding": "gzip"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return headers


def _refusal(space: str, token: str | None, answer: HubAnswer) -> AnyspaceError:
    status = answer.status
    missing = answer.headers.get("x-error-code") == "RepoNotFound"
    if space and (status == 404 or (status == 401 and missing)):
        hint = "" if token else ", or it is private: pass token= or log in with `hf auth login`"
        return SpaceNotFound(f"the Hub knows no Space {space}{hint}", space=space)
    if status in (401, 403):
        return AuthenticationError(f"the Hub refused the token: {answer.words}", space=space)
    if status == 429:
        wait = parse_retry_after(answer.headers, now=time.time())
        after = f"; try again in {wait:.0f} s" if wait is not None else ""
        return RateLimited(
            f"the Hub takes no more requests now{after}", retry_after=wait, space=space
        )
    return SpaceUnavailable(f"the Hub could not be asked: {answer.words}", space=space)
