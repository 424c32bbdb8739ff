"""Run a task on a Space: bind it, make the calls, read the result, show the way there.

`submit_task` is for who wants to see the way (`TaskRun.updates`); `run_task` waits for
the result. Both take the fields of the task as a mapping, whatever the task.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self, cast

from anyspace._errors import AnyspaceError, ArgumentError, RemoteProtocolError
from anyspace.client import (
    AsyncClient,
    AsyncJob,
    AsyncMediaFile,
    Cursor,
    Output,
    Result,
    Update,
    file_at,
    lend_session,
)
from anyspace.recipes import Answer, Binding, Link, Media
from anyspace.settings import Settings, load_settings
from anyspace.tasks._adapt import adapt
from anyspace.tasks._bindings import find_binding
from anyspace.tasks._conversation import attached_files
from anyspace.tasks._done import Preview, Sent, TaskResult
from anyspace.tasks._plan import Plan
from anyspace.tasks._words import check_needed

__all__ = ["OnUpdate", "TaskRun", "run_task", "submit_task"]

OnUpdate = Callable[[Update | Preview], None]
"""Told what the app reports, and the result so far."""

_AT_ONCE: Final = 8  # runs of one task in the app's queue
_WORDS_FOR: Final[Mapping[Media, str]] = {
    Media.IMAGE: "picture",
    Media.AUDIO: "sound",
    Media.VIDEO: "film",
    Media.MODEL: "3D model",
    Media.TEXT: "text that can be read",
    Media.DATA: "numbers",
}


async def run_task(
    client: AsyncClient,
    task: str,
    values: Mapping[str, Any],
    *,
    endpoint: str | None = None,
    parameters: Mapping[str, str] | None = None,
    wishes: Mapping[str, Any] | None = None,
    on_update: OnUpdate | None = None,
    timeout: float | None = None,
    headers: Mapping[str, str] | None = None,
) -> TaskResult:
    """Let a Space do a task, and wait for the result.

    Args:
        client: The Space's client.
        task: The task's pipeline tag, ``"text-to-image"``.
        values: By field of the task (see `anyspace.recipes.field_names`), or by name of
            a parameter of the endpoint; None counts as not given.
        endpoint: The Space's endpoint, when the right one is not found by itself.
        parameters: By field the parameter that takes it, likewise.
        wishes: As `values`, but what neither the task nor the endpoint knows is left
            out with a note, where it would be refused among the values.
        on_update: Told what the app reports meanwhile.
        timeout: Seconds for each call.
        headers: Sent with the calls.

    Raises:
        BindingError: No endpoint does the task.
        ArgumentError: A value does not fit, or a needed one is missing; nothing was sent.
        RemoteProtocolError: What came back holds no result.
        AnyspaceError: Whatever a call may raise.
    """
    run = await submit_task(
        client,
        task,
        values,
        endpoint=endpoint,
        parameters=parameters,
        wishes=wishes,
        timeout=timeout,
        headers=headers,
    )
    async with run:
        if on_update is not None:
            async for update in run.updates():
                on_update(update)
        return await run.result()


async def submit_task(
    client: AsyncClient,
    task: str,
    values: Mapping[str, Any],
    *,
    endpoint: str | None = None,
    parameters: Mapping[str, str] | None = None,
    wishes: Mapping[str, Any] | None = None,
    timeout: float | None = None,
    headers: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> TaskRun:
    """Bind a task, check what was given, and set it going; arguments as for `run_task`.

    What the settings settle for the Space holds, unless an argument says otherwise; without
    any, ``anyspace.toml`` is looked for.

    Returns:
        The task under way. Use it as an asynchronous context manager: who leaves early
        cancels what runs.

    Raises:
        BindingError: No endpoint does the task.
        ArgumentError: A value does not fit, or a needed one is missing; nothing was sent.
        ContractError: The endpoint that was named is gone since the Space was locked.
        AnyspaceError: The client could not connect.
    """
    check_needed(task, values)
    settings = load_settings() if settings is None else settings
    app = await client.connect()
    wishes = wishes or {}
    settled = settings.settled(task, client.space, client.url, app.space_id)
    settled = settled.with_stated(endpoint, parameters, values)
    values = settled.arguments
    named = settled.endpoint
    if named is not None and client.contract is not None:
        named = client.contract.current_name(named)
    given = [name for name, value in (*values.items(), *wishes.items()) if value is not None]
    binding = find_binding(app, task, named, settled.parameters, given)
    options = {"timeout": timeout, "headers": headers}
    try:
        plan = Plan(binding, *adapt(binding, values, wishes))
        run = TaskRun(client, plan, {k: v for k, v in options.items() if v is not None})
        await run.start()
    except ArgumentError as exc:
        exc.space = client.space
        raise
    return run


class TaskRun:
    """A task under way. Made by `submit_task`; goes on whether or not anybody waits.

    Attributes:
        client: The Space's client.
        binding: Which endpoint is called, and what goes where.
    """

    def __init__(self, client: AsyncClient, plan: Plan, options: Mapping[str, Any]) -> None:
        self.client = client
        self.binding: Binding = plan.binding
        self._plan = plan
        self._options = options
        # Whose next update came, and of which run a preview was made of it. The jobs keep
        # their updates themselves, and know how to keep them small.
        self._order: list[tuple[AsyncJob, int | None]] = []
        self._news = asyncio.Event()
        self._begun = asyncio.get_running_loop().create_future()
        self._last: dict[int, tuple[Any, ...]] = {}
        self._calls: list[Sent] = []
        self._task: asyncio.Task[TaskResult] | None = None

    def __repr__(self) -> str:
        state = "ended" if self.done() else "under way"
        return f"<{type(self).__name__} {self.binding.task} on {self.client.space}: {state}>"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed so far, or could not be honoured, in words."""
        return self._plan.notes

    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._task is not None and self._task.done()

    async def start(self) -> None:
        """Set it going; return when the first call's arguments were found right.

        Raises:
            ArgumentError: They were not; nothing was sent.
        """
        self._task = asyncio.get_running_loop().create_task(self._carry_out())
        self._task.add_done_callback(self._ended)
        try:
            await asyncio.wait({self._task, self._begun}, return_when=asyncio.FIRST_COMPLETED)
        except BaseException:
            await self.cancel()
            raise
        if self._task.done() and isinstance(self._task.exception(), ArgumentError):
            self._task.result()

    async def result(self) -> TaskResult:
        """Wait for the end and return the result.

        Raises:
            AppError: The app's own code raised; the message is the app's.
            RemoteProtocolError: What came back holds no result.
            AnyspaceError: Whatever else a call may raise.
        """
        return await asyncio.shield(self._started)

    async def updates(self) -> AsyncIterator[Update | Preview]:
        """Yield what the app reports and the result so far, in order, until the end.

        Each call starts again from the first update. The outcome is told by `result`.
        """
        position = 0
        cursors: dict[AsyncJob, Cursor] = {}
        while True:
            while position < len(self._order):
                job, run = self._order[position]
                position += 1
                cursor = cursors.setdefault(job, job.cursor())
                update = cursor.next()
                assert update is not None  # the order is written behind the updates
                yield update
                if run is not None and isinstance(update, Output):
                    yield self._preview(update.value, run)
            if self.done():
                return
            await self._news.wait()

    async def cancel(self) -> bool:
        """Cancel what runs, on the app too, and wait until that is done.

        Returns:
            False when it had ended before.
        """
        task = self._started
        if task.done():
            return False
        task.cancel()
        await asyncio.wait({task})
        return task.cancelled()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.cancel()

    # --- inside -----------------------------------------------------------------

    @property
    def _started(self) -> asyncio.Task[TaskResult]:
        assert self._task is not None  # `submit_task` starts it
        return self._task

    def _ended(self, task: asyncio.Task[TaskResult]) -> None:
        if not task.cancelled():
            task.exception()  # who does not ask for the result has no use for its failure
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _carry_out(self) -> TaskResult:
        gate = asyncio.Semaphore(_AT_ONCE)
        answers: dict[int, Answer] = {}
        failures: dict[int, AnyspaceError] = {}

        async def do(number: int) -> None:
            try:
                async with gate:
                    answers[number] = await self._run(number)
            except AnyspaceError as exc:
                failures[number] = exc

        if self._plan.runs == 1:
            await do(0)
        else:
            try:
                async with asyncio.TaskGroup() as group:
                    for number in range(self._plan.runs):
                        group.create_task(do(number))
            except ExceptionGroup as group_of_one:  # a bug of ours, or of a file that was given
                raise group_of_one.exceptions[0] from None
        if not answers:
            raise failures[min(failures)]
        return self._result([answers[i] for i in sorted(answers)], failures)

    def _result(self, answers: list[Answer], failures: Mapping[int, AnyspaceError]) -> TaskResult:
        notes = list(self._plan.notes)
        notes += [f"run {i + 1} of {self._plan.runs} failed: {failures[i]}" for i in failures]
        return TaskResult(
            files=tuple(self._file(file) for answer in answers for file in answer.files),
            text=answers[0].text,
            data=answers[0].data,
            binding=self.binding,
            calls=tuple(sorted(self._calls, key=lambda call: call.run)),
            notes=tuple(notes),
            failures=tuple(failures.values()),
        )

    async def _run(self, run: int) -> Answer:
        """Make one run's calls, and read its result."""
        if not self._plan.steps:
            values = await self._call(self.client, None, run, ())
            return self._read(values)
        results: list[tuple[Any, ...]] = [()] * len(self.binding.chain)
        async with lend_session(self.client) as session:
            for step in self._plan.steps:
                results[step] = await self._call(session, step, run, results)
        return self._read(results[self._plan.steps[-1]])

    async def _call(
        self, client: AsyncClient, step: int | None, run: int, results: Any
    ) -> tuple[Any, ...]:
        """Make one call; what it returned comes as one value per output."""
        endpoint = self._plan.endpoint(step)
        last = step is None or step == self._plan.steps[-1]
        kwargs = self._plan.arguments(step, run, results).kwargs
        taken = {parameter.name for parameter in endpoint.parameters}
        options = {k: v for k, v in self._options.items() if k not in taken}
        try:
            job = await client.submit(fn_index=endpoint.fn_index, **kwargs, **options)
            if not self._begun.done():
                self._begun.set_result(None)
            try:
                async for update in job.updates():
                    self._show(job, update, run, last=last)
                value = await job
            except BaseException:
                await job.cancel()
                raise
        except ArgumentError as exc:
            raise self._plan.in_callers_words(exc) from exc
        self._calls.append(Sent(endpoint.name, kwargs, value, run))
        return _values(value)

    def _show(self, job: AsyncJob, update: Update, run: int, *, last: bool) -> None:
        is_news = last and isinstance(update, Output) and self._is_news(update.value, run)
        self._order.append((job, run if is_news else None))
        self._tell()

    def _is_news(self, value: Any, run: int) -> bool:
        """Tell whether the result so far is another one than it was."""
        preview = self._preview(value, run)
        told = (tuple(file.url for file in preview.files), preview.text, preview.data)
        if not any(told) or self._last.get(run) == told:
            return False
        self._last[run] = told
        return True

    def _preview(self, value: Any, run: int) -> Preview:
        """Read the result so far."""
        answer = self.binding.read(_values(value))
        files = tuple(self._file(file) for file in answer.files)
        return Preview(files, answer.text, answer.data, run)

    def _read(self, values: tuple[Any, ...]) -> Answer:
        """Read the result of a run's last call.

        Raises:
            RemoteProtocolError: There is none.
        """
        answer = self.binding.read(values)
        output = self.binding.output
        own = values[output.index] if output.index < len(values) else None
        if output.media is Media.TEXT and not answer.files:
            answer = answer._replace(files=tuple(attached_files(own)))
        # Text may well be empty: nothing was said, nothing was written on the page.
        silent = output.media is Media.TEXT and own in ("", None, [], {})
        if not (answer.files or answer.text or answer.data is not None or silent):
            name = self.binding.endpoint.name
            raise RemoteProtocolError(
                f"{name} of {self.client.space} returned no {_WORDS_FOR[output.media]}, "
                f"but {_shortened(values[0] if len(values) == 1 else values)}",
                space=self.client.space,
                endpoint=name,
            )
        return answer

    def _file(self, found: Any) -> AsyncMediaFile:
        if isinstance(found, Link):
            found = file_at(self.client, found.url, found.mime_type)
        return cast("AsyncMediaFile", found)  # as the client was told to make them


def _values(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, Result) else (value,)


def _shortened(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 300 else f"{shown[:297]}..."
