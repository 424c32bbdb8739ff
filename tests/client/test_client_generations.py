"""Every generation of the wire, well and badly: the behaviours that do not depend on it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from anyspace import (
    AppError,
    AsyncClient,
    AuthenticationError,
    JobCancelled,
    Log,
    Output,
    Progress,
    QueueFull,
    StreamBroken,
    Timeouts,
    TransportTimeout,
)
from anyspace.protocol import GENERATIONS, ProgressUnit
from anyspace.protocol import Log as LogEvent
from anyspace.protocol import Progress as ProgressEvent
from anyspace.testing import Cut, FakeEndpoint, FakeSpace, Pause, Silence


def steps(text):
    yield LogEvent("", "working", "warning")
    yield ProgressEvent("", (ProgressUnit(index=1, length=2),))
    yield "one"
    yield "two"


def fail(text):
    raise ValueError("no such thing")


def cut(text):
    yield "one"
    yield Cut()


def endless(text):
    while True:
        yield text
        yield Pause(0.01)


def silent(text):
    yield "one"
    yield Silence()


ENDPOINTS = {
    "/echo": lambda text: text,
    "/steps": steps,
    "/fail": fail,
    "/cut": cut,
    "/endless": endless,
    "/silent": silent,
}


@pytest.fixture(params=GENERATIONS)
async def space(request):
    async with asyncio.timeout(20), FakeSpace(ENDPOINTS, generation=request.param) as fake:
        yield fake


@pytest.fixture
async def client(space):
    async with AsyncClient(space.url, timeouts=Timeouts(first_message=5, idle=5)) as opened:
        yield opened


async def test_a_call_returns_what_the_endpoint_returns(client):
    """Observed on real servers of every generation; here many at once."""
    assert await client.predict("hello", api_name="/echo") == "hello"
    answers = await asyncio.gather(*(client.predict(str(i), api_name="/echo") for i in range(30)))
    assert answers == [str(i) for i in range(30)]


async def test_updates_come_in_the_apps_order(client):
    """Values are whole whether or not the generation sends edits."""
    job = await client.submit("x", api_name="/steps")
    updates = [update async for update in job.updates()]
    shown = [update for update in updates if isinstance(update, Log | Progress | Output)]
    assert [type(update).__name__ for update in shown] == ["Log", "Progress", "Output", "Output"]
    assert shown[-1] == Output("two")


async def test_the_apps_error_is_told(client):
    """The same class and words on every generation."""
    with pytest.raises(AppError, match="no such thing"):
        await client.predict("x", api_name="/fail")


async def test_a_stream_that_is_cut_is_told_as_such(client):
    """The outcome is unknown, so the call is not repeated."""
    with pytest.raises(StreamBroken):
        await client.predict("x", api_name="/cut")


async def test_a_cancelled_job_ends_as_cancelled(client):
    """Never as a missing key, whatever the generation offers for it."""
    job = await client.submit("x", api_name="/endless")
    async for _ in job:
        break
    assert await job.cancel()
    with pytest.raises(JobCancelled):
        await job


async def test_a_shared_session_is_one_session_for_every_call(space):
    """The session hash is what gr.State hangs on, in every generation."""
    async with AsyncClient(space.url, session=True) as shared:
        calls = (shared.predict(str(i), api_name="/echo") for i in range(5))
        assert await asyncio.gather(*calls) == [str(i) for i in range(5)]


async def test_the_whole_call_ends_in_time(space):
    """`total` holds where there are no heartbeats to go by, too."""
    async with AsyncClient(space.url, timeouts=Timeouts(total=0.3)) as impatient:
        with pytest.raises(TransportTimeout, match=r"not done within 0\.3 s"):
            await impatient.predict("x", api_name="/silent")


async def refuse_on_stream(exchange):
    await exchange.start_stream()
    await exchange.send_chunk(b'data: {"msg": "queue_full"}\n\n')
    await exchange.send_chunk(b"")


async def refuse_on_socket(exchange):
    await exchange.accept_socket()
    await exchange.send_frame(b'{"msg": "send_hash"}')
    await exchange.receive_frame()
    await exchange.send_frame(b'{"msg": "queue_full"}')


@pytest.mark.parametrize(
    ("generation", "refuse"), [("ws", refuse_on_socket), ("sse", refuse_on_stream)]
)
async def test_a_full_queue_is_told_in_a_message_up_to_4_8(generation, refuse):
    """Observed: ``queue_full``; an HTTP status only later."""
    async with asyncio.timeout(10), FakeSpace(ENDPOINTS, generation=generation) as space:
        space.on("GET", "/queue/join", refuse)
        async with AsyncClient(space.url) as client:
            with pytest.raises(QueueFull):
                await client.predict("x", api_name="/echo")


@pytest.mark.parametrize(("generation", "status"), [("ws", 403), ("sse", 401)])
async def test_a_refused_entrance_wants_a_login(generation, status):
    """Observed: 3.x refuses the websocket of who is not logged in."""
    async with asyncio.timeout(10), FakeSpace(ENDPOINTS, generation=generation) as space:
        space.answer("GET", "/queue/join", status, {"detail": "Not authenticated"})
        async with AsyncClient(space.url) as client:
            with pytest.raises(AuthenticationError):
                await client.predict("x", api_name="/echo")


async def test_an_app_of_3_x_without_a_queue_is_called_directly():
    """Observed on 3.50.2: without ``.queue()`` nothing ever leaves the queue."""
    endpoints = [FakeEndpoint(name="/echo", function=lambda text: text)]
    async with FakeSpace(endpoints, generation="ws") as space:
        space.config["dependencies"][0]["queue"] = False
        space.answer("POST", "/api/echo", 200, {"data": ["direct"], "duration": 0.1})
        async with AsyncClient(space.url) as client:
            assert await client.predict("x", api_name="/echo") == "direct"
        space.answer("POST", "/api/echo", 500, {"error": "broken"})
        async with AsyncClient(space.url) as client:
            with pytest.raises(AppError, match="broken"):
                await client.predict("x", api_name="/echo")
        assert space.received("/queue/join") == []


@pytest.mark.parametrize(
    ("inputs", "own"), [(["textbox", "textbox"], 2), (["textbox", "state"], 0)]
)
async def test_generators_of_3_x_share_a_session_only_for_its_state(inputs, own):
    """3.50.2 has one iterator per function and session: "generator already executing"."""

    def forever(text, more="") -> Iterator[object]:
        while True:
            yield text
            yield Pause(0.01)

    endpoint = FakeEndpoint(name="/f", function=forever, inputs=inputs, defaults={"more": "x"})
    async with (
        FakeSpace([endpoint], generation="ws") as space,
        AsyncClient(space.url, session=True) as client,
    ):
        jobs = [await client.submit("x") for _ in range(2)]
        for job in jobs:
            await anext(aiter(job))
        hashes = [job._canceller.call.session_hash for job in jobs]
        assert len({*hashes} - {client.session_hash}) == own
