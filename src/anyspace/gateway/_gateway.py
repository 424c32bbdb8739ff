"""`Gateway`: what all routes share, and how a request becomes a job."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from litestar import Request

from anyspace.client import Update
from anyspace.gateway._callers import Callers
from anyspace.gateway._calls import current_call
from anyspace.gateway._errors import Refused
from anyspace.gateway._life import Life
from anyspace.gateway._metrics import Metrics
from anyspace.gateway._models import Model, Models, OnUpdate
from anyspace.gateway._settings import GatewaySettings
from anyspace.gateway.results import (
    Answer,
    AnswerCache,
    Content,
    GivenFile,
    Kept,
    KeptFile,
    ResultStore,
    address_of,
    request_key,
)
from anyspace.pool import Served
from anyspace.tasks import Preview, TaskResult

__all__ = ["Asked", "Beat", "Done", "Gateway", "Returned"]

logger = logging.getLogger("anyspace.gateway")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A task that a request asks for.

    Attributes:
        model: The model as the request names it, None when it names none.
        task: The task's pipeline tag.
        values: By field, or by a Space's own parameter.
        wishes: Likewise; what a Space does not offer is left out.
        headers: Sent to the Space with the calls.
        others: Tasks that would do as well, for a model that is there for one of them.
    """

    model: str | None
    task: str
    values: Mapping[str, Any]
    wishes: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}
    others: tuple[str, ...] = ()


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A task that was done.

    Attributes:
        model: Which model did it.
        space: Which of its Spaces.
        endpoint: With which of its endpoints.
        notes: What was changed to fit, or is not offered, in words.
        files: The result's files, the best first.
        text: The result as text, ``""`` when it is none.
        data: The result's numbers, None when it has none.
        value: All that the endpoint returned; None for what was made before.
        cached: It was made before, for a request like this one.
    """

    model: Model
    space: str
    endpoint: str
    notes: tuple[str, ...]
    files: tuple[GivenFile, ...] = ()
    text: str = ""
    data: Any = None
    value: Any = None
    cached: bool = False


class Returned(msgspec.Struct, frozen=True):
    """A call that was made.

    Attributes:
        model: Which model made it.
        space: Which of its Spaces.
        value: What the endpoint returned: one output as itself, several as a `Result`.
    """

    model: Model
    space: str
    value: Any


class Beat(msgspec.Struct, frozen=True):
    """A sign of life: a Space has the job, or works on."""


class Gateway:
    """The models, the jobs under way and the settings, in one place.

    Args:
        settings: What to serve.
    """

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.models = Models(settings)
        self.callers = Callers(settings.keys)
        self.metrics = Metrics()
        self.life = Life(settings.limits.jobs)
        self.results = ResultStore.of(settings)
        self.answers = AnswerCache(self.results)

    async def run(self, asked: Asked, on_update: OnUpdate | None = None) -> Done:
        """Have a task done, and wait for the result.

        Raises:
            UnknownModel: There is no such model.
            Stopping: The gateway is being stopped.
            AnyspaceError: As for `Model.run_task`.
        """
        with self.life.job():
            model = await self.models.find(asked.model, (asked.task, *asked.others))
            if asked.others and (task := await model.find_task()) in asked.others:
                asked = msgspec.structs.replace(asked, task=task)
            if not self.settings.storage.cache or asked.values.get("seed") is None:
                return await self._make(model, asked, on_update)
            said = (model.name, model.table, model.file.recipes)
            key = await request_key(*said, asked.task, asked.values, asked.wishes)
            known = await self.answers.find(key) if key else None
            if known is not None:
                return await self._remembered(model, known)
            done = await self._make(model, asked, on_update)
            return await self._kept(key, done) if key else done

    async def stream(self, asked: Asked) -> AsyncGenerator[Preview | Beat | Done]:
        """Have a task done, and give the result so far while it is made, then the result.

        The first thing given says that a Space has the job, so what fails before that is
        raised before anything is given. Of several results that came while the caller was
        busy only the newest is given: a slow caller holds no more than one of each run.

        Raises:
            AnyspaceError: As for `run`.
        """
        newest = _Newest()
        task = asyncio.ensure_future(self.run(asked, newest.see))
        task.add_done_callback(lambda _: newest.end())
        try:
            async for item in newest:
                yield item
            yield await task
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # told above, or of no use to who left

    async def call(
        self,
        name: str,
        endpoint: str,
        arguments: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        on_update: Callable[[Update], None] | None = None,
    ) -> Returned:
        """Call an endpoint of a model's Space with arguments by name, and wait for the result.

        Raises:
            UnknownModel: There is no such model.
            Stopping: The gateway is being stopped.
            AnyspaceError: As for `Model.call`.
        """
        with self.life.job():
            model = await self.models.find(name, ())
            served = await model.call(endpoint, arguments, on_update=on_update, headers=headers)
            return Returned(model, served.provider.src, served.value)

    async def keep(self, request: Request[Any, Any, Any], content: Content | GivenFile) -> str:
        """Keep a result, and return the address at which the caller can have it.

        Raises:
            Refused: There is no room for it.
            FileError: It cannot be had from its Space.
        """
        kept = await (
            self.results.keep(content)
            if isinstance(content, Content)
            else self.results.keep_file(content)
        )
        return address_of(self.settings.serve.public_url or str(request.base_url), kept)

    async def reload(self, settings: GatewaySettings) -> None:
        """Serve what new settings say from now on; jobs under way end where they began."""
        await self.models.replace(settings)
        self.settings = settings
        self.life.limit = settings.limits.jobs
        self.callers.replace(settings.keys)

    async def aclose(self) -> None:
        """Cancel what still runs and close every connection."""
        await self.models.aclose()
        await self.results.aclose()

    async def _make(self, model: Model, asked: Asked, on_update: OnUpdate | None) -> Done:
        """Have a task done by a Space."""
        served: Served[TaskResult] = await model.run_task(
            asked.task,
            asked.values,
            asked.wishes,
            on_update=on_update,
            headers=asked.headers or None,
        )
        made = served.value
        return Done(
            model=model,
            space=served.provider.src,
            endpoint=made.binding.endpoint.name,
            notes=made.notes,
            files=made.files,
            text=made.text,
            data=made.data,
            value=made.value,
        )

    async def _kept(self, key: str, done: Done) -> Done:
        """Keep what was made for the next request like it, if there is room."""
        try:
            kept = [await self.results.keep_file(file) for file in done.files]
            await self.answers.remember(key, _answer(done, kept))
        except Refused as exc:
            logger.warning("an answer was not kept: %s", exc)
            return done
        files = tuple(KeptFile(self.results, file) for file in kept)
        return msgspec.structs.replace(done, files=files)

    async def _remembered(self, model: Model, answer: Answer) -> Done:
        """What was made for a request like this one before."""
        kept = [await self.results.find(key) for key in answer.files]
        call = current_call()
        call.space, call.cached = answer.space, True
        return Done(
            model=model,
            space=answer.space,
            endpoint=answer.endpoint,
            notes=answer.notes,
            files=tuple(KeptFile(self.results, file) for file in kept if file is not None),
            text=answer.text,
            data=answer.data,
            cached=True,
        )


def _answer(done: Done, kept: Sequence[Kept]) -> Answer:
    return Answer(
        space=done.space,
        endpoint=done.endpoint,
        notes=done.notes,
        text=done.text,
        data=done.data,
        files=tuple(file.key for file in kept),
    )


_BEAT: Final = Beat()
_SILENCE_SECONDS: Final = 15.0  # as Gradio; proxies cut streams that are silent for longer


class _Newest:
    """The newest preview of each run, and signs of life while there is none."""

    def __init__(self) -> None:
        self._previews: dict[int, Preview] = {}
        self._begun = False
        self._news = asyncio.Event()
        self._ended = False

    def see(self, update: Update | Preview) -> None:
        if isinstance(update, Preview):
            self._previews[update.run] = update
        elif self._begun:
            return
        self._begun = True
        self._news.set()

    def end(self) -> None:
        self._ended = True
        self._news.set()

    async def __aiter__(self) -> AsyncGenerator[Preview | Beat]:
        while not self._ended:
            try:
                async with asyncio.timeout(_SILENCE_SECONDS if self._begun else None):
                    await self._news.wait()
            except TimeoutError:
                yield _BEAT
                continue
            self._news.clear()
            if not self._previews and not self._ended:
                yield _BEAT
            while self._previews and not self._ended:
                yield self._previews.pop(min(self._previews))
