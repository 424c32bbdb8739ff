"""Carry a job out: bring its files, submit its call, turn events into updates."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import msgspec

from anyspace import protocol
from anyspace._errors import (
    AnyspaceError,
    AppError,
    ArgumentError,
    AuthenticationError,
    JobCancelled,
    QueueFull,
    RemoteProtocolError,
    SpaceNotFound,
    TransportTimeout,
)
from anyspace.client._conversation import converse_on_socket, converse_on_stream, run_directly
from anyspace.client._deadline import Deadline
from anyspace.client._job import AsyncJob, Decode, JobStatus
from anyspace.client._limits import Limits, Timeouts
from anyspace.client._session import Session, look_for_id, new_session_hash, submit_alone
from anyspace.client._source import FileSource
from anyspace.client._transport import Transport
from anyspace.client._updates import GpuWait, Log, Progress, Queued, Started, Uploading
from anyspace.client._upload import Uploader
from anyspace.contract import Contract
from anyspace.schema import App, Endpoint

__all__ = ["Connection", "Run"]

logger = logging.getLogger("anyspace.client")

_CANCEL_SECONDS: Final = 5.0
_DOUBT_SECONDS: Final = 60.0
_GRAIN: Final = 1.0  # the deadline is put off at most once in so many seconds


# Answers by which an app did not take a job, and that another one than ours may have given:
# it knows no such function, has other parameters, or does not know our login.
_REFUSALS: Final = (
    AppError,
    ArgumentError,
    AuthenticationError,
    RemoteProtocolError,
    SpaceNotFound,
)

_WAYS: Final = {
    protocol.Entrance.SOCKET: converse_on_socket,
    protocol.Entrance.STREAM: converse_on_stream,
    protocol.Entrance.POST: submit_alone,
}


class Pulse:
    """When an app last showed that it is the one we know."""

    __slots__ = ("_doubted", "_last")

    def __init__(self) -> None:
        self.beat()

    def beat(self) -> None:
        """Note a sign of life."""
        self._last = time.monotonic()
        self._doubted = False

    def doubt(self) -> None:
        """Note that something speaks for a restart."""
        self._doubted = True

    @property
    def doubtful(self) -> bool:
        """Whether to look again before the next job: an app may restart at any time.

        A look costs a request, so none is taken while the app keeps answering.
        """
        return self._doubted or time.monotonic() - self._last > _DOUBT_SECONDS


class Connection(msgspec.Struct, frozen=True):
    """What a connected client has.

    Attributes:
        app: The app's description.
        contract: What the app was when it was locked, None without a lock.
        transport: How to reach it.
        requests: How to speak to it.
        source: Where its files are.
        uploader: How files get there.
        limits: How much to take.
        token: The Hugging Face token that the app may have, ``""`` for none.
        session: The shared session, None when every call has its own.
        jobs: Those that run.
        calls: What they are on the wire.
        spawn: Runs something in the background until the client is closed.
        renew: Looks again what answers; gives a new connection if it is another app.
        pulse: Whether that is needed.
        decoders: What makes results of an endpoint's values, by its number.
    """

    app: App
    contract: Contract | None
    transport: Transport
    requests: protocol.Requests
    source: FileSource
    uploader: Uploader
    limits: Limits
    token: str
    session: Session | None
    jobs: set[AsyncJob]
    calls: set[protocol.Call]
    spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
    renew: Callable[[Connection], Coroutine[Any, Any, Connection | None]]
    pulse: Pulse
    decoders: dict[int, Decode]

    def __repr__(self) -> str:
        return f"<Connection to {self.transport.root}>"  # and never the token

    def is_alone(self, call: protocol.Call) -> bool:
        """Whether no other job of the same function runs in the call's session."""
        same = (call.session_hash, call.fn_index)
        return self.session is None or not any(
            other is not call and (other.session_hash, other.fn_index) == same
            for other in self.calls
        )


class Run:
    """Carries one job out.

    One deadline watches it all; every sign of life puts it off.

    Args:
        job: The job.
        connection: The client's.
        values: One per parameter, files among them.
        timeouts: The client's, or the call's own.
        headers: Sent with the call's requests.
    """

    __slots__ = (
        "_accepted",
        "_cancelling",
        "_connection",
        "_end",
        "_grain",
        "_headers",
        "_job",
        "_last_sign",
        "_partial",
        "_scope",
        "_settled",
        "_task",
        "_timeouts",
        "_values",
        "_waits_for",
        "call",
    )

    def __init__(
        self,
        job: AsyncJob,
        connection: Connection,
        values: list[Any],
        timeouts: Timeouts,
        headers: Mapping[str, str] | None,
    ) -> None:
        self.call: protocol.Call | None = None
        self._job = job
        self._connection = connection
        self._values = values
        self._timeouts = timeouts
        self._headers = headers
        self._cancelling = False
        self._accepted = False
        self._settled: asyncio.Event | None = None
        self._partial: list[Any] | None = None
        self._last_sign = asyncio.get_running_loop().time()
        self._end = None if timeouts.total is None else self._last_sign + timeouts.total
        self._grain = _GRAIN if timeouts.idle is None else min(_GRAIN, timeouts.idle / 10)
        self._waits_for = "total"
        self._scope = Deadline(self._end)
        self._task: asyncio.Task[None] = connection.spawn(self._carry_out())
        connection.jobs.add(job)
        job.start(self)

    async def cancel(self) -> None:
        """Stop the job here and on the app; return when it has ended."""
        self._cancelling = True
        call = self.call
        joining = call is not None and call.state is protocol.CallState.JOINING
        if joining and not self._accepted:
            # The app may have taken the job: wait for its id, or nobody could stop it.
            if self._settled is None:
                self._settled = asyncio.Event()
            await self._settled.wait()
        if not self._job.done():
            await self._tell_app()
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})
            # A task that is cancelled before its first step never gets to its own end.
            self._cancelled()

    # --- the steps --------------------------------------------------------------

    async def _carry_out(self) -> None:
        job = self._job
        try:
            async with self._scope:
                await self._steps()
        except asyncio.CancelledError:
            self._cancelled()
        except AnyspaceError as exc:
            if not isinstance(exc, AppError | QueueFull):
                self._connection.pulse.doubt()
            job.finish(JobStatus.FAILED, problem=self._named(exc))
            if isinstance(exc, TransportTimeout) and exc.limit == "first_message":
                # The transport's clock was faster than ours.
                self._connection.spawn(self._tell_app())
        except TimeoutError as exc:
            problem = self._named(self._timed_out())
            problem.__cause__ = exc
            job.finish(JobStatus.FAILED, problem=problem)
            self._connection.spawn(self._tell_app())
        except Exception as exc:
            job.finish(JobStatus.FAILED, problem=exc)
        finally:
            self._connection.jobs.discard(job)
            self._settle()

    async def _steps(self) -> None:
        try:
            await self._attempt()
        except _REFUSALS as exc:
            if self._accepted or not await self._is_another_app(exc):
                raise
            await self._attempt()

    async def _is_another_app(self, refusal: AnyspaceError) -> bool:
        """Look whether the app that refused the job is one that took the place of ours.

        Raises:
            AnyspaceError: It is, and its endpoint is another one as well: the refusal.
        """
        try:
            new = await self._connection.renew(self._connection)
            if new is None:
                return False
            endpoint = new.app.endpoint(self._job.endpoint.name)
        except AnyspaceError as exc:
            raise refusal from exc
        if _form(endpoint) != _form(self._job.endpoint):
            raise refusal
        self._connection, self._job.endpoint = new, endpoint
        return True

    async def _attempt(self) -> None:
        connection = self._connection
        endpoint = self._job.endpoint
        values = await connection.uploader.place(
            self._values, endpoint.parameters, self._uploading, self._headers
        )
        session = connection.session
        self.call = protocol.Call(
            connection.requests,
            endpoint.fill(values),
            endpoint.fn_index,
            session.session_hash if session and self._shares() else new_session_hash(),
            api_name=endpoint.api_name,
            oauth_token=connection.token if endpoint.oauth_token else "",
        )
        self._expect("first_message")
        connection.calls.add(self.call)
        try:
            await self._submit(self.call, session)
        finally:
            connection.calls.discard(self.call)

    def _shares(self) -> bool:
        """Whether the call has to run in the shared session, if there is one.

        3.x has one iterator for each function of a session: a second call meanwhile fails
        ("generator already executing"). Without state a generator needs no such company.
        """
        endpoint = self._job.endpoint
        generation = self._connection.requests.wire.generation
        alone = generation.entrance is protocol.Entrance.SOCKET and endpoint.generator
        return not alone or any(slot.parameter is None for slot in endpoint.input_slots)

    async def _submit(self, call: protocol.Call, session: Session | None) -> None:
        connection, headers = self._connection, self._headers
        generation = connection.requests.wire.generation
        if session is not None and generation.shares_stream:
            await session.submit(call, self, headers=headers)
            return
        queued = self._job.endpoint.queued and connection.requests.wire.queues
        if generation.entrance is protocol.Entrance.SOCKET and not queued:
            transport, limits = connection.transport, connection.limits
            await run_directly(call, transport, self, limits=limits, headers=headers)
            return
        submit = _WAYS[generation.entrance]
        await submit(
            call, connection.transport, generation, self, limits=connection.limits, headers=headers
        )

    def _uploading(self, files: int, size: int | None, sent: int) -> None:
        self._job.show(Uploading(files, size, sent), JobStatus.PREPARING)

    # --- what the session tells -------------------------------------------------

    def accepted(self) -> None:
        """The app took the job."""
        self._accepted = True
        self._values = []
        self._connection.pulse.beat()
        self._settle()
        if not self._connection.requests.wire.heartbeats:
            self._expect("idle")  # it may work in silence from here on
        if logger.isEnabledFor(logging.DEBUG):
            job = self._job
            logger.debug("%s of %s is job %s", job.endpoint.name, job.space, self.event_id)

    def received(self, event: protocol.Event) -> None:
        """Turn an event into an update, or into the job's end."""
        if self._waits_for == "first_message" and not isinstance(event, protocol.Heartbeat):
            self._expect("idle")
        else:
            self.alive()
        job = self._job
        if isinstance(event, protocol.Queued):
            job.show(Queued(event.rank, event.queue_size, event.eta), JobStatus.QUEUED)
        elif isinstance(event, protocol.Started):
            job.show(Started(event.eta), JobStatus.RUNNING)
        elif isinstance(event, protocol.Progress):
            job.show(Progress(event.units), job.status())
        elif isinstance(event, protocol.Log):
            job.show(_note(event), job.status())
        elif isinstance(event, protocol.Output):
            self._partial = event.data
            job.show_output(event.data)
        elif isinstance(event, protocol.Completed | protocol.Piece):
            self._complete(event)
        elif isinstance(event, protocol.Failed):
            job.finish(JobStatus.FAILED, problem=self._app_error(event))
        elif isinstance(event, protocol.Cancelled):
            self._cancelled()
        elif isinstance(event, protocol.Ignored):
            logger.info("%s sent a message of unknown kind %r", job.space, event.kind)

    def _complete(self, event: protocol.Completed | protocol.Piece) -> None:
        # A generator's end repeats its last output.
        shown = event.data == self._partial
        value = self._job.decode(event.data) if shown else self._job.show_output(event.data)
        self._job.finish(JobStatus.DONE, value)

    def _app_error(self, event: protocol.Failed) -> AnyspaceError:
        message = self._connection.requests.wire.plain_error(event.message)
        refusal = protocol.read_gpu_refusal(event.title, message)
        if refusal is not None:
            return self._named(refusal)
        return AppError(
            message,
            title=event.title,
            space=self._job.space,
            endpoint=self._job.endpoint.name,
        )

    # --- time -------------------------------------------------------------------

    def alive(self) -> None:
        """Put the deadline off: the app gave a sign of life.

        It does not help a job of which nothing was heard yet: an app that dropped it (a
        stream that broke takes the jobs along that wait in its session, and that may
        show late) has heartbeats for its session all the same.
        """
        now = asyncio.get_running_loop().time()
        heard = self._waits_for == "idle" or (self.call is not None and self.call.by_name)
        if heard and now - self._last_sign > self._grain:
            self._expect("idle", now)

    def _expect(self, limit: str, now: float | None = None) -> None:
        """Set the deadline to the next sign of life, or to the end of the whole call."""
        self._waits_for = limit
        self._last_sign = now or asyncio.get_running_loop().time()
        seconds: float | None = getattr(self._timeouts, limit)
        if limit == "idle" and not self._connection.requests.wire.heartbeats:
            seconds = None  # an app without heartbeats may work in silence
        end = self._end
        if seconds is not None:
            due = self._last_sign + seconds
            end = due if end is None or due < end else end
        self._scope.reschedule(end)

    def _timed_out(self) -> TransportTimeout:
        end, timeouts = self._end, self._timeouts
        if end is not None and asyncio.get_running_loop().time() >= end:
            return TransportTimeout(
                f"the call was not done within {timeouts.total:g} s", limit="total"
            )
        seconds = getattr(timeouts, self._waits_for)
        what = "no answer" if self._waits_for == "first_message" else "no sign of life"
        return TransportTimeout(
            f"{what} from the app for {seconds:g} s; the job was cancelled", limit=self._waits_for
        )

    # --- the end ----------------------------------------------------------------

    @property
    def event_id(self) -> str:
        """The job's id on the wire, ``""`` before the app took it."""
        return self.call.event_id if self.call else ""

    async def _tell_app(self) -> None:
        """Ask the app to stop the job; whether it did shows in nothing it answers."""
        call, connection = self.call, self._connection
        if call is None:
            return
        try:
            async with asyncio.timeout(_CANCEL_SECONDS):
                await self._learn_id(call)
                request = call.cancel_request(alone=connection.is_alone(call))
                if request is not None:
                    await connection.transport.request(request, self._headers)
        except (AnyspaceError, TimeoutError) as exc:
            which = call.event_id or "a job"
            logger.warning("%s could not be told to stop %s: %s", self._job.space, which, exc)

    async def _learn_id(self, call: protocol.Call) -> None:
        """Ask for the id of a job that the app may have taken without an answer."""
        connection = self._connection
        generation = connection.requests.wire.generation
        unknown = call.state is protocol.CallState.JOINING and not self._accepted
        if unknown and generation.shares_stream and connection.session is None:
            await look_for_id(
                call,
                connection.transport,
                generation,
                limits=connection.limits,
                headers=self._headers,
            )

    def _cancelled(self) -> None:
        why = "the job was cancelled" if self._cancelling else "the app cancelled the job"
        self._job.finish(JobStatus.CANCELLED, problem=self._named(JobCancelled(why)))
        self._connection.jobs.discard(self._job)

    def _named(self, exc: AnyspaceError) -> AnyspaceError:
        exc.space = self._job.space  # as the user calls it, whatever the network says
        exc.endpoint = exc.endpoint or self._job.endpoint.name
        return exc

    def _settle(self) -> None:
        if self._settled is not None:
            self._settled.set()


def _form(endpoint: Endpoint) -> list[tuple[str, str, Mapping[str, Any]]]:
    """What arguments were fitted to: another app with the same form takes them as they are."""
    return [(p.name, p.component, p.json_type) for p in endpoint.parameters]


def _note(event: protocol.Log) -> Log:
    waits = protocol.waits_for_gpu(event.title, event.message)
    if waits is None:
        return Log(event.message, event.level, event.title)
    return GpuWait(event.message, event.level, event.title, acquired=not waits)
