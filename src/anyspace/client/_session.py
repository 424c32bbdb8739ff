"""Submit calls and bring each its events.

`submit_alone` is the way of almost every call: a session of its own, whose stream is
read by the call itself. `Session` is the shared kind: its jobs see the same gr.State,
and its one stream is read by one task that hands every event to the job it is for,
because two readers of a session would steal each other's messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import logging
import secrets
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from anyspace._errors import (
    AnyspaceError,
    ConnectFailed,
    QueueFull,
    RateLimited,
    RemoteProtocolError,
    SpaceUnavailable,
    StreamBroken,
)
from anyspace.client._limits import Limits
from anyspace.client._transport import Body, Transport
from anyspace.protocol import (
    Broken,
    Call,
    Cancelled,
    Closing,
    Completed,
    Event,
    Failed,
    Full,
    Generation,
    Heartbeat,
    Ignored,
    NamedStream,
    Request,
    Requests,
    Response,
    Stream,
    error_for,
    was_turned_away,
)

__all__ = [
    "Listener",
    "Session",
    "ended_too_soon",
    "follow",
    "hand_over",
    "look_for_id",
    "new_session_hash",
    "submit_alone",
]

logger = logging.getLogger("anyspace.client")

# Opening the stream anew after a refusal is safe: what the app has to say waits for it.
_RETRY_PAUSES: Final = (0.2, 1.0, 3.0)
# How long to wait for the orderly end of a stream whose job is done. The connection can
# be used again then; it is not worth more than opening a new one costs.
_DRAIN_SECONDS: Final = 0.5
_SILENCE_SECONDS: Final = 60.0  # four heartbeats
_EARLY_EVENTS: Final = 1000  # kept for jobs whose id is not known yet


class Listener(Protocol):
    """Who is told what happens to a call."""

    def accepted(self) -> None:
        """The app took the job."""
        ...

    def received(self, event: Event) -> None:
        """An event of the job came; heartbeats too."""
        ...

    def alive(self) -> None:
        """A part of an event came: a large one may take longer than an app may be silent."""
        ...


def new_session_hash() -> str:
    """A name that no other session has."""
    return secrets.token_hex(8)


async def submit_alone(
    call: Call,
    transport: Transport,
    generation: Generation,
    listener: Listener,
    *,
    limits: Limits,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Run a call in a session of its own, until it has ended.

    Raises:
        AnyspaceError: The app did not accept the job.
        StreamBroken: It did, but the stream ended before the job.
    """
    await _join(call, transport, listener, headers, detours=True)
    body = await _open_stream(transport, call.data_request(), headers)
    try:
        stream: Stream | NamedStream
        if call.by_name:
            stream = NamedStream(max_event_bytes=limits.event)
        else:
            stream = Stream(generation, max_event_bytes=limits.event)
        await follow(body, stream, call, transport, listener, headers)
    finally:
        body.close()


async def follow(
    body: Body,
    stream: Stream | NamedStream,
    call: Call,
    transport: Transport,
    listener: Listener,
    headers: Mapping[str, str] | None,
) -> None:
    """Read the stream of one call until the call has ended, answering where the app asks.

    Raises:
        StreamBroken: The stream ended before the job.
        AnyspaceError: The app did not take an answer.
    """
    while not call.state.ended:
        chunk = await body.read()
        for event in read_events(stream, chunk):
            ended = await _take(event, call, transport, listener, headers)
            if ended:
                break
        if stream.receiving:
            # Not of any bytes: a proxy may send comments for ever for an app that is dead.
            listener.alive()
        if not chunk:
            break
    if not call.state.ended:
        call.receive_eof()
        raise ended_too_soon(truncated=stream.truncated)
    await drain(body)


async def _take(
    event: Event,
    call: Call,
    transport: Transport,
    listener: Listener,
    headers: Mapping[str, str] | None,
) -> bool:
    """Hand an event over and answer the app if it asks for it; return whether the call has ended.

    Raises:
        AnyspaceError: The app did not take an answer that the call depends on.
    """
    answer = call.answer_to(event) if not call.state.ended else None
    ended = hand_over(event, call, listener)
    if answer is not None:
        response = await transport.request(answer, headers)
        if response.status != 200 and not ended:
            raise error_for(response)
    return ended


async def _join(
    call: Call,
    transport: Transport,
    listener: Listener,
    headers: Mapping[str, str] | None,
    *,
    detours: bool,
) -> None:
    response = await transport.request(call.join_request(), headers)
    detour = call.detour(response) if detours else None
    if detour is not None:
        logger.info("/queue is not let through (HTTP %d); trying /call", response.status)
        other = await transport.request(detour, headers)
        response = response if was_turned_away(other) else other
    call.receive_join(response)
    listener.accepted()


def read_events(stream: Stream | NamedStream, chunk: bytes) -> Iterator[Event]:
    """Take the next bytes, or the end, and yield the events in them.

    Those before a fault come first: where the network cut the bytes must not decide
    whether an outcome counts that was there.
    """
    problem: RemoteProtocolError | None = None
    try:
        if chunk:
            stream.receive_data(chunk)
        else:
            stream.receive_eof()
    except RemoteProtocolError as exc:
        problem = exc
    yield from stream.events()
    if problem is not None:
        raise problem


def hand_over(event: Event, call: Call, listener: Listener) -> bool:
    """Tell the call and its listener; return whether the call has ended."""
    kind = type(event)
    if kind is not Closing and not call.state.ended:
        call.receive_event(event)
        if isinstance(event, Broken):
            raise _broken(event)
        if kind is Full:
            raise QueueFull("the app's queue is full")
        listener.received(event)
    return call.state.ended


async def _open_stream(
    transport: Transport, request: Request, headers: Mapping[str, str] | None
) -> Body:
    """Open the event stream of a submitted job, patiently: the job runs already."""
    problem: AnyspaceError
    for pause in (*_RETRY_PAUSES, None):
        try:
            body = await transport.open(request, headers)
        except ConnectFailed as exc:
            problem = exc
        else:
            if body.status == 200:
                return body
            problem = error_for(Response(body.status, b"", body.headers))
            body.close()
            if not isinstance(problem, RateLimited | SpaceUnavailable):
                break
        if pause is not None:
            await asyncio.sleep(pause)
    raise StreamBroken(f"the job was submitted, but its events cannot be read: {problem}")


async def look_for_id(
    call: Call,
    transport: Transport,
    generation: Generation,
    *,
    limits: Limits,
    headers: Mapping[str, str] | None,
) -> None:
    """Look whether the app took a job whose submission it did not answer.

    If it did, the session's stream says so, and names the job; the session is the call's
    own. Leaving the stream again takes a job that waits out of the queue.

    Raises:
        AnyspaceError: The stream cannot be read.
    """
    body = await _open_stream(transport, call.data_request(), headers)
    try:
        stream = Stream(generation, max_event_bytes=limits.event)
        while not call.event_id and (chunk := await body.read()):
            for event in read_events(stream, chunk):
                if event_id := getattr(event, "event_id", ""):
                    call.learn_id(event_id)
                    break
    finally:
        body.close()


async def drain(body: Body) -> None:
    """Read to the end, which is near, so that the connection can be used again."""
    if body.ended:  # as almost always: it came with the outcome
        return
    with contextlib.suppress(TimeoutError, AnyspaceError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while await body.read():
                pass


def _broken(event: Broken) -> StreamBroken:
    if event.session_not_found:
        return StreamBroken(
            "the app no longer knows this session (it restarted, or the connection was "
            "interrupted), so the outcome of the job is lost"
        )
    return StreamBroken(f"the app ended the job's stream: {event.message or 'no reason given'}")


def ended_too_soon(*, truncated: bool = False) -> StreamBroken:
    where = "in the middle of a message" if truncated else "before the job was done"
    return StreamBroken(f"the event stream ended {where}; the job may still run")


class Session:
    """Server-side state under one session hash, and the one stream of its jobs.

    Args:
        transport: How to reach the app.
        requests: The app's requests.
        limits: `event` applies here.
    """

    def __init__(self, transport: Transport, requests: Requests, limits: Limits) -> None:
        self.session_hash = new_session_hash()
        self._transport = transport
        self._requests = requests
        self._limits = limits
        self._inboxes: dict[str, _Inbox] = {}
        self._unanswered: set[str] = set()  # event ids whose outcome has not come
        self._joining: set[Call] = set()  # sent, but not known to be taken
        self._early: deque[tuple[str, Event]] = deque(maxlen=_EARLY_EVENTS)
        self._reader: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    async def submit(
        self, call: Call, listener: Listener, *, headers: Mapping[str, str] | None = None
    ) -> None:
        """Run a call in this session, until it has ended; same errors as `submit_alone`."""
        if self._watch is None and self._requests.wire.watches:
            self._watch = asyncio.create_task(self._be_watched(headers), name="anyspace watch")
        self._joining.add(call)
        try:
            # No detour: on it, a session's jobs could not be told apart.
            await _join(call, self._transport, listener, headers, detours=False)
        finally:
            self._joining.discard(call)
        if call.event_id in self._inboxes:
            call.receive_eof()
            raise RemoteProtocolError(f"the app gave two jobs the same id, {call.event_id!r}")
        inbox = _Inbox(call, listener)
        self._inboxes[call.event_id] = inbox
        self._unanswered.add(call.event_id)
        try:
            self._deliver_early(call.event_id)
            self._ensure_reader(headers)
            while not call.state.ended:
                await _take(await inbox.get(), call, self._transport, listener, headers)
        finally:
            self._unanswered.discard(call.event_id)
            del self._inboxes[call.event_id]

    async def aclose(self) -> None:
        """Stop reading. Jobs that still run end as `StreamBroken`.

        The app sees that the session is over, where it wants to, and cleans up behind it.
        """
        tasks = {task for task in (self._reader, self._watch) if task is not None}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _be_watched(self, headers: Mapping[str, str] | None) -> None:
        """Hold the stream by whose end the app knows that the session is over.

        Jobs do not depend on it, so it may fail.
        """
        try:
            body = await self._transport.open(self._requests.watch(self.session_hash), headers)
            try:
                while await body.read():
                    pass
            finally:
                body.close()
        except AnyspaceError as exc:
            logger.info("the app cannot watch session %s: %s", self.session_hash, exc)

    def _ensure_reader(self, headers: Mapping[str, str] | None) -> None:
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(headers), name="anyspace session")

    async def _read(self, headers: Mapping[str, str] | None) -> None:
        """Read the stream while jobs wait for it; open it anew when more came meanwhile."""
        try:
            while self._unanswered:
                await self._read_once(headers)
        except AnyspaceError as exc:
            self._fail(exc, set(self._inboxes))
        except asyncio.CancelledError:
            problem = StreamBroken("the session was closed before the job was done")
            self._fail(problem, set(self._inboxes))
            raise

    async def _read_once(self, headers: Mapping[str, str] | None) -> None:
        request = self._requests.data(self.session_hash)
        expected = set(self._unanswered)
        body = await _open_stream(self._transport, request, headers)
        stream = Stream(self._requests.wire.generation, max_event_bytes=self._limits.event)
        seen = 0
        try:
            # Not left when the last job is done: that is for the app to do, which ends it
            # then. Where it does not (4.9 to 4.30 count a job that was reset as running for
            # ever), later jobs have their events here, and leaving would make it drop them.
            while chunk := await self._next(body):
                before = seen
                for event in read_events(stream, chunk):
                    seen += 1
                    self._route(event)
                    if isinstance(event, Closing):
                        await drain(body)
                        # The app has nothing more to say of jobs it had before. Asking
                        # again and again would not make it.
                        self._fail(
                            ended_too_soon(truncated=stream.truncated), expected & self._unanswered
                        )
                        return
                if seen == before and stream.receiving:
                    for inbox in self._inboxes.values():
                        inbox.listener.alive()
            for event in read_events(stream, b""):
                self._route(event)
            # Before sse_v3 the end of the stream is how an app says "all done".
            if self._unanswered and (self._requests.wire.generation.announces_close or not seen):
                raise ended_too_soon(truncated=stream.truncated)
        finally:
            body.close()

    async def _next(self, body: Body) -> bytes:
        """Read on; without a job that waits only while the app gives signs of life."""
        while True:
            try:
                async with asyncio.timeout(_SILENCE_SECONDS):
                    return await body.read()
            except TimeoutError:
                if not (self._unanswered or self._joining):
                    return b""

    def _route(self, event: Event) -> None:
        if isinstance(event, Broken | Heartbeat | Ignored):
            for inbox in self._inboxes.values():
                inbox.put(event)
            return
        event_id = getattr(event, "event_id", "")
        if isinstance(event, Completed | Failed | Cancelled):
            self._unanswered.discard(event_id)
        if event_id in self._inboxes:
            self._inboxes[event_id].put(event)
        elif event_id and self._joining:
            self._early.append((event_id, event))

    def _deliver_early(self, event_id: str) -> None:
        """Hand over what came between the app's taking the job and our knowing its id."""
        for early_id, event in self._early:
            if early_id == event_id:
                self._route(event)
        if not self._joining:
            self._early.clear()

    def _fail(self, exc: AnyspaceError, event_ids: set[str]) -> None:
        self._unanswered -= event_ids
        for event_id in event_ids:
            problem = copy.copy(exc)  # each job's own: it will bear the endpoint's name
            problem.__cause__ = exc.__cause__
            self._inboxes[event_id].fail(problem)


class _Inbox:
    """The events of one job, in order."""

    def __init__(self, call: Call, listener: Listener) -> None:
        self.call = call
        self.listener = listener
        self._events: deque[Event] = deque()
        self._problem: AnyspaceError | None = None
        self._arrived = asyncio.Event()

    def put(self, event: Event) -> None:
        self._events.append(event)
        self._arrived.set()

    def fail(self, problem: AnyspaceError) -> None:
        self._problem = problem
        self._arrived.set()

    async def get(self) -> Event:
        while not self._events:
            if self._problem is not None:
                self.call.receive_eof()
                raise self._problem
            self._arrived.clear()
            await self._arrived.wait()
        return self._events.popleft()
