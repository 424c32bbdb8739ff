"""Time limits are fair: to a process that stood still, and to what is long on its way.

The process stands still here by blocking its loop, which does to the timers what
stopping the process does (tests/faults stops real ones).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time

import msgspec
import pytest

from anyspace import AsyncClient, StreamBroken, Timeouts, TransportTimeout
from anyspace.client._deadline import Deadline
from anyspace.testing import FakeEndpoint, FakeSpace, Pause, Silence
from tests.client.support import (
    CLOSE,
    DATA,
    JOIN,
    STARTS,
    UPLOAD,
    completed,
    echo,
    file_data,
    problem_of,
    until,
)

LIMIT = 0.2
LONGER = 0.6


def stand_still():
    """Hold the loop up for longer than any limit here; the app goes on meanwhile."""
    time.sleep(LONGER)


def begin_and_end(text):
    """Begin, and end while the client stands still."""
    yield f"begun {text}"
    yield Pause(LIMIT / 4)
    yield f"done {text}"


def begin_only(text):
    yield f"begun {text}"
    yield Silence()


ENDPOINTS = {"/echo": echo, "/done": begin_and_end, "/silent": begin_only}


@pytest.mark.parametrize("session", [False, True], ids=["private", "shared"])
@pytest.mark.parametrize("limit", ["idle", "total"])
async def test_what_came_while_the_process_stood_still_is_read_before_time_is_up(limit, session):
    """The result waits in the socket: nothing was silent but we."""
    timeouts = Timeouts(**{limit: LIMIT})
    with FakeSpace(ENDPOINTS) as space:
        async with AsyncClient(space.url, timeouts=timeouts, session=session) as client:
            job = await client.submit("x", api_name="/done")
            async for _ in job.updates():
                break
            stand_still()
            assert await job == "done x"


async def test_an_answer_to_the_submission_is_read_before_time_is_up():
    """The same for `first_message`."""
    timeouts = Timeouts(first_message=LIMIT)
    with FakeSpace(ENDPOINTS) as space:
        async with AsyncClient(space.url, timeouts=timeouts) as client:
            arrived = threading.Event()

            async def tell(exchange):
                arrived.set()
                await asyncio.sleep(LIMIT / 4)
                await space._join(exchange)

            space.on("POST", JOIN, tell)
            job = await client.submit("x", api_name="/echo")
            await until(arrived.is_set)
            stand_still()
            assert await job == "x"


async def test_only_time_in_which_the_process_ran_counts():
    """Seen with a pause of a minute and a limit of as long: it was over before all was asked for.

    The end is near when the process goes on, and not late: the pause is known by a look before.
    """
    async with Deadline.after(4 * LIMIT):
        await asyncio.sleep(LIMIT / 2)
        stand_still()  # until shortly before the end
        await asyncio.sleep(2 * LIMIT)
    before = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        async with Deadline.after(4 * LIMIT):
            await asyncio.sleep(60)
    assert asyncio.get_running_loop().time() - before >= 4 * LIMIT


async def test_an_app_that_was_silent_all_the_while_is_given_up_soon_after():
    """It has a moment to be heard, and no more."""
    with FakeSpace(ENDPOINTS) as space:
        async with AsyncClient(space.url, timeouts=Timeouts(idle=LIMIT)) as client:
            job = await client.submit("x", api_name="/silent")
            async for _ in job:
                break
            stand_still()
            problem = await problem_of(job.result())
            assert isinstance(problem, TransportTimeout)
            assert problem.limit == "idle"


async def test_an_app_that_went_while_the_process_stood_still_broke_the_stream():
    """The end of the connection waits in the socket: it is not silence."""
    with FakeSpace(ENDPOINTS) as space:
        async with AsyncClient(space.url, timeouts=Timeouts(idle=LIMIT)) as client:
            job = await client.submit("x", api_name="/silent")
            async for _ in job:
                break
            asyncio.run_coroutine_threadsafe(space.stop(), space._loop).result()
            stand_still()
            assert isinstance(await problem_of(job.result()), StreamBroken)


async def test_a_file_that_came_while_the_process_stood_still_is_read():
    """The same for a download."""
    give = FakeEndpoint(name="/give", function=lambda: file_data("/tmp/x"), outputs=["file"])
    with FakeSpace([give]) as space:

        async def in_two(exchange):
            await exchange.send_head(200, {"content-length": "2"})
            await exchange.send(b"1")
            await asyncio.sleep(LIMIT / 4)
            await exchange.send(b"2")

        space.on("GET", "/gradio_api/file=/tmp/x", in_two)
        async with AsyncClient(space.url, timeouts=Timeouts(idle=LIMIT)) as client:
            file = await client.predict()
            chunks = file.chunks()
            assert await anext(chunks) == b"1"
            rest = asyncio.ensure_future(anext(chunks))
            await asyncio.sleep(0)
            stand_still()
            assert await rest == b"2"
            await chunks.aclose()


async def test_an_upload_that_went_through_while_the_process_stood_still_counts():
    """The same for an upload."""
    take = FakeEndpoint(name="/take", function=lambda file: "taken", inputs=["file"])
    with FakeSpace([take]) as space:
        arrived = threading.Event()

        async def slowly(exchange):
            arrived.set()
            await asyncio.sleep(LIMIT / 4)
            await exchange.respond(200, ["/tmp/x"])

        space.on("POST", UPLOAD, slowly)
        async with AsyncClient(space.url, timeouts=Timeouts(idle=LIMIT)) as client:
            job = await client.submit(b"content")
            await until(arrived.is_set)
            stand_still()
            assert await job == "taken"


@pytest.mark.parametrize("session", [False, True], ids=["private", "shared"])
async def test_a_large_event_may_be_longer_on_its_way_than_an_app_may_be_silent(session):
    """Every piece of it is a sign of life: a slow network is no dead app."""
    whole = completed("x" * 100)
    pieces = [whole[i : i + 20] for i in range(0, len(whole), 20)]

    async def drip(exchange):
        await exchange.start_stream()
        for piece in (STARTS, *pieces):
            await exchange.send_chunk(piece)
            await asyncio.sleep(LIMIT / 4)
        await streaming_end(exchange)

    async def streaming_end(exchange):
        await exchange.send_chunk(CLOSE)
        await exchange.send_chunk(b"")

    assert len(pieces) * LIMIT / 4 > 2 * LIMIT
    async with FakeSpace({"/echo": echo}) as space:
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, drip)
        async with AsyncClient(space.url, timeouts=Timeouts(idle=LIMIT), session=session) as client:
            assert await client.predict("x") == "x" * 100


# --- the limit itself ------------------------------------------------------------


async def test_a_deadline_ends_its_block():
    """And says so as asyncio does."""
    with pytest.raises(TimeoutError):
        async with Deadline.after(0.01):
            await asyncio.Event().wait()


async def test_a_deadline_that_is_over_ends_its_block_at_the_first_wait():
    """Given in the past."""
    with pytest.raises(TimeoutError):
        async with Deadline(0.0):
            await asyncio.Event().wait()


async def test_a_deadline_can_be_moved_both_ways():
    """Later: it goes on. Earlier: it is over. None: never."""
    loop = asyncio.get_running_loop()
    async with Deadline.after(0.02) as deadline:
        deadline.reschedule(loop.time() + 0.06)
        await asyncio.sleep(0.04)
        deadline.reschedule(None)
        await asyncio.sleep(0.06)
    for deadline in (Deadline.after(60), Deadline()):
        with pytest.raises(TimeoutError):
            await moved_earlier(deadline)


async def moved_earlier(deadline):
    async with deadline:
        deadline.reschedule(asyncio.get_running_loop().time() + 0.01)
        await asyncio.Event().wait()


async def test_a_deadline_is_deaf_after_its_block():
    """It must not cancel what its task does next."""
    loop = asyncio.get_running_loop()
    async with Deadline.after(0.01) as deadline:
        pass
    deadline.reschedule(loop.time())
    await asyncio.sleep(0.02)


async def test_a_loop_that_is_held_up_again_and_again_does_not_put_a_deadline_off_for_ever():
    """What came late is let past once."""

    async def stumble():
        async with Deadline.after(0.01):
            while True:
                time.sleep(0.4)  # noqa: ASYNC251 - the loop has to stand still
                await asyncio.sleep(0.01)

    with pytest.raises(TimeoutError):
        await stumble()


async def test_a_cancellation_passes_through_a_deadline():
    """It is nobody's time that is over."""

    async def wait():
        async with Deadline.after(60):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


# --- websockets ------------------------------------------------------------------


async def test_a_websocket_whose_app_answers_no_ping_is_given_up():
    """3.x sends no heartbeats: what is silent is asked, within the limit on silence."""
    async with FakeSpace({"/echo": echo}, generation="ws") as space:

        async def stand_still_there(exchange):
            await exchange.accept_socket()
            await exchange.send_frame(b'{"msg": "send_hash"}')
            await asyncio.Event().wait()

        space.on("GET", "/queue/join", stand_still_there)
        async with AsyncClient(space.url, timeouts=Timeouts(idle=LIMIT)) as client:
            problem = await problem_of(client.predict("x"))
        assert isinstance(problem, TransportTimeout)
        assert problem.limit == "idle"


async def test_a_websocket_has_the_whole_limit_to_answer_a_ping(monkeypatch):
    """Seen with 3.50.2 stopped for a minute: its jobs were given up 45 s after a ping, not 90."""
    monkeypatch.setattr("anyspace.client._transport._PING_SECONDS", LIMIT / 8)

    async def stand_still_there(exchange):
        await exchange.accept_socket()
        for wanted in ("send_hash", "send_data"):
            await exchange.send_frame(msgspec.json.encode({"msg": wanted}))
            await exchange.receive_frame()
        await asyncio.sleep(LIMIT)
        await exchange.send_frame(completed("done").removeprefix(b"data: "))
        await exchange.receive_frame()

    async with FakeSpace({"/work": echo}, generation="ws") as space:
        space.on("GET", "/queue/join", stand_still_there)
        async with AsyncClient(space.url, timeouts=Timeouts(idle=3 * LIMIT)) as client:
            assert await client.predict("x") == "done"


async def test_a_websocket_whose_app_works_in_silence_is_waited_for():
    """It answers pings, which is what its server does while its code works."""

    async def work(exchange):
        await exchange.accept_socket()
        for wanted in ("send_hash", "send_data"):
            await exchange.send_frame(msgspec.json.encode({"msg": wanted}))
            await exchange.receive_frame()
        answering_pings = asyncio.ensure_future(exchange.receive_frame())
        await asyncio.sleep(3 * LIMIT)
        await exchange.send_frame(done)
        await answering_pings

    done = completed("done").removeprefix(b"data: ")
    async with FakeSpace({"/work": echo}, generation="ws") as space:
        space.on("GET", "/queue/join", work)
        async with AsyncClient(space.url, timeouts=Timeouts(idle=LIMIT)) as client:
            assert await client.predict("x") == "done"


@pytest.mark.parametrize("session", [False, True], ids=["private", "shared"])
async def test_heartbeats_of_a_session_do_not_keep_a_job_waiting_of_which_nothing_is_heard(session):
    """By the code of 6.31.0: a stream that broke takes the session's waiting jobs along, also
    those that came since, and its successor has heartbeats for ever.
    """

    async def only_heartbeats(exchange):
        await exchange.start_stream()
        while True:
            await exchange.send_chunk(b'data: {"msg": "heartbeat"}\n\n')
            await asyncio.sleep(LIMIT / 8)

    limits = Timeouts(first_message=LIMIT, idle=5)
    async with (
        FakeSpace(ENDPOINTS) as space,
        AsyncClient(space.url, session=session, timeouts=limits) as client,
    ):
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, only_heartbeats)
        problem = await problem_of(client.predict("x", api_name="/echo"))

        assert isinstance(problem, TransportTimeout)
        assert problem.limit == "first_message"
