"""`Facade`: makes jobs of what clients of Gradio ask for.

A call of one of the Space's own endpoints goes to the Space as it is, in a session of its
own there that belongs to the client's. A call of a shape becomes a task for whichever Space
of the model can do it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from anyspace._errors import AnyspaceError, AppError, QuotaExceeded, UsageError
from anyspace.client import AsyncClient, AsyncJob, Result
from anyspace.client import Log as LogUpdate
from anyspace.client import Output as OutputUpdate
from anyspace.client import Progress as ProgressUpdate
from anyspace.client import Queued as QueuedUpdate
from anyspace.client import Started as StartedUpdate
from anyspace.gateway._gateway import Asked, Gateway
from anyspace.gateway._handed_on import headers_for
from anyspace.gateway.gradio._fronts import Front, Fronts
from anyspace.gateway.gradio._mailbox import Job, Mailbox
from anyspace.gateway.gradio._menu import Dish
from anyspace.gateway.gradio._sessions import Patience, Session, Sessions
from anyspace.gateway.gradio._shapes import Shape, plan_values, say_result
from anyspace.gateway.gradio._shelf import Shelf
from anyspace.gateway.gradio._uploads import Uploads
from anyspace.protocol import (
    Cancelled,
    Completed,
    Event,
    Failed,
    Log,
    Output,
    Progress,
    Queued,
    Started,
)
from anyspace.schema import Endpoint
from anyspace.tasks import Preview

__all__ = ["Call", "Facade", "new_event_id"]

logger = logging.getLogger("anyspace.gateway")

_QUOTA: Final = "ZeroGPU quota exceeded"  # by this title Gradio's own pages know it


class Call(msgspec.Struct, frozen=True, eq=False):
    """One call that a client makes.

    Attributes:
        front: The model.
        dish: What is called.
        data: The values, in order.
        session: Whose state it sees; None for nobody's.
        headers: Sent on to the Space.
    """

    front: Front
    dish: Dish
    data: Sequence[Any]
    session: Session | None
    headers: Mapping[str, str]


def new_event_id() -> str:
    """A name for a job that nobody can guess: who knows it may hear of the job."""
    return secrets.token_hex(16)


class Facade:
    """The models of a gateway as Gradio apps.

    Args:
        gateway: Does the work.
        patience: How long to wait for clients.

    Attributes:
        sessions: Those of all clients.
        shelf: Their files.
        fronts: What stands at each model's address.
        uploads: Those under way.
    """

    def __init__(self, gateway: Gateway, patience: Patience | None = None) -> None:
        self.gateway = gateway
        self.sessions = Sessions(patience or Patience())
        self.shelf = Shelf(gateway.results)
        self.fronts = Fronts(gateway, self.shelf)
        self.uploads = Uploads()

    def start(self, call: Call, mailbox: Mailbox, event_id: str = "") -> Job:
        """Set a call going; what happens is told to a mailbox."""
        job = Job(event_id or new_event_id(), call.dish.shown.fn_index)
        mailbox.begin(job)
        job.task = asyncio.get_running_loop().create_task(
            self._carry_out(call, job, mailbox), name="anyspace gradio"
        )
        # A task that is cancelled before its first step never gets to its own end.
        job.task.add_done_callback(lambda _: mailbox.end(Cancelled(job.event_id)))
        return job

    async def aclose(self) -> None:
        """Cancel what runs, and end every session."""
        await self.sessions.aclose()

    async def _carry_out(self, call: Call, job: Job, mailbox: Mailbox) -> None:
        begun = time.monotonic()
        teller = _Teller(self.shelf, call, job.event_id, mailbox)
        try:
            if call.dish.shape is not None:
                data = await self._serve_shape(call, call.dish.shape, teller)
            else:
                assert call.dish.own is not None
                data = await self._pass_on(call, call.dish.own, teller)
        except asyncio.CancelledError:
            mailbox.end(Cancelled(job.event_id))
        except AnyspaceError as exc:
            mailbox.end(_failed(job.event_id, exc))
        except Exception:
            logger.exception("%s of %s failed", call.dish.shown.name, call.front.model.name)
            mailbox.end(Failed(job.event_id, "the gateway failed; its log says how"))
        else:
            mailbox.end(Completed(job.event_id, data, time.monotonic() - begun))

    # --- a shape ----------------------------------------------------------------

    async def _serve_shape(self, call: Call, shape: Shape, teller: _Teller) -> list[Any]:
        """Have the task done by one of the model's Spaces."""
        given = _by_name(call.dish.shown, call.data)
        taken = {name: await self.shelf.take(value) for name, value in given.items()}
        values, seed = plan_values(taken)
        asked = Asked(
            model=call.front.model.name, task=shape.task, values=values, headers=call.headers
        )
        done = await self.gateway.run(asked, lambda update: teller.see_task(update, shape, seed))
        for note in done.notes:
            teller.put(Log(teller.event_id, note, "info", call.front.model.name))
        kept: list[Any] = await self.shelf.keep(say_result(shape, done, seed), call.front.place)
        return kept

    # --- the Space's own ----------------------------------------------------------

    async def _pass_on(self, call: Call, own: Endpoint, teller: _Teller) -> list[Any]:
        """Call the Space's endpoint, and show what it reports."""
        model = call.front.model
        with self.gateway.life.job(), model.working(call.front.client):
            client = await self._client_for(call, own)
            handed = headers_for(call.front.client.space, call.headers)
            job = await client.submit(
                *await self._arguments(call, own),
                api_name=own.api_name or None,
                fn_index=None if own.api_name else own.fn_index,
                **_options(own, headers=handed),
            )
            value = await _follow(job, teller)
            data = teller.lay_out(value)
            return list(await self.shelf.keep(data, call.front.place))

    async def _client_for(self, call: Call, own: Endpoint) -> AsyncClient:
        """The client's session at the Space; a call without state that would have another of
        the same function beside it there gets a session of its own, so that either can be
        cancelled alone.
        """
        client, session = call.front.client, call.session
        if session is None:
            return client
        number = call.dish.shown.fn_index
        same = [job for job in session.mailbox.jobs.values() if job.number == number]
        if len(same) > 1 and not (own.reads or own.writes):
            return client
        return await session.borrow(client)

    async def _arguments(self, call: Call, own: Endpoint) -> list[Any]:
        """The values for the Space's parameters.

        Raises:
            UsageError: There are too many.
            FileError: One names a file that is not here.
        """
        values = _visible(own, call.data)
        return [
            await self.shelf.take(value) if parameter.takes_file else value
            for parameter, value in zip(own.parameters, values, strict=False)
        ]


class _Teller:
    """Tells a mailbox what a Space reports of one job."""

    def __init__(self, shelf: Shelf, call: Call, event_id: str, mailbox: Mailbox) -> None:
        self.event_id = event_id
        self._shelf = shelf
        self._call = call
        self._mailbox = mailbox

    def put(self, event: Event) -> None:
        """Tell an event."""
        self._mailbox.put(event)

    def see(self, update: Any) -> None:
        """Tell what a Space reports."""
        event_id = self.event_id
        if isinstance(update, QueuedUpdate):
            self.put(Queued(event_id, update.rank, update.size, update.eta))
        elif isinstance(update, StartedUpdate):
            self.put(Started(event_id, update.eta))
        elif isinstance(update, ProgressUpdate):
            self.put(Progress(event_id, update.units))
        elif isinstance(update, LogUpdate):
            self.put(Log(event_id, update.message, update.level, update.title))
        elif isinstance(update, OutputUpdate):
            self._put_output(self.lay_out(update.value))

    def see_task(self, update: Any, shape: Shape, seed: int) -> None:
        """Tell what a Space reports of a task, and the result so far."""
        if isinstance(update, Preview):
            if shape.partial and update.run == 0:
                self._put_output(say_result(shape, update, seed))
        elif not isinstance(update, OutputUpdate):
            self.see(update)

    def lay_out(self, value: Any) -> list[Any]:
        """Put returned values where their slots are; clients do not see the state."""
        shown = self._call.dish.shown
        if isinstance(value, Result):
            values = list(value)
        else:
            values = [value]
        if len(values) != sum(shown.output_slots):
            return values  # an app that was reloaded meanwhile
        left = iter(values)
        return [next(left) if visible else None for visible in shown.output_slots]

    def _put_output(self, data: list[Any]) -> None:
        self.put(Output(self.event_id, self._shelf.promise(data, self._call.front.place)))


async def _follow(job: AsyncJob, teller: _Teller) -> Any:
    """Show what a job reports, and return its result; who leaves early cancels it."""
    try:
        async for update in job.updates():
            # What is no generator has one output, the result itself.
            if job.endpoint.generator or not isinstance(update, OutputUpdate):
                teller.see(update)
        return await job.result()
    finally:
        await asyncio.shield(job.cancel())


def _options(own: Endpoint, **options: Any) -> dict[str, Any]:
    """Options of the call itself; an endpoint's own parameter of the name goes before."""
    taken = {parameter.name for parameter in own.parameters}
    return {name: value for name, value in options.items() if value and name not in taken}


def _visible(endpoint: Endpoint, data: Sequence[Any]) -> list[Any]:
    """The values of an endpoint's parameters, from all its slots or from those alone.

    Raises:
        UsageError: There are too many.
    """
    slots = endpoint.input_slots
    count = len(endpoint.parameters)
    if len(data) == len(slots) != count:
        pairs = zip(slots, data, strict=True)
        return [value for slot, value in pairs if slot.parameter is not None]
    if len(data) > count:
        raise UsageError(f"{endpoint.name} takes {count} values, not {len(data)}")
    return list(data)


def _by_name(endpoint: Endpoint, data: Sequence[Any]) -> dict[str, Any]:
    values = _visible(endpoint, data)
    return {p.name: value for p, value in zip(endpoint.parameters, values, strict=False)}


def _failed(event_id: str, exc: AnyspaceError) -> Failed:
    if isinstance(exc, AppError):
        return Failed(event_id, exc.message, exc.title)
    return Failed(event_id, str(exc), _QUOTA if isinstance(exc, QuotaExceeded) else "")
