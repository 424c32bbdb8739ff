"""`Gateway`: what all routes share, and how a request becomes a job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

import msgspec
from litestar import Request

from anyspace.client import Update
from anyspace.gateway._life import Life
from anyspace.gateway._models import Model, Models, OnUpdate
from anyspace.gateway._settings import GatewaySettings
from anyspace.gateway.results import Content, ResultStore, address_of, results_folder
from anyspace.pool import Served
from anyspace.tasks import Preview, TaskResult

__all__ = ["Asked", "Beat", "Done", "Gateway"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A task that a request asks for.

    Attributes:
        model: The model as the request names it, None when it names none.
        task: The task's pipeline tag.
        values: By field, or by a Space's own parameter.
        wishes: Likewise; what a Space does not offer is left out.
        headers: Sent to the Space with the calls.
    """

    model: str | None
    task: str
    values: Mapping[str, Any]
    wishes: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}


class Done(msgspec.Struct, frozen=True):
    """A task that was done.

    Attributes:
        model: Which model did it.
        space: Which of its Spaces.
        result: What came of it.
    """

    model: Model
    space: str
    result: TaskResult


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
        self.life = Life(settings.limits.jobs)
        self.results = ResultStore(results_folder(settings))

    async def run(self, asked: Asked, on_update: OnUpdate | None = None) -> Done:
        """Have a task done, and wait for the result.

        Raises:
            UnknownModel: There is no such model.
            Stopping: The gateway is being stopped.
            AnyspaceError: As for `Model.run_task`.
        """
        with self.life.job():
            model = await self.models.find(asked.model, (asked.task,))
            served: Served[TaskResult] = await model.run_task(
                asked.task,
                asked.values,
                asked.wishes,
                on_update=on_update,
                headers=asked.headers or None,
            )
            return Done(model, served.provider.src, served.value)

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

    async def keep(self, request: Request[Any, Any, Any], content: Content) -> str:
        """Keep a result, and return the address at which the caller can have it.

        Raises:
            Refused: There is no room for it.
        """
        kept = await self.results.keep(content)
        return address_of(self.settings.serve.public_url or str(request.base_url), kept)

    async def reload(self, settings: GatewaySettings) -> None:
        """Serve what new settings say from now on; jobs under way end where they began."""
        await self.models.replace(settings)
        self.settings = settings
        self.life.limit = settings.limits.jobs

    async def aclose(self) -> None:
        """Cancel what still runs and close every connection."""
        await self.models.aclose()


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
