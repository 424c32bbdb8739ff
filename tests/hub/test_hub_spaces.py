"""From a Space's name to its address, asked from a Hub on this machine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import huggingface_hub
import pytest

from anyspace import (
    AnyspaceError,
    AsyncClient,
    AuthenticationError,
    ConnectFailed,
    NotGradio,
    RateLimited,
    SpaceNotFound,
    SpaceUnavailable,
    StreamBroken,
    UsageError,
)
from anyspace.hub import Location, Source, find_token, is_repo_file, locate, may_send_token
from anyspace.testing import FakeSpace
from tests.client.support import JOIN, cut_off, echo
from tests.servers.ports import free_port

TOKEN = "hf_secretsecretsecret"
PAINT = Source(space_id="ada/paint")
ADDRESS = "/api/spaces/ada/paint"


def described(host="https://ada-paint.hf.space", stage="RUNNING", **more):
    """What the Hub says about a Space."""
    return {
        "id": "ada/paint",
        "private": False,
        "sdk": "gradio",
        "likes": 7,
        "tags": ["gradio"],
        "host": host,
        "subdomain": "ada-paint",
        "runtime": {"stage": stage, "hardware": {"current": "cpu-basic", "requested": "cpu-basic"}},
        **more,
    }


@pytest.fixture
async def hub(monkeypatch):
    """A server in the Hub's place."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    async with FakeSpace() as server:
        # What HF_ENDPOINT sets, which is read once, when the library is imported.
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.url)
        server.answer("GET", ADDRESS, 200, described())
        yield server
        getattr(huggingface_hub, "close_session", lambda: None)()


async def refusal(token=None):
    with pytest.raises(AnyspaceError) as caught:
        await locate(PAINT, token)
    assert caught.value.space == "ada/paint"
    return caught.value


# --- finding ---------------------------------------------------------------------


async def test_an_address_needs_no_hub(hub):
    """Ours: it is where the user says."""
    source = Source(url="http://localhost:7860")
    assert await locate(source, TOKEN) == Location("http://localhost:7860")
    assert hub.requests == []


async def test_a_running_space_has_a_host(hub):
    """Asked, and not guessed: long names are shortened with a hash."""
    hub.answer("GET", ADDRESS, 200, described("https://ada-paint-9440214.hf.space/"))
    found = await locate(PAINT, None)
    url = "https://ada-paint-9440214.hf.space"
    assert found == Location(url, "ada/paint", True, "RUNNING", "gradio")


@pytest.mark.parametrize(
    "stage",
    ["RUNNING", "RUNNING_BUILDING", "SLEEPING", "STOPPED", "BUILDING", "APP_STARTING", "NEW"],
)
async def test_a_space_that_may_answer_is_found(hub, stage):
    """One GET wakes a sleeping one; a stage that is not known is no reason to give up."""
    hub.answer("GET", ADDRESS, 200, described(stage=stage))
    assert (await locate(PAINT, None)).space_id == "ada/paint"


@pytest.mark.parametrize(
    ("stage", "advice"),
    [
        ("PAUSED", "anyspace duplicate ada/paint"),
        ("NO_APP_FILE", "has no app; tell its owner, or look for another: `anyspace search paint`"),
        ("CONFIG_ERROR", "configuration is broken"),
        ("BUILD_ERROR", "does not build"),
        ("RUNTIME_ERROR", "crashed"),
        ("DELETING", "being deleted; look for another: `anyspace search paint`"),
    ],
)
async def test_a_space_that_cannot_answer_is_told_with_its_stage(hub, stage, advice):
    """Observed: gradio_client waits for these until it gives up."""
    hub.answer("GET", ADDRESS, 200, described(stage=stage))
    problem = await refusal()
    assert isinstance(problem, SpaceUnavailable)
    assert problem.stage == stage
    assert advice in str(problem)


@pytest.mark.parametrize("more", [{"sdk": "static"}, {"host": None}, {"host": ""}])
async def test_a_space_without_a_server_is_no_app(hub, more):
    """Static pages have nobody to talk to."""
    hub.answer("GET", ADDRESS, 200, {**described(), **more})
    assert isinstance(await refusal(), NotGradio)


@pytest.mark.parametrize("status", [401, 404])
async def test_a_space_that_is_not_there_may_be_private(hub, status):
    """Observed: private Spaces look missing without a token."""
    headers = {"x-error-code": "RepoNotFound", "x-error-message": "Repository not found"}
    hub.answer("GET", ADDRESS, status, {"error": "Repository not found"}, headers)
    problem = await refusal()
    assert isinstance(problem, SpaceNotFound)
    assert "pass token=" in str(problem)
    assert "pass token=" not in str(await refusal(TOKEN))


async def test_a_name_the_hub_cannot_have_is_not_found(hub):
    """The library checks it before it asks."""
    with pytest.raises(SpaceNotFound):
        await locate(Source(space_id="ada/.."), None)


async def test_a_refused_token_is_told_as_such(hub):
    """Expired, or of another account."""
    headers = {"x-error-message": "Invalid credentials in Authorization header"}
    hub.answer("GET", ADDRESS, 401, {"error": "Invalid credentials"}, headers)
    problem = await refusal(TOKEN)
    assert isinstance(problem, AuthenticationError)
    assert TOKEN not in str(problem)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"ratelimit": '"api";r=0;t=55'}, 55),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({}, None),
    ],
)
async def test_too_many_requests_say_how_long_to_wait(hub, headers, seconds):
    """Ours: nothing retries into it."""
    hub.answer("GET", ADDRESS, 429, {"error": "slow down"}, headers)
    problem = await refusal()
    assert isinstance(problem, RateLimited)
    assert problem.retry_after == seconds
    assert len(hub.requests) == 1


async def test_a_broken_hub_is_an_outage(hub):
    """Ours: not a missing Space."""
    hub.answer("GET", ADDRESS, 500, {"error": "oops"})
    assert isinstance(await refusal(), SpaceUnavailable)


async def test_a_hub_that_cannot_be_reached_is_no_missing_space(hub, monkeypatch):
    """Whatever the library's HTTP client raises."""
    hub.on("GET", ADDRESS, cut_off)
    assert isinstance(await refusal(), ConnectFailed)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{free_port()}")
    assert isinstance(await refusal(), ConnectFailed)


# --- tokens ----------------------------------------------------------------------


async def test_the_hub_gets_the_token_and_only_a_given_one(hub, monkeypatch):
    """False and not None, or the library would look for a saved one again."""
    monkeypatch.setenv("HF_TOKEN", "hf_saved")
    await locate(PAINT, TOKEN)
    await locate(PAINT, None)
    assert [request.headers.get("authorization") for request in hub.requests] == [
        f"Bearer {TOKEN}",
        None,
    ]


def test_the_token_is_the_given_or_the_saved_one(monkeypatch):
    """None for the saved one, False for none at all."""
    monkeypatch.setenv("HF_TOKEN", "hf_saved")
    assert find_token(TOKEN) == TOKEN
    assert find_token(None) == "hf_saved"
    assert find_token(False) is None


def test_a_token_may_come_from_a_file_with_a_line_break_at_its_end():
    """A common mistake with only one meaning."""
    assert find_token(f"{TOKEN}\n") == TOKEN
    assert find_token("  ") is None


@pytest.mark.parametrize("token", [f"{TOKEN}\nx: y", f"{TOKEN} x", f"{TOKEN}é", f"{TOKEN}\0"])
def test_what_cannot_be_a_token_is_refused_and_not_repeated(token):
    """Observed: HTTP libraries repeat a header that they refuse."""
    with pytest.raises(UsageError) as caught:
        find_token(token)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "named", "allowed"),
    [
        ("https://ada-paint.hf.space", True, True),
        ("https://ada-paint.hf.space/config", True, True),
        ("http://ada-paint.hf.space", True, False),
        ("https://ada-paint.hf.space:8443", True, False),
        ("https://evil.hf.space", True, False),
        ("https://ada-paint.hf.space.evil.example", True, False),
        ("https://ada-paint.hf.space@evil.example", True, False),
        ("https://ada-paint.hf.space", False, False),
    ],
)
def test_a_token_goes_to_the_spaces_host_over_https_only(url, named, allowed):
    """Ours: and only when the Hub itself named the host."""
    location = Location("https://ada-paint.hf.space", "ada/paint", named_by_hub=named)
    assert may_send_token(url, location) is allowed


@pytest.mark.parametrize("token", [None, TOKEN], ids=["saved", "given"])
async def test_a_host_that_is_not_https_gets_no_token(hub, monkeypatch, token):
    """Even when the Hub names it: everybody on the way could read it."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    async with FakeSpace({"/echo": echo}) as space:
        hub.answer("GET", ADDRESS, 200, described(space.url))
        async with AsyncClient("ada/paint", token=token) as client:
            assert await client.predict("x") == "x"
            assert (client.space, client.url) == ("ada/paint", space.url)
        assert {request.headers.get("authorization") for request in space.requests} == {None}
    assert [request.headers["authorization"] for request in hub.requests] == [f"Bearer {TOKEN}"]


async def test_errors_of_a_spaces_app_bear_the_spaces_name(hub):
    """Not the address, which users do not know."""
    hub.answer("GET", ADDRESS, 200, described(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(ConnectFailed) as connecting:
        await AsyncClient("ada/paint").connect()
    async with FakeSpace({"/echo": echo}) as space:
        hub.answer("GET", ADDRESS, 200, described(space.url))
        async with AsyncClient("ada/paint") as client:
            space.on("POST", JOIN, cut_off)
            with pytest.raises(StreamBroken) as calling:
                await client.predict("x")
    assert [connecting.value.space, calling.value.space] == ["ada/paint", "ada/paint"]


async def test_looking_up_a_space_does_not_hold_up_the_loop(hub):
    """The library is a blocking one; it runs in a thread."""
    asked, answer = asyncio.Event(), asyncio.Event()

    async def late(exchange):
        asked.set()
        await answer.wait()
        await exchange.respond(200, described())

    hub.on("GET", ADDRESS, late)
    looking = asyncio.create_task(locate(PAINT, None))
    await asked.wait()  # the server is in this loop: were it held up, nothing would be asked
    answer.set()
    assert (await looking).space_id == "ada/paint"


def test_another_hub_may_be_named_by_the_environment():
    """``HF_ENDPOINT``, as for everything of huggingface_hub."""
    code = (
        "import asyncio, sys\n"
        "from anyspace.hub import locate, parse_source\n"
        "print(asyncio.run(locate(parse_source('ada/paint'), None)).url)\n"
    )
    with FakeSpace() as server:
        server.answer("GET", ADDRESS, 200, described())
        environment = {**os.environ, "HF_ENDPOINT": server.url, "HF_HUB_OFFLINE": "0"}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    assert done.stdout.strip() == "https://ada-paint.hf.space"


# --- files in repositories -----------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://huggingface.co/ada/album/resolve/main/cat.png", True),
        ("https://huggingface.co/datasets/ada/album/resolve/v1/a/cat.png?download=true", True),
        ("https://huggingface.co/spaces/ada/album/raw/main/cat.txt", True),
        ("https://HuggingFace.co/gpt2/resolve/main/config.json", True),
        ("https://huggingface.co/ada/album/blob/main/cat.png", False),  # a page
        ("https://huggingface.co/api/models/ada/album", False),
        ("http://huggingface.co/ada/album/resolve/main/cat.png", False),
        ("https://huggingface.co:8443/ada/album/resolve/main/cat.png", False),
        ("https://huggingface.co@evil.example/ada/album/resolve/main/cat.png", False),
        ("https://ada@huggingface.co/ada/album/resolve/main/cat.png", False),
        ("https://huggingface.co.evil.example/ada/album/resolve/main/cat.png", False),
        ("https://evil.example/https://huggingface.co/a/b/resolve/main/c", False),
        ("https://huggingface.co\\@evil.example/ada/album/resolve/main/cat.png", False),
        ("https://[/ada/album/resolve/main/cat.png", False),
    ],
)
def test_a_token_goes_to_files_of_the_hub_over_https_only(url, is_one, monkeypatch):
    """Ours: the whole of the host has to be the Hub's, and nothing besides."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "https://huggingface.co")
    assert is_repo_file(url) == is_one


def test_a_hub_without_https_gets_no_token_for_files(monkeypatch):
    """Ours, whatever ``HF_ENDPOINT`` says."""
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://hub.example")
    assert not is_repo_file("http://hub.example/ada/album/resolve/main/cat.png")
    assert not is_repo_file("https://hub.example/ada/album/resolve/main/cat.png")
