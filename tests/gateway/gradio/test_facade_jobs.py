"""Jobs at the façade, message by message, as Gradio 6.31 sends them."""

from __future__ import annotations

import asyncio
import threading

import msgspec
import pytest

from anyspace.gateway import read_settings
from anyspace.gateway.gradio._sessions import Patience
from anyspace.protocol import Log, Progress, ProgressUnit, Queued
from anyspace.testing import Cut, FakeEndpoint, FakeSpace, Pause, Silence
from tests.client.support import CANCEL, until
from tests.gateway.conftest import infer
from tests.gateway.gradio.serving import API, serving

QUICK = Patience(grace=0.05)
GENERATIONS = ["ws", "sse", "sse_v1", "sse_v2", "sse_v2.1", "sse_v3"]


def kinds(messages):
    return [message["msg"] for message in messages]


def steps(text: str):
    yield Queued("", 2, 3, 1.5)
    yield Progress("", (ProgressUnit(1, 4, "steps", None, "painting"),))
    yield Log("", "careful", "warning", "Mind")
    for end in range(1, len(text) + 1):
        yield text[:end]


def endless(text: str):
    yield f"begun {text}"
    yield Silence()


def fail(text: str) -> str:
    raise RuntimeError(text)


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_what_a_space_reports_arrives_as_todays_messages(generation):
    """Of whatever generation the Space is: its words, in sse_v3, outputs as edits."""
    with FakeSpace({"/steps": steps}, generation=generation) as space:
        async with serving({"m": space.url}) as gateway:
            event = await gateway.join("m", "/steps", ["abc"])
            messages = await gateway.messages("m")

    assert {m["event_id"] for m in messages[:-1]} == {event}
    told = {m["msg"]: m for m in messages}
    assert (told["estimation"]["rank"], told["estimation"]["queue_size"]) == (2, 3)
    assert told["progress"]["progress_data"][0]["desc"] == "painting"
    assert (told["log"]["log"], told["log"]["level"]) == ("careful", "warning")
    outputs = [m["output"]["data"] for m in messages if m["msg"] == "process_generating"]
    assert outputs == [["a"], [[["append", [], "b"]]], [[["append", [], "c"]]]]
    assert kinds(messages)[-2:] == ["process_completed", "close_stream"]
    assert messages[-2]["output"]["data"] == ["abc"]
    assert messages[-2]["success"] is True


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_the_apps_own_words_say_why_a_job_failed(generation):
    """With the heading, where the Space gives one."""
    with FakeSpace({"/fail": fail}, generation=generation) as space:
        async with serving({"m": space.url}) as gateway:
            await gateway.join("m", "/fail", ["no paint left"])
            messages = await gateway.messages("m")

    end = messages[-2]
    assert (end["msg"], end["success"], end["title"]) == ("process_completed", False, "Error")
    assert end["output"]["error"] == "no paint left"


async def test_arguments_that_do_not_fit_are_said_where_clients_show_it(gateway, space):
    """Ours: at `/queue/join` Gradio's Python client shows nothing but a number."""
    await gateway.join("flux", "/space_infer", ["a fox", "seven"])
    messages = await gateway.messages("flux")

    assert "seed: takes a number, not text ('seven')" in messages[-2]["output"]["error"]
    assert space.received(f"{API}/queue/join") == []


async def test_the_session_keeps_its_state():
    """`gr.State` lives at the Space, in a session of its own for each session here."""
    seen = []

    def remember(text, state):
        return text, state

    endpoint = FakeEndpoint(
        name="/remember",
        function=remember,
        inputs=["textbox", "state"],
        outputs=["textbox", "state"],
    )
    with FakeSpace([endpoint]) as space:
        async with serving({"m": space.url}) as gateway:
            for session in ("one", "two", "one"):
                await gateway.join("m", "/remember", ["a", None], session)
                (*_, end, _) = await gateway.messages("m", session)
                assert end["output"]["data"] == ["a", None]
            joins = [request.json() for request in space.received(f"{API}/queue/join")]
            seen = [join["session_hash"] for join in joins]
            # Both forms are known: with the state's place, and without it (6.18).
            await gateway.join("m", "/remember", ["b"], "one")
            assert (await gateway.messages("m", "one"))[-2]["output"]["data"] == ["b", None]

    assert seen[0] == seen[2] != seen[1]
    assert not {"one", "two"} & set(seen)
    assert [join["data"] for join in joins] == [["a", None]] * 3


async def test_one_of_two_jobs_is_cancelled_and_the_other_goes_on():
    """Gradio's own servers cancel the siblings as well; here a name means one job."""
    going = threading.Event()

    def wait(text: str):
        yield "begun"
        while not going.is_set():
            yield Pause(0.01)
        yield f"done {text}"

    with FakeSpace({"/wait": wait}) as space:
        async with serving({"m": space.url}) as gateway:
            one = await gateway.join("m", "/wait", ["one"])
            two = await gateway.join("m", "/wait", ["two"])
            async with gateway.stream("m") as stream:
                await until(lambda: space.running == 2)
                number = await gateway.number_of("m", "/wait")
                body = {"session_hash": "s", "fn_index": number, "event_id": one}
                assert await gateway.post("m", f"{API}/cancel", body) == {"success": True}
                await until(lambda: space.running == 1)
                going.set()
                ends = {}
                while len(ends) < 2:
                    end = await stream.next("process_completed")
                    ends[end["event_id"]] = end["output"]

    assert ends[one] == {}  # as Gradio says it of a cancelled job
    assert ends[two]["data"] == ["done two"]
    assert len(space.received(CANCEL)) == 1


@pytest.mark.parametrize("body", ["number", "reset"])
async def test_older_ways_to_cancel_work(body):
    """By function alone, and by `/reset` (before 4.31)."""
    with FakeSpace({"/endless": endless}) as space:
        async with serving({"m": space.url}) as gateway:
            event = await gateway.join("m", "/endless", ["x"])
            async with gateway.stream("m") as stream:
                await stream.next("process_generating")
                if body == "reset":
                    await gateway.post("m", "/reset", {"event_id": event})
                else:
                    number = await gateway.number_of("m", "/endless")
                    cancel = {"session_hash": "s", "fn_index": number}
                    await gateway.post("m", "/cancel", cancel)
                assert (await stream.next("process_completed"))["output"] == {}
            await until(lambda: space.running == 0)


async def test_cancelling_what_is_not_there_is_no_error(gateway):
    """As Gradio: the job may have ended a moment ago."""
    body = {"session_hash": "nobody", "fn_index": 0, "event_id": "x"}
    assert await gateway.post("flux", f"{API}/cancel", body) == {"success": True}
    assert await gateway.post("flux", f"{API}/reset", {"event_id": None}) == {"success": True}


async def test_two_sessions_hear_of_their_own_jobs_only(gateway):
    """And end on their own."""
    events = {name: await gateway.join("flux", "/infer", [name], name) for name in ("a", "b")}
    told = await asyncio.gather(*(gateway.messages("flux", name) for name in events))

    for name, messages in zip(events, told, strict=True):
        assert {m["event_id"] for m in messages[:-1]} == {events[name]}
        assert messages[-2]["success"] is True


async def test_a_stream_that_broke_is_opened_again_and_the_outcome_is_not_lost():
    """Ours: Gradio's own servers forget the session then (4.16 to 6.31).

    An output on the way may have been written to the stream that broke, before anybody
    could know that it had.
    """
    going = threading.Event()

    def grow(text: str):
        yield "a"
        while not going.is_set():
            yield Pause(0.01)
        yield "ab"

    with FakeSpace({"/grow": grow}) as space:
        async with serving({"m": space.url}) as gateway:
            event = await gateway.join("m", "/grow", ["x"])
            async with gateway.stream("m") as stream:
                assert (await stream.next("process_generating"))["output"]["data"] == ["a"]
            going.set()
            (*more, end, _) = await gateway.messages("m")
            assert [each["output"]["data"] for each in more] in ([], [[[["replace", [], "ab"]]]])
            assert (end["event_id"], end["output"]["data"]) == (event, ["ab"])
    assert space.received(CANCEL) == []


async def test_an_end_that_may_not_have_arrived_is_told_again():
    """The connection broke somewhere behind it, while another job ran."""
    with FakeSpace({"/endless": endless, "/echo": lambda text: text}) as space:
        async with serving({"m": space.url}) as gateway:
            await gateway.join("m", "/endless", ["x"])
            event = await gateway.join("m", "/echo", ["y"])
            for _ in range(2):
                async with gateway.stream("m") as stream:
                    end = await stream.next("process_completed")
                    assert (end["event_id"], end["output"]["data"]) == (event, ["y"])


async def test_who_opens_the_stream_again_takes_over():
    """Two readers would steal each other's messages."""
    with FakeSpace({"/endless": endless}) as space:
        async with serving({"m": space.url}) as gateway:
            await gateway.join("m", "/endless", ["x"])
            async with gateway.stream("m") as first:
                await first.next("process_generating")
                async with gateway.stream("m") as second:
                    with pytest.raises(AssertionError, match="ended"):
                        await first.next("process_completed")
                    event = await gateway.join("m", "/endless", ["y"])
                    assert (await second.next("process_generating"))["event_id"] == event


async def test_jobs_of_a_client_that_stays_away_are_cancelled():
    """After a grace: it may have lost its connection for a moment."""
    with FakeSpace({"/endless": endless}) as space:
        async with serving({"m": space.url}, QUICK) as gateway:
            await gateway.join("m", "/endless", ["x"])
            async with gateway.stream("m") as stream:
                await stream.next("process_generating")
                assert space.running == 1
            await until(lambda: space.running == 0)
            (end, _) = await gateway.messages("m")
            assert end["output"] == {}
    assert len(space.received(CANCEL)) == 1


async def test_who_holds_the_heartbeat_is_not_away():
    """Clients of apps with state hold it; their stream is closed between jobs."""
    with FakeSpace({"/endless": endless}) as space:
        async with serving({"m": space.url}, QUICK) as gateway:
            address = f"{gateway.at('m')}{API}/heartbeat/s"
            async with gateway.http.get(address) as beat:
                assert await beat.content.readuntil(b"\n\n") == b"data: ALIVE\n\n"
                await gateway.join("m", "/endless", ["x"])
                async with gateway.stream("m") as stream:
                    await stream.next("process_generating")
                await asyncio.sleep(4 * QUICK.grace)  # longer than a client may be away
                assert space.running == 1
            await until(lambda: space.running == 0)


async def test_a_space_that_dies_in_the_middle_ends_the_job():
    """The client is told, and nobody runs the job again."""

    def die(text: str):
        yield "begun"
        yield Cut()

    with FakeSpace({"/die": die}) as space:
        async with serving({"m": space.url}) as gateway:
            await gateway.join("m", "/die", ["x"])
            (*_, end, close) = await gateway.messages("m")

    assert (end["success"], close["msg"]) == (False, "close_stream")
    assert "ended too soon" in end["output"]["error"]
    assert len(space.received(f"{API}/queue/join")) == 1


async def test_a_slow_client_gets_the_end_and_the_newest_outputs():
    """What waits for it is bounded, whatever the Space says meanwhile."""

    def chatter(text: str):
        for number in range(2000):
            yield str(number)

    with FakeSpace({"/chatter": chatter}) as space:
        async with serving({"m": space.url}) as gateway:
            await gateway.join("m", "/chatter", ["x"])
            session = gateway.facade.sessions.find("m", "s")
            await until(lambda: not session.mailbox.jobs)
            messages = await gateway.messages("m")

    outputs = [m for m in messages if m["msg"] == "process_generating"]
    assert 0 < len(outputs) < 100
    assert messages[-2]["output"]["data"] == ["1999"]


async def test_a_session_that_nobody_knows_is_told_so(gateway):
    """As Gradio: clients give up the jobs of that session."""
    (message,) = await gateway.messages("flux", "nobody")
    assert (message["msg"], message["session_not_found"]) == ("unexpected_error", True)


async def test_idle_sessions_end_and_with_them_those_at_the_space():
    """Ours: state is not kept for ever for clients that never say goodbye."""

    async def forgotten(gateway):
        await until(lambda: len(gateway.facade.sessions) == 0)

    with FakeSpace({"/echo": lambda text: text}) as space:
        async with serving({"m": space.url}, Patience(grace=0.01, idle=0.05)) as gateway:
            await gateway.join("m", "/echo", ["x"])
            await gateway.messages("m")
            await forgotten(gateway)


async def test_of_too_many_sessions_the_oldest_idle_one_goes():
    """One with a job that runs stays."""
    with FakeSpace({"/echo": lambda text: text, "/endless": endless}) as space:
        async with serving({"m": space.url}, Patience(sessions=2)) as gateway:
            await gateway.join("m", "/endless", ["x"], "busy")
            for name in ("old", "new", "newest"):
                await gateway.join("m", "/echo", ["x"], name)
                await gateway.messages("m", name)
            known = {
                n for n in ("busy", "old", "new", "newest") if gateway.facade.sessions.find("m", n)
            }
    assert known == {"busy", "newest"}


async def test_a_stopped_gateway_tells_the_client_and_the_space():
    """Jobs under way are cancelled at the Space, and their clients told."""
    with FakeSpace({"/endless": endless}) as space:
        async with serving({"m": space.url}) as gateway:
            await gateway.join("m", "/endless", ["x"])
            async with gateway.stream("m") as stream:
                await stream.next("process_generating")
                await gateway.facade.gateway.life.stop(grace=0.01)
                end = await stream.next("process_completed")
            assert end["success"] is False
            assert "was stopped" in end["output"]["error"]
            await until(lambda: space.running == 0)


async def test_heartbeats_end_when_the_gateway_is_stopped(gateway):
    """A server cannot stop while somebody holds a connection open."""
    async with gateway.http.get(f"{gateway.at('flux')}{API}/heartbeat/s") as beat:
        await beat.content.readuntil(b"\n\n")
        await gateway.facade.gateway.life.stop(grace=0.01)
        assert await beat.content.read() == b""


async def test_more_jobs_than_the_gateway_takes_are_refused_in_words():
    """At `[limits] jobs`."""
    with FakeSpace({"/endless": endless}) as space:
        async with serving({"m": space.url}) as gateway:
            gateway.facade.gateway.life.limit = 1
            await gateway.join("m", "/endless", ["x"], "one")
            await until(lambda: space.running == 1)
            await gateway.join("m", "/endless", ["y"], "two")
            (end, _) = await gateway.messages("m", "two")
    assert "as many as this gateway takes" in end["output"]["error"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/queue/join", {"session_hash": "s", "fn_index": 99, "data": []}, 404),
        ("/queue/join", {"fn_index": 0, "data": []}, 400),
        ("/queue/join", {"session_hash": "s", "fn_index": "x", "data": []}, 400),
        ("/call/nothing", {"data": []}, 404),
        ("/call/v2/infer", {"pormpt": "x"}, 400),
        ("/run/nothing", {"data": []}, 404),
        ("/upload", {}, 400),
    ],
)
async def test_requests_that_are_wrong_are_told_where_clients_look(gateway, path, body, status):
    """`detail` is read by Gradio's clients, `error` by the older of them."""
    said = await gateway.post("flux", f"{API}{path}", body, status)
    assert said["detail"] == said["error"] != ""


async def test_there_is_no_app_of_a_model_that_is_not_there(gateway):
    """With the name that may be meant."""
    async with gateway.http.get(f"{gateway.url}/gradio/flx/config") as answer:
        assert answer.status == 404
        assert "did you mean 'flux'?" in (await answer.json())["detail"]


async def test_several_spaces_step_in_for_each_other_at_a_shape(space):
    """A shape is served by the pool, the Space's own endpoints by the first that answers."""
    endpoint = FakeEndpoint(name="/infer", function=infer, outputs=["image", "number"])
    with FakeSpace([endpoint]) as broken:
        broken.answer("POST", f"{API}/queue/join", 503, {"detail": "Queue is full."})
        table = read_settings(models={"x": space.url}).models["x"]
        both = msgspec.structs.replace(table, space="", spaces=(broken.url, space.url))
        settings = msgspec.structs.replace(read_settings(models={}), models={"pool": both})
        async with serving(settings) as gateway:
            await gateway.join("pool", "/infer", ["a fox"])
            served = (await gateway.messages("pool"))[-2]
            await gateway.join("pool", "/space_infer", ["a fox"])
            own = (await gateway.messages("pool"))[-2]

    assert served["success"] is True
    assert "full" in own["output"]["error"]
