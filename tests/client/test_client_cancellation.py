"""Cancelling: here and on the app, one job and no other."""

from __future__ import annotations

import asyncio

import pytest

from anyspace import AsyncClient, JobCancelled, JobStatus, Timeouts, TransportTimeout
from anyspace.testing import FakeEndpoint, FakeSpace, Pause
from anyspace.testing._space import _Session
from tests.client.support import (
    CANCEL,
    CLOSE,
    DATA,
    HOLD,
    JOIN,
    RESET,
    STARTS,
    UPLOAD,
    by_hand,
    completed,
    echo,
    endless,
    for_ever,
    message,
    problem_of,
    slow,
    streaming,
    until,
)

ENDPOINTS = {"/endless": endless, "/slow": slow, "/echo": echo}


async def begun(client, text="x", api_name="/endless"):
    """A job that the app works on."""
    job = await client.submit(text, api_name=api_name)
    async for _ in job:
        break
    return job


# --- a job -----------------------------------------------------------------------


async def test_a_cancelled_job_ends_here_and_on_the_app():
    """Ours: both, before `cancel` returns."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        job = await begun(client)
        assert job.status() is JobStatus.RUNNING
        assert await job.cancel()
        assert space.running == 0
        assert job.done()
        assert job.status() is JobStatus.CANCELLED
        problem = await problem_of(job)
        assert type(problem) is JobCancelled
        assert str(problem) == "the job was cancelled"
        assert (problem.space, problem.endpoint) == (space.url, "/endless")


async def test_the_app_is_told_session_function_and_job():
    """Observed: /cancel needs all three."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        job = await begun(client)
        await job.cancel()
        (told,) = space.received(CANCEL)
        (sent,) = space.received(JOIN)
        assert told.json() == {
            "session_hash": sent.json()["session_hash"],
            "fn_index": 0,
            "event_id": "event-1",
        }


async def test_one_of_several_is_cancelled_and_its_siblings_go_on():
    """Observed: /cancel kills every job of the function in the session; each call has its own."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        jobs = [await begun(client, str(i), "/slow") for i in range(3)]
        assert await jobs[1].cancel()
        assert [await jobs[0], await jobs[2]] == ["done 0", "done 2"]
        assert jobs[1].status() is JobStatus.CANCELLED
        assert len(space.received(CANCEL)) == 1


async def test_a_finished_job_cannot_be_cancelled():
    """Ours: False, and the app is not bothered."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        job = await client.submit("x", api_name="/echo")
        await job
        assert not await job.cancel()
        assert job.status() is JobStatus.DONE
        assert await job == "x"
        assert space.received(CANCEL) == []


async def test_a_job_cancelled_twice_was_cancelled_once():
    """Ours: True for who did it."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        job = await begun(client)
        assert await job.cancel()
        assert not await job.cancel()
        assert len(space.received(CANCEL)) == 1


async def test_two_may_cancel_the_same_job_at_once():
    """Ours: nobody waits for ever, also while the job is being taken."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        asked, answer = asyncio.Event(), asyncio.Event()

        async def late(exchange):
            asked.set()
            await answer.wait()
            await space._join(exchange)

        space.on("POST", JOIN, late)
        job = await client.submit("x", api_name="/endless")
        await asked.wait()
        both = asyncio.gather(job.cancel(), job.cancel())
        asyncio.get_running_loop().call_soon(answer.set)
        assert await both == [True, True]
        assert space.running == 0


async def test_a_job_cancelled_at_once_was_never_sent():
    """Ours: and whoever waits for it is told."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        job = await client.submit("x", api_name="/endless")
        assert await job.cancel()
        assert isinstance(await problem_of(job), JobCancelled)
        assert [update async for update in job.updates()] == []
        assert space.received(JOIN) == []


async def test_a_job_cancelled_while_it_is_submitted_is_cancelled_on_the_app():
    """Ours: its id is waited for, or nobody could stop it any more."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        asked, answer = asyncio.Event(), asyncio.Event()

        async def late(exchange):
            asked.set()
            await answer.wait()
            await space._join(exchange)

        space.on("POST", JOIN, late)
        job = await client.submit("x", api_name="/endless")
        await asked.wait()
        cancelling = asyncio.create_task(job.cancel())
        await asyncio.sleep(0)
        assert not cancelling.done()
        answer.set()
        assert await cancelling
        assert space.running == 0
        assert [told.json()["event_id"] for told in space.received(CANCEL)] == ["event-1"]


@pytest.mark.parametrize("generation", ["sse_v1", "sse_v2", "sse_v2.1", "sse_v3"])
async def test_a_job_whose_submission_is_not_answered_in_time_is_cancelled_on_the_app(generation):
    """Ours: the app took it, and only the session's stream says by which id."""
    space = FakeSpace(ENDPOINTS, generation=generation)
    limits = Timeouts(first_message=0.2)
    async with space, AsyncClient(space.url, timeouts=limits) as client:

        async def swallow(exchange):
            body = exchange.request.json()
            session = space._sessions.setdefault(body["session_hash"], _Session())
            space._start(session, "event-9", body["fn_index"], body["data"])
            await asyncio.Event().wait()

        space.on("POST", f"{space.prefix}/queue/join", swallow)
        problem = await problem_of(client.predict("x", api_name="/endless"))
        assert isinstance(problem, TransportTimeout)
        assert problem.limit == "first_message"
        await until(lambda: space.running == 0)
        told = [r for r in space.requests if r.path.endswith(("/cancel", "/reset"))]
        assert [request.json()["event_id"] for request in told] == ["event-9"]


async def test_a_job_that_the_app_never_took_is_not_looked_for_for_ever(caplog):
    """Nothing comes on its session's stream either."""
    limits = Timeouts(first_message=0.1)
    async with FakeSpace(ENDPOINTS) as space:
        async with AsyncClient(space.url, timeouts=limits) as client:
            space.on("POST", JOIN, for_ever)
            space.on("GET", DATA, streaming())
            assert isinstance(
                await problem_of(client.predict("x", api_name="/endless")), TransportTimeout
            )
            await until(lambda: space.received(DATA))
        assert [r for r in space.requests if r.path.endswith(("/cancel", "/reset"))] == []
    assert "could not be told" not in caplog.text


async def test_a_submission_that_fails_while_it_is_cancelled_failed():
    """Ours: `cancel` returns False, the job has its own error."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        asked, answer = asyncio.Event(), asyncio.Event()

        async def late(exchange):
            asked.set()
            await answer.wait()
            await exchange.respond(503, {"detail": "Queue is full."})

        space.on("POST", JOIN, late)
        job = await client.submit("x", api_name="/endless")
        await asked.wait()
        cancelling = asyncio.create_task(job.cancel())
        await asyncio.sleep(0)
        answer.set()
        assert not await cancelling
        assert job.status() is JobStatus.FAILED
        assert space.received(CANCEL) == []


async def test_a_job_cancelled_while_its_files_are_sent_is_never_submitted():
    """Ours: nothing to tell the app."""
    take = FakeEndpoint(name="/take", function=lambda file: "taken", inputs=["file"])
    async with FakeSpace([take]) as space, AsyncClient(space.url) as client:
        space.on("POST", UPLOAD, for_ever)
        job = await client.submit(b"content")
        await until(lambda: space.received(UPLOAD))
        assert await job.cancel()
        assert job.status() is JobStatus.CANCELLED
        assert space.received(JOIN) == space.received(CANCEL) == []


async def test_an_app_may_cancel_a_job_itself():
    """Observed: its own cancel button; a completion without data."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        by_hand(space, STARTS, message("process_completed", output={}, success=True), CLOSE)
        problem = await problem_of(client.predict("x", api_name="/echo"))
        assert isinstance(problem, JobCancelled)
        assert str(problem) == "the app cancelled the job"


async def test_an_app_without_the_cancel_route_is_told_by_reset():
    """Observed: /cancel exists from 4.31; before, /reset stops iterators."""
    async with FakeSpace(ENDPOINTS, version="4.30.0") as space:
        async with AsyncClient(space.url) as client:
            space.answer("POST", "/reset", 200, {"success": True})
            job = await begun(client)
            assert await job.cancel()
            assert [told.json() for told in space.received("/reset")] == [{"event_id": "event-1"}]
            assert space.received("/cancel") == []


async def test_a_job_that_ends_while_it_is_cancelled_keeps_its_result():
    """Ours: `cancel` says which of the two came first."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        finish = asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await exchange.send_chunk(STARTS)
            await finish.wait()
            await exchange.send_chunk(completed("in time"))
            await asyncio.Event().wait()

        async def too_late(exchange):
            finish.set()
            await job.result()
            await exchange.respond(200, {"success": True})

        by_hand(space)
        space.on("GET", DATA, stream)
        space.on("POST", CANCEL, too_late)
        job = await client.submit("x", api_name="/echo")
        await until(lambda: job.status() is JobStatus.RUNNING)
        assert not await job.cancel()
        assert await job == "in time"


async def test_a_cancel_that_the_app_refuses_ends_the_job_here():
    """Ours: whether the app stopped shows in nothing it answers."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        space.answer("POST", CANCEL, 500, {"detail": "no"})
        job = await begun(client)
        assert await job.cancel()
        assert job.status() is JobStatus.CANCELLED


# --- tasks -----------------------------------------------------------------------


async def test_cancelling_who_waits_for_predict_cancels_on_the_app():
    """Ours: nobody else could stop that job."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        task = asyncio.create_task(client.predict("x", api_name="/endless"))
        await until(lambda: space.running == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: space.running == 0)
        assert len(space.received(CANCEL)) == 1


async def test_a_time_limit_around_predict_cancels_on_the_app():
    """The usual way to give up."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await client.predict("x", api_name="/endless")
        await until(lambda: space.running == 0)


async def test_cancelling_who_waits_for_a_job_leaves_the_job_alone():
    """Ours: a job runs whether or not anybody waits."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        job = await begun(client, "x", "/slow")
        waiting = [asyncio.create_task(job.result()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert [outcomes[0], outcomes[2]] == ["done x", "done x"]
        assert isinstance(outcomes[1], asyncio.CancelledError)
        assert space.received(CANCEL) == []


async def test_a_group_of_tasks_that_fails_cancels_its_calls():
    """`asyncio.TaskGroup` cancels the siblings of the task that failed."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:

        async def fail():
            await until(lambda: space.running == 2)
            raise ValueError

        async def all_together():
            async with asyncio.TaskGroup() as group:
                group.create_task(client.predict("a", api_name="/endless"))
                group.create_task(client.predict("b", api_name="/endless"))
                group.create_task(fail())

        with pytest.raises(ExceptionGroup):
            await all_together()
        await until(lambda: space.running == 0)
        assert len(space.received(CANCEL)) == 2


async def test_giving_up_a_cancel_does_not_stop_it_halfway():
    """Ours: the job is still there to be cancelled again."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        space.on("POST", CANCEL, for_ever)
        job = await begun(client)
        cancelling = asyncio.create_task(job.cancel())
        await until(lambda: space.received(CANCEL))
        cancelling.cancel()
        await asyncio.wait({cancelling})
        assert not job.done()
        space.on("POST", CANCEL, space._cancel)
        assert await job.cancel()
        assert space.running == 0


# --- the client ------------------------------------------------------------------


async def test_closing_the_client_cancels_what_runs():
    """Ours: on the app, before `aclose` returns."""
    async with FakeSpace(ENDPOINTS) as space:
        client = AsyncClient(space.url)
        jobs = [await begun(client) for _ in range(3)]
        await client.aclose()
        assert space.running == 0
        assert len(space.received(CANCEL)) == 3
        for job in jobs:
            assert isinstance(await problem_of(job), JobCancelled)


async def test_closing_the_client_wakes_who_waits():
    """Ours: as JobCancelled, not as CancelledError, which would be about their own task."""
    async with FakeSpace(ENDPOINTS) as space:
        client = AsyncClient(space.url)
        waiting = asyncio.create_task(client.predict("x", api_name="/endless"))
        await until(lambda: space.running == 1)
        await client.aclose()
        with pytest.raises(JobCancelled):
            await waiting


async def test_an_error_inside_the_block_cancels_what_runs():
    """`async with` closes whatever happened."""
    async with FakeSpace(ENDPOINTS) as space:

        async def fail():
            async with AsyncClient(space.url) as client:
                await begun(client)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert space.running == 0


async def test_closing_a_client_whose_app_is_gone_works():
    """Ours: the jobs end as they can, and nothing is raised."""
    space = FakeSpace(ENDPOINTS)
    await space.start()
    client = AsyncClient(space.url)
    job = await begun(client)
    await space.stop()
    await client.aclose()
    assert job.done()


async def test_a_client_may_be_closed_twice_at_once():
    """Ours."""
    async with FakeSpace(ENDPOINTS) as space:
        client = AsyncClient(space.url)
        job = await begun(client)
        await asyncio.gather(client.aclose(), client.aclose())
        assert job.status() is JobStatus.CANCELLED
        assert space.running == 0


# --- a shared session ------------------------------------------------------------


async def test_in_a_shared_session_a_job_without_siblings_is_cancelled():
    """/cancel is exact while the session has one job of the function."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        job, other = await begun(client), await begun(client, "y", "/slow")
        assert await job.cancel()
        assert len(space.received(CANCEL)) == 1
        assert await other == "done y"


async def test_in_a_shared_session_a_job_with_siblings_is_reset():
    """Observed: /cancel would kill the siblings, and they would never complete."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        space.answer("POST", RESET, 200, {"success": True})
        one, two = await begun(client, "1", "/slow"), await begun(client, "2", "/slow")
        assert await one.cancel()
        assert one.status() is JobStatus.CANCELLED
        assert [told.json() for told in space.received(RESET)] == [{"event_id": "event-1"}]
        assert space.received(CANCEL) == []
        assert await two == "done 2"


async def test_in_a_shared_session_of_3_x_closing_the_socket_has_to_do():
    """By the code of 3.50.2: its /reset stops every job of the function in the session."""

    def stateful(text, before=None):
        yield f"begun {text}"
        yield Pause(0.2)
        yield f"done {text}"

    endpoint = FakeEndpoint(name="/f", function=stateful, inputs=["textbox", "state"])
    async with FakeSpace([endpoint], generation="ws") as space:
        space.answer("POST", "/reset", 200, {"success": True})
        async with AsyncClient(space.url, session=True) as client:
            one, two = await begun(client, "1", "/f"), await begun(client, "2", "/f")
            assert await one.cancel()
            assert space.received("/reset") == []
            assert await two == "done 2"
            last = await begun(client, "3", "/f")
            assert await last.cancel()
            assert len(space.received("/reset")) == 1


async def test_a_sibling_that_is_just_being_taken_is_a_sibling():
    """Ours: the app may have it already, and would kill it."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        one = await begun(client, "1", "/slow")
        taken, answer = asyncio.Event(), asyncio.Event()

        async def late(exchange):
            respond = exchange.respond

            async def respond_late(*args):
                taken.set()
                await answer.wait()
                await respond(*args)

            exchange.respond = respond_late
            await space._join(exchange)

        space.on("POST", JOIN, late)
        space.answer("POST", RESET, 200, {"success": True})
        two = await client.submit("2", api_name="/slow")
        await taken.wait()
        assert await one.cancel()
        answer.set()
        assert await two == "done 2"
        assert space.received(CANCEL) == []


async def test_after_a_cancel_the_session_goes_on():
    """Ours: later jobs of the session work as before."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        job = await begun(client)
        await job.cancel()
        assert await client.predict("next", api_name="/echo") == "next"


async def test_closing_a_client_with_a_shared_session_ends_every_job():
    """Ours: also those whose stream says nothing."""
    async with FakeSpace(ENDPOINTS) as space:
        client = AsyncClient(space.url, session=True)
        await client.connect()
        ids = iter("abc")

        async def join(exchange):
            await exchange.respond(200, {"event_id": next(ids)})

        space.on("POST", JOIN, join)
        space.on("GET", DATA, streaming(STARTS, HOLD))
        space.answer("POST", RESET, 200)
        jobs = [await client.submit(str(i), api_name="/echo") for i in range(3)]
        await until(lambda: space.received(DATA))
        await client.aclose()
        assert [job.status() for job in jobs] == [JobStatus.CANCELLED] * 3
