"""Files of the Hub among the arguments: who fetches them, and how far the caller's token goes.

The Hub here is one over https, as a token goes nowhere else. By its first name it lies on
this machine, by its second it could be anywhere.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

import anyspace
from anyspace import AsyncClient, FileError
from anyspace.testing import FakeEndpoint, FakeSpace
from tests.certificates import OTHER, TOKEN, trusting
from tests.client.support import JOIN, UPLOAD, file_data, problem_of
from tests.hostile.attacks import Stranger
from tests.servers.ports import free_port


@pytest.fixture(autouse=True)
async def goodbyes():
    """Connections over TLS take a moment to end; a loop that closes before loses them."""
    yield
    await asyncio.sleep(0.1)


@pytest.fixture
def hub(secure_hub):
    return secure_hub


@pytest.fixture
async def app():
    """An app that must not learn the token, which is the environment's: it was not given for it."""
    async with Stranger(TAKE) as space:
        yield space


TAKE = [
    FakeEndpoint(name="/show", function=lambda image: image, inputs=["image"], outputs=["json"]),
    FakeEndpoint(name="/wall", function=lambda items: items, inputs=["gallery"], outputs=["json"]),
]


@pytest.fixture
async def client(app, certificate):
    def make(**options):
        return AsyncClient(app.url, verify=trusting(certificate), **options)

    yield make
    await asyncio.sleep(0.02)  # aiohttp 3.14.1 leaves the end of TLS to the loop


def asked(hub):
    """What the Hub was asked for files: method, and whose token came along."""
    told = [(r.method, r.headers.get("authorization", "")) for r in hub.requests]
    return [(method, token.removeprefix("Bearer ")) for method, token in told]


def sent(app):
    """What the last call sent for its first parameter."""
    return app.received(JOIN)[-1].json()["data"][0]


# --- what becomes of them --------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "datasets/", "spaces/"])
@pytest.mark.parametrize("closed", ["gated", "private"])
async def test_a_file_that_the_hub_keeps_from_others_is_fetched_and_sent(
    kind, closed, hub, app, client
):
    """Observed: Gradio's servers ask without a token, and 4.44.1 takes the refusal for the file."""
    url = hub.add_file(f"{kind}ada/album", "a/my cat.png", b"meow", **{closed: True})
    async with client() as made:
        await made.predict(url, api_name="/show")
    assert list(app.files.values()) == [("my cat.png", b"meow")]
    assert sent(app)["path"].startswith("/tmp/")
    assert asked(hub) == [("HEAD", ""), ("GET", TOKEN)]


async def test_a_public_file_is_left_to_the_app(hub, app, client):
    """As any public URL is; the Hub is only asked whether it is one, without a token."""
    url = hub.add_file("ada/album", "cat.png", elsewhere="https://cdn.example/cat.png?signed")
    async with client() as made:
        await made.predict(url, api_name="/show")
    assert sent(app)["path"] == sent(app)["url"] == url
    assert app.received(UPLOAD) == []
    assert asked(hub) == [("HEAD", "")]


async def test_some_of_several_are_closed(hub, app, client):
    """Each goes its own way, in one upload."""
    names = {"open.png": {}, "gated.png": {"gated": True}, "private.png": {"private": True}}
    urls = [
        hub.add_file(f"ada/{name.partition('.')[0]}", name, name.encode(), **how)
        for name, how in names.items()
    ]
    async with client() as made:
        await made.predict([{"image": url} for url in urls], api_name="/wall")
    assert [name for name, _ in app.files.values()] == ["gated.png", "private.png"]
    assert sent(app)[0]["image"]["path"] == urls[0]
    assert len(app.received(UPLOAD)) == 1


async def test_a_renamed_repository_is_followed_on_the_hub(hub, app, client):
    """As the Hub redirects old names: the token goes along, it is still the Hub."""
    url = hub.add_file("ada/new", "cat.png", b"meow", gated=True)
    old = url.replace("/new/", "/old/")
    path = urlsplit(url).path

    async def renamed(exchange):
        await exchange.respond(307, b"", {"location": path})

    hub.on(urlsplit(old).path, renamed)
    async with client() as made:
        await made.predict(old, api_name="/show")
    assert list(app.files.values()) == [("cat.png", b"meow")]
    assert asked(hub) == [("HEAD", ""), ("HEAD", ""), ("GET", TOKEN), ("GET", TOKEN)]


async def test_a_hub_that_cannot_be_asked_is_left_to_the_app(hub, app, client, monkeypatch):
    """It may be that only the app reaches it."""
    nowhere = f"https://hub.example:{free_port()}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", nowhere)
    url = f"{nowhere}/ada/album/resolve/main/cat.png"
    async with client() as made:
        await made.predict(url, api_name="/show")
    assert sent(app)["path"] == url


async def test_where_every_file_is_sent_it_is_fetched_with_the_token(hub, certificate):
    """3.x takes no URLs, so nothing has to be found out."""
    url = hub.add_file("ada/album", "cat.txt", b"meow", gated=True)
    take = FakeEndpoint(name="/take", function=lambda f: f, inputs=["file"], outputs=["json"])
    async with Stranger([take], generation="ws") as old:
        async with AsyncClient(old.url, verify=trusting(certificate)) as made:
            await made.predict(url, api_name="/take")
        assert list(old.files.values()) == [("cat.txt", b"meow")]
    assert asked(hub) == [("GET", TOKEN)]


# --- whose token -----------------------------------------------------------------


async def test_the_given_token_comes_before_the_environments(hub, client):
    """As everywhere; ``token=False`` is none."""
    url = hub.add_file("ada/album", "cat.png", b"meow", gated=True, readers=["bob"])
    async with client(token=OTHER) as made:
        await made.predict(url, api_name="/show")
    assert asked(hub)[-1] == ("GET", OTHER)
    async with client(token=False) as made:
        assert "Please log in." in str(await problem_of(made.predict(url, api_name="/show")))
    assert asked(hub)[-1] == ("GET", "")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"gated": True}, "Visit https://hub.example:.*/ada/album to ask for access"),
        ({"private": True}, "Repository not found"),
    ],
)
async def test_a_token_that_is_not_enough_is_told_in_the_hubs_words(how, words, hub, app, client):
    """Observed: ``X-Error-Message``. Nothing is submitted."""
    url = hub.add_file("ada/album", "cat.png", b"meow", **how)
    async with client(token=OTHER) as made:
        with pytest.raises(FileError, match=words) as caught:
            await made.predict(url, api_name="/show")
    assert "token=" in str(caught.value)
    assert OTHER not in str(caught.value)
    assert app.received(JOIN) == []


# --- how far it goes -------------------------------------------------------------


async def test_the_token_stays_behind_where_the_hub_sends_to_another_host(hub, app, client):
    """Observed: large files lie elsewhere, at addresses that are signed themselves."""
    async with Stranger() as store:
        store.answer("GET", "/signed", 200, b"meow")
        url = hub.add_file("ada/album", "cat.png", elsewhere=f"{store.url}/signed", gated=True)
        async with client() as made:
            await made.predict(url, api_name="/show")
        assert len(store.received("/signed")) == 1
    assert list(app.files.values()) == [("cat.png", b"meow")]


async def test_the_token_does_not_come_back(hub, client):
    """From another host the way leads where that host wants."""
    secret = hub.add_file("ada/diary", "diary.png", b"dear diary", private=True)
    async with Stranger() as store:
        store.answer("GET", "/signed", 302, headers={"location": secret})
        url = hub.add_file("ada/album", "cat.png", elsewhere=f"{store.url}/signed", gated=True)
        async with client() as made:
            await problem_of(made.predict(url, api_name="/show"))
    assert asked(hub) == [("HEAD", ""), ("GET", TOKEN), ("GET", "")]


async def test_no_other_host_leads_to_the_users_own_files(hub, client):
    """The user named a picture elsewhere, and not the diary that it leads to."""
    secret = hub.add_file("ada/diary", "diary.png", b"dear diary", private=True)
    async with Stranger() as shelf:
        shelf.answer("GET", "/cat.png", 302, headers={"location": secret})
        async with client() as made:
            await problem_of(made.predict(f"{shelf.url}/cat.png", api_name="/show"))
    assert asked(hub) == [("GET", "")]


async def test_an_address_with_the_hubs_name_in_it_is_not_the_hub(hub, app, client):
    """Nor is the Hub's own over http."""
    hub.add_file("ada/album", "cat.png", b"meow", gated=True)
    host = urlsplit(hub.url).netloc
    async with Stranger() as stranger:
        there = stranger.url.removeprefix("http://")
        async with client() as made:
            for start in (f"http://{host}@{there}", stranger.url):
                url = f"{start}/ada/album/resolve/main/cat.png"
                await problem_of(made.predict(anyspace.file(url), api_name="/show"))
            plain = f"http://{host}/ada/album/resolve/main/cat.png"
            await made.predict(plain, api_name="/show")
            assert sent(app)["path"] == plain
    assert asked(hub) == []


async def test_what_is_no_file_of_a_repository_is_asked_for_without_a_token(hub, certificate):
    """Ours: pages and the API of the Hub are nothing to show to an app in the user's name."""
    take = FakeEndpoint(name="/take", function=lambda f: f, inputs=["file"], outputs=["json"])
    async with (
        Stranger([take], generation="ws") as old,
        AsyncClient(old.url, verify=trusting(certificate)) as made,
    ):
        problem = await problem_of(made.predict(f"{hub.url}/api/whoami-v2", api_name="/take"))
        assert isinstance(problem, FileError)
    assert asked(hub) == [("GET", "")]


async def test_an_app_cannot_have_a_file_fetched_with_the_users_token(
    hub, certificate, monkeypatch
):
    """What an app names as its result is the app's word, wherever it lies."""
    monkeypatch.setattr("anyspace.client._resolver._is_public", lambda address: True)
    url = hub.add_file("ada/diary", "diary.png", b"dear diary", private=True)
    gift = file_data(url, url)
    give = FakeEndpoint(name="/give", function=lambda: gift, outputs=["file"])
    async with (
        FakeSpace([give, *TAKE]) as space,
        AsyncClient(space.url, verify=trusting(certificate)) as made,
    ):
        given = await made.predict(api_name="/give")
        assert "no token was sent" in str(await problem_of(given.read()))
        # Nor when it is handed on, to another app or the same.
        assert isinstance(await problem_of(made.predict(given, api_name="/show")), FileError)
    assert asked(hub) == [("GET", ""), ("GET", "")]


async def test_what_is_not_the_users_word_is_asked_for_without_a_token(hub, app, client):
    """``public_only``: a server's callers must not read the files of its owner."""
    url = hub.add_file("ada/diary", "diary.png", b"dear diary", private=True)
    async with client(public_only=True) as made:
        await made.predict(url, api_name="/show")
    assert sent(app)["path"] == url  # the app may try
    assert hub.requests == []


async def test_the_hubs_certificate_is_checked_whatever_the_apps_is(hub, app, monkeypatch):
    """``verify=False`` is said of the app."""
    url = hub.add_file("ada/album", "cat.png", b"meow", gated=True)
    monkeypatch.delenv("SSL_CERT_FILE")
    async with AsyncClient(app.url, verify=False) as made:
        assert "certificate" in str(await problem_of(made.predict(url, api_name="/show"))).lower()
    assert asked(hub) == [("HEAD", "")]


async def test_no_trace_shows_the_token(hub, app, client):
    """As with an app's own requests."""
    url = hub.add_file("ada/album", "cat.png", b"meow", gated=True)
    trace = anyspace.Trace()
    async with client(trace=trace) as made:
        await made.predict(url, api_name="/show")
    told = f"{trace.har()}{trace.explain()}"
    assert "hub.example" in told
    assert TOKEN not in told
