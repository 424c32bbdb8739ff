"""Tokens, passwords, cookies and headers: where they go, and where they never go."""

from __future__ import annotations

import asyncio
import logging

import huggingface_hub
import pytest

import anyspace
from anyspace import (
    AsyncClient,
    AuthenticationError,
    ConnectFailed,
    FileError,
    NotGradio,
    RemoteProtocolError,
    UsageError,
)
from anyspace.testing import FakeEndpoint, FakeSpace
from tests.certificates import serving, trusting
from tests.client.support import (
    CANCEL,
    DATA,
    INFO,
    JOIN,
    UPLOAD,
    cut_off,
    echo,
    endless,
    file_data,
    problem_of,
)

TOKEN = "hf_secretsecretsecret"
PASSWORD = "lovelace-secret"

EVERYTHING = [
    FakeEndpoint(name="/echo", function=echo),
    FakeEndpoint(name="/endless", function=endless),
    FakeEndpoint(name="/take", function=lambda file: file, inputs=["file"], outputs=["json"]),
    FakeEndpoint(name="/give", function=lambda: file_data("/tmp/own"), outputs=["file"]),
]


async def use_everything(client):
    """Every kind of request that a client makes."""
    await client.predict("x", api_name="/echo")
    await client.predict(b"content", api_name="/take")
    file = await client.predict(api_name="/give")
    with pytest.raises(FileError):
        await file.read()
    job = await client.submit("x", api_name="/endless")
    async for _ in job:
        break
    await job.cancel()


def seen(space, header):
    return [request.headers.get(header) for request in space.requests]


# --- the app's own origin --------------------------------------------------------


async def test_every_request_to_the_app_bears_the_token_and_the_headers():
    """A token given for an address goes there, over plain http too: it is the user's word."""
    async with FakeSpace(EVERYTHING) as space:
        async with AsyncClient(space.url, token=TOKEN, headers={"X-Key": "mine"}) as client:
            await use_everything(client)
        paths = {request.path for request in space.requests}
        assert paths >= {"/config", INFO, JOIN, DATA, UPLOAD, CANCEL}
        assert set(seen(space, "authorization")) == {f"Bearer {TOKEN}"}
        assert set(seen(space, "x-key")) == {"mine"}


async def test_requests_say_who_asks():
    """Observed: the ``spaces`` package words its errors by x-gradio-user."""
    async with FakeSpace(EVERYTHING) as space, AsyncClient(space.url) as client:
        await client.predict("x", api_name="/echo")
        assert set(seen(space, "user-agent")) == {f"anyspace/{anyspace.__version__}"}
        assert set(seen(space, "x-gradio-user")) == {"api"}
        assert set(seen(space, "authorization")) == {None}


async def test_an_authorization_of_the_users_own_wins():
    """Ours: an app may want its own."""
    async with FakeSpace(EVERYTHING) as space:
        own = {"Authorization": "Basic eA=="}
        async with AsyncClient(space.url, token=TOKEN, headers=own):
            assert set(seen(space, "authorization")) == {"Basic eA=="}


async def test_a_calls_headers_take_the_place_of_the_clients():
    """Observed: in gradio_client they are documented to win, and lose."""
    async with FakeSpace(EVERYTHING) as space:
        async with AsyncClient(space.url, headers={"X-Key": "client", "X-Other": "o"}) as client:
            connected = len(space.requests)
            await client.predict(b"x", api_name="/take", headers={"x-KEY": "call"})
            heads = [request.headers for request in space.requests[connected:]]
        assert [head["x-key"] for head in heads] == ["call"] * 3  # upload, join and stream
        assert [head["x-other"] for head in heads] == ["o"] * 3


async def test_a_header_is_sent_once():
    """Ours: two of one name would leave it to the app which one counts."""
    async with FakeSpace(EVERYTHING) as space:
        async with AsyncClient(space.url, headers={"X-Key": "a", "x-key": "b"}):
            assert set(seen(space, "x-key")) == {"b"}


async def test_the_saved_token_is_not_sent_to_an_address(monkeypatch):
    """Ours: a Hub token goes to the Hub and where the Hub says; elsewhere only when given."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    async with FakeSpace(EVERYTHING) as space:
        for token in (None, False):
            async with AsyncClient(space.url, token=token) as client:
                await client.predict("x", api_name="/echo")
        assert set(seen(space, "authorization")) == {None}


async def test_a_token_from_a_file_may_end_with_a_line_break():
    """A common mistake with only one meaning."""
    async with FakeSpace(EVERYTHING) as space, AsyncClient(space.url, token=f"{TOKEN}\n"):
        assert set(seen(space, "authorization")) == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "secrets", [{"token": f"{TOKEN}\r\nx: y"}, {"headers": {"x-key": f"{TOKEN}\r\nx: y"}}]
)
async def test_what_no_header_can_bear_is_a_mistake_of_the_caller(secrets):
    """Ours: told before anything is sent, and not repeated in the error."""
    async with FakeSpace(EVERYTHING) as space:
        problem = await problem_of(AsyncClient(space.url, **secrets).connect())
        assert isinstance(problem, UsageError)
        assert TOKEN not in str(problem)
        assert space.requests == []


# --- other origins ---------------------------------------------------------------


def redirecting(space, url):
    """Let /config lead to another server, and set a cookie on the way."""
    headers = {"location": url, "set-cookie": "session=abc; Path=/"}
    space.answer("GET", "/config", 302, headers=headers)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["other host", "other port"])
async def test_a_redirect_to_another_server_takes_no_token_along(host):
    """Ours: never across a redirect to another host; the rest works."""
    async with FakeSpace(EVERYTHING) as old, FakeSpace(EVERYTHING) as new:
        moved = new.url.replace("127.0.0.1", host)
        redirecting(old, f"{moved}/config")
        async with AsyncClient(old.url, token=TOKEN, headers={"X-Key": "mine"}) as client:
            assert client.url == moved
            await use_everything(client)
        assert set(seen(old, "authorization")) == {f"Bearer {TOKEN}"}
        assert set(seen(new, "authorization")) == {None}
        assert set(seen(new, "x-key")) == {None}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["other host", "other port"])
async def test_a_redirect_to_another_server_takes_no_cookies_along(host):
    """Ours: another port may be another man's app, whatever browsers do."""
    async with FakeSpace(EVERYTHING) as old, FakeSpace(EVERYTHING) as new:
        redirecting(old, new.url.replace("127.0.0.1", host) + "/config")
        new.answer("GET", INFO, 200, new.info, {"set-cookie": "server=7; Path=/"})
        async with AsyncClient(old.url) as client:
            before = len(new.requests)
            await client.predict("x", api_name="/echo")
        assert set(seen(new, "cookie")[:before]) == {None}
        assert set(seen(new, "cookie")[before:]) == {"server=7"}


async def test_a_password_is_not_sent_to_another_host():
    """Ours: refused with the advice to connect there directly."""
    auth = ("ada", PASSWORD)
    async with FakeSpace(EVERYTHING, auth=auth) as old, FakeSpace(EVERYTHING, auth=auth) as new:
        redirecting(old, new.url.replace("127.0.0.1", "localhost") + "/config")
        # The old one redirects before it asks for a login.
        problem = await problem_of(AsyncClient(old.url, auth=auth).connect())
        assert isinstance(problem, AuthenticationError)
        assert "another server" in str(problem)
        assert new.received("/login") == []
        for space in (old, new):
            assert all(PASSWORD.encode() not in request.body for request in space.requests)


async def test_a_redirect_on_the_same_server_keeps_token_and_password():
    """An app moved below a sub-path of its host."""
    auth = ("ada", PASSWORD)
    async with FakeSpace(EVERYTHING, auth=auth) as space:
        space.answer("GET", "/config", 302, headers={"location": "/app/config"})

        async def config(exchange):
            known = "access=yes" in exchange.request.headers.get("cookie", "")
            await (space._send_config if known else space._refuse)(exchange)

        space.on("GET", "/app/config", config)
        space.on("POST", "/app/login", space._log_in)
        space.on("GET", f"/app{INFO}", space._send_info)
        async with AsyncClient(space.url, auth=auth, token=TOKEN) as client:
            assert client.url == f"{space.url}/app"
        assert set(seen(space, "authorization")) == {f"Bearer {TOKEN}"}
        assert len(space.received("/app/login")) == 1


@pytest.mark.parametrize(
    "location", ["http://[", "http://x:99999/config", "ftp://x/config", "", "//[/config"]
)
async def test_a_redirect_to_nowhere_is_the_apps_fault(location):
    """Ours: one of our errors, whatever the address is."""
    async with FakeSpace(EVERYTHING) as space:
        space.answer("GET", "/config", 302, headers={"location": location})
        problem = await problem_of(AsyncClient(space.url, token=TOKEN).connect())
        assert isinstance(problem, NotGradio | RemoteProtocolError)


async def test_what_is_fetched_for_an_upload_bears_no_credentials():
    """The user named the address, but gave the token and the login for the app."""
    auth = ("ada", PASSWORD)
    async with FakeSpace() as shelf, FakeSpace(EVERYTHING, auth=auth) as space:
        shelf.answer("GET", "/cat.png", 200, b"meow", {"set-cookie": "access=no; Path=/"})
        async with AsyncClient(space.url, auth=auth, token=TOKEN, headers={"X-Key": "x"}) as client:
            await client.predict(f"{shelf.url}/cat.png", api_name="/take")
            await client.predict("still logged in", api_name="/echo")
        (fetched,) = shelf.requests
        for header in ("authorization", "cookie", "x-key", "x-gradio-user"):
            assert header not in fetched.headers
        assert ("cat.png", b"meow") in space.files.values()


async def test_a_redirect_of_a_call_is_not_followed():
    """Ours: nothing follows one by accident, least of all with a token."""
    async with FakeSpace(EVERYTHING) as space, FakeSpace() as trap:
        async with AsyncClient(space.url, token=TOKEN) as client:
            space.answer("POST", JOIN, 307, headers={"location": f"{trap.url}/queue/join"})
            assert isinstance(
                await problem_of(client.predict("x", api_name="/echo")), RemoteProtocolError
            )
            space.answer("POST", UPLOAD, 307, headers={"location": f"{trap.url}/upload"})
            await problem_of(client.predict(b"x", api_name="/take"))
        assert trap.connections == 0


# --- logging in ------------------------------------------------------------------


async def test_a_login_is_posted_once_and_its_cookies_are_sent_from_then_on():
    """Observed: two cookies; on plain http only the unsecure one is usable."""
    async with FakeSpace(EVERYTHING, auth=("ada", PASSWORD)) as space:
        async with AsyncClient(space.url, auth=("ada", PASSWORD)) as client:
            await use_everything(client)
        assert len(space.received("/login")) == 1
        position = [request.path for request in space.requests].index("/login")
        assert set(seen(space, "cookie")[position + 1 :]) == {"access=yes"}


async def test_a_login_that_nobody_asks_for_is_not_posted():
    """Ours: an open app gets no password."""
    async with FakeSpace(EVERYTHING) as space:
        async with AsyncClient(space.url, auth=("ada", PASSWORD)):
            pass
        assert space.received("/login") == []


async def test_a_wrong_password_is_told_as_such():
    """Observed: 400 in every version; both official clients misreport it."""
    async with FakeSpace(EVERYTHING, auth=("ada", PASSWORD)) as space:
        problem = await problem_of(AsyncClient(space.url, auth=("ada", "wrong-secret")).connect())
        assert isinstance(problem, AuthenticationError)
        assert "wrong user name or password" in str(problem)
        assert "'ada'" in str(problem)
        assert "secret" not in str(problem)
        assert len(space.received("/login")) == 1


async def test_without_a_login_the_error_says_what_to_pass():
    """Ours."""
    async with FakeSpace(EVERYTHING, auth=("ada", PASSWORD)) as space:
        problem = await problem_of(AsyncClient(space.url).connect())
        assert isinstance(problem, AuthenticationError)
        assert "auth=(user, password)" in str(problem)


async def test_a_login_that_the_app_forgets_is_told_as_such():
    """An app that restarted knows no cookie any more; nothing is sent twice."""
    async with FakeSpace(EVERYTHING, auth=("ada", PASSWORD)) as space:
        async with AsyncClient(space.url, auth=("ada", PASSWORD)) as client:
            space.answer("POST", JOIN, 401, {"detail": "Not authenticated"})
            problem = await problem_of(client.predict("x", api_name="/echo"))
            assert isinstance(problem, AuthenticationError)
            assert len(space.received(JOIN)) == 1


async def test_special_characters_survive_the_login():
    """Form encoding, not JSON."""
    auth = ("a&b=c", "p%q r+é")
    async with FakeSpace(EVERYTHING) as space:
        space.answer("GET", "/config", 401, {"detail": "Not authenticated"})
        space.answer("POST", "/login", 200, {"success": True})
        await problem_of(AsyncClient(space.url, auth=auth).connect())
        (login,) = space.received("/login")
        assert login.body == b"username=a%26b%3Dc&password=p%25q+r%2B%C3%A9"


# --- where secrets must not show -------------------------------------------------


async def test_no_secret_shows_in_any_text_of_ours(caplog):
    """Never into a log, a repr or an error."""
    caplog.set_level(logging.DEBUG)
    auth = ("ada", PASSWORD)
    texts = []
    async with FakeSpace(EVERYTHING, auth=auth) as space:
        async with AsyncClient(
            space.url, token=TOKEN, auth=auth, headers={"x-key": "key-secret"}
        ) as client:
            job = await client.submit("x", api_name="/endless")
            async for _ in job:
                break
            texts += [repr(client), repr(job), repr(client._access), repr(client._connection)]
            await job.cancel()
            space.on("POST", JOIN, cut_off)
            space.on("POST", CANCEL, cut_off)
            for broken in (
                client.predict("x", api_name="/echo"),
                client.predict("x", api_name="/nowhere"),
                client.predict(b"x", api_name="/take"),
            ):
                problem = await problem_of(broken)
                texts += [str(problem), repr(problem), str(problem.__dict__)]
            texts.append(repr(await client_of_closed_port(space)))
    text = "\n".join([*texts, caplog.text, *(str(r.__dict__) for r in caplog.records)])
    assert "secret" not in text
    assert caplog.records


async def client_of_closed_port(space):
    """A client whose connecting fails."""
    await space.stop()
    client = AsyncClient(space.url, token=TOKEN, auth=("ada", PASSWORD))
    assert isinstance(await problem_of(client.connect()), ConnectFailed)
    return client


# --- proxies ---------------------------------------------------------------------


async def test_the_environments_proxy_is_used(monkeypatch):
    """As curl and browsers do."""
    async with FakeSpace(EVERYTHING) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        async with AsyncClient("http://app.invalid") as client:
            assert await client.predict("x", api_name="/echo") == "x"
        assert {request.target.split("/")[2] for request in proxy.requests} == {"app.invalid"}


async def test_hosts_that_need_no_proxy_are_asked_directly(monkeypatch):
    """``no_proxy``."""
    async with FakeSpace(EVERYTHING) as space, FakeSpace() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        async with AsyncClient(space.url) as client:
            await client.predict("x", api_name="/echo")
        assert proxy.connections == 0


# --- TLS -------------------------------------------------------------------------


@pytest.fixture
async def secure(certificate):
    """An app over https, and its address."""
    space = FakeSpace(EVERYTHING)
    context = serving(certificate)
    server = await asyncio.start_server(space._server._connected, "127.0.0.1", 0, ssl=context)
    async with server:
        yield space, f"https://localhost:{server.sockets[0].getsockname()[1]}"
        for task in tuple(space._server._tasks):
            task.cancel()


async def test_a_certificate_that_nobody_signed_is_refused(secure):
    """By default; nothing is sent, the token least of all."""
    space, url = secure
    problem = await problem_of(AsyncClient(url, token=TOKEN).connect())
    assert isinstance(problem, ConnectFailed)
    assert "certificate" in str(problem).lower()
    assert space.requests == []


async def test_certificates_can_be_trusted_or_left_unchecked(secure, certificate):
    """``verify=``: a context with one's own authority, or False."""
    _, url = secure
    for verify in (trusting(certificate), False):
        async with AsyncClient(url, verify=verify) as client:
            assert await client.predict("x", api_name="/echo") == "x"


async def test_the_saved_token_goes_to_the_host_that_the_hub_names(secure, monkeypatch):
    """Over https: a private Space is opened by it, and so are its files."""
    space, url = secure
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    async with FakeSpace() as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
        runtime = {"stage": "RUNNING", "hardware": {"current": "cpu-basic"}}
        told = {"id": "ada/paint", "sdk": "gradio", "host": url, "likes": 0, "runtime": runtime}
        hub.answer("GET", "/api/spaces/ada/paint", 200, {**told, "private": True, "tags": []})
        async with AsyncClient("ada/paint", verify=False) as client:
            await use_everything(client)
        getattr(huggingface_hub, "close_session", lambda: None)()
    assert set(seen(space, "authorization")) == {f"Bearer {TOKEN}"}
    assert space.received("/gradio_api/file=/tmp/own")


async def test_a_redirect_to_https_on_the_same_host_keeps_the_token(secure, certificate):
    """Observed: Spaces redirect http to https."""
    space, url = secure
    async with FakeSpace() as plain:
        plain.answer("GET", "/config", 301, headers={"location": f"{url}/config"})
        start = plain.url.replace("127.0.0.1", "localhost")
        async with AsyncClient(start, token=TOKEN, verify=False) as client:
            assert client.url == url
            await client.predict("x", api_name="/echo")
    assert seen(space, "authorization")[-1] == f"Bearer {TOKEN}"


async def test_a_redirect_from_https_to_http_takes_no_token_along(secure):
    """Ours: over https means over https."""
    space, url = secure
    async with FakeSpace(EVERYTHING) as plain:
        target = plain.url.replace("127.0.0.1", "localhost")
        space.answer("GET", "/config", 302, headers={"location": f"{target}/config"})
        async with AsyncClient(url, token=TOKEN, verify=False) as client:
            await client.predict("x", api_name="/echo")
        assert set(seen(plain, "authorization")) == {None}
