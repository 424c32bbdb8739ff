"""A call breaks: at its submission, on its stream, or because nothing comes any more.

Whatever happens, the job is submitted once: `joins` is asserted in every test.
"""

from __future__ import annotations

import asyncio
import logging

import pytest

from anyspace import (
    AppError,
    ArgumentError,
    AsyncClient,
    AuthenticationError,
    ConnectFailed,
    JobCancelled,
    Limits,
    NotGradio,
    Output,
    QueueFull,
    RateLimited,
    RemoteProtocolError,
    SpaceNotFound,
    SpaceUnavailable,
    StreamBroken,
    Timeouts,
    TransportTimeout,
)
from anyspace.testing import Cut, FakeSpace, Pause, Raw, Silence
from tests.client.support import (
    CANCEL,
    CLOSE,
    CUT,
    DATA,
    HOLD,
    JOIN,
    STARTS,
    by_hand,
    completed,
    cut_off,
    echo,
    endless,
    file_data,
    for_ever,
    message,
    problem_of,
    raw,
    streaming,
    until,
)

PAGE = ("<html><title>Bad gateway</title></html>", {"content-type": "text/html"})


async def join_answered(status, body=b"", headers=None):
    """Call an app whose /queue/join answers so; return the error."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        space.answer("POST", JOIN, status, body, headers)
        problem = await problem_of(client.predict("x"))
        assert len(space.received(JOIN)) == 1
        assert space.received(DATA) == []
        assert (problem.space, problem.endpoint) == (space.url, "/echo")
        return problem


async def stream_played(*steps, **options):
    """Call an app whose event stream has these pieces; return the error."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url, **options) as client:
        by_hand(space, *steps)
        problem = await problem_of(client.predict("x"))
        assert len(space.received(JOIN)) == 1
        assert (problem.space, problem.endpoint) == (space.url, "/echo")
        return problem


# --- the submission --------------------------------------------------------------


async def test_an_app_gone_before_the_call_was_sent_nothing():
    """Nothing was sent, so the call may be repeated."""
    async with FakeSpace({"/echo": echo}) as space:
        # No connection is kept, so the call has to make one.
        space.answer("GET", "/gradio_api/info", 200, space.info, {"connection": "close"})
        async with AsyncClient(space.url) as client:
            await space.stop()
            problem = await problem_of(client.predict("x"))
    assert isinstance(problem, ConnectFailed)
    assert problem.retryable
    assert space.received(JOIN) == []


async def test_an_app_gone_while_it_takes_the_job_may_have_taken_it():
    """Whether it did cannot be known, so the call is not repeated."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        space.on("POST", JOIN, cut_off)
        problem = await problem_of(client.predict("x"))
        assert isinstance(problem, StreamBroken)
        assert not problem.retryable
        assert len(space.received(JOIN)) == 1


async def test_an_app_gone_after_it_took_the_job_leaves_the_outcome_unknown(monkeypatch):
    """Ours: opening the stream is tried a few times more, because that repeats nothing."""
    monkeypatch.setattr("anyspace.client._session._RETRY_PAUSES", (0.01, 0.01, 0.01))
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:

        async def last_answer(exchange):
            await exchange.respond(200, {"event_id": "e1"}, {"connection": "close"})
            stopping.append(asyncio.create_task(space.stop()))

        stopping = []
        space.on("POST", JOIN, last_answer)
        problem = await problem_of(client.predict("x"))
        await stopping[0]
    assert isinstance(problem, StreamBroken)
    assert "the job was submitted" in str(problem)
    assert not problem.retryable
    assert len(space.received(JOIN)) == 1


async def test_a_full_queue_is_told_with_the_apps_words():
    """Observed: HTTP 503 with these words."""
    detail = "Queue is full. Max size is 10 and size is 10."
    problem = await join_answered(503, {"detail": detail})
    assert type(problem) is QueueFull
    assert str(problem) == detail
    assert problem.retryable


@pytest.mark.parametrize("detail", ["Queue is stopped.", "no healthy upstream"])
async def test_another_503_is_an_outage(detail):
    """Observed: the first from Gradio, the second from a proxy."""
    assert type(await join_answered(503, {"detail": detail})) is SpaceUnavailable


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"Retry-After": "0.5"}, 0.5),
        ({"RateLimit": '"api";r=0;t=55'}, 55),
        ({}, None),
        ({"retry-after": "soon"}, None),
    ],
)
async def test_too_many_requests_say_how_long_to_wait(headers, seconds):
    """The app's Retry-After, else the Hub's RateLimit. Nothing retries into it."""
    problem = await join_answered(429, {"detail": "slow down"}, headers)
    assert type(problem) is RateLimited
    assert problem.retry_after == seconds


async def test_the_schemas_refusal_is_told_per_argument():
    """Observed: FastAPI's list of problems."""
    detail = [
        {"type": "missing", "loc": ["body", "data"], "msg": "Field required"},
        {"type": "int", "loc": ["body", "fn_index"], "msg": "not a number"},
    ]
    problem = await join_answered(422, {"detail": detail})
    assert type(problem) is ArgumentError
    assert problem.problems == ("body.data: Field required", "body.fn_index: not a number")


async def test_a_validators_refusal_is_told_per_argument():
    """Observed: 5.45 and later; valid arguments are in the list too."""
    detail = [
        {"__type__": "validate", "is_valid": True, "message": "", "parameter_name": "a"},
        {"__type__": "validate", "is_valid": False, "message": "too long", "parameter_name": "b"},
    ]
    problem = await join_answered(422, {"detail": detail})
    assert type(problem) is ArgumentError
    assert problem.problems == ("b: too long",)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, RemoteProtocolError),
        (400, AppError),
        (401, AuthenticationError),
        (403, AuthenticationError),
        (404, SpaceNotFound),
        (500, RemoteProtocolError),
        (502, SpaceUnavailable),
        (504, SpaceUnavailable),
    ],
)
async def test_each_status_of_the_submission_has_its_error(status, error):
    """Ours: one class per meaning, and one submission."""
    assert type(await join_answered(status, *PAGE)) is error


async def test_a_page_for_an_answer_is_no_gradio():
    """Observed: proxies answer 200 with a page."""
    problem = await join_answered(200, *PAGE)
    assert isinstance(problem, NotGradio)
    assert "Bad gateway" in str(problem)


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"event_id": 7}', '"e1"', b"\xff"])
async def test_an_answer_of_a_wrong_form_is_the_apps_fault(body):
    """Ours: an event id is text, and there has to be one."""
    assert isinstance(await join_answered(200, body), RemoteProtocolError)


async def test_an_answer_to_the_submission_has_a_limit():
    """Ours: sizes are capped while reading."""
    async with FakeSpace({"/echo": echo}) as space:
        async with AsyncClient(space.url, limits=Limits(document=10_000)) as client:
            space.answer("POST", JOIN, 200, " " * 20_000)
            problem = await problem_of(client.predict("x"))
            assert isinstance(problem, RemoteProtocolError)
            assert len(space.received(JOIN)) == 1


async def test_a_submission_answered_with_no_http_is_not_repeated():
    """Ours."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        space.on("POST", JOIN, raw(b"nonsense\r\n\r\n"))
        assert isinstance(await problem_of(client.predict("x")), RemoteProtocolError)
        assert len(space.received(JOIN)) == 1


# --- the stream ------------------------------------------------------------------


async def test_a_stream_cut_between_events_leaves_the_outcome_unknown():
    """The job may still run, and says so."""
    problem = await stream_played(STARTS, CUT)
    assert isinstance(problem, StreamBroken)
    assert not problem.retryable


async def test_a_stream_cut_in_the_middle_of_an_event_is_not_taken_for_whole():
    """Ours: not even when what came is a value already."""
    problem = await stream_played(STARTS, completed("x")[:-10], CUT)
    assert isinstance(problem, StreamBroken)


async def test_a_stream_that_ends_in_the_middle_of_an_event_says_where():
    """In order, as a proxy ends it that runs out of time."""
    problem = await stream_played(STARTS, completed("x")[:-10])
    assert isinstance(problem, StreamBroken)
    assert "in the middle of a message" in str(problem)


async def test_a_stream_that_ends_too_early_is_not_a_result():
    """Observed: gradio_client raises CancelledError('') here."""
    problem = await stream_played(STARTS, message("process_generating", output={"data": ["x"]}))
    assert isinstance(problem, StreamBroken)
    assert "before the job was done" in str(problem)


async def test_a_stream_closed_by_the_app_too_early_is_not_a_result():
    """The announcement of the end is no outcome."""
    assert isinstance(await stream_played(STARTS, CLOSE), StreamBroken)


async def test_a_last_event_without_its_blank_line_counts():
    """Observed: some proxies swallow the last blank line."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        by_hand(space, STARTS, completed("whole").rstrip())
        assert await client.predict("x") == "whole"


async def test_an_event_may_come_in_pieces():
    """Chunk borders do not matter, not even inside a character."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        data = STARTS + completed("漢字 é 🦊")
        by_hand(space, *(data[i : i + 1] for i in range(len(data))))
        assert await client.predict("x") == "漢字 é 🦊"


async def test_an_unknown_message_is_ignored_and_logged(caplog):
    """Ours: newer versions say more; gradio_client raises KeyError."""
    caplog.set_level(logging.INFO, "anyspace.client")
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        by_hand(space, message("festivity", fireworks=True), STARTS, completed("x"))
        assert await client.predict("x") == "x"
    records = [record for record in caplog.records if "festivity" in record.getMessage()]
    assert [(r.name, r.levelname) for r in records] == [("anyspace.client", "INFO")]


@pytest.mark.parametrize(
    "data",
    [
        b"data: this is no JSON\n\n",
        b"data: []\n\n",
        b"data: {}\n\n",
        b'data: {"msg": 7}\n\n',
        message("process_completed", output="nothing"),
        message("process_completed"),
        message("process_generating", output={"data": "text"}, success="perhaps"),
    ],
)
async def test_a_message_that_cannot_be_read_is_the_apps_fault(data):
    """Ours: only what carries the outcome has to be right."""
    assert isinstance(await stream_played(STARTS, data, HOLD), RemoteProtocolError)


async def test_edits_that_do_not_fit_are_the_apps_fault():
    """Ours: refuse rather than guess."""
    first = message("process_generating", output={"data": ["abc"]}, success=True)
    edit = message("process_generating", output={"data": [[["append", ["x"], 1]]]}, success=True)
    assert isinstance(await stream_played(first, edit, HOLD), RemoteProtocolError)


async def test_an_event_above_the_limit_ends_the_call():
    """Ours: before all of it is in memory."""
    problem = await stream_played(STARTS, completed("x" * 3000), limits=Limits(event=1000))
    assert isinstance(problem, RemoteProtocolError)
    assert "larger than 1000 bytes" in str(problem)


async def test_an_event_without_an_end_is_above_the_limit():
    """Ours: one endless line does not fill the memory."""

    async def flood(exchange):
        await exchange.start_stream()
        while True:
            await exchange.send_chunk(b"data: " + b"x" * 10_000)

    async with FakeSpace({"/echo": echo}) as space:
        async with AsyncClient(space.url, limits=Limits(event=100_000)) as client:
            by_hand(space)
            space.on("GET", DATA, flood)
            assert isinstance(await problem_of(client.predict("x")), RemoteProtocolError)


async def test_a_session_the_app_does_not_know_is_lost():
    """Observed: after a restart, or when a stream is opened a second time."""
    lost = message("unexpected_error", event_id=None, message="404", session_not_found=True)
    problem = await stream_played(lost, HOLD)
    assert isinstance(problem, StreamBroken)
    assert "no longer knows this session" in str(problem)


async def test_another_unexpected_error_is_told_with_its_words():
    """Observed: an event id of null means every job; gradio_client raises KeyError."""
    broken = message("unexpected_error", event_id=None, message="disk full")
    problem = await stream_played(STARTS, broken, HOLD)
    assert isinstance(problem, StreamBroken)
    assert "disk full" in str(problem)


async def test_a_job_that_the_app_cancels_is_cancelled():
    """Observed: a completion without data; the JS client crashes on it."""
    problem = await stream_played(STARTS, message("process_completed", output={}, success=True))
    assert isinstance(problem, JobCancelled)
    assert "the app cancelled the job" in str(problem)


@pytest.mark.parametrize(
    ("output", "title", "words"),
    [
        ({"error": "too dark"}, "", "/echo of {url}: too dark"),
        ({"error": "too dark", "title": "Oh"}, "Oh", "/echo of {url}: Oh: too dark"),
        ({"error": None}, "", "/echo of {url}: it failed without saying why"),
    ],
)
async def test_an_apps_error_has_the_apps_words(output, title, words):
    """Observed: null stands for show_error=False."""
    failed = message("process_completed", output=output, success=False)
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        by_hand(space, STARTS, failed)
        problem = await problem_of(client.predict("x"))
        assert isinstance(problem, AppError)
        assert (problem.message, problem.title) == (output["error"] or "", title)
        assert str(problem).startswith(words.format(url=space.url))


async def test_a_quoted_error_of_an_old_app_is_unquoted():
    """Observed: up to 4.44 the message of a gr.Error is sent as Python shows text."""
    async with FakeSpace({"/echo": echo}, version="4.44.1") as space:
        async with AsyncClient(space.url) as client:
            space.answer("POST", "/queue/join", 200, {"event_id": "e1"})
            failed = message("process_completed", output={"error": "'no \\'x\\''"}, success=False)
            space.on("GET", "/queue/data", streaming(failed))
            problem = await problem_of(client.predict("x"))
    assert problem.message == "no 'x'"


async def test_an_error_on_the_way_ends_a_generator():
    """A failure may come as a step; the outputs before it stay."""

    def fails(text):
        yield "one"
        raise ValueError("then it broke")

    async with FakeSpace({"/fails": fails}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")
        with pytest.raises(AppError, match="then it broke"):
            await job
        assert job.outputs() == ["one"]
        assert [u async for u in job.updates()][-1] == Output("one")


@pytest.mark.parametrize("status", [503, 429])
async def test_a_stream_refused_for_the_moment_is_asked_for_again(status):
    """Ours: that repeats nothing, what the app has to say waits."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:

        async def busy_once(exchange):
            if len(space.received(DATA)) == 1:
                await exchange.respond(status, {"detail": "busy"})
            else:
                await space._stream(exchange)

        space.on("GET", DATA, busy_once)
        assert await client.predict("patience") == "patience"
        assert len(space.received(DATA)) == 2
        assert len(space.received(JOIN)) == 1


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_a_stream_refused_for_good_leaves_the_outcome_unknown(status):
    """The job was taken, so it is not the login's or the address's error any more."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        space.answer("GET", DATA, status, {"detail": "no"})
        problem = await problem_of(client.predict("x"))
        assert isinstance(problem, StreamBroken)
        assert "the job was submitted" in str(problem)
        assert len(space.received(JOIN)) == len(space.received(DATA)) == 1


async def test_what_comes_after_the_end_is_not_looked_at():
    """A call ends exactly once."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        by_hand(space, completed("first"), b"data: nonsense\n\n", completed("second"), CLOSE)
        job = await client.submit("x")
        assert await job == "first"
        assert job.outputs() == ["first"]


async def test_a_broken_call_leaves_the_others_alone():
    """Each has its own stream."""

    def cut(text):
        yield "begun"
        yield Cut()

    def half(text):
        yield Raw(b"data: {")
        yield Cut()

    endpoints = {"/cut": cut, "/half": half, "/echo": echo}
    async with FakeSpace(endpoints) as space, AsyncClient(space.url) as client:
        names = ["/cut", "/echo", "/half"] * 5
        outcomes = await asyncio.gather(
            *(client.predict(name, api_name=name) for name in names), return_exceptions=True
        )
        for name, outcome in zip(names, outcomes, strict=True):
            assert outcome == "/echo" if name == "/echo" else isinstance(outcome, StreamBroken)
        assert len(space.received(JOIN)) == len(names)


async def test_a_result_that_cannot_be_decoded_ends_the_job_all_the_same():
    """Ours: an error of ours is the job's error, nobody waits for ever."""

    class Unfit(Exception):
        pass

    def refuse(source, data):
        raise Unfit

    async with FakeSpace({"/file": lambda: file_data("/x")}) as space:
        async with AsyncClient(space.url, make_file=refuse) as client:
            with pytest.raises(Unfit):
                await client.predict()


# --- time ------------------------------------------------------------------------


async def test_no_answer_to_the_submission_ends_the_wait():
    """`first_message`: from submitting to the first sign of the job."""
    async with FakeSpace({"/echo": echo}) as space:
        async with AsyncClient(space.url, timeouts=Timeouts(first_message=1)) as client:
            space.on("POST", JOIN, for_ever)
            problem = await problem_of(client.predict("x"))
            assert isinstance(problem, TransportTimeout)
            assert problem.limit == "first_message"
            assert len(space.received(JOIN)) == 1


@pytest.mark.parametrize("data", [for_ever, streaming(HOLD)], ids=["no answer", "no event"])
async def test_no_first_event_ends_the_wait_and_cancels_the_job(data):
    """`first_message` again; the app is told, because it may work on the job."""
    async with FakeSpace({"/echo": echo}) as space:
        async with AsyncClient(space.url, timeouts=Timeouts(first_message=1)) as client:
            by_hand(space)
            space.on("GET", DATA, data)
            problem = await problem_of(client.predict("x"))
            assert isinstance(problem, TransportTimeout)
            assert problem.limit == "first_message"
            await until(lambda: space.received(CANCEL))
            assert space.received(CANCEL)[0].json()["event_id"] == "e1"
            assert len(space.received(JOIN)) == 1


async def test_silence_after_a_sign_of_life_ends_the_wait_and_cancels_the_job():
    """`idle`: between two signs of life."""

    def silent(text):
        yield "begun"
        yield Silence()

    async with FakeSpace({"/silent": silent}) as space:
        async with AsyncClient(space.url, timeouts=Timeouts(idle=0.2)) as client:
            job = await client.submit("x")
            problem = await problem_of(job)
            assert isinstance(problem, TransportTimeout)
            assert problem.limit == "idle"
            assert (problem.space, problem.endpoint) == (space.url, "/silent")
            assert job.outputs() == ["begun"]
            await until(lambda: space.received(CANCEL))
            assert space.running == 0


async def test_heartbeats_are_signs_of_life():
    """Observed: one every 15 s, so a job may work for hours."""
    beat = message("heartbeat", event_id=None)

    def patient(text):
        for _ in range(12):
            yield Raw(beat)
            yield Pause(0.1)
        yield "at last"

    async with FakeSpace({"/patient": patient}) as space:
        async with AsyncClient(space.url, timeouts=Timeouts(idle=1)) as client:
            assert await client.predict("x") == "at last"


async def test_a_call_has_its_whole_time_and_no_more():
    """`total`, by the client or by the call; signs of life do not put it off."""

    def busy(text):
        while True:
            yield Raw(message("heartbeat", event_id=None))
            yield Pause(0.02)

    async with FakeSpace({"/busy": busy}) as space:
        async with AsyncClient(space.url) as client:
            problem = await problem_of(client.predict("x", timeout=0.3))
            assert isinstance(problem, TransportTimeout)
            assert problem.limit == "total"
            await until(lambda: space.received(CANCEL))
            assert space.running == 0
        async with AsyncClient(space.url, timeouts=Timeouts(total=0.3)) as client:
            assert (await problem_of(client.predict("x"))).limit == "total"
        assert len(space.received(JOIN)) == 2
        assert len(space.received(CANCEL)) == 2


async def test_a_calls_own_time_takes_the_place_of_the_clients():
    """Ours: ``timeout=``."""

    def later(text):
        yield Pause(0.4)
        yield "late"

    async with FakeSpace({"/later": later}) as space:
        async with AsyncClient(space.url, timeouts=Timeouts(total=0.1)) as client:
            assert await client.predict("x", timeout=15) == "late"


async def test_an_app_that_does_not_hear_the_cancel_is_mentioned_in_the_log(caplog):
    """Ours: it is no error of the call, but worth knowing."""
    async with FakeSpace({"/endless": endless}) as space:
        async with AsyncClient(space.url) as client:
            space.on("POST", CANCEL, cut_off)
            job = await client.submit("x")
            async for _ in job:
                break
            assert await job.cancel()
    assert "could not be told to stop" in caplog.text
