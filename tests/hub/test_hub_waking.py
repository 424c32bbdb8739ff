"""Spaces that sleep, build, moved or are not what they seem. The Hub is a fake; apps are, too."""

from __future__ import annotations

import pytest

import anyspace
from anyspace import AsyncClient, GpuWait, NotGradio, QuotaExceeded, SpaceUnavailable
from anyspace.hub import Source, find_space_at, forget_spaces, locate, parse_source
from anyspace.protocol import Log
from anyspace.testing import FakeHub, FakeSpace
from tests.client.support import echo
from tests.servers.ports import free_port

TOKEN = "hf_secretsecretsecret"
PAINT = Source(space_id="ada/paint")


@pytest.fixture
async def hub(monkeypatch):
    """A Hub with one user; nobody waits long."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("anyspace.hub._waking._FIRST_PAUSE", 0.01)
    async with FakeHub({TOKEN: "ada"}) as hub:
        yield hub


# --- stages -----------------------------------------------------------------------------


async def test_a_sleeping_space_is_woken_and_waited_for(hub):
    """One visit wakes it; the Hub's words for what it does are handed on."""
    seen = []
    async with FakeSpace({"/echo": echo}) as app:
        hub.add("ada/paint", app.url, stages=("SLEEPING", "APP_STARTING", "RUNNING"))
        client = AsyncClient("ada/paint", on_stage=lambda stage, seconds: seen.append(stage))
        async with client:
            assert await client.predict("x") == "x"
        assert [request.path for request in app.requests[:2]] == ["/", "/config"]
    assert seen == ["SLEEPING", "APP_STARTING"]


async def test_a_building_space_is_waited_for_without_a_visit(hub):
    """It comes by itself."""
    async with FakeSpace({"/echo": echo}) as app:
        hub.add("ada/paint", app.url, stages=("BUILDING", "RUNNING"))
        async with AsyncClient("ada/paint") as client:
            assert await client.predict("x") == "x"
        assert app.received("/") == []


async def test_who_does_not_want_to_wait_is_told_the_stage(hub):
    """It is woken all the same, so the next try may find it."""
    async with FakeSpace() as app:
        hub.add("ada/paint", app.url, stages=("SLEEPING",))
        with pytest.raises(SpaceUnavailable, match=r"SLEEPING.*wait=") as caught:
            await AsyncClient("ada/paint", wait=0).connect()
        assert caught.value.stage == "SLEEPING"
        assert [request.path for request in app.requests] == ["/"]


async def test_a_space_that_fails_to_start_is_not_waited_for(hub):
    """With the Hub's own words on why."""
    async with FakeSpace() as app:
        hub.add("ada/paint", app.url, stages=("APP_STARTING", "RUNTIME_ERROR"))
        with pytest.raises(SpaceUnavailable, match="it fell over") as caught:
            await AsyncClient("ada/paint").connect()
        assert caught.value.stage == "RUNTIME_ERROR"


async def test_a_space_that_fell_asleep_meanwhile_is_woken(hub):
    """The Hub's word of two minutes ago is looked up again when the app does not answer."""
    async with FakeSpace({"/echo": echo}) as app:
        hub.add("ada/paint", app.url, stages=("RUNNING", "SLEEPING", "RUNNING"))
        await locate(PAINT, None)
        answers = iter([503, 503])

        async def asleep(exchange):
            status = next(answers, None)
            if status is None:
                await app._send_config(exchange)
            else:
                await exchange.respond(status, "<html>sleeping</html>")

        app.on("GET", "/config", asleep)
        app.answer("GET", "/", 200, "<html>waking</html>")
        answers = iter([503])
        async with AsyncClient("ada/paint") as client:
            assert await client.predict("x") == "x"
        assert len(app.received("/")) == 1


async def test_a_space_that_moved_is_found_at_its_new_host(hub):
    """Ours: what was remembered is asked for again before it is given up."""
    hub.add("ada/paint", f"http://127.0.0.1:{free_port()}")
    await locate(PAINT, None)
    async with FakeSpace({"/echo": echo}) as app:
        hub.add("ada/paint", app.url)
        async with AsyncClient("ada/paint") as client:
            assert client.url == app.url


async def test_what_runs_is_remembered_and_what_does_not_is_asked_again(hub):
    """For two minutes, by token; forgetting is a call away."""
    hub.add("ada/paint")
    for _ in range(3):
        await locate(PAINT, None)
    assert len(hub.requests) == 1
    await locate(PAINT, TOKEN)
    await locate(PAINT, None, fresh=True)
    forget_spaces()
    await locate(PAINT, None)
    assert len(hub.requests) == 4
    hub.add("ada/paint", stages=("SLEEPING",))
    for _ in range(2):
        await locate(PAINT, None, fresh=True)
        await locate(PAINT, None)
    assert len(hub.requests) == 8


# --- kinds ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sdk", "told"), [("static", "a static Space"), ("streamlit", "a Streamlit Space")]
)
async def test_other_kinds_of_spaces_are_told_for_what_they_are(hub, sdk, told):
    """Before anything is asked of them."""
    hub.add("ada/paint", sdk=sdk)
    with pytest.raises(NotGradio, match=told):
        await locate(PAINT, None)


async def test_a_docker_space_may_be_gradio_or_not(hub):
    """Only its app can tell."""
    async with FakeSpace({"/echo": echo}) as app:
        hub.add("ada/paint", app.url, sdk="docker")
        async with AsyncClient("ada/paint") as client:
            assert await client.predict("x") == "x"
        for path in ("/config", "/"):
            app.answer("GET", path, 200, "<html>a game</html>", {"content-type": "text/html"})
        with pytest.raises(NotGradio, match="a Docker Space, and what runs in it is not Gradio"):
            await AsyncClient("ada/paint").connect()


# --- back from an address ---------------------------------------------------------------


async def test_an_address_of_the_hub_is_asked_back_to_its_space(hub):
    """Never guessed: the Hub knows whose it is, and how it is."""
    hub.add("ada/my_paint", hardware="zero-a10g")
    found = await locate(parse_source("https://ada-my-paint.hf.space/"), None)
    assert (found.space_id, found.named_by_hub) == ("ada/my_paint", True)
    assert found.url == "https://ada-my-paint.hf.space"
    assert (await find_space_at("ada-my-paint", None)).hardware == "zero-a10g"
    assert hub.requests[0].path == "/api/spaces/by-subdomain/ada-my-paint"


@pytest.mark.parametrize("elsewhere", ["https://other.hf.space", ""])
async def test_an_address_that_the_hub_does_not_own_up_to_gets_no_token(hub, elsewhere):
    """It is an address like any other; the app itself will say what is wrong."""
    if elsewhere:
        hub.add("ada/paint", elsewhere)
    found = await locate(parse_source("https://ada-paint.hf.space"), TOKEN)
    assert (found.space_id, found.named_by_hub) == ("", False)


async def test_a_paused_space_is_told_by_its_address_too(hub):
    """Observed: gradio_client skips the check for addresses."""
    hub.add("ada/paint", stages=("PAUSED",))
    with pytest.raises(SpaceUnavailable, match="anyspace duplicate ada/paint"):
        await AsyncClient("https://ada-paint.hf.space").connect()


# --- tokens -----------------------------------------------------------------------------


async def test_the_apps_own_login_keeps_its_header(hub):
    """The Hub's proxy takes the token from another one, too (gradio_client 1.11.1)."""
    async with FakeSpace({"/echo": echo}) as app:
        headers = {"Authorization": "Basic abc"}
        async with AsyncClient(app.url, token=TOKEN, headers=headers) as client:
            await client.predict("x")
        sent = {
            (r.headers.get("authorization"), r.headers.get("x-hf-authorization"))
            for r in app.requests
        }
    assert sent == {("Basic abc", f"Bearer {TOKEN}")}


async def test_a_private_space_is_opened_by_its_owners_token(hub):
    """And not there for anybody else."""
    hub.add("ada/paint", private=True)
    assert (await locate(PAINT, TOKEN)).space_id == "ada/paint"
    with pytest.raises(anyspace.SpaceNotFound, match="or it is private"):
        await locate(PAINT, None)


async def test_a_visitors_token_goes_with_one_call_only(hub):
    """As a Space does that calls another for its visitor (X-IP-Token)."""
    async with FakeSpace({"/echo": echo}) as app, AsyncClient(app.url) as client:
        await client.predict("x", headers={"x-ip-token": "jwt"})
        before = len(app.requests)
        await client.predict("y")
        sent = [r.headers.get("x-ip-token") for r in app.requests]
    assert "jwt" in sent[:before]
    assert set(sent[before:]) == {None}


# --- shared GPUs ------------------------------------------------------------------------


async def test_a_used_up_quota_is_an_error_of_its_own(hub):
    """With the seconds to wait, and the Space's name."""

    def draw(prompt):
        raise RuntimeError(
            "You have exceeded your GPU quota (60s requested vs. 56s left). Try again in 0:09:48"
        )

    async with FakeSpace({"/draw": draw}) as app:
        hub.add("ada/paint", app.url)
        async with AsyncClient("ada/paint") as client:
            with pytest.raises(QuotaExceeded) as caught:
                await client.predict("x")
    assert (caught.value.left, caught.value.retry_after) == (56, 588)
    assert (caught.value.space, caught.value.endpoint) == ("ada/paint", "/draw")


async def test_waiting_for_a_gpu_is_told_as_such(hub):
    """It is a note of the app, and still one for who looks for notes."""

    def draw(prompt):
        yield Log("", "Waiting for a GPU to become available", "info", "ZeroGPU queue")
        yield Log("", "Successfully acquired a GPU", "info", "ZeroGPU queue")
        yield "done"

    async with FakeSpace({"/draw": draw}) as app, AsyncClient(app.url) as client:
        job = await client.submit("x")
        notes = [update async for update in job.updates() if isinstance(update, GpuWait)]
    assert [note.acquired for note in notes] == [False, True]
    assert isinstance(notes[0], anyspace.Log)
