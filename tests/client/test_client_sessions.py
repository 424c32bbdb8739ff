"""Sessions: one per call, or one shared by all calls and its one stream."""

from __future__ import annotations

import asyncio

import pytest

from anyspace import AsyncClient, RemoteProtocolError, StreamBroken
from anyspace.testing import FakeSpace
from tests.client.support import (
    CLOSE,
    CUT,
    DATA,
    HOLD,
    JOIN,
    PREFIX,
    STARTS,
    completed,
    echo,
    endless,
    message,
    problem_of,
    slow,
    streaming,
    until,
)

ENDPOINTS = {"/slow": slow, "/echo": echo, "/endless": endless}


def session_of(request):
    return request.json()["session_hash"]


def numbered(space):
    """Let jobs be e1, e2… and let the test write their streams."""
    numbers = iter(range(1, 100))

    async def join(exchange):
        await exchange.respond(200, {"event_id": f"e{next(numbers)}"})

    space.on("POST", JOIN, join)


# --- one per call ----------------------------------------------------------------


async def test_every_call_has_a_session_of_its_own():
    """Ours: nothing leaks from one call to another, and a cancel hits one job."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        await asyncio.gather(*(client.predict(str(i), api_name="/echo") for i in range(5)))
        joined = [session_of(request) for request in space.received(JOIN)]
        streamed = [request.query["session_hash"] for request in space.received(DATA)]
        assert len(set(joined)) == 5
        assert sorted(joined) == sorted(streamed)


async def test_two_clients_never_share_a_session():
    """Ours: the hash is drawn by lot."""
    async with FakeSpace(ENDPOINTS) as space:
        for _ in range(2):
            async with AsyncClient(space.url, session=True) as client:
                await client.predict("x", api_name="/echo")
        first, second = (session_of(request) for request in space.received(JOIN))
        assert first != second


# --- one for all -----------------------------------------------------------------


async def test_a_shared_session_keeps_its_hash():
    """Observed: the hash decides which gr.State a call sees."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        await client.predict("1", api_name="/echo")
        await asyncio.gather(*(client.predict(str(i), api_name="/echo") for i in range(5)))
        assert len({session_of(request) for request in space.received(JOIN)}) == 1


async def test_one_stream_at_a_time_carries_all_jobs():
    """Observed: two readers of a session steal each other's messages."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        open_now, most = 0, 0

        async def counted(exchange):
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)
            await space._stream(exchange)
            open_now -= 1

        space.on("GET", DATA, counted)
        jobs = [await client.submit(str(i), api_name="/slow") for i in range(20)]
        assert await asyncio.gather(*jobs) == [f"done {i}" for i in range(20)]
        assert most == 1
        assert len(space.received(DATA)) < 20


async def test_each_job_gets_its_own_events():
    """They come mixed, told apart by their event id."""

    def steps(text):
        for number in range(5):
            yield f"{text}{number}"

    async with FakeSpace({"/steps": steps}) as space:
        async with AsyncClient(space.url, session=True) as client:
            jobs = [await client.submit(letter) for letter in "abcdefgh"]
            for letter, job in zip("abcdefgh", jobs, strict=True):
                assert [output async for output in job] == [f"{letter}{n}" for n in range(5)]


async def test_the_stream_is_opened_anew_for_later_jobs():
    """Observed: the app closes it when nothing is left to say."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        for number in range(3):
            assert await client.predict(str(number), api_name="/echo") == str(number)
        assert len(space.received(DATA)) == 3


async def test_events_that_come_before_the_jobs_id_are_not_lost():
    """The app works while its answer to the submission is on the way."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        numbered(space)
        done = message("process_completed", event_id="e2", output={"data": ["early"]}, success=True)
        sent, answer = asyncio.Event(), asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await exchange.send_chunk(STARTS)
            await sent.wait()
            await exchange.send_chunk(done)
            answer.set()
            await asyncio.Event().wait()

        space.on("GET", DATA, stream)
        one = await client.submit("1", api_name="/echo")
        await until(lambda: space.received(DATA))

        async def late(exchange):
            sent.set()
            await answer.wait()
            await exchange.respond(200, {"event_id": "e2"})

        space.on("POST", JOIN, late)
        two = await client.submit("2", api_name="/echo")
        assert await two == "early"
        assert not one.done()


async def test_a_stream_is_not_left_while_a_job_is_being_taken():
    """Its events are on this stream already, and streams cannot be resumed."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        taken, read, answer = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await exchange.send_chunk(STARTS)
            await taken.wait()
            await exchange.send_chunk(completed("first"))
            await read.wait()
            fields = {"event_id": "e2", "success": True}
            await exchange.send_chunk(message("process_starts", **fields))
            answer.set()
            await asyncio.sleep(0.7)  # longer than a stream that is done is waited for
            output = {"data": ["second"]}
            await exchange.send_chunk(message("process_completed", output=output, **fields))
            await exchange.send_chunk(CLOSE)
            await exchange.send_chunk(b"")

        async def late(exchange):
            taken.set()
            await answer.wait()
            await exchange.respond(200, {"event_id": "e2"})

        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, stream)
        one = await client.submit("1", api_name="/echo")
        await until(lambda: space.received(DATA))
        space.on("POST", JOIN, late)
        two = await client.submit("2", api_name="/echo")
        assert await one == "first"
        read.set()
        assert await two == "second"
        assert len(space.received(DATA)) == 1


async def test_a_cut_stream_fails_every_waiting_job():
    """And each bears its own endpoint's name."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        numbered(space)
        cut = asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await exchange.send_chunk(STARTS)
            await cut.wait()
            exchange.cut()

        space.on("GET", DATA, stream)
        jobs = [await client.submit("x", api_name=name) for name in ENDPOINTS]
        await until(lambda: space.received(DATA) and len(space.received(JOIN)) == 3)
        await until(lambda: not client._connection.session._joining)
        cut.set()
        problems = [await problem_of(job) for job in jobs]
        assert [type(problem) for problem in problems] == [StreamBroken] * 3
        assert [problem.endpoint for problem in problems] == list(ENDPOINTS)


async def test_after_a_cut_the_session_goes_on():
    """Ours: the next job opens a new stream."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, streaming(STARTS, CUT))
        assert isinstance(await problem_of(client.predict("x", api_name="/echo")), StreamBroken)
        space.on("POST", JOIN, space._join)
        space.on("GET", DATA, space._stream)
        assert await client.predict("again", api_name="/echo") == "again"
        assert len({session_of(request) for request in space.received(JOIN)}) == 1


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([STARTS], StreamBroken),
        ([STARTS, CLOSE], StreamBroken),
        ([STARTS, completed("x")[:-9]], StreamBroken),
        ([b"data: nonsense\n\n", HOLD], RemoteProtocolError),
        ([message("unexpected_error", event_id=None, session_not_found=True), HOLD], StreamBroken),
    ],
)
async def test_a_broken_stream_breaks_a_shared_session_like_a_private_one(steps, error):
    """Ours: the same errors, and no job waits for ever."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, streaming(*steps))
        problem = await problem_of(client.predict("x", api_name="/echo", timeout=3))
        assert isinstance(problem, error)
        assert len(space.received(JOIN)) == 1


async def test_an_outcome_before_a_fault_counts():
    """Where the network cuts the bytes must not decide it."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        numbered(space)
        release = asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await release.wait()
            await exchange.send_chunk(completed("there") + b"data: nonsense\n\n")
            await asyncio.Event().wait()

        space.on("GET", DATA, stream)
        one = await client.submit("1", api_name="/echo")
        two = await client.submit("2", api_name="/echo")
        await until(lambda: len(space.received(JOIN)) == 2 and space.received(DATA))
        await until(lambda: not client._connection.session._joining)
        release.set()
        assert await one == "there"
        assert isinstance(await problem_of(two), RemoteProtocolError)


async def test_a_message_of_unknown_kind_is_logged_in_a_shared_session_too(caplog):
    """Ours: and it is a sign of life."""
    caplog.set_level("INFO", "anyspace.client")
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, streaming(message("festivity"), completed("x"), CLOSE))
        assert await client.predict("x", api_name="/echo") == "x"
    assert "festivity" in caplog.text


async def test_a_refused_job_leaves_its_siblings_alone():
    """Ours: a 503 concerns the job that was refused."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        one = await client.submit("1", api_name="/slow")
        await until(lambda: space.running == 1)
        space.answer("POST", JOIN, 503, {"detail": "Queue is full."})
        with pytest.raises(Exception, match="Queue is full"):
            await client.predict("2", api_name="/echo")
        assert await one == "done 1"


async def test_an_event_of_a_job_nobody_knows_is_dropped():
    """Observed: a cancelled job may still be answered."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        stranger = message("process_completed", event_id="e99", output={"data": [1]}, success=True)
        space.on("GET", DATA, streaming(stranger, completed("mine"), CLOSE))
        assert await client.predict("x", api_name="/echo") == "mine"


async def test_two_jobs_with_one_id_cannot_be_told_apart():
    """Ours: the second is refused, the first goes on."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        release = asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await release.wait()
            await exchange.send_chunk(completed("the first") + CLOSE)
            await exchange.send_chunk(b"")

        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, stream)
        one = await client.submit("1", api_name="/echo")
        await until(lambda: space.received(DATA))
        problem = await problem_of(client.predict("2", api_name="/echo"))
        assert isinstance(problem, RemoteProtocolError)
        release.set()
        assert await one == "the first"


async def test_a_stream_that_the_app_leaves_open_carries_later_jobs_too():
    """Observed on 4.19.2, which counts a job that was reset as running for ever."""
    async with FakeSpace(ENDPOINTS, generation="sse_v2", prefix=PREFIX) as space:
        numbered(space)
        second_is_there = asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await exchange.send_chunk(completed("first"))
            await second_is_there.wait()
            await exchange.send_chunk(completed("second", event_id="e2"))
            await exchange.send_chunk(b"")

        space.on("GET", DATA, stream)
        async with AsyncClient(space.url, session=True) as client:
            assert await client.predict("x", api_name="/echo") == "first"
            job = await client.submit("y", api_name="/echo")
            await until(lambda: len(space.received(JOIN)) == 2)
            second_is_there.set()
            assert await job == "second"
            assert len(space.received(DATA)) == 1


async def test_a_stream_that_is_silent_without_a_job_is_left(monkeypatch):
    """Ours: a connection that is dead shows in nothing else."""
    monkeypatch.setattr("anyspace.client._session._SILENCE_SECONDS", 0.02)
    async with FakeSpace(ENDPOINTS) as space:
        numbered(space)
        space.on("GET", DATA, streaming(completed("first"), HOLD))
        async with AsyncClient(space.url, session=True) as client:
            assert await client.predict("x", api_name="/echo") == "first"
            await until(client._connection.session._reader.done)
            space.on("GET", DATA, streaming(completed("second", event_id="e2"), CLOSE))
            assert await client.predict("y", api_name="/echo") == "second"
            assert len(space.received(DATA)) == 2


# --- a new one -------------------------------------------------------------------


async def test_a_session_that_is_reset_is_a_new_one_for_later_calls():
    """Ours: a job that runs ends where it began, and the client has one hash at a time."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        first = client.session_hash
        job = await client.submit("x", api_name="/slow")
        await anext(aiter(job))
        await client.reset_session()
        assert client.session_hash != first
        assert await client.predict("y", api_name="/echo") == "y"
        assert await job == "done x"
        joined = [session_of(request) for request in space.received(JOIN)]
        assert joined == [first, client.session_hash]


async def test_without_a_shared_session_there_is_none_to_reset():
    """Every call has its own anyway."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        assert client.session_hash == ""
        await client.reset_session()
        assert client.session_hash == ""
        assert await client.predict("y", api_name="/echo") == "y"
