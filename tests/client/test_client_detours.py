"""The less usual ways: a fenced-off queue, replicas, pieces, live files, watched sessions."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

import anyspace
from anyspace import (
    AppError,
    AsyncClient,
    AuthenticationError,
    FileError,
    Limits,
    SpaceNotFound,
    Timeouts,
    TransportTimeout,
)
from anyspace.testing import FakeEndpoint, FakeSpace
from tests.client.support import (
    CANCEL,
    DATA,
    INFO,
    JOIN,
    PREFIX,
    STARTS,
    completed,
    echo,
    for_ever,
    message,
    problem_of,
    streaming,
    until,
)

CALL = f"{PREFIX}/call/echo"
FENCE = "<html>403</html>"


def fence_off(space, status=403):
    """Let nothing through to the queue."""
    space.answer("POST", JOIN, status, FENCE, {"content-type": "text/html"})


def take_calls(space, *events):
    """Take jobs by name; their stream says this."""
    space.answer("POST", CALL, 200, {"event_id": "e1"})
    space.on("GET", f"{CALL}/e1", streaming(*events))


def named(event, data):
    return f"event: {event}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"


# --- a queue that is fenced off --------------------------------------------------


@pytest.mark.parametrize("status", [403, 404, 405])
async def test_a_fenced_off_queue_is_gone_round_by_name(status):
    """Ours: proxies that know only some paths; observed with real servers in tests/interaction."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        fence_off(space, status)
        take_calls(
            space, named("generating", ["a"]), named("heartbeat", None), named("complete", ["ab"])
        )
        job = await client.submit("a", api_name="/echo")

        assert [output async for output in job] == ["a", "ab"]
        assert [r.json() for r in space.received(CALL)] == [{"data": ["a"]}]
        assert len(space.received(JOIN)) == 1


async def test_an_error_on_the_way_round_keeps_its_words():
    """By the code of 6.13: the failed output is the event's data."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        fence_off(space)
        take_calls(space, named("error", {"error": "no ink", "title": "Oh"}))

        problem = await problem_of(client.predict("a", api_name="/echo"))

        assert isinstance(problem, AppError)
        assert (problem.message, problem.title) == ("no ink", "Oh")


async def test_a_cancel_on_the_way_round_names_the_jobs_own_session():
    """By the code of 6.31.0: an event that names no session is its own."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        fence_off(space)
        space.answer("POST", CALL, 200, {"event_id": "e1"})
        space.on("GET", f"{CALL}/e1", for_ever)
        job = await client.submit("a", api_name="/echo")
        await until(lambda: bool(space.received(f"{CALL}/e1")))

        await job.cancel()

        (sent,) = space.received(CANCEL)
        assert sent.json() == {"session_hash": "e1", "fn_index": 0, "event_id": "e1"}


async def test_when_both_ways_are_fenced_off_the_first_answer_is_told():
    """Ours: it is what the user can do something about."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        fence_off(space, 404)
        space.answer("POST", CALL, 405)

        assert isinstance(await problem_of(client.predict("a", api_name="/echo")), SpaceNotFound)


async def test_a_shared_session_takes_no_detour():
    """Ours: the named events of two jobs of one session could not be told apart."""
    async with (
        FakeSpace({"/echo": echo}) as space,
        AsyncClient(space.url, session=True) as client,
    ):
        fence_off(space)

        assert isinstance(
            await problem_of(client.predict("a", api_name="/echo")), AuthenticationError
        )
        assert not space.received(CALL)


# --- several replicas ------------------------------------------------------------


def answered_by(space, replica):
    """Let the replica of this name take jobs."""

    async def join(exchange):
        headers = {"x-proxied-replica": replica}
        await exchange.respond(200, {"event_id": "e1"}, headers)

    space.on("POST", JOIN, join)


def config_from(space, replica):
    """Let the replica of this name describe the app."""
    space.answer("GET", "/config", 200, space.config, {"x-proxied-replica": replica})


async def test_a_job_stays_with_the_replica_that_took_it():
    """By the Hub's proxy: it names the replica in each answer and takes it as a path."""
    async with FakeSpace({"/echo": echo}) as space:
        config_from(space, "abc12345-one")
        answered_by(space, "abc12345-two2")
        pinned = f"/--replicas/two2{DATA}"
        space.on("GET", pinned, streaming(STARTS, completed("ab")))
        async with AsyncClient(space.url) as client:
            assert await client.predict("a", api_name="/echo") == "ab"
            assert len(space.received(pinned)) == 1
            assert client.url.endswith("/--replicas/two2")


async def test_one_replica_needs_no_pinning():
    """Ours: its name changes when it restarts, so a path with it is used only where needed."""
    async with FakeSpace({"/echo": echo}) as space:
        config_from(space, "abc12345-one")
        answered_by(space, "abc12345-one")
        space.on("GET", DATA, streaming(STARTS, completed("ab")))
        async with AsyncClient(space.url) as client:
            assert await client.predict("a", api_name="/echo") == "ab"
            assert "--replicas" not in client.url


async def test_a_replica_with_an_odd_name_is_not_put_into_paths():
    """Ours: what a server says is not trusted."""
    async with FakeSpace({"/echo": echo}) as space:
        config_from(space, "abc-one")
        answered_by(space, "a-b/../../x")
        space.on("GET", DATA, streaming(STARTS, completed("ab")))
        async with AsyncClient(space.url) as client:
            assert await client.predict("a", api_name="/echo") == "ab"


# --- sticky cookies --------------------------------------------------------------


async def test_cookies_of_the_first_answer_go_with_every_later_request():
    """Ours: balancers other than the Hub's keep a client with one server this way."""
    async with FakeSpace({"/echo": echo}) as space:
        space.answer("GET", INFO, 200, space.info, {"set-cookie": "server=7; Path=/"})
        async with AsyncClient(space.url) as client:
            await client.predict("a", api_name="/echo")
            later = [*space.received(JOIN), *space.received(DATA)]
            assert [request.headers.get("cookie") for request in later] == ["server=7"] * 2


# --- pieces of a stream ----------------------------------------------------------


@pytest.mark.parametrize("session", [False, True])
async def test_one_piece_is_heard_and_the_stream_is_closed_behind_it(session):
    """Observed on 5.50.0 and 6.31.0: without the close the app waits for the next piece."""
    close = f"{PREFIX}/stream/e1/close"
    async with (
        FakeSpace({"/echo": echo}) as space,
        AsyncClient(space.url, session=session) as client,
    ):
        heard = message("process_streaming", output={"data": ["heard"]}, success=True)
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.answer("POST", close, 200, {"msg": "success"})
        space.on("GET", DATA, streaming(STARTS, heard, completed("heard again")))

        assert await client.predict("a", api_name="/echo") == "heard"
        await until(lambda: len(space.received(close)) == 1)


async def test_a_stream_that_is_closed_already_is_no_failure():
    """By the code of 6.31.0: 404 when the event is gone."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        heard = message("process_streaming", output={"data": ["heard"]}, success=True)
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.answer("POST", f"{PREFIX}/stream/e1/close", 404)
        space.on("GET", DATA, streaming(STARTS, heard))

        assert await client.predict("a", api_name="/echo") == "heard"


# --- the caller's own token ------------------------------------------------------


def wanting(space, how):
    """Let the endpoint ask for the caller's token."""
    space.info["named_endpoints"]["/echo"]["oauth_token"] = how


@pytest.mark.parametrize("how", ["required", "optional"])
async def test_a_token_goes_to_an_endpoint_that_asks_when_the_user_gave_it(how):
    """By the code of 6.21: a field of the body."""
    async with FakeSpace({"/echo": echo}) as space:
        wanting(space, how)
        async with AsyncClient(space.url, token="hf_given") as client:
            await client.predict("a", api_name="/echo")
        assert [r.json().get("oauth_token") for r in space.received(JOIN)] == ["hf_given"]


@pytest.mark.parametrize(("own", "sent"), [("hf_own", "hf_own"), ("", None)])
async def test_the_apps_code_may_get_another_token_or_none(own, sent):
    """Ours: what opens an app is not always what it may act with."""
    async with FakeSpace({"/echo": echo}) as space:
        wanting(space, "optional")
        async with AsyncClient(space.url, token="hf_given", oauth_token=own) as client:
            await client.predict("a", api_name="/echo")
        (asked,) = space.received(JOIN)
        assert asked.json().get("oauth_token") == sent
        assert asked.headers["authorization"] == "Bearer hf_given"


async def test_no_token_goes_to_an_endpoint_that_does_not_ask():
    """Ours."""
    async with FakeSpace({"/echo": echo}) as space:
        async with AsyncClient(space.url, token="hf_given") as client:
            await client.predict("a", api_name="/echo")
        assert ["oauth_token" in r.json() for r in space.received(JOIN)] == [False]


async def test_a_saved_token_is_not_handed_to_an_app(monkeypatch):
    """Ours: the app's code would see it, and nobody agreed to that."""
    monkeypatch.setenv("HF_TOKEN", "hf_saved")
    async with FakeSpace({"/echo": echo}) as space:
        wanting(space, "required")
        async with AsyncClient(space.url) as client:
            problem = await problem_of(client.predict("a", api_name="/echo"))

        assert isinstance(problem, AuthenticationError)
        assert "pass token=" in str(problem)
        assert not space.received(JOIN)


# --- live files ------------------------------------------------------------------

LIVE = f"{PREFIX}/stream/s/1/2"
SPEAK = FakeEndpoint(name="/speak", function=lambda: None, outputs=("audio",))


def speech(name="s/1/2/playlist.m3u8"):
    return {
        "path": name,
        "orig_name": "audio-stream.mp3",
        "is_stream": True,
        "meta": {"_type": "gradio.FileData"},
    }


def playlists(space, *states):
    """Let the playlist say each of these in turn, and the last for ever."""
    left = list(states)

    async def playlist(exchange):
        pieces, ended = left.pop(0) if len(left) > 1 else left[0]
        lines = ["#EXTM3U", *(f"#EXTINF:1,\n{piece}" for piece in pieces)]
        await exchange.respond(200, "\n".join([*lines, *(["#EXT-X-ENDLIST"] if ended else [])]))

    space.on("GET", f"{LIVE}/playlist.m3u8", playlist)


@pytest.fixture
async def live():
    """An app that speaks, and what it gave."""
    async with FakeSpace([SPEAK]) as space:
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, streaming(STARTS, completed(speech())))
        async with AsyncClient(
            space.url, timeouts=Timeouts(idle=1), limits=Limits(file=100)
        ) as client:
            yield space, await client.predict(api_name="/speak")


async def test_a_live_sound_is_read_whole_when_the_app_has_ended_it(live):
    """Observed on 6.31.0: asked for earlier, the app keeps the torso as the whole."""
    space, sound = live
    playlists(space, (["a.aac"], False), (["a.aac", "b.aac"], True))
    space.answer("GET", f"{LIVE}/playlist-file", 200, b"whole")

    assert (sound.live, sound.name) == (True, "audio-stream.mp3")
    assert await sound.read() == b"whole"
    assert len(space.received(f"{LIVE}/playlist.m3u8")) == 2


async def test_a_live_sound_is_heard_piece_by_piece(live):
    """Observed on 6.31.0: pieces of AAC, each playable by itself."""
    space, sound = live
    playlists(space, (["a.aac"], False), (["a.aac"], False), (["a.aac", "b.aac"], True))
    space.answer("GET", f"{LIVE}/a.aac", 200, b"one")
    space.answer("GET", f"{LIVE}/b.aac", 200, b"two")

    assert [piece async for piece in sound.segments()] == [b"one", b"two"]


async def test_pieces_together_have_a_limit(live):
    """Ours: a stream may be endless."""
    space, sound = live
    playlists(space, (["a.aac", "b.aac"], True))
    space.answer("GET", f"{LIVE}/a.aac", 200, b"x" * 60)
    space.answer("GET", f"{LIVE}/b.aac", 200, b"x" * 60)

    with pytest.raises(FileError, match="larger than the limit of 100 bytes"):
        [piece async for piece in sound.segments()]


async def test_a_live_sound_that_stops_growing_ends_the_wait(live):
    """Ours: no wait without an end."""
    space, sound = live
    playlists(space, (["a.aac"], False))

    with pytest.raises(TransportTimeout, match="for 1 s"):
        await sound.read()


async def test_before_5_0_a_live_sound_is_one_body():
    """Observed on 4.44.1: the path names no playlist."""
    async with FakeSpace([SPEAK]) as space, AsyncClient(space.url) as client:
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, streaming(STARTS, completed(speech("s/1/2"))))
        space.answer("GET", LIVE, 200, b"RIFF")

        sound = await client.predict(api_name="/speak")

        assert [piece async for piece in sound.segments()] == [b"RIFF"]


def test_pieces_come_without_await_as_well():
    """Ours: the blocking client has every name of the other."""
    with FakeSpace([SPEAK]) as space:
        space.answer("POST", JOIN, 200, {"event_id": "e1"})
        space.on("GET", DATA, streaming(STARTS, completed(speech())))
        playlists(space, (["a.aac"], True))
        space.answer("GET", f"{LIVE}/a.aac", 200, b"one")
        with anyspace.Client(space.url) as client:
            assert list(client.predict(api_name="/speak").segments()) == [b"one"]


# --- sessions that apps watch ----------------------------------------------------


def watches(space):
    return [r for r in space.requests if r.path.startswith(f"{PREFIX}/heartbeat/")]


async def test_an_app_that_cleans_up_sees_a_shared_session_live_and_end():
    """By the code of 4.25: it unloads the session when this stream is closed."""
    ended = asyncio.Event()

    async def watch(exchange):
        await exchange.start_stream()
        try:
            await exchange._reader.read()
        finally:
            ended.set()

    async with FakeSpace({"/echo": echo}, config={"connect_heartbeat": True}) as space:
        async with AsyncClient(space.url, session=True) as client:
            assert not watches(space)
            session = client._connected.session.session_hash
            space.on("GET", f"{PREFIX}/heartbeat/{session}", watch)
            await client.predict("a", api_name="/echo")
            await client.predict("b", api_name="/echo")
            await until(lambda: len(watches(space)) == 1)
            assert not ended.is_set()
        await ended.wait()


@pytest.mark.parametrize(("session", "heartbeat"), [(False, True), (True, False)])
async def test_nobody_else_is_watched(session, heartbeat):
    """Ours: a call of its own leaves nothing behind that would need it."""
    async with FakeSpace({"/echo": echo}, config={"connect_heartbeat": heartbeat}) as space:
        async with AsyncClient(space.url, session=session) as client:
            await client.predict("a", api_name="/echo")
        assert not watches(space)


async def test_a_session_that_cannot_be_watched_works_all_the_same():
    """Ours: nothing of a job depends on it."""
    async with FakeSpace({"/echo": echo}, config={"connect_heartbeat": True}) as space:
        async with AsyncClient(space.url, session=True) as client:
            assert await client.predict("a", api_name="/echo") == "a"
            await until(lambda: len(watches(space)) == 1)
            assert await client.predict("b", api_name="/echo") == "b"
