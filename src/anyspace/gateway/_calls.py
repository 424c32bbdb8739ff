"""`Call`: what is known of the request that is being handled, wherever in its code one is.

It goes with the code that handles the request (a context variable), and with every task
that this code starts, so that neither routes nor models hand it on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar, Token
from typing import Final

from anyspace.gateway._callers import ANYBODY, Caller
from anyspace.gateway._metrics import Metrics

__all__ = ["Call", "current_call", "leave_call", "set_call"]

_GUEST: Final = "any-space"  # callers may name any number of Spaces; labels must stay few


class Call:
    """One request that is being handled.

    Args:
        id: Its name in the log and in its answer.
        metrics: Where it is counted.

    Attributes:
        caller: Who sent it.
        model: The model it turned out to be for; ``""`` before, and for none.
        space: The Space that was given its job last.
        failure: The code of the error it was answered with.
        cached: It was answered from what is kept.
    """

    __slots__ = ("_guest", "_metrics", "cached", "caller", "failure", "id", "model", "space")

    def __init__(self, id: str = "", metrics: Metrics | None = None) -> None:
        self.id = id
        self.caller: Caller = ANYBODY
        self.model = ""
        self.space = ""
        self.failure = ""
        self.cached = False
        self._guest = False
        self._metrics = metrics

    def see_model(self, name: str, *, named_by_caller: bool) -> None:
        """It is for this model."""
        self.model = name
        self._guest = named_by_caller

    @property
    def headers(self) -> dict[str, str]:
        """Who has its job, as the answer says it."""
        said = {"x-anyspace-model": self.model, "x-anyspace-space": self.space}
        return {name: value for name, value in said.items() if value}

    @property
    def labels(self) -> tuple[str, str]:
        """Model and Space as they are counted."""
        return (_GUEST, "") if self._guest else (self.model, self.space)

    @contextlib.contextmanager
    def job(self) -> Iterator[None]:
        """Count a job that waits for a Space with room, or that `working` says is with one."""
        if self._metrics is None:
            yield
            return
        waiting = self._metrics.jobs_waiting.labels(self.labels[0])
        waiting.inc()
        try:
            yield
        finally:
            waiting.dec()

    @contextlib.contextmanager
    def working(self, space: str) -> Iterator[None]:
        """Count a job, within `job`, that a Space has."""
        self.space = space
        if self._metrics is None:
            yield
            return
        model, space = self.labels
        waiting = self._metrics.jobs_waiting.labels(model)
        running = self._metrics.jobs_running.labels(model, space)
        waiting.dec()
        running.inc()
        try:
            yield
        finally:
            running.dec()
            waiting.inc()


_NO_REQUEST: Final = Call()
_current: ContextVar[Call] = ContextVar("anyspace_call")


def current_call() -> Call:
    """The request that is being handled; outside of any, one that is never answered."""
    return _current.get(_NO_REQUEST)


def set_call(call: Call) -> Token[Call]:
    """Handle a request from here on."""
    return _current.set(call)


def leave_call(token: Token[Call]) -> None:
    """It has been handled."""
    _current.reset(token)
