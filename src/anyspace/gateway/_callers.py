"""`Caller`: who calls, and how much they may; `Callers`: everybody who may call at all."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from anyspace.gateway._refusals import Refused
from anyspace.gateway._tables import KeyTable
from anyspace.settings import hash_key

__all__ = ["ANYBODY", "Caller", "Callers"]

_HINT: Final = (
    "send it as `Authorization: Bearer sk-anyspace-…`, or as `api-key` or `x-api-key`; "
    "`anyspace key new NAME` makes one"
)
_BUSY_SECONDS: Final = 5.0


class Caller:
    """Who calls: whoever has a key, or anybody on this machine.

    Args:
        name: The key's name; ``""`` without keys.
        table: What the key allows; None for everything.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        name: str = "",
        table: KeyTable | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.table = table
        self._clock = clock
        self._jobs = 0
        # A bucket of tokens, one for each job; a minute fills it.
        self._tokens = float(table.rate or 0) if table else 0.0
        self._filled = clock()

    @property
    def is_limited(self) -> bool:
        """The key is for some models only."""
        return self.table is not None and bool(self.table.models)

    def may_use(self, model: str) -> bool:
        """Whether it may use a model. What is none of the settings' is for keys without a list."""
        return not self.is_limited or (self.table is not None and model in self.table.models)

    def begin_job(self) -> None:
        """Count a job that begins; `end_job` follows when it has ended.

        Raises:
            Refused: The key has no more for now.
        """
        table = self.table
        if table is not None:
            if table.concurrency is not None and self._jobs >= table.concurrency:
                raise Refused(
                    f"{table.concurrency} jobs of the key {self.name} are under way, as many "
                    "as it may have",
                    status=429,
                    code="concurrency_limit_exceeded",
                    retry_after=_BUSY_SECONDS,
                )
            if table.rate is not None:
                self._take_token(table.rate)
        self._jobs += 1

    def end_job(self) -> None:
        """A job has ended."""
        self._jobs -= 1

    def _take_token(self, rate: int) -> None:
        now = self._clock()
        self._tokens = min(float(rate), self._tokens + (now - self._filled) * rate / 60)
        self._filled = now
        if self._tokens < 1:
            raise Refused(
                f"the key {self.name} may begin {rate} jobs a minute",
                status=429,
                code="rate_limit_exceeded",
                retry_after=(1 - self._tokens) * 60 / rate,
            )
        self._tokens -= 1


ANYBODY: Final = Caller()


class Callers:
    """Everybody who may call.

    Args:
        keys: What the settings say, by name; empty when no key is asked for.
    """

    def __init__(self, keys: Mapping[str, KeyTable]) -> None:
        self._callers: list[Caller] = []
        self.replace(keys)

    def __bool__(self) -> bool:
        return bool(self._callers)

    def replace(self, keys: Mapping[str, KeyTable]) -> None:
        """Know these keys from now on; one that is as before keeps what it has used."""
        known = {caller.name: caller for caller in self._callers}
        self._callers = [
            known[name] if name in known and known[name].table == table else Caller(name, table)
            for name, table in keys.items()
        ]

    def recognise(self, headers: Mapping[str, str]) -> Caller:
        """Find who sends a request; everybody is `ANYBODY` when there are no keys.

        Args:
            headers: The request's, with names in lower case.

        Raises:
            Refused: It has no key, or none of those that are known.
        """
        if not self._callers:
            return ANYBODY
        given = list(_keys_in(headers))
        if not given:
            raise _unknown(f"this gateway wants a key: {_HINT}")
        for key in given:
            if (found := self._find(key)) is not None:
                return found
        raise _unknown(f"this gateway does not know the key: {_HINT}")

    def _find(self, key: str) -> Caller | None:
        """Compare with every key, each in the same time, so that time tells nothing."""
        hashed = hash_key(key)
        found = None
        for caller in self._callers:
            assert caller.table is not None  # only `ANYBODY` has none
            if hmac.compare_digest(caller.table.hash, hashed):
                found = caller
        return found


def _keys_in(headers: Mapping[str, str]) -> Iterator[str]:
    """Every key of a request: Gradio's clients may have one of their own in `Authorization`."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        yield key.strip()
    for name in ("api-key", "x-api-key"):
        if headers.get(name):
            yield headers[name]


def _unknown(message: str) -> Refused:
    headers = {"www-authenticate": "Bearer"}
    return Refused(message, status=401, code="invalid_api_key", headers=headers)
