"""`Model`: a name that callers ask for, and the Spaces behind it; `Models`: all of them."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import math
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from anyspace._errors import AnyspaceError, ArgumentError, BindingError, UsageError
from anyspace.client import AsyncClient, Timeouts, Update
from anyspace.gateway._calls import current_call
from anyspace.gateway._errors import Refused, UnknownModel
from anyspace.gateway._handed_on import headers_for
from anyspace.gateway._settings import GatewaySettings
from anyspace.gateway._tables import ModelTable, SpaceTable
from anyspace.hub import parse_source
from anyspace.pool import Attempt, Pool, Provider, Served
from anyspace.recipes import Binding, bind, task_names
from anyspace.schema import App, Endpoint
from anyspace.settings import Settings, nearest
from anyspace.tasks import Preview, TaskResult, submit_task

__all__ = ["Model", "Models", "OnUpdate"]

OnUpdate = Callable[[Update | Preview], None]
"""Told what the Space reports, and the result so far."""

_CERTAIN: Final = 0.5  # from this score on an app is said to do a task that nobody named


class Model:
    """One name that callers ask for: a pool of Spaces, each with a client that stays connected.

    Args:
        name: What callers call it.
        table: What the settings say of it.
        file: The settings' file, for what it settles for single Spaces.
        named_by_caller: It is a Space that a caller named, not one of the settings.
    """

    def __init__(
        self, name: str, table: ModelTable, file: Settings, *, named_by_caller: bool = False
    ) -> None:
        self.name = name
        self.table = table
        self.file = file
        self.named_by_caller = named_by_caller
        self._members = {_provider(member, table): member for member in table.members}
        self.pool = Pool(self._members, order=table.order)
        self._clients: dict[Provider, AsyncClient] = {}
        self.task = table.task  # what it does, as far as is known
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {', '.join(map(str, self.pool.providers))}>"

    @property
    def running(self) -> int:
        """Jobs that are under way, those that wait for a Space included."""
        return self._running

    def client(self, provider: Provider) -> AsyncClient:
        """The client of one of its Spaces; it connects with its first call.

        Raises:
            UsageError: The environment has no token under the name that the settings give.
        """
        if provider not in self._clients:
            self._clients[provider] = _make_client(self._members[provider], self.table)
        return self._clients[provider]

    async def run_task(
        self,
        task: str,
        values: Mapping[str, Any],
        wishes: Mapping[str, Any] | None = None,
        *,
        on_update: OnUpdate | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Served[TaskResult]:
        """Have a task done by one of the Spaces.

        Args:
            task: Its pipeline tag.
            values: By field, or by the endpoint's own parameter.
            wishes: Likewise; what a Space does not offer is left out with a note.
            on_update: Told what the Space reports meanwhile.
            headers: Sent with the calls.

        Raises:
            NoProvider: Several Spaces were asked, or none could be.
            AnyspaceError: As for `anyspace.tasks.run_task`.
        """
        settled = self._settled(task, values)
        call = current_call()

        async def attempt(one: Attempt) -> TaskResult:
            with call.working(one.provider.src):
                run = await submit_task(
                    self.client(one.provider),
                    task,
                    wishes=wishes,
                    headers=headers_for(one.provider.src, headers),
                    settings=self.file,
                    **settled,
                )
                async with run:
                    async for update in run.updates():
                        if not isinstance(update, Preview):
                            one.see(update)
                        if on_update is not None:
                            on_update(update)
                    return await run.result()

        with self._counted(), call.job():
            return await self.pool.run(attempt)

    async def call(
        self,
        endpoint: str,
        arguments: Mapping[str, Any],
        *,
        on_update: Callable[[Update], None] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Served[Any]:
        """Call an endpoint of one of the Spaces with arguments by name.

        Raises:
            UnknownEndpoint: There is none of that name.
            AnyspaceError: As for `anyspace.AsyncClient.predict`.
        """
        current = current_call()

        async def attempt(one: Attempt) -> Any:
            with current.working(one.provider.src):
                client = self.client(one.provider)
                app = await client.connect()
                called = app.endpoint(endpoint)
                given = _only_parameters(called, arguments)
                handed = headers_for(one.provider.src, headers)
                if handed and "headers" not in {p.name for p in called.parameters}:
                    given["headers"] = handed
                job = await client.submit(fn_index=called.fn_index, **given)
                try:
                    async for update in job.updates():
                        one.see(update)
                        if on_update is not None:
                            on_update(update)
                    return await job
                finally:
                    await job.cancel()

        with self._counted(), current.job():
            return await self.pool.run(attempt)

    async def describe(self) -> tuple[AsyncClient, App]:
        """The first of the Spaces that answers, and what its app says of itself.

        Raises:
            AnyspaceError: None answers; what the first one says.
        """
        problems: list[AnyspaceError] = []
        for provider in self.pool.providers:
            try:
                client = self.client(provider)
                return client, await client.connect()
            except AnyspaceError as exc:
                problems.append(exc)
        raise problems[0]

    async def bind(self, task: str) -> Binding:
        """Fit a task to the first of the Spaces that answers.

        Raises:
            BindingError: No endpoint of it does the task.
            AnyspaceError: None answers.
        """
        client, app = await self.describe()
        settled = self.file.settled(task, client.space, client.url, app.space_id)
        if self.table.task in ("", task):
            settled = settled.with_stated(self.table.endpoint or None, self.table.parameters)
        return bind(app, task, endpoint=settled.endpoint, overrides=settled.parameters)

    async def find_task(self) -> str:
        """What it does: as the settings say, else what its app fits best; ``""`` for nothing.

        Raises:
            AnyspaceError: None of its Spaces answers.
        """
        if not self.task:
            scores = {task: await self.fit(task) for task in task_names()}
            best = max(scores, key=lambda task: scores[task])
            self.task = best if scores[best] >= _CERTAIN else ""
        return self.task

    async def fit(self, task: str) -> float:
        """How well its app does a task, 0 to 1.

        Raises:
            AnyspaceError: None of its Spaces answers.
        """
        _, app = await self.describe()
        return _fit(app, task)

    @contextlib.contextmanager
    def working(self, client: AsyncClient) -> Iterator[None]:
        """Count a job that is done with one of the clients, so that a reload waits for it."""
        space = next((p.src for p, each in self._clients.items() if each is client), "")
        call = current_call()
        with self._counted(), call.job(), call.working(space):
            yield

    async def wind_down(self) -> None:
        """Let the jobs under way end, then close every connection."""
        await self._idle.wait()
        await self.aclose()

    async def aclose(self) -> None:
        """Cancel the jobs that still run and close every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    def _settled(self, task: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Add what the settings say of its task to what the caller says."""
        table = self.table
        if table.task not in ("", task):
            return {"values": values}
        said = {name: value for name, value in values.items() if value is not None}
        return {
            "values": {**table.arguments, **said},
            "endpoint": table.endpoint or None,
            "parameters": table.parameters,
        }

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()


class Models:
    """Every model that callers may ask for.

    Args:
        settings: Which there are.
    """

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._models = {
            name: Model(name, table, settings.file) for name, table in settings.models.items()
        }
        self._names = _names(settings)
        self._guests: OrderedDict[str, Model] = OrderedDict()  # Spaces that callers named
        self._leaving: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[Model]:
        """Those of the settings that the caller may use."""
        caller = current_call().caller
        return (model for model in self._models.values() if caller.may_use(model.name))

    @property
    def every(self) -> tuple[Model, ...]:
        """Those of the settings, and the Spaces that callers named and that are still known."""
        return (*self._models.values(), *self._guests.values())

    async def find(self, name: str | None, tasks: tuple[str, ...]) -> Model:
        """Find what a request means by its model.

        Args:
            name: A model's name or alias, a task, or, where that is allowed, a Space's id
                or an app's address; None for the first that does what is asked for.
            tasks: What is asked for, as pipeline tags; any task when empty.

        Raises:
            UnknownModel: There is none of that name.
            Refused: The caller's key is not for it.
            AnyspaceError: Which model does a task has to be found out, and cannot be.
        """
        call = current_call()
        if name and name in self._names:
            found = self._models[self._names[name]]
        elif not name or name in task_names():
            found = await self._first(tasks if not name else (name,))
        elif self._settings.serve.any_space and "/" in name:
            _refuse_unless(call.caller.may_use(name), name)
            found = self._guest(name)
        else:
            raise self._unknown(name)
        _refuse_unless(call.caller.may_use(found.name), name)
        call.see_model(found.name, named_by_caller=found.named_by_caller)
        return found

    async def replace(self, settings: GatewaySettings) -> None:
        """Serve what new settings say from now on; what did not change stays as it is.

        Jobs under way end where they began.
        """
        old = self._models
        self._models = {
            name: old[name]
            if name in old and old[name].table == table
            else Model(name, table, settings.file)
            for name, table in settings.models.items()
        }
        for model in self.every:
            model.file = settings.file
        gone = [model for name, model in old.items() if self._models.get(name) is not model]
        if not settings.serve.any_space:
            gone += self._guests.values()
            self._guests.clear()
        self._settings, self._names = settings, _names(settings)
        for model in gone:
            self._leave(model)

    async def aclose(self) -> None:
        """Cancel the jobs that still run and close every connection."""
        for task in self._leaving:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await asyncio.gather(*(model.aclose() for model in self.every), return_exceptions=True)

    async def _first(self, tasks: tuple[str, ...]) -> Model:
        """The first model made for one of these tasks, else the one that fits them best."""
        problems: list[AnyspaceError] = []
        fits: dict[Model, float] = {}
        for model in self:
            try:
                if not tasks or await model.find_task() in tasks:
                    return model
                fits[model] = max([await model.fit(task) for task in tasks])
            except AnyspaceError as exc:
                problems.append(exc)
        best = max(fits, key=lambda model: fits[model], default=None)
        if best is not None and fits[best]:
            return best
        if problems:
            raise problems[0]
        raise UnknownModel(f"there is no model for {' or '.join(tasks) or 'anything'} here")

    def _guest(self, source: str) -> Model:
        try:
            named = parse_source(source)
        except UsageError as exc:
            raise UnknownModel(str(exc)) from exc
        key = named.space_id or named.url
        if key in self._guests:
            self._guests.move_to_end(key)
            return self._guests[key]
        table = ModelTable(space=key)
        model = Model(key, table, self._settings.file, named_by_caller=True)
        self._guests[key] = model
        if len(self._guests) > self._settings.limits.spaces:
            self._leave(self._guests.popitem(last=False)[1])
        return model

    def _leave(self, model: Model) -> None:
        task = asyncio.get_running_loop().create_task(model.wind_down())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    def _unknown(self, name: str) -> UnknownModel:
        allowed_names = {model.name for model in self}
        known = [each for each, means in self._names.items() if means in allowed_names]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        names = ", ".join(model.name for model in self) or "none"
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {names}"
        allowed = (
            ""
            if self._settings.serve.any_space or "/" not in name
            else (
                "; Spaces that are not in the settings may be named when any_space = true stands "
                "below [serve]"
            )
        )
        return UnknownModel(f"no model {name!r} here; {hint}{allowed}")


def _names(settings: GatewaySettings) -> dict[str, str]:
    """The model that each name and alias means."""
    names = {name: name for name in settings.models}
    for name, table in settings.models.items():
        names |= dict.fromkeys(table.aliases, name)
    return names


def _refuse_unless(allowed: bool, name: str | None) -> None:
    if not allowed:
        raise Refused(f"this key is not for the model {name}", status=403, code="model_not_allowed")


def _provider(member: SpaceTable, table: ModelTable) -> Provider:
    return Provider(
        src=member.space,
        account=member.token_env,
        weight=member.weight,
        concurrency=member.concurrency or table.concurrency,
    )


def _make_client(member: SpaceTable, table: ModelTable) -> AsyncClient:
    token = os.environ.get(member.token_env) if member.token_env else None
    if member.token_env and not token:
        raise UsageError(f"{member.space}: there is no token in ${member.token_env}")
    return AsyncClient(
        member.space,
        token=token,
        timeouts=Timeouts(
            total=None if math.isinf(table.timeout) else table.timeout, idle=table.idle_timeout
        ),
        wait=table.wait,
        public_only=True,
    )


def _only_parameters(endpoint: Endpoint, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse what is no parameter: `AsyncClient.submit` has keywords of its own.

    Raises:
        ArgumentError: A name is none of the endpoint's parameters.
    """
    names = [p.name for p in endpoint.parameters if p.name not in ("api_name", "fn_index")]
    problems = [
        f"{name}: no such parameter; {nearest(name, names or ['none'])}"
        for name in arguments
        if name not in names
    ]
    if problems:
        text = f"{endpoint.name}: {'; '.join(problems)}"
        raise ArgumentError(text, problems=problems, endpoint=endpoint.name)
    return dict(arguments)


def _fit(app: App, task: str) -> float:
    """How well an app does a task, 0 to 1."""
    try:
        return bind(app, task).score
    except BindingError:
        return 0.0
