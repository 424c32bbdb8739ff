"""Apps and Hubs that would have us go elsewhere, and what they may learn there: nothing.

Every server elsewhere is a `Stranger`, which looks for the word in all of the secrets in
everything that it gets.
"""

from __future__ import annotations

import asyncio
import json

import pytest

import anyspace
from anyspace import AnyspaceError, AsyncClient, FileError, RemoteProtocolError
from anyspace.hub import fetch_space
from anyspace.testing import FakeEndpoint, FakeHub, FakeSpace, Recorder
from tests.client.support import (
    CANCEL,
    DATA,
    INFO,
    JOIN,
    UPLOAD,
    file_data,
    problem_of,
)
from tests.hostile.attacks import SECRET, Stranger

TOKEN = f"hf_{SECRET}{SECRET}"
HEADERS = {"x-key": f"key-{SECRET}"}
VISITOR = {"x-ip-token": f"jwt-{SECRET}"}
FILE = "/gradio_api/file=/tmp/fox.png"


@pytest.fixture
async def elsewhere():
    """Another server, on the same machine and so on another port."""
    async with Stranger() as stranger:
        yield stranger


@pytest.fixture
async def app():
    """An app that is told secrets, and sets a cookie that is one."""
    gift: dict[str, object] = file_data("/tmp/fox.png")
    endpoints = [
        FakeEndpoint(name="/give", function=lambda: app.gift, outputs=["image"]),
        FakeEndpoint(name="/take", function=lambda file: file, inputs=["file"], outputs=["json"]),
    ]
    async with FakeSpace(endpoints) as app:
        app.gift = gift

        async def config(exchange):
            document = {**app.config, "root": app.url}
            await exchange.respond(200, document, {"set-cookie": f"id={SECRET}; Path=/"})

        app.on("GET", "/config", config)
        yield app


def client_of(app, **options):
    return AsyncClient(app.url, token=TOKEN, headers=HEADERS, **options)


def redirect(app, method, path, target, status=307):
    app.answer(method, path, status, b"", {"location": target})


# --- redirects --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", [INFO, JOIN, DATA, UPLOAD, FILE, CANCEL])
async def test_no_request_is_led_elsewhere(app, elsewhere, path, status):
    """Of a call, of its stream, of a file, of an upload: another server is not asked at all."""
    method = "POST" if path in (JOIN, UPLOAD, CANCEL) else "GET"
    redirect(app, method, path, f"{elsewhere.url}{path}", status)
    async with client_of(app) as client:
        for call in (client.predict(b"x", api_name="/take", headers=VISITOR), read(client)):
            (problem,) = await asyncio.gather(call, return_exceptions=True)
            assert SECRET not in f"{problem!r} {getattr(problem, '__cause__', None)!r}"
    assert elsewhere.requests == []


async def read(client):
    """Call, and read the file that comes."""
    file = await client.predict(api_name="/give")
    return await file.read()


async def test_a_description_elsewhere_is_read_without_secrets(app, elsewhere):
    """Where it leads is the app from then on, but it is not whom the secrets were for."""
    redirect(app, "GET", "/config", f"{elsewhere.url}/config")
    async with client_of(app) as client:
        assert client.url == elsewhere.url
    assert elsewhere.received("/config")


# --- addresses --------------------------------------------------------------------------


async def test_a_root_elsewhere_is_not_believed(app, elsewhere):
    """Apps behind proxies have wrong ones, too."""
    document = {**app.config, "root": elsewhere.url}
    app.answer("GET", "/config", 200, document)
    app.answer("GET", FILE, 200, b"fox")
    app.gift = file_data("/tmp/fox.png", f"{elsewhere.url}{FILE}")
    async with client_of(app) as client:
        assert await read(client) == b"fox"
        await client.predict(b"x", api_name="/take")
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "form", ["@%s", ":x@%s", ".%s", "//%s", "/@%s", "/\\%s", "/ %s", "/\r\n%s"]
)
async def test_a_prefix_elsewhere_is_refused_or_stays_here(app, elsewhere, form):
    """Behind the app's address it would lead to another host, as if that were the app."""
    host = elsewhere.url.removeprefix("http://")
    app.answer("GET", "/config", 200, {**app.config, "api_prefix": form % host})
    problem = await problem_of(client_of(app).connect())
    assert isinstance(problem, RemoteProtocolError)
    assert elsewhere.requests == []


async def test_no_path_leads_to_another_host(app, elsewhere):
    """Looked at in the one place that every request passes."""
    host = elsewhere.url.removeprefix("http://")
    async with client_of(app) as client:
        for path in (f"@{host}/config", f":7@{host}/x", f".{host}", "config"):
            problem = await problem_of(client.fetch_document(path))
            assert "is no path below the app's address" in str(problem)
        assert isinstance(await problem_of(client.fetch_document(f"//{host}/x")), AnyspaceError)
    assert elsewhere.requests == []


@pytest.mark.parametrize("key", ["url", "path"])
async def test_a_file_elsewhere_in_a_private_network_is_not_fetched(app, elsewhere, key):
    """An app must not make us look into our user's network."""
    data = {"path": None, "url": None, key: f"{elsewhere.url}/fox.png"}
    app.gift = {**data, "meta": {"_type": "gradio.FileData"}}
    async with client_of(app) as client:
        assert isinstance(await problem_of(read(client)), FileError)
    assert elsewhere.requests == []


async def test_a_file_elsewhere_is_fetched_without_secrets(app, elsewhere, monkeypatch):
    """From a public host; this one is taken for public here, and sends us on to another."""
    monkeypatch.setattr("anyspace.client._resolver._is_public", lambda address: True)
    async with Stranger() as third:
        redirect(elsewhere, "GET", "/fox.png", f"{third.url}/fox.png")
        third.answer("GET", "/fox.png", 200, b"fox", {"set-cookie": "a=b"})
        app.gift = {"path": f"{elsewhere.url}/fox.png", "meta": {"_type": "gradio.FileData"}}
        async with client_of(app) as client:
            assert await read(client) == b"fox"
            assert len(third.received("/fox.png")) == 1


async def test_a_public_name_that_leads_into_a_private_network_is_not_followed(
    app, elsewhere, monkeypatch
):
    """The check is made again for every step."""
    monkeypatch.setattr(
        "anyspace.client._resolver._is_public", lambda address: address == "127.0.0.1"
    )
    redirect(elsewhere, "GET", "/fox.png", "http://10.0.0.1/fox.png")
    app.gift = {"path": f"{elsewhere.url}/fox.png", "meta": {"_type": "gradio.FileData"}}
    async with client_of(app) as client:
        problem = await problem_of(read(client))
    assert isinstance(problem, FileError)
    assert "10.0.0.1 is not a public host" in str(problem)


@pytest.mark.parametrize(
    "piece", ["%s/a.aac", "//%s/a.aac", "http://10.0.0.1/a", "file:///etc/passwd"]
)
async def test_a_piece_of_a_playlist_elsewhere_is_a_file_elsewhere(app, elsewhere, piece):
    """The same rules hold for it."""
    host = elsewhere.url if piece.startswith("%s") else elsewhere.url.removeprefix("http://")
    piece = piece % host if "%s" in piece else piece
    app.answer("GET", "/gradio_api/stream/a/playlist.m3u8", 200, f"#EXTM3U\n#EXTINF:1,\n{piece}\n")
    app.gift = {**file_data("a/playlist.m3u8"), "is_stream": True}
    async with client_of(app) as client:
        sound = await client.predict(api_name="/give")
        assert isinstance(await problem_of(anext(sound.segments())), FileError)
    assert elsewhere.requests == []


# --- a visitor's token ------------------------------------------------------------------


async def test_a_calls_own_headers_win_and_go_with_every_request_of_it(app):
    """As a Space does that calls another for its visitor; observed: gradio_client's lose."""
    client = AsyncClient(app.url, headers={"x-ip-token": "of-the-client"})
    async with client:
        before = len(app.requests)
        await client.predict(b"x", api_name="/take", headers={"X-IP-Token": "of-the-visitor"})
        sent = [request.headers.get("x-ip-token") for request in app.requests[before:]]
    assert len(sent) >= 3  # the file, the job, its stream
    assert set(sent) == {"of-the-visitor"}


# --- the Hub ----------------------------------------------------------------------------


async def test_the_hub_leads_nowhere_else(elsewhere):
    """Nor is the token handed on by a redirect of whoever answers in its place."""
    with FakeHub({TOKEN: "ada"}) as hub:
        for path in ("/api/spaces/ada/paint", "/api/spaces/zero-gpu/quota"):
            hub.on(path, leading(f"{elsewhere.url}{path}"))
        problem = await problem_of(AsyncClient("ada/paint", token=TOKEN).connect())
        assert "redirects to" in str(problem)
        assert SECRET not in repr(problem)
    assert elsewhere.requests == []


def leading(target, status=307):
    async def handle(exchange):
        await exchange.respond(status, b"", {"location": target})

    return handle


async def test_a_renamed_space_is_followed_on_the_hub():
    """Observed: the Hub redirects old names to new ones, on itself."""
    with FakeHub({TOKEN: "ada"}) as hub:
        hub.add("ada/new")
        hub.on("/api/spaces/ada/old", leading("/api/spaces/ada/new"))
        assert (await fetch_space("ada/old", TOKEN)).id == "ada/new"
        assert {r.headers["authorization"] for r in hub.requests} == {f"Bearer {TOKEN}"}
        hub.on("/api/spaces/ada/loop", leading("/api/spaces/ada/loop"))
        with pytest.raises(RemoteProtocolError, match="more than 3 times"):
            await fetch_space("ada/loop", TOKEN)


def test_no_secret_gets_into_what_is_written(tmp_path):
    """A recording and a lock are kept and shown around."""
    with FakeSpace({"/echo": lambda text: text}) as app:
        with Recorder(app.url, tmp_path / "a.transcript") as recorder:
            client = anyspace.Client(recorder.url, token=TOKEN, headers=HEADERS)
            client.predict("x", headers=VISITOR)
            client.close()
        anyspace.lock_space(app.url, tmp_path / "a.lock.toml", token=TOKEN)
        found = anyspace.examine(app.url, token=TOKEN)
    texts = [path.read_text() for path in tmp_path.iterdir()]
    assert len(texts) == 2
    assert SECRET not in "".join([*texts, repr(found), json.dumps(found.advice)])
