"""Apps that restart: found again, asked anew, and nothing is sent twice."""

from __future__ import annotations

import pytest

from anyspace import AppError, ArgumentError, AsyncClient, RemoteProtocolError
from anyspace.client import _run
from anyspace.protocol import Requests
from anyspace.testing import FakeSpace
from anyspace.testing._description import FakeEndpoint, describe
from tests.client.support import CUT, DATA, JOIN, STARTS, echo, problem_of, streaming

CONFIG = "/config"


def shout(text: str) -> str:
    return text.upper()


def shout_louder(text: str, times: int) -> str:
    return text.upper() * times


def becomes(space, *endpoints, refuses="Unknown function"):
    """Let another app take its place: other numbers, and the old number is refused once."""
    named = [FakeEndpoint(name=name, function=function) for name, function in endpoints]
    config, info = describe(
        named, version="6.31.0", protocol="sse_v3", prefix="/gradio_api", app_id=2
    )
    space.answer("GET", CONFIG, 200, config)
    space.answer("GET", "/gradio_api/info", 200, info)

    async def join(exchange):
        del space._answers["POST", JOIN]
        await exchange.respond(500, {"error": refuses})

    space.on("POST", JOIN, join)
    space._endpoints = named


def app(*endpoints):
    return FakeSpace(dict(endpoints), config={"app_id": 1})


async def test_a_job_that_another_app_refused_goes_to_that_apps_endpoint_of_the_name():
    """Ours: the numbers have moved, the name has not; the refused job was never taken."""
    async with app(("/echo", echo)) as space, AsyncClient(space.url) as client:
        assert await client.predict("a", api_name="/echo") == "a"
        becomes(space, ("/shout", shout), ("/echo", echo))

        assert await client.predict("b", api_name="/echo") == "b"
        assert [r.json()["fn_index"] for r in space.received(JOIN)] == [0, 0, 1]
        assert list(client.endpoints) == ["/shout", "/echo"]


async def test_an_endpoint_with_other_parameters_is_another_endpoint():
    """Ours: nothing is guessed into a new parameter."""
    async with app(("/shout", shout)) as space, AsyncClient(space.url) as client:
        becomes(space, ("/shout", shout_louder))

        problem = await problem_of(client.predict("b", api_name="/shout"))

        assert isinstance(problem, RemoteProtocolError)
        assert len(space.received(JOIN)) == 1
        with pytest.raises(ArgumentError, match="times"):
            await client.predict("b", api_name="/shout")


async def test_a_refusal_by_the_same_app_stands():
    """Ours: the app was asked again what it is, and is the same."""
    async with app(("/echo", echo)) as space, AsyncClient(space.url) as client:
        space.answer("POST", JOIN, 400, {"detail": "No."})

        problem = await problem_of(client.predict("a", api_name="/echo"))

        assert isinstance(problem, AppError)
        assert len(space.received(JOIN)) == 1
        assert len(space.received(CONFIG)) == 2


async def test_after_a_broken_stream_the_app_is_looked_at_before_the_next_job():
    """Ours: it may have restarted, and its numbers may mean something else."""
    async with app(("/echo", echo)) as space, AsyncClient(space.url) as client:
        space.on("GET", DATA, streaming(STARTS, CUT))
        await problem_of(client.predict("a", api_name="/echo"))
        del space._answers["GET", DATA]
        becomes(space, ("/shout", shout), ("/echo", echo))
        del space._answers["POST", JOIN]

        assert await client.predict("b", api_name="/echo") == "b"
        assert [r.json()["fn_index"] for r in space.received(JOIN)] == [0, 1]


async def test_an_app_that_answers_is_not_looked_at_again():
    """Ours: a look costs a request."""
    async with app(("/echo", echo)) as space, AsyncClient(space.url) as client:
        for text in "abc":
            await client.predict(text, api_name="/echo")
        assert len(space.received(CONFIG)) == 1


async def test_an_app_that_was_left_alone_for_long_is_looked_at(monkeypatch):
    """Ours: after a minute (here: at once) it is asked whether it is still the same."""
    monkeypatch.setattr(_run, "_DOUBT_SECONDS", -1.0)
    async with app(("/echo", echo)) as space, AsyncClient(space.url) as client:
        await client.predict("a", api_name="/echo")
        becomes(space, ("/shout", shout), ("/echo", echo))
        del space._answers["POST", JOIN]

        assert await client.predict("b", api_name="/echo") == "b"
        assert [r.json()["fn_index"] for r in space.received(JOIN)] == [0, 1]


async def test_a_login_that_a_restart_forgot_is_made_again():
    """Ours: apps keep their logins in memory."""
    async with (
        FakeSpace({"/echo": echo}, auth=("ada", "pw"), config={"app_id": 1}) as space,
        AsyncClient(space.url, auth=("ada", "pw")) as client,
    ):
        await client.predict("a", api_name="/echo")
        becomes(space, ("/echo", echo))

        async def join(exchange):
            del space._answers["POST", JOIN]
            await exchange.respond(401, {"detail": "Not authenticated"})

        async def config(exchange):
            del space._answers["GET", CONFIG]
            space.config["app_id"] = 2
            await exchange.respond(401, {"detail": "Not authenticated"})

        space.on("POST", JOIN, join)
        space.on("GET", CONFIG, config)
        before = len(space.received("/login"))

        assert await client.predict("b", api_name="/echo") == "b"
        assert len(space.received("/login")) == before + 1


async def test_a_shared_session_begins_anew_with_another_app():
    """Ours: what the old one kept for it is gone."""
    async with app(("/echo", echo)) as space, AsyncClient(space.url, session=True) as client:
        await client.predict("a", api_name="/echo")
        becomes(space, ("/shout", shout), ("/echo", echo))

        assert await client.predict("b", api_name="/echo") == "b"
        first, _, second = (r.json()["session_hash"] for r in space.received(JOIN))
        assert first != second


async def test_the_get_that_enters_a_queue_is_never_repeated():
    """Observed with aiohttp: it repeats a GET on a used connection that breaks (4.0 to 4.8)."""
    entered = []

    async with (
        FakeSpace({"/echo": echo}, generation="sse", version="4.0.2") as space,
        AsyncClient(space.url) as client,
    ):
        await client.predict("a", api_name="/echo")

        async def cut(exchange):
            entered.append(exchange.request)
            exchange.cut()

        space.on("GET", "/queue/join", cut)
        await problem_of(client.predict("b", api_name="/echo"))

        assert len(entered) == 1
        assert Requests(client.wire).enter(0, "s").once
