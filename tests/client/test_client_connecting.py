"""Connecting: what is asked, and what each thing that can go wrong there is called."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import ExitStack

import pytest

from anyspace import (
    AsyncClient,
    AuthenticationError,
    ConnectFailed,
    Limits,
    NotGradio,
    RateLimited,
    RemoteProtocolError,
    SpaceNotFound,
    SpaceUnavailable,
    StreamBroken,
    Timeouts,
    TransportTimeout,
    UnsupportedGeneration,
    UsageError,
)
from anyspace.testing import FakeSpace
from tests.client.support import (
    INFO,
    connections_to,
    cut_off,
    echo,
    for_ever,
    problem_of,
    raw,
    until,
)
from tests.servers.ports import free_port

ECHO = {"/echo": echo}


async def refused_config(status=200, body=b"", headers=None, **options):
    """Connect to an app whose /config answers so; return the error."""
    async with FakeSpace(ECHO) as space:
        space.answer("GET", "/config", status, body, headers)
        client = AsyncClient(space.url, **options)
        problem = await problem_of(client.connect())
        assert problem.space == space.url
        return problem


# --- the usual way ---------------------------------------------------------------


async def test_making_a_client_sends_nothing():
    """Ours: constructing is not connecting."""
    async with FakeSpace(ECHO) as space:
        AsyncClient(space.url)
        assert space.requests == []


async def test_connecting_asks_for_the_configuration_and_the_description_once():
    """Ours: two requests, whoever asks how often."""
    async with FakeSpace(ECHO) as space, AsyncClient(space.url) as client:
        await client.connect()
        assert [request.path for request in space.requests] == ["/config", INFO]
        assert list(client.endpoints) == ["/echo"]
        assert client.app is await client.connect()


async def test_the_first_call_connects():
    """Ours: a client needs no ceremony."""
    async with FakeSpace(ECHO) as space:
        client = AsyncClient(space.url)
        assert await client.predict("hello") == "hello"
        await client.aclose()


async def test_calls_that_come_at_once_share_one_connecting():
    """Ours: /config can be megabytes large."""
    async with FakeSpace(ECHO) as space:
        client = AsyncClient(space.url)
        await asyncio.gather(*(client.predict(str(i)) for i in range(10)))
        assert len(space.received("/config")) == 1
        await client.aclose()


async def test_what_needs_a_connection_says_so():
    """Ours: `UsageError` rather than None."""
    client = AsyncClient("localhost:1")
    for name in ("app", "endpoints", "url", "wire"):
        with pytest.raises(UsageError, match="not connected"):
            getattr(client, name)
    assert repr(client) == "<AsyncClient http://localhost:1 (not connected)>"


async def test_a_closed_client_is_not_opened_again():
    """Ours: closing is for good; what comes after it is a mistake of the caller."""
    async with FakeSpace(ECHO) as space:
        async with AsyncClient(space.url) as client:
            pass
        with pytest.raises(UsageError, match="is closed"):
            await client.predict("x")
        assert repr(client) == f"<AsyncClient {space.url} (closed)>"
        await client.aclose()


async def test_the_description_may_be_missing():
    """Observed: several versions answer 500 to /info for apps with unusual components."""
    async with FakeSpace(ECHO) as space:
        space.answer("GET", INFO, 500, {"error": "no idea"})
        async with AsyncClient(space.url) as client:
            assert not client.app.described
            assert await client.predict("hello", api_name="/echo") == "hello"


async def test_a_description_that_is_not_json_is_as_good_as_none():
    """Ours: the configuration alone has to do."""
    async with FakeSpace(ECHO) as space:
        space.answer("GET", INFO, 200, "<html>", {"content-type": "text/html"})
        async with AsyncClient(space.url) as client:
            assert await client.predict("hello", api_name="/echo") == "hello"


async def test_an_app_of_a_newer_generation_is_tried_with_a_warning():
    """Ours: an unknown generation is treated like the newest known one, and said so."""
    async with FakeSpace(ECHO) as space:
        space.config["protocol"] = "sse_v9"
        client = AsyncClient(space.url)
        with pytest.warns(UserWarning, match="newer Gradio"):
            await client.connect()
        assert await client.predict("hello") == "hello"
        await client.aclose()


async def test_a_sub_path_belongs_to_the_address():
    """Observed: apps are mounted below paths of other servers."""
    async with FakeSpace(ECHO) as space:
        space.on("GET", "/deep/er/config", space._send_config)
        space.on("GET", f"/deep/er{INFO}", space._send_info)
        space.on("POST", "/deep/er/gradio_api/queue/join", space._join)
        space.on("GET", "/deep/er/gradio_api/queue/data", space._stream)
        async with AsyncClient(f"{space.url}/deep/er/") as client:
            assert await client.predict("below") == "below"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_of_the_configuration_moves_the_root(status):
    """Observed: Spaces redirect http to https, and apps are moved below sub-paths."""
    async with FakeSpace(ECHO) as space:
        space.answer("GET", "/config", status, headers={"location": "/moved/config"})
        space.on("GET", "/moved/config", space._send_config)
        space.on("GET", f"/moved{INFO}", space._send_info)
        space.on("POST", "/moved/gradio_api/queue/join", space._join)
        space.on("GET", "/moved/gradio_api/queue/data", space._stream)
        async with AsyncClient(space.url) as client:
            assert client.url == f"{space.url}/moved"
            assert client.space == space.url
            assert await client.predict("there") == "there"


async def test_redirects_in_a_circle_end():
    """Ours: at most five."""
    problem = await refused_config(302, headers={"location": "/config"})
    assert isinstance(problem, RemoteProtocolError)
    assert "redirects more than 5 times" in str(problem)


async def test_a_redirect_to_a_login_page_is_no_app():
    """Observed: company proxies do that."""
    problem = await refused_config(302, headers={"location": "https://sso.example/login"})
    assert isinstance(problem, NotGradio)
    assert "another page" in str(problem)


# --- nobody there ----------------------------------------------------------------


async def test_a_refused_connection_is_told_as_such():
    """Nothing was sent, so it may be tried again."""
    problem = await problem_of(AsyncClient(f"http://127.0.0.1:{free_port()}").connect())
    assert isinstance(problem, ConnectFailed)
    assert problem.retryable


async def test_a_host_that_does_not_exist_cannot_be_connected_to():
    """The .invalid names never resolve (RFC 2606)."""
    problem = await problem_of(AsyncClient("http://nonexistent.invalid").connect())
    assert isinstance(problem, ConnectFailed)
    assert "nonexistent.invalid" in str(problem)


async def test_a_host_that_takes_no_connection_ends_the_wait():
    """A full backlog drops further connections silently, like a firewall."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        client = AsyncClient(
            f"http://127.0.0.1:{server.getsockname()[1]}", timeouts=Timeouts(connect=0.3)
        )
        problem = await problem_of(client.connect())
    assert isinstance(problem, TransportTimeout)
    assert problem.limit == "connect"


async def test_a_server_that_never_answers_ends_the_wait():
    """Ours: the first message is the first byte of an answer."""
    async with FakeSpace(ECHO) as space:
        space.on("GET", "/config", for_ever)
        client = AsyncClient(space.url, timeouts=Timeouts(first_message=0.2))
        problem = await problem_of(client.connect())
    assert isinstance(problem, TransportTimeout)
    assert problem.limit == "first_message"


async def test_a_server_that_hangs_up_breaks_the_stream():
    """Connected, asked, cut."""
    async with FakeSpace(ECHO) as space:
        space.on("GET", "/config", cut_off)
        assert isinstance(await problem_of(AsyncClient(space.url).connect()), StreamBroken)


async def test_an_answer_that_ends_in_its_middle_is_not_taken_for_whole():
    """A body shorter than its content-length."""
    async with FakeSpace(ECHO) as space:
        space.on("GET", "/config", raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"))
        assert isinstance(await problem_of(AsyncClient(space.url).connect()), StreamBroken)


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\x00\xff\x00\xff\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_an_error_of_the_other_side(answer):
    """Ours: whatever the HTTP library makes of it, it is one of our errors."""
    async with FakeSpace(ECHO) as space:
        space.on("GET", "/config", raw(answer))
        problem = await problem_of(AsyncClient(space.url).connect())
    assert isinstance(problem, RemoteProtocolError | StreamBroken)


# --- somebody else there ---------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, AuthenticationError),
        (403, AuthenticationError),
        (404, SpaceNotFound),
        (429, RateLimited),
        (500, RemoteProtocolError),
        (502, SpaceUnavailable),
        (503, SpaceUnavailable),
        (504, SpaceUnavailable),
    ],
)
async def test_each_status_has_its_error(status, error):
    """Ours: an outage is never read as "not Gradio"."""
    problem = await refused_config(status, {"detail": "the words of the app"})
    assert type(problem) is error
    assert "the words of the app" in str(problem) or status == 401


@pytest.mark.parametrize("status", [401, 404])
async def test_a_page_instead_of_an_app_may_be_a_private_space(status):
    """Observed: private Spaces answer so without a token."""
    page = "<html><title>404</title></html>"
    problem = await refused_config(status, page, {"content-type": "text/html"})
    assert isinstance(problem, SpaceNotFound)
    assert "token" in str(problem)


async def test_a_page_with_status_200_is_no_app():
    """Observed: sleeping Spaces and login walls answer so."""
    page = "<html><title>Sleeping</title></html>"
    problem = await refused_config(200, page, {"content-type": "text/html"})
    assert isinstance(problem, NotGradio)
    assert "web page" in str(problem)


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "{}", '{"version": "6"}', b"\xff\xfe"])
async def test_json_of_another_kind_is_no_app(body):
    """Ours: what has no dependencies describes no Gradio app."""
    assert isinstance(await refused_config(200, body), NotGradio)


@pytest.mark.parametrize(
    "config",
    [
        {"protocol": "sse_v3", "dependencies": []},
        {"protocol": "sse_v3", "dependencies": [], "components": "none"},
        {"protocol": "sse_v3", "dependencies": [{"id": "x"}], "components": []},
    ],
)
async def test_a_configuration_of_a_wrong_form_is_the_apps_fault(config):
    """Ours; and the connection is closed, which filterwarnings=error checks."""
    assert isinstance(await refused_config(200, config), RemoteProtocolError)


async def test_an_app_older_than_gradio_3_is_said_to_be_too_old():
    """Ours: 2.x has no queue of the kind that every later generation has."""
    problem = await refused_config(200, {"dependencies": [], "components": [], "version": "2.9.4"})
    assert isinstance(problem, UnsupportedGeneration)
    assert "2.9.4" in str(problem)


async def test_an_answer_above_the_limit_is_not_read_to_its_end():
    """Ours: sizes are capped while reading."""
    problem = await refused_config(200, b" " * 5000, limits=Limits(document=1000))
    assert isinstance(problem, RemoteProtocolError)
    assert "larger than the limit of 1000 bytes" in str(problem)


async def test_a_small_answer_that_unpacks_to_a_large_one_is_above_the_limit():
    """Ours: it is the unpacked bytes that fill the memory."""
    import gzip

    packed = gzip.compress(b" " * 1_000_000)
    headers = {"content-encoding": "gzip", "content-length": str(len(packed))}
    problem = await refused_config(200, packed, headers, limits=Limits(document=50_000))
    assert isinstance(problem, RemoteProtocolError)
    assert "larger than the limit" in str(problem)


async def test_an_answer_without_an_end_is_above_the_limit():
    """Ours: endless chunks do not fill the memory."""

    async def endless_body(exchange):
        await exchange.start_stream()
        while True:
            await exchange.send_chunk(b" " * 10_000)

    async with FakeSpace(ECHO) as space:
        space.on("GET", "/config", endless_body)
        client = AsyncClient(space.url, limits=Limits(document=100_000))
        problem = await problem_of(client.connect())
    assert isinstance(problem, RemoteProtocolError)


# --- given up --------------------------------------------------------------------


async def test_who_gives_up_connecting_leaves_nothing_open():
    """Ours: no session, no socket; an open one would warn, and warnings are errors here."""
    async with FakeSpace(ECHO) as space:
        space.on("GET", "/config", for_ever)
        client = AsyncClient(space.url)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.connect()
        await until(lambda: connections_to(space) == 0)
        await client.aclose()


async def test_a_client_closed_while_it_connects_does_not_open():
    """Ours: whoever waits for it is told."""
    async with FakeSpace(ECHO) as space:
        asked, answer = asyncio.Event(), asyncio.Event()

        async def late(exchange):
            asked.set()
            await answer.wait()
            await space._send_config(exchange)

        space.on("GET", "/config", late)
        client = AsyncClient(space.url)
        connecting = asyncio.create_task(client.connect())
        await asked.wait()
        await client.aclose()
        answer.set()
        with pytest.raises(UsageError, match="is closed"):
            await connecting
        await until(lambda: connections_to(space) == 0)


async def test_connecting_may_be_tried_again_after_it_failed():
    """Ours: the next call connects."""
    async with FakeSpace(ECHO) as space:
        space.answer("GET", "/config", 502)
        client = AsyncClient(space.url)
        with pytest.raises(SpaceUnavailable):
            await client.connect()
        space.on("GET", "/config", space._send_config)
        assert await client.predict("up again") == "up again"
        await client.aclose()


async def test_a_redirect_is_logged(caplog):
    """Ours: a root that is not the one the user named is worth a line."""
    caplog.set_level(logging.INFO, "anyspace.client")
    async with FakeSpace(ECHO) as space:
        space.answer("GET", "/config", 302, headers={"location": "/moved/config"})
        space.on("GET", "/moved/config", space._send_config)
        async with AsyncClient(space.url):
            pass
    assert f"redirects to {space.url}/moved" in caplog.text


async def test_an_app_is_asked_for_documents_of_its_own():
    """What `/config` says beyond what a client needs."""
    async with FakeSpace({"/echo": echo}, config={"theme": "soft"}) as space:
        space.answer("GET", "/page", 200, b"<html>", {"content-type": "text/html"})
        async with AsyncClient(space.url) as client:
            assert (await client.fetch_document("/config"))["theme"] == "soft"
            with pytest.raises(RemoteProtocolError, match="no JSON"):
                await client.fetch_document("/page")
            with pytest.raises(SpaceNotFound):
                await client.fetch_document("/nowhere")
