"""Make the other shapes of a method: blocking, and as a function.

A task's parameters are written down once, at the asynchronous method. The rest is made
of it here, with `ParamSpec`, so that type checkers and editors see the same signature
everywhere (overloads, too).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine
from contextvars import Token
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar, cast

from anyspace._blocking import run_blocking
from anyspace.tasks._client import collected_notes, warn_caller
from anyspace.tasks._stream import Stream
from anyspace.tasks._task_client import AsyncTaskClient

__all__ = ["Portal", "as_function", "blocking_function", "blocking_method"]

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F")

Method = Callable[Concatenate[AsyncTaskClient, P], Coroutine[Any, Any, T]]


class Portal(Protocol):
    """A blocking client, as far as its methods need to know it."""

    _client: AsyncTaskClient

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run it where the client's connections live."""
        ...


def blocking_method(method: Method[P, T]) -> Callable[Concatenate[Portal, P], T]:
    """The same method without await."""

    @functools.wraps(method)
    def call(self: Portal, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with _Notes() as notes:
            result = self._call(method(self._client, *args, **kwargs))
        notes.warn()
        return _for_blocking(result)

    return cast("Callable[Concatenate[Portal, P], T]", call)


def as_function(method: Method[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """The same as a function to await: it connects, does it, and closes."""

    @functools.wraps(method)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        with _Notes() as notes:
            result: T = await _once(method, *args, **kwargs)
        notes.warn()
        return result

    call.__name__ = call.__qualname__ = f"async_{method.__name__}"
    return _without_self(call, method)


def blocking_function(method: Method[P, T]) -> Callable[P, T]:
    """The same as a function: it connects, does it, and closes."""

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        with _Notes() as notes:
            result: T = run_blocking(_once(method, *args, **kwargs))
        notes.warn()
        return _for_blocking(result)

    call.__qualname__ = method.__name__
    return _without_self(call, method)


async def _once(method: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Call a method of a client that is there for this call only."""
    client = AsyncTaskClient()
    try:
        result = await method(client, *args, **kwargs)
    except BaseException:
        await client.aclose()
        raise
    if isinstance(result, Stream):
        return result.then(client.aclose)
    await client.aclose()
    return result


def _for_blocking(result: T) -> T:
    return cast("T", result.for_blocking()) if isinstance(result, Stream) else result


def _without_self(function: F, method: Any) -> F:
    """Let `help` and editors show what the function takes, and not the method."""
    signature = inspect.signature(method)
    parameters = list(signature.parameters.values())[1:]
    vars(function)["__signature__"] = signature.replace(parameters=parameters)
    function.__module__ = "anyspace"
    return function


class _Notes:
    """Collects what a method would warn of, to warn in the caller's own frame and thread."""

    def __init__(self) -> None:
        self._notes: list[str] = []
        self._token: Token[list[str] | None] | None = None

    def __enter__(self) -> Self:
        self._token = collected_notes.set(self._notes)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._token is not None  # entered
        collected_notes.reset(self._token)

    def warn(self) -> None:
        """Warn as the caller of the derived function."""
        warn_caller(self._notes)
