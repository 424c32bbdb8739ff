"""What all task methods stand on: a connection for each Space, and warnings for notes."""

from __future__ import annotations

import asyncio
import os
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, Self

from anyspace._errors import AnyspaceError, BindingWarning, UsageError
from anyspace.client import WAIT_SECONDS, AsyncClient, Timeouts
from anyspace.tasks._done import TaskResult
from anyspace.tasks._options import to_content
from anyspace.tasks._run import TaskRun, submit_task

__all__ = ["TaskBase", "collected_notes", "tell_notes", "warn_caller"]

collected_notes: ContextVar[list[str] | None] = ContextVar("collected_notes", default=None)
"""Where notes go instead of becoming warnings: to who warns in another thread or frame."""

_HERE: Final = os.path.dirname(__file__) + os.sep
_CALL: Final = ("endpoint", "parameters", "timeout", "headers")


class TaskBase:
    """Keeps a client for each Space, so that calls of the same one share its connections."""

    def __init__(
        self,
        model: str | None = None,
        *,
        token: str | bool | None = None,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        endpoint: str | None = None,
        parameters: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        wait: float = WAIT_SECONDS,
        lock: str | os.PathLike[str] | bool | None = None,
    ) -> None:
        self.model = model
        self._timeout = timeout
        self._headers = headers
        self._usual = {"endpoint": endpoint, "parameters": parameters}
        self._auth = auth
        self._reach: dict[str, Any] = {"token": token, "wait": wait, "lock": lock}
        self._clients: dict[tuple[Any, ...], AsyncClient] = {}
        self._closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.model or 'of any Space'}>"

    async def aclose(self) -> None:
        """Cancel what still runs and close every connection."""
        self._closed = True
        clients = list(self._clients.values())
        self._clients.clear()
        await asyncio.gather(*(client.aclose() for client in clients))

    async def _wind_down(self) -> None:
        """Nobody holds it any more."""
        await self.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    # --- for the methods --------------------------------------------------------------

    async def _do(
        self,
        task: str,
        model: str | None,
        options: Mapping[str, Any],
        fields: Mapping[str, Any],
        wishes: Mapping[str, Any] | None = None,
    ) -> TaskResult:
        """Do a task and wait; warn of what had to give, as the caller of the method's caller."""
        run = await self._start(task, model, options, fields, wishes)
        async with run:
            result = await run.result()
        tell_notes(run.client.space, result.notes)
        return result

    async def _do_each(
        self,
        task: str,
        model: str | None,
        options: Mapping[str, Any],
        each: Sequence[Mapping[str, Any]],
        wishes: Mapping[str, Any] | None = None,
    ) -> list[TaskResult]:
        """Do a task for each of several sets of fields, at the same time."""

        async def one(fields: Mapping[str, Any]) -> TaskResult:
            async with await self._start(task, model, options, fields, wishes) as run:
                space.append(run.client.space)
                return await run.result()

        space: list[str] = []
        try:
            async with asyncio.TaskGroup() as group:
                runs = [group.create_task(one(fields)) for fields in each]
        except ExceptionGroup as problems:
            raise problems.exceptions[0] from None
        results = [run.result() for run in runs]
        notes = dict.fromkeys(note for result in results for note in result.notes)
        tell_notes("".join(space[:1]), tuple(notes))
        return results

    async def _start(
        self,
        task: str,
        model: str | None,
        options: Mapping[str, Any],
        fields: Mapping[str, Any],
        wishes: Mapping[str, Any] | None = None,
    ) -> TaskRun:
        """Set a task going.

        Args:
            task: Its pipeline tag.
            model: The Space, or None for the client's own.
            options: `CallOptions`; whatever else is in there is a field or a parameter.
            fields: What the method takes.
            wishes: What it takes and hardly a Space offers.
        """
        usual = {name: value for name, value in self._usual.items() if value is not None}
        call = usual | {k: options[k] for k in _CALL if options.get(k) is not None}
        more = {k: v for k, v in options.items() if k not in (*_CALL, *self._reach, "extra_body")}
        more |= options.get("extra_body") or {}
        stated = {k: options[k] for k in self._reach if options.get(k) is not None}
        client = await self._client(model, {**self._reach, **stated})
        files = {name: to_content(more[name]) for name in _FILES & more.keys()}
        return await submit_task(client, task, {**fields, **more, **files}, wishes=wishes, **call)

    async def _client(self, model: str | None, how: Mapping[str, Any]) -> AsyncClient:
        """The connected client of a Space, one for each way to reach it."""
        source = model or self.model
        if not source:
            raise UsageError(
                "say which Space: model='owner/name', its page, or the address of an app"
            )
        if self._closed:
            raise UsageError("the client is closed")
        key = (source, *how.values())
        client = self._clients.get(key)
        if client is None:
            client = self._clients[key] = AsyncClient(
                source,
                **how,
                auth=self._auth,
                headers=self._headers,
                timeouts=Timeouts(total=self._timeout),
            )
        try:
            await client.connect()
        except AnyspaceError:
            # The next call starts afresh, unless another one is at it already.
            if self._clients.get(key) is client:
                del self._clients[key]
            raise
        return client


_FILES: Final = frozenset(("image", "mask", "audio", "document", "reference_audio"))


def tell_notes(space: str, notes: Iterable[str]) -> None:
    """Warn of what had to give, or leave it to who collects notes."""
    told = [f"{space}: {note}" for note in notes]
    collected = collected_notes.get()
    if collected is None:
        warn_caller(told)
    else:
        collected.extend(told)


def warn_caller(notes: Iterable[str]) -> None:
    """Warn as the line that called into this package, however deep it is."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HERE):
        level, frame = level + 1, frame.f_back
    for note in notes:
        warnings.warn(note, BindingWarning, stacklevel=level)
