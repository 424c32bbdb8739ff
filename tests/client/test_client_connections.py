"""Connections that are kept: never written to when the app has closed them, and never twice."""

from __future__ import annotations

import asyncio
import threading

import aiohttp
import pytest

from anyspace import AsyncClient, ConnectFailed, StreamBroken
from anyspace.client import HttpTransport
from anyspace.protocol import Request
from anyspace.testing import FakeSpace
from tests.client.support import DATA, INFO, JOIN, cut_off, echo, finish, problem_of


class Door:
    """Answers, and closes the connection when it is told to, whoever looks at it."""

    def __init__(self, space, method, path, body):
        self._body = body
        self._leave = threading.Event()
        self._left = threading.Event()
        space.on(method, path, self._answer)

    async def _answer(self, exchange):
        await exchange.respond(200, self._body)
        await asyncio.to_thread(self._leave.wait, 10)
        await finish(exchange)
        self._left.set()

    def shut(self):
        """Close it; the end has arrived when this returns, and the loop could not see it."""
        self._leave.set()
        assert self._left.wait(10)


async def test_a_kept_connection_that_the_app_closed_is_not_written_to():
    """Its end has arrived, but nobody has looked; a job sent on it would be lost or repeated."""
    with FakeSpace({"/echo": echo}) as space:
        door = Door(space, "GET", INFO, space.info)
        async with AsyncClient(space.url) as client:
            before = space.connections
            door.shut()
            assert await client.predict("x") == "x"
            assert space.connections > before
            assert len(space.received(JOIN)) == 1


async def test_a_kept_connection_that_still_stands_is_used():
    """The look costs no connection."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        for _ in range(3):
            assert await client.predict("x") == "x"
        assert space.connections == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_only_asks_is_asked_once_more_and_what_acts_is_not(method):
    """Ours: reading twice does no harm."""
    async with FakeSpace({"/echo": echo}) as space:
        transport = HttpTransport(space.url)
        space.on(method, "/somewhere", cut_off)
        problem = await problem_of(transport.request(Request(method, "/somewhere")))
        assert isinstance(problem, StreamBroken)
        assert len(space.received("/somewhere")) == {"GET": 2, "POST": 1}[method]
        await transport.aclose()


async def test_the_second_answer_counts():
    """A proxy that restarts drops a connection or two."""
    async with FakeSpace({"/echo": echo}) as space:

        async def first_not(exchange):
            if len(space.received("/config")) == 1:
                exchange.cut()
            else:
                await exchange.respond(200, space.config)

        space.on("GET", "/config", first_not)
        async with AsyncClient(space.url) as client:
            assert await client.predict("x") == "x"


async def test_the_queue_of_an_old_app_is_entered_once():
    """Observed: aiohttp repeats a GET by itself, and on 4.0 to 4.8 a GET enters the queue."""
    async with (
        FakeSpace({"/echo": echo}, generation="sse") as space,
        AsyncClient(space.url) as client,
    ):
        space.on("GET", "/queue/join", cut_off)
        problem = await problem_of(client.predict("x"))
        assert isinstance(problem, StreamBroken)
        assert len(space.received("/queue/join")) == 1


async def test_the_http_library_repeats_nothing_by_itself():
    """Its switch is private: this fails when a new version has another one."""
    async with FakeSpace({"/echo": echo}) as space:
        space.on("GET", "/somewhere", cut_off)
        transport = HttpTransport(space.url)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await transport._get_session().get(f"{space.url}/somewhere")
        assert len(space.received("/somewhere")) == 1
        await transport.aclose()


async def test_an_app_that_is_gone_since_the_last_call_was_sent_nothing():
    """Its end shows before anything is written, so the call may be repeated."""
    with FakeSpace({"/echo": echo}) as space:
        async with AsyncClient(space.url) as client:
            assert await client.predict("x") == "x"
            asyncio.run_coroutine_threadsafe(space.stop(), space._loop).result()
            problem = await problem_of(client.predict("y"))
    assert isinstance(problem, ConnectFailed)
    assert problem.retryable
    assert len(space.received(JOIN)) == len(space.received(DATA)) == 1
