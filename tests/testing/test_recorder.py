"""`Recorder`: a proxy that changes nothing but addresses, and forgets nothing but secrets."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
import sys

import aiohttp
import pytest

import anyspace
from anyspace import AsyncClient, Client
from anyspace.testing import (
    Answered,
    Asked,
    Body,
    Cut,
    Ended,
    FakeFile,
    FakeSpace,
    Recorder,
    Said,
    Silence,
    Transcript,
)
from anyspace.testing._cleaning import ADDRESS
from anyspace.testing._upstream import Origin
from tests.client.support import DATA, INFO, JOIN, cut_off, echo, endless, for_ever, raw, until


@pytest.fixture
def path(tmp_path):
    return tmp_path / "talk.transcript"


@pytest.fixture
async def http():
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


def of_exchange(transcript, number):
    return [record for record in transcript.records if record.exchange == number]


def asked_in(transcript):
    return [record for record in transcript.records if isinstance(record, Asked)]


async def test_what_was_said_is_in_the_file_in_order(path):
    """Requests, whole answers and the events of a stream, by whom they belong to."""
    async with FakeSpace({"/echo": echo}) as space, Recorder(space.url, path) as app:
        async with AsyncClient(app.url) as client:
            assert await client.predict("hello") == "hello"
        assert app.transcript.records
        assert not path.exists()
    talk = Transcript.load(path)
    assert [(record.method, record.target.partition("?")[0]) for record in asked_in(talk)] == [
        ("GET", "/config"),
        ("GET", INFO),
        ("POST", JOIN),
        ("GET", DATA),
    ]
    submitted, accepted = of_exchange(talk, 3)
    assert submitted.body.json["data"] == ["hello"]
    assert submitted.body.json["session_hash"] == "session-1"
    assert accepted.status == 200
    assert accepted.body == Body(json={"event_id": "event-1"})
    opened, begun, *events, ended = of_exchange(talk, 4)
    assert opened.target == f"{DATA}?session_hash=session-1"
    assert isinstance(begun, Answered)
    assert begun.streams
    assert [event.body.json["msg"] for event in events] == [
        "estimation",
        "process_starts",
        "process_completed",
        "close_stream",
    ]
    assert isinstance(ended, Ended)
    assert not ended.cut
    times = [record.at for record in talk.records]
    assert times == sorted(times)
    assert times[0] == 0


def test_the_command_line_and_blocking_code_can_be_recorded(path):
    """Whatever takes an address."""
    with FakeSpace({"/echo": echo}) as space, Recorder(space.url, path) as app:
        with Client(app.url) as client:
            assert client.predict("hello") == "hello"
        command = [sys.executable, "-m", "anyspace", "call", app.url, "/echo", "from the shell"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout == "from the shell\n"
    bodies = [record.body.json for record in asked_in(Transcript.load(path)) if record.body]
    assert [body["data"] for body in bodies] == [["hello"], ["from the shell"]]


async def test_addresses_lead_through_the_proxy_and_to_nobody_in_the_file(path):
    """In configs, in events, in redirects; written out or with escaped slashes."""

    def paint() -> FakeFile:
        return FakeFile("fox.png", b"\x89PNG")

    async with FakeSpace({"/paint": paint}) as space, Recorder(space.url, path) as app:
        async with AsyncClient(app.url) as client:
            picture = await client.predict()
            assert await picture.read() == b"\x89PNG"
            assert picture.url.startswith(app.url)
        space.answer("GET", "/old", 302, b"", {"location": f"{space.url}/new"})
        space.answer("GET", "/page", 200, space.url.replace("/", "\\/"))
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{app.url}/old", allow_redirects=False) as response:
                assert response.headers["location"] == f"{app.url}/new"
            async with session.get(f"{app.url}/page") as response:
                assert await response.text() == app.url.replace("/", "\\/")
    written = path.read_text()
    assert space.url not in written
    assert app.url not in written
    assert f"{ADDRESS}/gradio_api/file=/tmp/fake/0/fox.png" in written


async def test_addresses_of_the_proxy_are_the_apps_when_they_come_back(path, http):
    """A file that the app gave is given to it again."""
    async with FakeSpace() as space, Recorder(space.url, path) as app:
        body = {"data": [{"url": f"{app.url}/gradio_api/file=/tmp/x"}]}
        async with http.post(f"{app.url}/x", json=body, headers={"origin": app.url}):
            pass
        (request,) = space.received("/x")
        assert request.json() == {"data": [{"url": f"{space.url}/gradio_api/file=/tmp/x"}]}
        assert request.headers["origin"] == space.url
        assert request.headers["host"] == space.url.removeprefix("http://")


async def test_an_app_below_a_path_keeps_its_path(path, http):
    """As behind `mount_gradio_app`."""
    async with FakeSpace() as space:
        space.answer("GET", "/sub/path/config", 200, {"root": f"{space.url}/sub/path"})
        async with Recorder(f"{space.url}/sub/path/", path) as app:
            async with http.get(f"{app.url}/config") as response:
                assert await response.json() == {"root": app.url}
    assert Transcript.load(path).root == "/sub/path"
    assert asked_in(Transcript.load(path))[0].target == "/sub/path/config"


async def test_a_login_works_and_leaves_no_trace(path):
    """Cookies that are for https only come back to the proxy all the same."""
    async with FakeSpace({"/echo": echo}, auth=("ada", "lovelace")) as space:
        async with Recorder(space.url, path) as app:
            async with AsyncClient(app.url, auth=("ada", "lovelace")) as client:
                assert await client.predict("hello") == "hello"

            async def set_cookie(exchange):
                attributes = "; Path=/; Secure; SameSite=None; Domain=example.org; HttpOnly"
                await exchange.respond(200, "", {"set-cookie": f"a=1{attributes}"})

            space.on("GET", "/cookie", set_cookie)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"{app.url}/cookie") as response:
                    assert response.headers["set-cookie"] == "a=1; Path=/; HttpOnly"
    assert "lovelace" not in path.read_text()
    assert "access=yes" not in path.read_text()
    assert "access=REDACTED; Path=/" in path.read_text()


async def test_headers_of_the_recorder_go_to_the_app_and_not_into_the_file(path, http):
    """A token for a private Space; what the app repeats of it neither."""
    async with FakeSpace() as space:

        async def repeat(exchange):
            await exchange.respond(200, {"you": exchange.request.headers["authorization"]})

        space.on("GET", "/who", repeat)
        headers = {"Authorization": "Token 0123456789abcdef"}
        async with Recorder(space.url, path, headers=headers, secrets=["opensesame"]) as app:
            own = {"authorization": "Bearer mine"}
            async with http.get(f"{app.url}/who?word=opensesame", headers=own) as response:
                assert await response.json() == {"you": "Token 0123456789abcdef"}
    assert "0123456789abcdef" not in path.read_text()
    assert "opensesame" not in path.read_text()


# --- endings ---------------------------------------------------------------------


async def test_a_stream_that_the_app_cuts_is_cut_for_the_client_too(path):
    """And the file says so."""

    def cut():
        yield "begun"
        yield Cut()

    async with FakeSpace({"/cut": cut}) as space, Recorder(space.url, path) as app:
        async with AsyncClient(app.url) as client:
            with pytest.raises(anyspace.StreamBroken):
                await client.predict()
    ended = [record for record in Transcript.load(path).records if isinstance(record, Ended)]
    assert [(record.by, record.cut) for record in ended] == [("app", True)]


async def test_a_stream_that_the_client_leaves_is_left_at_the_app_too(path, http):
    """Gradio drops the jobs of a session whose stream was closed."""
    async with FakeSpace({"/endless": endless}) as space, Recorder(space.url, path) as app:
        body = {"data": ["x"], "fn_index": 0, "session_hash": "s"}
        async with http.post(f"{app.url}{JOIN}", json=body):
            pass
        left = asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await exchange.send_chunk(b": begun\n\n")
            await exchange.gone()
            left.set()

        space.on("GET", DATA, stream)
        async with http.get(f"{app.url}{DATA}?session_hash=s") as response:
            assert await response.content.readany() == b": begun\n\n"
            response.close()
        await left.wait()
    ended = [record for record in Transcript.load(path).records if isinstance(record, Ended)]
    assert [(record.by, record.cut) for record in ended] == [("client", False)]


async def test_stopping_in_the_middle_writes_what_was_said_until_then(path, http):
    """A stream that is still open counts as left by the client."""

    def silent():
        yield "begun"
        yield Silence()

    async with FakeSpace({"/silent": silent}) as space, Recorder(space.url, path) as app:
        body = {"data": [], "fn_index": 0, "session_hash": "s"}
        async with http.post(f"{app.url}{JOIN}", json=body):
            pass
        async with http.get(f"{app.url}{DATA}?session_hash=s") as response:
            heard = b""
            while b"begun" not in heard:
                heard += await response.content.readany()
            await app.stop()
    talk = Transcript.load(path)
    assert [record.body.json["msg"] for record in talk.records if isinstance(record, Said)] == [
        "estimation",
        "process_starts",
        "process_generating",
    ]
    assert talk.records[-1].by == "client"


@pytest.mark.parametrize(
    "behave", [cut_off, raw(b"HTTP/1.1 200 -\r\ncontent-length: 9\r\n\r\nhalf")]
)
async def test_an_answer_that_breaks_off_breaks_off(path, http, behave):
    """Before it begins and in its middle."""
    async with FakeSpace() as space, Recorder(space.url, path) as app:
        space.on("GET", "/x", behave)
        with pytest.raises(aiohttp.ClientError):
            async with http.get(f"{app.url}/x") as response:
                await response.read()
    assert Transcript.load(path).records[-1].cut


async def test_an_app_that_is_not_there_is_a_connection_that_breaks(path, http):
    """As if nobody listened; the recorder itself does not fail."""
    async with FakeSpace() as gone:
        url = gone.url
    async with Recorder(url, path) as app:
        with pytest.raises(aiohttp.ClientError):
            async with http.post(f"{app.url}/config"):
                pass
    assert [type(record) for record in Transcript.load(path).records] == [Asked, Ended]


async def test_a_client_that_waits_no_longer_is_noted(path, http):
    """There was no answer when it left."""
    async with FakeSpace() as space, Recorder(space.url, path) as app:
        space.on("GET", "/slow", for_ever)
        with pytest.raises(TimeoutError):
            await http.get(f"{app.url}/slow", timeout=aiohttp.ClientTimeout(total=0.1))
        await until(lambda: len(app.transcript.records) == 2)
    _, ended = Transcript.load(path).records
    assert (ended.by, ended.cut) == ("client", False)


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (b"HTTP/1.1 200 -\r\ncontent-type: text/plain\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 100 -\r\n\r\nHTTP/1.1 200 -\r\ncontent-length: 2\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 204 -\r\n\r\n", b""),
        (
            b"HTTP/1.1 200 -\r\ntransfer-encoding: chunked\r\n\r\n"
            b"2;x=y\r\nab\r\n1\r\nc\r\n0\r\nt: railer\r\n\r\n",
            b"abc",
        ),
    ],
)
async def test_every_way_to_frame_an_answer_is_understood(path, http, sent, body):
    """RFC 9112; what goes on to the client has a length."""
    async with FakeSpace() as space, Recorder(space.url, path) as app:
        space.on("GET", "/x", raw(sent))
        async with http.get(f"{app.url}/x") as response:
            assert await response.read() == body


async def test_the_app_is_asked_for_plain_bytes(path, http):
    """So that the file can be read; a HEAD has none at all."""
    async with FakeSpace() as space, Recorder(space.url, path) as app:
        async with http.head(f"{app.url}/config") as response:
            assert await response.read() == b""
        (request,) = space.received("/config")
        assert request.headers["accept-encoding"] == "identity"


# --- websockets ------------------------------------------------------------------


async def test_websockets_are_recorded_from_both_sides(path):
    """Gradio 3: the client's frames are pieces too."""
    async with FakeSpace({"/echo": echo}, generation="ws") as space:
        async with Recorder(space.url, path) as app, AsyncClient(app.url) as client:
            assert await client.predict("hello") == "hello"
    talk = Transcript.load(path)
    said = [record for record in talk.records if isinstance(record, Said)]
    assert [record.by for record in said[:4]] == ["app", "client", "app", "app"]
    assert said[1].body.json == {"session_hash": "session-1", "fn_index": 0}
    assert said[4].by == "client"
    assert said[4].body.json["data"] == ["hello"]
    assert sum(isinstance(record, Ended) for record in talk.records) == 1
    (socket,) = [record for record in asked_in(talk) if record.socket]
    assert socket.target == "/queue/join"


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 300_000])
async def test_frames_of_every_size_and_kind_pass(path, http, size):
    """The three ways to write a length; text, bytes and pings; the code of the close."""

    async def back(exchange):
        await exchange.accept_socket()
        while (message := await exchange.receive_message()).opcode != 8:
            await exchange.send_frame(message.data, message.opcode)
        await exchange.close_socket(message.data, answering=True)

    async with FakeSpace() as space, Recorder(space.url, path) as app:
        space.on("GET", "/socket", back)
        async with http.ws_connect(f"{app.url}/socket") as socket:
            await socket.send_str("ä" * (size // 2))
            assert await socket.receive_str() == "ä" * (size // 2)
            await socket.ping()
            await socket.send_bytes(b"\xff" * size)
            assert await socket.receive_bytes() == b"\xff" * size
            await socket.close(code=4321)
        assert socket.close_code == 4321
    ended = Transcript.load(path).records[-1]
    assert (ended.by, ended.code) == ("client", 4321)


async def test_a_socket_that_the_app_refuses_is_refused(path, http):
    """With the app's own words."""
    async with FakeSpace() as space, Recorder(space.url, path) as app:
        space.answer("GET", "/socket", 403, {"detail": "no"})
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await http.ws_connect(f"{app.url}/socket")
        assert caught.value.status == 403


@pytest.mark.parametrize("by_app", [True, False])
async def test_a_socket_that_breaks_is_noted_as_broken(path, http, by_app):
    """On either side, and it breaks on the other."""
    broken = asyncio.Event()

    async def handle(exchange):
        await exchange.accept_socket()
        if by_app:
            exchange.cut()
        with contextlib.suppress(EOFError, ConnectionError):
            await exchange.receive_message()
        broken.set()

    async with FakeSpace() as space, Recorder(space.url, path) as app:
        space.on("GET", "/socket", handle)
        socket = await http.ws_connect(f"{app.url}/socket")
        if not by_app:
            socket._response.connection.transport.abort()
        await socket.receive()
        await broken.wait()
        await until(lambda: isinstance(app.transcript.records[-1], Ended))
    ended = Transcript.load(path).records[-1]
    assert (ended.by, ended.cut) == ("app" if by_app else "client", True)


# --- addresses of apps -----------------------------------------------------------


@pytest.mark.parametrize("url", ["", "owner/name", "127.0.0.1:7860", "ftp://x", "http://"])
def test_what_is_no_address_is_said_at_once(path, url):
    """The Hub is not asked from here: a recording has one app, at one address."""
    with pytest.raises(ValueError, match="is no address of an app"):
        Recorder(url, path)


async def test_certificates_are_checked_unless_told_otherwise(monkeypatch):
    """Ours: what is connected with is what the user said."""
    contexts = []

    async def connect(host, port, *, ssl, limit):
        contexts.append(ssl)
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio, "open_connection", connect)
    own = ssl.create_default_context()
    for verify in (True, False, own):
        with pytest.raises(ConnectionRefusedError):
            await Origin("https://app.example/x", verify).connect()
    assert contexts[0].verify_mode is ssl.CERT_REQUIRED
    assert contexts[0].check_hostname
    assert contexts[1].verify_mode is ssl.CERT_NONE
    assert contexts[2] is own
    assert Origin("https://app.example").port == 443
