"""Somebody who watches the wire: what an `HttpTransport` tells, and with which clock."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

__all__ = ["UNWATCHED", "Watched", "Watcher"]

Headers = Sequence[tuple[str, str]]


class Watcher(Protocol):
    """Told everything that goes over the wire. `anyspace.Trace` is one.

    Times are seconds since the epoch, and never go back. Headers are as they were sent,
    credentials and cookies included: whoever shows or keeps them takes these out.
    """

    def asked(self, at: float, method: str, url: str, headers: Headers, body: bytes | None) -> int:
        """A request is sent; returns the number by which it is told of from now on.

        The body is None where there is none, and for uploads, which are sent in pieces.
        """
        ...

    def answered(
        self, exchange: int, at: float, sent: Headers, status: int, headers: Headers
    ) -> None:
        """The answer begins; `sent` has the request's headers as they went out."""
        ...

    def received(self, exchange: int, at: float, data: bytes) -> None:
        """A piece of the answer came, or a message of a websocket."""
        ...

    def said(self, exchange: int, at: float, data: bytes) -> None:
        """A message was sent over a websocket."""
        ...

    def ended(self, exchange: int, at: float, error: str) -> None:
        """It is over; `error` says why, where it ended otherwise than it should."""
        ...


class Watched:
    """One exchange that somebody watches; without a watcher nothing happens.

    Args:
        watcher: Who watches.
        method: As sent.
        url: As sent.
        headers: As far as they are known before sending.
        body: As of `Watcher.asked`.
    """

    __slots__ = ("_number", "_over", "_watcher")

    def __init__(
        self,
        watcher: Watcher | None,
        method: str,
        url: object,
        headers: Mapping[str, str],
        body: object = None,
    ) -> None:
        self._watcher = watcher
        self._over = watcher is None
        if watcher is not None:
            content = body if isinstance(body, bytes) else None
            self._number = watcher.asked(_now(), method, str(url), _plain(headers), content)

    def answered(self, sent: Mapping[str, str], status: int, headers: Mapping[str, str]) -> None:
        """The answer begins."""
        if self._watcher is not None:
            self._watcher.answered(self._number, _now(), _plain(sent), status, _plain(headers))

    def received(self, data: bytes) -> None:
        """A piece of the answer came; an empty one is its end."""
        if self._watcher is not None and not self._over:
            if data:
                self._watcher.received(self._number, _now(), data)
            else:
                self.ended()

    def said(self, data: bytes) -> None:
        """A message was sent."""
        if self._watcher is not None:
            self._watcher.said(self._number, _now(), data)

    def ended(self, error: BaseException | None = None) -> None:
        """It is over; only the first time counts."""
        if self._watcher is not None and not self._over:
            self._over = True
            words = "" if error is None else str(error) or type(error).__name__
            self._watcher.ended(self._number, _now(), words)


UNWATCHED = Watched(None, "", "", {})
"""Any exchange that nobody watches."""


def _plain(headers: Mapping[str, str]) -> Headers:
    """Headers as plain text: the HTTP library has a class of its own for names."""
    return [("".join(name), value) for name, value in headers.items()]


# The clock on the wall may be set while we look at it, the other one may not.
_START = time.time() - time.monotonic()


def _now() -> float:
    return _START + time.monotonic()
