"""Many calls, few connections, and nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import weakref

import msgspec
import pytest

import anyspace
from anyspace import AsyncClient, StreamBroken, Timeouts
from anyspace.client import HttpTransport
from anyspace.protocol import Request, Response
from anyspace.testing import Cut, FakeEndpoint, FakeSpace
from tests.client.support import (
    DATA,
    JOIN,
    UPLOAD,
    connections_to,
    echo,
    endless,
    file_data,
    for_ever,
    problem_of,
    slow,
    until,
)


def cut(text):
    yield Cut()


ENDPOINTS = {"/echo": echo, "/endless": endless, "/slow": slow, "/cut": cut}


def own_tasks():
    """The tasks that the client made; the app and the test have their own."""
    return {
        task
        for task in asyncio.all_tasks()
        if "anyspace/client" in str(getattr(task.get_coro(), "cr_code", ""))
    }


@pytest.mark.parametrize("session", [False, True], ids=["private", "shared"])
async def test_closing_leaves_no_task_and_no_socket(session):
    """Whatever the calls came to: done, failed, cut, cancelled, still running."""
    async with FakeSpace(ENDPOINTS) as space:
        async with AsyncClient(space.url, session=session) as client:
            await client.predict("x", api_name="/echo")
            await problem_of(client.predict("x", api_name="/cut"))
            await problem_of(client.predict("x", api_name="/endless", timeout=0.1))
            job = await client.submit("x", api_name="/endless")
            async for _ in job:
                break
            await client.submit("x", api_name="/slow")
            assert own_tasks()
        assert own_tasks() == set()
        await until(lambda: connections_to(space) == 0)
        assert job.done()


async def test_closing_does_not_wait_for_an_app_that_says_nothing(monkeypatch):
    """Ours: a few seconds at most, here fewer; the app does not even answer the submission."""
    monkeypatch.setattr("anyspace.client._client._CLOSE_SECONDS", 0.2)
    async with FakeSpace(ENDPOINTS) as space:
        client = AsyncClient(space.url)
        await client.connect()
        space.on("POST", JOIN, for_ever)
        job = await client.submit("x", api_name="/echo")
        await until(lambda: space.received(JOIN))
        await client.aclose()
        assert job.done()
        assert own_tasks() == set()
        await until(lambda: connections_to(space) == 0)


async def test_two_hundred_calls_at_once_get_each_their_own_answer():
    """On one client."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        calls = [client.predict(str(i), api_name="/echo") for i in range(200)]
        assert await asyncio.gather(*calls) == [str(i) for i in range(200)]
        assert len(space.received(JOIN)) == len(space.received(DATA)) == 200


async def test_two_hundred_jobs_of_a_shared_session_get_each_their_own_answer():
    """Over one stream at a time."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url, session=True) as client:
        calls = [client.predict(str(i), api_name="/echo") for i in range(200)]
        assert await asyncio.gather(*calls) == [str(i) for i in range(200)]


async def test_calls_one_after_another_share_their_connections():
    """Observed: gradio_client opens one per request, and sockets pile up."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        for i in range(50):
            assert await client.predict(str(i), api_name="/echo") == str(i)
        assert space.connections <= 2


async def test_a_running_job_holds_one_connection():
    """Its stream; a limit on connections would be a limit on jobs."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        jobs = [await client.submit(str(i), api_name="/endless") for i in range(60)]
        await until(lambda: all(job.outputs() for job in jobs))
        assert 60 <= connections_to(space) <= 61


async def test_finished_jobs_are_forgotten():
    """Ours: a client that runs for months does not grow."""
    async with FakeSpace(ENDPOINTS) as space, AsyncClient(space.url) as client:
        jobs = [await client.submit(str(i), api_name="/echo") for i in range(20)]
        for job in jobs:
            await job
        await until(lambda: not own_tasks())
        forgotten = [weakref.ref(job) for job in jobs]
        del jobs, job
        gc.collect()
        assert [job for job in forgotten if job() is not None] == []
        assert client._connection.jobs == set()


async def test_a_file_of_a_call_is_forgotten_once_it_was_sent():
    """Ours: large uploads need not stay in memory while the job runs."""
    take = FakeEndpoint(name="/take", function=lambda file: "taken", inputs=["file"])

    async with FakeSpace([take]) as space, AsyncClient(space.url) as client:
        space.on("GET", DATA, for_ever)
        made = anyspace.file(b"x" * 1000)
        sent = weakref.ref(made)
        job = await client.submit(made)
        del made
        await until(lambda: space.received(DATA))
        gc.collect()
        assert sent() is None
        assert not job.done()


async def test_a_download_that_is_left_closes_its_connection():
    """Nobody reads the rest."""

    async def drip(exchange):
        await exchange.start_stream()
        while True:
            await exchange.send_chunk(b"x")
            await asyncio.sleep(0.01)

    give = FakeEndpoint(name="/give", function=lambda: file_data("/tmp/x"), outputs=["file"])
    async with FakeSpace([give]) as space, AsyncClient(space.url) as client:
        space.on("GET", "/gradio_api/file=/tmp/x", drip)
        file = await client.predict()
        kept = connections_to(space)
        chunks = file.chunks()
        await anext(chunks)
        await chunks.aclose()
        await until(lambda: connections_to(space) <= kept)


async def test_a_refused_upload_closes_its_connection():
    """The rest of the body is not sent."""
    take = FakeEndpoint(name="/take", function=lambda file: "taken", inputs=["file"])
    async with FakeSpace([take]) as space, AsyncClient(space.url) as client:
        space.answer("POST", UPLOAD, 413, {"detail": "too large"})
        await problem_of(client.predict(b"x" * 1_000_000))
    await until(lambda: own_tasks() == set())


# --- the seam --------------------------------------------------------------------


class Script:
    """A transport without a network: answers from a table, streams from a list."""

    def __init__(self, space, *pieces):
        self.root = "http://nowhere.invalid"
        self.asked = []
        self.closed = False
        self._space = space
        self._pieces = pieces

    async def request(self, request, headers=None):
        self.asked.append(request.path)
        answers = {
            "/config": self._space.config,
            "/gradio_api/info?all_endpoints=True": self._space.info,
            JOIN: {"event_id": "e1"},
        }
        return Response(200, msgspec.json.encode(answers[request.path]))

    async def open(self, request, headers=None):
        self.asked.append(request.path.partition("?")[0])
        return Pieces(list(self._pieces))

    async def aclose(self):
        self.closed = True


class Pieces:
    def __init__(self, pieces):
        self.status = 200
        self.headers = {}
        self._pieces = pieces

    @property
    def ended(self):
        return not self._pieces

    async def read(self):
        return self._pieces.pop(0) if self._pieces else b""

    def close(self):
        self._pieces.clear()


async def test_any_transport_will_do():
    """The seam: what is above it knows no sockets."""
    done = b'data: {"msg":"process_completed","event_id":"e1","output":{"data":["x"]}}\n\n'
    script = Script(FakeSpace({"/echo": echo}), done[:20], done[20:])
    async with AsyncClient("http://nowhere.invalid", transport=script) as client:
        assert await client.predict("x") == "x"
    assert script.asked == ["/config", "/gradio_api/info?all_endpoints=True", JOIN, DATA]
    assert script.closed


async def test_a_transport_that_ends_a_stream_is_a_broken_stream():
    """The same rules for every transport."""
    script = Script(FakeSpace({"/echo": echo}))
    async with AsyncClient("http://nowhere.invalid", transport=script) as client:
        assert isinstance(await problem_of(client.predict("x")), StreamBroken)


async def test_a_transport_opens_anew_when_it_is_used_after_it_was_closed():
    """And closes again by itself."""
    async with FakeSpace(ENDPOINTS) as space:
        transport = HttpTransport(space.url, timeouts=Timeouts())
        await transport.request(Request("GET", "/config"))
        await transport.aclose()
        await until(lambda: connections_to(space) == 0)
        assert (await transport.request(Request("GET", "/config"))).status == 200
        await until(lambda: connections_to(space) == 0)
        await transport.aclose()
