"""`Player`: answers as the recorded app did, and says what was not recorded."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import pytest

import anyspace
from anyspace import AsyncClient, Client
from anyspace._secrets import MARK
from anyspace.protocol import GENERATIONS, Log, Progress, ProgressUnit
from anyspace.testing import (
    Answered,
    Asked,
    Body,
    Cut,
    Ended,
    FakeFile,
    FakeSpace,
    Part,
    Player,
    Recorder,
    Said,
    Silence,
    Transcript,
    TranscriptMismatch,
)
from anyspace.testing._cleaning import ADDRESS
from tests.client.support import DATA, INFO, JOIN, echo, until


@pytest.fixture
def path(tmp_path):
    return tmp_path / "talk.transcript"


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


def fail(text: str) -> str:
    raise ValueError(f"too {text}")


def steps(text: str):
    yield Log("", "note", "warning", "Title")
    yield Progress("", (ProgressUnit(index=1, length=2),))
    yield f"{text} 1"
    yield f"{text} 2"


def endless(text: str):
    yield f"begun {text}"
    yield Silence()


def copy(file: FakeFile) -> FakeFile:
    return FakeFile(f"copy of {file.name}", file.content * 2000)


ENDPOINTS = {"/echo": echo, "/fail": fail, "/steps": steps, "/endless": endless, "/copy": copy}


async def everything(url):
    """All that a client can live to see, as values."""
    seen = []
    async with AsyncClient(url) as client:
        seen.append(await client.predict("hello", api_name="/echo"))
        with pytest.raises(anyspace.AppError) as caught:
            await client.predict("dark", api_name="/fail")
        seen.append(caught.value.message)
        job = await client.submit("step", api_name="/steps")
        seen += [repr(update) async for update in job.updates()]
        seen.append(await job.result())
        sent = anyspace.file(b"\0abc", name="ä b.bin")
        copied = await client.predict(sent, api_name="/copy")
        seen += [copied.name, await copied.read()]
        job = await client.submit("x", api_name="/endless")
        async for update in job.updates():
            if type(update).__name__ == "Output":
                break
        await job.cancel()
        with pytest.raises(anyspace.JobCancelled):
            await job.result()
    return seen


async def recorded(path, use, endpoints=ENDPOINTS, **options):
    async with FakeSpace(endpoints, **options) as space, Recorder(space.url, path) as app:
        return await use(app.url)


async def mismatch_of(player, use):
    """What the end of the block says."""

    async def play():
        async with player as app:
            await use(app)

    with pytest.raises(TranscriptMismatch) as caught:
        await play()
    return str(caught.value)


def request(number, method="GET", target="/x", at=0.0, **fields):
    return Asked(exchange=number, at=at, method=method, target=target, **fields)


def answer(number, at=0.0, status=200, **fields):
    return Answered(exchange=number, at=at, status=status, **fields)


def post(number, value, target="/x"):
    return request(number, "POST", target, body=Body(json=value))


# --- the same again --------------------------------------------------------------


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_what_was_recorded_is_lived_through_again(path, generation):
    """Results, updates, errors, files and a cancel; nothing is asked that was not recorded."""
    expected = await recorded(path, everything, generation=generation)
    async with Player(path, strict=True) as app:
        got = await everything(app.url)
        assert app.unknown == []
        assert app.unplayed == []
    assert [str(item).replace(app.url, "") for item in got] == [str(item) for item in expected]


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_calls_may_come_in_another_order_and_at_once(path, generation):
    """Each gets its own answer, whether its data come with the job or after it."""

    async def one_by_one(url):
        async with AsyncClient(url) as client:
            return [await client.predict(word, api_name="/echo") for word in "abcdef"]

    async def at_once(url):
        async with AsyncClient(url) as client:
            calls = (client.predict(word, api_name="/echo") for word in "fedcba")
            return await asyncio.gather(*calls)

    assert await recorded(path, one_by_one, generation=generation) == list("abcdef")
    async with Player(path, strict=True) as app:
        assert await at_once(app.url) == list("fedcba")
    async with Player(path) as app, AsyncClient(app.url) as client:
        assert await client.predict("e", api_name="/echo") == "e"


async def test_a_shared_session_is_one_session_again(path):
    """One stream for all its jobs."""

    async def two_calls(url):
        async with AsyncClient(url, session=True) as client:
            both = client.predict("a", api_name="/echo"), client.predict("b", api_name="/echo")
            return await asyncio.gather(*both)

    assert await recorded(path, two_calls) == ["a", "b"]
    async with Player(path, strict=True) as app:
        assert await two_calls(app.url) == ["a", "b"]


def test_blocking_code_is_played_to_as_well(path):
    """From a thread of its own; a transcript may be given instead of its file."""
    with FakeSpace({"/echo": echo}) as space, Recorder(space.url, path) as app:
        with Client(app.url) as client:
            assert client.predict("hello") == "hello"
    for source in (path, Transcript.load(path)):
        with Player(source) as app, Client(app.url) as client:
            assert client.predict("hello") == "hello"


async def test_starting_again_is_playing_from_the_beginning(path):
    """One player for many tests."""
    await recorded(path, everything)
    player = Player(path)
    for _ in range(2):
        async with player as app, AsyncClient(app.url) as client:
            assert await client.predict("hello", api_name="/echo") == "hello"


async def test_a_login_is_played_with_any_password_and_again_and_again(path):
    """The file does not know the right one; what was refused before it is refused again."""

    async def logged_in(url, password="lovelace"):
        async with AsyncClient(url, auth=("ada", password)) as client:
            return await client.predict("hello", api_name="/echo")

    await recorded(path, logged_in, auth=("ada", "lovelace"))
    async with Player(path, strict=True) as app:
        assert await logged_in(app.url, "whatever") == "hello"
        async with AsyncClient(app.url, auth=("ada", "lovelace")) as client:
            assert client.app.title == "Fake"


async def test_what_changes_nothing_is_answered_again_and_again(http):
    """One after the other as recorded, then the last for ever."""
    records = [request(1), answer(1, body=Body(json=1)), request(2), answer(2, body=Body(json=2))]
    async with Player(Transcript(records), strict=True) as app:
        got = []
        for _ in range(4):
            async with http.get(f"{app.url}/x") as response:
                got.append(await response.json())
        assert got == [1, 2, 2, 2]


async def test_addresses_are_the_players_own(http):
    """In bodies and redirects; below the path that the app had."""
    records = [
        request(1, target="/sub/x"),
        answer(
            1, 302, headers={"location": f"{ADDRESS}/sub/y"}, body=Body(text=f"at {ADDRESS}/sub")
        ),
    ]
    async with Player(Transcript(records, "/sub")) as app:
        async with http.get(f"{app.url}/x", allow_redirects=False) as response:
            assert response.headers["location"] == f"{app.url}/y"
            assert await response.text() == f"at {app.url}"
        assert app.url.endswith("/sub")


def job(number, event, session="session-1"):
    asked = {"data": [event], "session_hash": session}
    return [post(number, asked, JOIN), answer(number, body=Body(json={"event_id": event}))]


def told(number, event, kind="process_completed"):
    return Said(exchange=number, at=0.0, body=Body(json={"msg": kind, "event_id": event}))


def stream(number, *records, session="session-1"):
    opened = request(number, target=f"{DATA}?session_hash={session}")
    return [opened, answer(number, streams=True), *records, Ended(exchange=number, at=0.0)]


async def submit(http, app, event, session="mine"):
    body = {"data": [event], "session_hash": session}
    async with http.post(f"{app.url}{JOIN}", json=body) as response:
        assert await response.json() == {"event_id": event}


async def test_a_stream_stays_open_while_its_session_has_jobs(http):
    """As Gradio's: two jobs one after the other may be two jobs at once this time."""
    closing = Said(exchange=2, at=0.0, body=Body(json={"msg": "close_stream", "event_id": None}))
    records = [*job(1, "event-1"), *stream(2, told(2, "event-1"), closing)]
    records += [*job(3, "event-2"), *stream(4, told(4, "event-2"))]
    async with Player(Transcript(records), strict=True) as app:
        await submit(http, app, "event-1")
        await submit(http, app, "event-2")
        async with http.get(f"{app.url}{DATA}?session_hash=mine") as response:
            text = await response.text()
        assert text.count("process_completed") == 2
        assert "close_stream" not in text


async def test_a_session_may_do_what_several_did(http):
    """Clients that share one session can be played what others recorded, and get one stream."""
    records = [*job(1, "event-1"), *stream(2, told(2, "event-1"))]
    records += job(3, "event-2", "session-2")
    records += stream(4, told(4, "event-2"), session="session-2")
    async with Player(Transcript(records), strict=True) as app:
        await submit(http, app, "event-1")
        await submit(http, app, "event-2")
        async with http.get(f"{app.url}{DATA}?session_hash=mine") as response:
            assert (await response.text()).count("process_completed") == 2


async def test_a_client_that_left_a_stream_may_come_back_to_it(http):
    """Two jobs at once may be two jobs one after the other this time."""
    both = (told(3, "event-1"), *job(2, "event-2"), told(3, "event-2"))
    records = [*job(1, "event-1"), *stream(3, *both)]
    async with Player(Transcript(records), strict=True) as app:
        await submit(http, app, "event-1")
        async with http.get(f"{app.url}{DATA}?session_hash=mine") as response:
            assert b"event-1" in await response.content.readuntil(b"\n\n")
            response.close()
        await until(lambda: not app._cast.playing)
        await submit(http, app, "event-2")
        async with http.get(f"{app.url}{DATA}?session_hash=mine") as response:
            assert await response.text() == (
                'data: {"msg":"process_completed","event_id":"event-2"}\n\n'
            )


async def test_sessions_get_their_own_streams(http):
    """Whoever opens the first one."""
    records = [*job(1, "event-1"), *job(2, "event-2", "session-2")]
    records += stream(3, told(3, "event-1"))
    records += stream(4, told(4, "event-2"), session="session-2")
    async with Player(Transcript(records), strict=True) as app:
        await submit(http, app, "event-1", "one")
        await submit(http, app, "event-2", "two")
        for session, event in (("two", "event-2"), ("one", "event-1")):
            async with http.get(f"{app.url}{DATA}?session_hash={session}") as response:
                assert event in await response.text()


# --- what is the same request ----------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({"a": 1, "session_hash": "s"}, {"a": 1, "session_hash": "other"}),
        ({"a": 1, "trigger_id": None}, {"a": 1}),
        ({"a": 1}, {"a": 1.0}),
        ({"oauth_token": MARK}, {"oauth_token": "mine"}),
        ({"data": [f"key {MARK}!"]}, {"data": ["key 123!"]}),
        ({"data": [{"upload_id": "x", "y": [1, "2"]}]}, {"data": [{"y": [1, "2"]}]}),
    ],
)
async def test_what_varies_between_runs_does_not_count(http, was, now):
    """Sessions, uploads, what is null, and what was taken out of the file."""
    async with Player(Transcript([post(1, was), answer(1)])) as app:
        async with http.post(f"{app.url}/x", json=now) as response:
            assert response.status == 200


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ({"data": ["a"]}, {"data": ["b"]}, "data[0] was 'a' and is 'b'"),
        ({"data": ["a"]}, {"data": ["a", "b"]}, "data was ['a'] and is ['a', 'b']"),
        ({"data": [1]}, {"data": [True]}, "data[0] was 1 and is True"),
        ({"a": {"b": 1}}, {"a": {}}, "a.b was 1 and is absent"),
        ({"a": 1}, {"a": 1, "b": 2}, "b was absent and is 2"),
        ([1], {"a": 1}, "the body was [1] and is {'a': 1}"),
        ({"a": "x" * 99}, {"a": "y"}, f"a was '{'x' * 58}… and is 'y'"),
        ({"a": ""}, {"a": "hf_" + "0" * 30}, f"a was '' and is '{MARK}'"),
    ],
)
async def test_what_is_different_is_told(http, was, now, words):
    """With the place in the body; tokens are not told."""
    details = []

    async def use(app):
        async with http.post(f"{app.url}/x", json=now) as response:
            assert response.status == 501
            details.append((await response.json())["detail"])

    told = await mismatch_of(Player(Transcript([post(1, was), answer(1)])), use)
    assert details == [f"POST /x was not recorded; nearest is request 1, POST /x, but {words}"]
    assert told == f"the transcript and what was asked differ:\n  - {details[0]}"


@pytest.mark.parametrize(
    ("recorded", "sent", "words"),
    [
        (request(1), {"method": "PUT"}, "the method was GET"),
        (request(1, target="/y"), {}, "the path was /y"),
        (request(1, target="/x?a=1"), {"params": {"a": "2", "b": ""}},
         "a in the query was '1' and is '2', but b in the query was absent and is ''"),
        (request(1), {"headers": {"range": "bytes=0-1"}}, "another range of bytes is wanted"),
        (request(1), {"data": b"x"}, "one has no body"),
        (request(1, body=Body(text="x")), {"data": b"y"}, "the body was 'x' and is 'y'"),
        (request(1, body=Body(base64=b"\xff")), {"data": b"y"}, "the bodies have other bytes"),
        (request(1, body=Body(form=[])), {"data": b"y"}, "the bodies have other bytes"),
    ],
)  # fmt: skip
async def test_every_part_of_a_request_counts(http, recorded, sent, words):
    """Method, path, query, body, and which bytes of a file are wanted."""

    async def use(app):
        options = {"method": "GET", "url": f"{app.url}/x", **sent}
        async with http.request(**options) as response:
            assert response.status == 501

    told = await mismatch_of(Player(Transcript([recorded, answer(1)])), use)
    assert f"but {words}" in told


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"hello", ""),
        ("b.txt", b"hello", "'a.txt' was sent, and now 'b.txt'"),
        ("a.txt", b"other", "'a.txt' has another content"),
        (None, b"hello", "the form had 1 parts and has 2"),
    ],
)
async def test_uploads_are_told_apart_by_name_and_content(http, name, content, words):
    """Not by the boundary between the parts."""
    form = [Part(name="files", filename="a.txt", type="text/plain", body=Body(text="hello"))]
    records = [request(1, "POST", "/upload?upload_id=upload-1", body=Body(form=form))]
    records.append(answer(1, body=Body(json=["/tmp/a.txt"])))
    data = aiohttp.FormData()
    data.add_field("files", content, filename=name or "a.txt", content_type="text/plain")
    if name is None:
        data.add_field("more", "x")
    player = Player(Transcript(records))
    await player.start()
    async with http.post(f"{player.url}/upload?upload_id=other", data=data) as response:
        assert response.status == (501 if words else 200)
    await player.stop()
    assert [told.partition(", but ")[2] for told in player.unknown] == [words] * bool(words)


async def test_how_a_client_asks_for_descriptions_does_not_count(http):
    """Other clients ask with other words; with the same, the right answer is preferred."""
    records = [
        request(1, target="/info?serialize=False"),
        answer(1, body=Body(json=1)),
        request(2, target="/info?all_endpoints=True"),
        answer(2, body=Body(json=2)),
    ]
    async with Player(Transcript(records)) as app:
        for query, number in (("?all_endpoints=True", 2), ("?serialize=False", 1), ("", 2)):
            async with http.get(f"{app.url}/info{query}") as response:
                assert await response.json() == number


async def test_who_shows_credentials_gets_what_such_a_client_got(http):
    """Ours: before the order of the recording."""
    with_cookie = {"cookie": MARK}
    records = [
        request(1),
        answer(1, status=401),
        request(2, headers=with_cookie),
        answer(2, body=Body(json="in")),
    ]
    async with Player(Transcript(records)) as app:
        for headers, status in (({"cookie": "a=b"}, 200), ({}, 401), ({"cookie": "c=d"}, 200)):
            async with http.get(f"{app.url}/x", headers=headers) as response:
                assert response.status == status


# --- what was not recorded -------------------------------------------------------


async def test_a_job_that_was_recorded_once_is_not_done_twice(path):
    """The client sees the words, and so does the end of the block."""

    async def once(url):
        async with AsyncClient(url) as client:
            return await client.predict("a", api_name="/echo")

    await recorded(path, once)

    async def twice(app):
        async with AsyncClient(app.url) as client:
            assert await client.predict("a", api_name="/echo") == "a"
            with pytest.raises(anyspace.RemoteProtocolError, match="was not recorded"):
                await client.predict("a", api_name="/echo")

    told = await mismatch_of(Player(path), twice)
    assert told.startswith("talk.transcript and what was asked differ:")
    assert "which was recorded no more often than it was asked" in told


async def test_what_left_the_block_is_not_hidden(path):
    """It gets a note; without a mismatch it gets none."""

    async def ask_and_fail(player):
        async with player as app, aiohttp.ClientSession() as session:
            async with session.get(f"{app.url}/x"):
                raise KeyError("own")

    with pytest.raises(KeyError) as caught:
        await ask_and_fail(Player(Transcript()))
    assert caught.value.__notes__ == [
        "the transcript and what was asked differ:\n  - GET /x was not recorded"
    ]
    unasked = [request(1), answer(1), post(2, {}), answer(2)]
    with pytest.raises(KeyError) as caught:
        await ask_and_fail(Player(Transcript(unasked), strict=True))
    assert not hasattr(caught.value, "__notes__")


async def test_what_was_never_asked_is_told_when_it_matters(path, http):
    """Of what changes nothing, once is enough."""
    records = [request(1), answer(1), request(2), answer(2), post(3, {"a": 1}), answer(3)]
    async with Player(Transcript(records)) as app:
        assert len(app.unplayed) == 3
        async with http.get(f"{app.url}/x"):
            pass
        assert app.unplayed == ["request 3, POST /x"]

    async def ask(app):
        async with http.get(f"{app.url}/x"):
            pass

    told = await mismatch_of(Player(Transcript(records), strict=True), ask)
    assert told.endswith("\n  - not asked: request 3, POST /x")


async def test_what_was_not_recorded_is_logged(http, caplog):
    """For code that hides its errors; addresses without their secrets."""
    caplog.set_level(logging.WARNING, "anyspace.testing")
    player = Player(Transcript())
    await player.start()
    async with http.get(f"{player.url}/x?__sign=secret"):
        pass
    await player.stop()
    assert caplog.messages == [f"GET /x?__sign={MARK} was not recorded"] == player.unknown


async def test_on_a_websocket_the_close_says_it(path, http):
    """3.x: when the data come that nobody sent."""

    async def once(url):
        async with AsyncClient(url) as client:
            return await client.predict("a", api_name="/echo")

    await recorded(path, once, generation="ws")

    async def another(app):
        async with http.ws_connect(f"{app.url}/queue/join") as socket:
            await socket.receive_json()
            await socket.send_json({"fn_index": 0, "session_hash": "s"})
            while (await socket.receive_json())["msg"] != "send_data":
                pass
            await socket.send_json({"fn_index": 0, "session_hash": "s", "data": ["b"]})
            closed = await socket.receive()
            assert closed.type is aiohttp.WSMsgType.CLOSE
            assert (closed.data, closed.extra[:21]) == (1011, "this was not recorded")
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await http.ws_connect(f"{app.url}/other")
        assert caught.value.status == 501

    told = await mismatch_of(Player(path), another)
    assert "on the websocket; nearest is request 3, GET /queue/join, but data[0] was 'a'" in told


@pytest.mark.parametrize("session", ["s", "other"])
async def test_a_sign_of_life_needs_no_recording(http, session):
    """From 4.25 on some clients hold a stream open that says nothing of a job."""
    async with Player(Transcript([request(1)])) as app:
        async with http.get(f"{app.url}/gradio_api/heartbeat/{session}") as response:
            assert response.content_type == "text/event-stream"
            response.close()
        assert app.unknown == []


async def test_a_record_that_belongs_to_nothing_is_a_fault_of_the_file():
    """Found when it starts; nothing listens then."""
    player = Player(Transcript([answer(7)]))
    with pytest.raises(ValueError, match="request 7, which is not there"):
        await player.start()
    with pytest.raises(ValueError, match="request 7"), Player(Transcript([answer(7)])):
        pass


# --- when ------------------------------------------------------------------------


async def test_a_stream_waits_for_what_the_recorded_client_did(path, http):
    """A job that was cancelled in the middle runs until it is cancelled."""

    async def cancelled(url):
        async with AsyncClient(url) as client:
            job = await client.submit("x", api_name="/endless")
            async for update in job.updates():
                if type(update).__name__ == "Output":
                    await job.cancel()

    await recorded(path, cancelled)
    async with Player(path) as app:
        body = {"data": ["x"], "fn_index": 3, "session_hash": "mine"}
        async with http.post(f"{app.url}{JOIN}", json=body) as response:
            event = (await response.json())["event_id"]
        async with http.get(f"{app.url}{DATA}?session_hash=mine") as stream:
            heard = b""
            while b"begun" not in heard:
                heard += await stream.content.readany()
            (playing,) = app._cast.playing
            await until(lambda: playing.waits)
            cancel = {"session_hash": "mine", "fn_index": 3, "event_id": event}
            async with http.post(f"{app.url}/gradio_api/cancel", json=cancel) as response:
                assert response.status == 200
            assert b"process_completed" in await stream.read()


@pytest.mark.parametrize(
    ("pauses", "slept"), [(0, []), (1, [0.5, 1.0, 2.0]), (0.5, [0.25, 0.5, 1.0])]
)
async def test_pauses_are_those_of_the_recording_or_none(http, monkeypatch, pauses, slept):
    """Before the answer and between the pieces."""
    records = [
        request(1, at=10.0),
        answer(1, at=10.5, streams=True, headers={"content-type": "text/event-stream"}),
        Said(exchange=1, at=11.5, body=Body(json={"msg": "heartbeat"})),
        Said(exchange=1, at=11.5, event="named", body=Body(json=1)),
        Ended(exchange=1, at=13.5),
    ]
    seconds = []
    sleep = asyncio.sleep

    async def no_sleep(delay):
        seconds.append(delay)
        await sleep(0)

    async with Player(Transcript(records), pauses=pauses) as app:
        monkeypatch.setattr(asyncio, "sleep", no_sleep)
        async with http.get(f"{app.url}/x") as response:
            text = await response.text()
        monkeypatch.undo()
    assert text == 'data: {"msg":"heartbeat"}\n\nevent: named\ndata: 1\n\n'
    assert seconds == slept


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("cut", [True, False])
async def test_endings_are_those_of_the_recording(http, answered, cut):
    """What broke breaks; what the client ended is held until it ends it again."""
    records = [request(1)]
    if answered:
        records.append(answer(1, streams=True))
        records.append(Said(exchange=1, at=0.0, body=Body(text=": begun\n\n")))
    records.append(Ended(exchange=1, at=0.0, cut=cut, by="app" if cut else "client"))
    timeout = aiohttp.ClientTimeout(total=None if cut else 0.2)
    async with Player(Transcript(records)) as app:
        with pytest.raises(aiohttp.ClientError if cut else TimeoutError):
            async with http.get(f"{app.url}/x", timeout=timeout) as response:
                await response.read()


@pytest.mark.parametrize(
    ("ended", "kind", "code"),
    [
        (Ended(exchange=1, at=0.0, code=1001), aiohttp.WSMsgType.CLOSE, 1001),
        (Ended(exchange=1, at=0.0), aiohttp.WSMsgType.CLOSE, 1000),
        (Ended(exchange=1, at=0.0, cut=True), aiohttp.WSMsgType.CLOSED, None),
    ],
)
async def test_websockets_end_as_recorded(http, ended, kind, code):
    """With the code, or without a word; frames of bytes are frames of bytes."""
    records = [
        request(1, socket=True),
        answer(1, status=101, streams=True),
        Said(exchange=1, at=0.0, body=Body(base64=b"\0\1")),
        ended,
    ]
    async with Player(Transcript(records)) as app, http.ws_connect(f"{app.url}/x") as socket:
        assert await socket.receive_bytes() == b"\0\1"
        message = await socket.receive()
        assert message.type is kind
        assert message.data == code


async def test_a_socket_that_the_client_ended_is_open_until_it_ends_it(http):
    """3.x: closing it is how a job is cancelled."""
    records = [
        request(1, socket=True),
        answer(1, status=101, streams=True),
        Said(exchange=1, at=0.0, body=Body(json=1)),
        Ended(exchange=1, at=0.0, by="client"),
    ]
    async with Player(Transcript(records)) as app:
        async with http.ws_connect(f"{app.url}/x") as socket:
            assert await socket.receive_json() == 1
            assert await socket.close()
        await until(lambda: not app._cast.playing)


async def test_the_stream_of_a_cut_app_is_cut_in_a_client_too(path):
    """From the recording to the error a user sees."""

    def cut(text: str):
        yield text
        yield Cut()

    async def broken(url):
        async with AsyncClient(url) as client:
            with pytest.raises(anyspace.StreamBroken):
                await client.predict("a", api_name="/cut")

    await recorded(path, broken, {"/cut": cut})
    async with Player(path, strict=True) as app:
        await broken(app.url)
    assert INFO in path.read_text()
