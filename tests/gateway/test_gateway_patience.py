"""Callers that do not read: they hold little memory, and no connection and no job for ever."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket

import msgspec
import psutil
import pytest

from anyspace.gateway import read_settings
from anyspace.gateway._patience import patient
from anyspace.gateway._server import listen, make_server
from anyspace.gateway._tables import LimitsTable
from anyspace.testing import FakeFile, FakeSpace

MEGABYTE = 1 << 20
BIG = 24 * MEGABYTE


class Transport:
    """What is to be sent, as a test says."""

    def __init__(self) -> None:
        self.left = 0
        self.aborted = False

    def get_write_buffer_size(self) -> int:
        return self.left

    def abort(self) -> None:
        self.aborted = True


async def test_a_caller_that_reads_slowly_is_served_however_long_it_takes():
    """Each look finds less to send; the first that does not is the last."""
    made = patient(asyncio.Protocol, lambda: 3600.0)()
    made.transport = transport = Transport()
    transport.left = 100
    made.pause_writing()
    for before, left in ((100, 90), (90, 10)):
        transport.left = left
        made._look(before)
        assert not transport.aborted
    made._look(10)
    assert transport.aborted
    made.connection_lost(None)


@contextlib.asynccontextmanager
async def served(settings):
    """A gateway on a real port, in this process."""
    server = make_server(settings)
    listener = listen("127.0.0.1", 0)
    begun = asyncio.Event()
    server._beginning = begun.set
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await begun.wait()
    try:
        yield server, listener.getsockname()[1]
    finally:
        server.handle_exit(signal.SIGTERM, None)
        await task


async def ask(port: int, head: str, body: bytes = b"") -> socket.socket:
    """Send a request, with a small buffer for the answer, and read none of it."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(made, ("127.0.0.1", port))
    head += f" HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {len(body)}\r\n"
    await loop.sock_sendall(made, head.encode() + b"content-type: application/json\r\n\r\n" + body)
    return made


@pytest.fixture
def dropped(caplog):
    """How many callers were dropped, and a way to wait for one."""
    caplog.set_level(logging.INFO, "anyspace.gateway")
    seen: asyncio.Queue[str] = asyncio.Queue()

    class Listening(logging.Handler):
        def emit(self, record):
            if "took nothing" in record.getMessage():
                seen.put_nowait(record.getMessage())

    handler = Listening()
    logging.getLogger("anyspace.gateway").addHandler(handler)
    yield seen
    logging.getLogger("anyspace.gateway").removeHandler(handler)


def hasty(space: FakeSpace):
    settings = read_settings(models={"flux": space.url})
    return msgspec.structs.replace(settings, limits=LimitsTable(stall=0.2))


async def test_a_file_that_is_not_read_is_not_held_in_memory(dropped):
    """24 MB for each of eight callers, and no more than a piece of it waits for any."""

    def infer(prompt: str) -> FakeFile:
        return FakeFile("big.png", os.urandom(BIG))

    with FakeSpace({"/infer": infer}) as space:
        async with served(hasty(space)) as (server, port):
            loop = asyncio.get_running_loop()
            body = json.dumps({"prompt": "x"}).encode()
            made = await ask(port, "POST /v1/images/generations", body)
            told = (await loop.sock_recv(made, 100_000)).decode()
            made.close()
            path = told.partition('"url":"http://127.0.0.1')[2].partition('"')[0]
            before = psutil.Process().memory_info().rss
            callers = [await ask(port, f"GET {path}") for _ in range(8)]
            held = 0
            for _ in callers:
                await dropped.get()
                left = server.server_state.connections
                held = max([held, *(one.transport.get_write_buffer_size() for one in left)])
            assert held < 4 * MEGABYTE
            assert psutil.Process().memory_info().rss - before < 4 * BIG
            for caller in callers:
                caller.close()


@pytest.mark.parametrize("stream", [False, True])
async def test_a_picture_that_is_not_read_holds_no_job(dropped, stream):
    """The Space has done its part; the connection goes, and what it held."""

    def infer(prompt: str) -> FakeFile:
        return FakeFile("big.png", os.urandom(BIG))

    with FakeSpace({"/infer": infer}) as space:
        async with served(hasty(space)) as (server, port):
            asked = {"prompt": "x", "stream": stream, "response_format": "b64_json"}
            caller = await ask(port, "POST /v1/images/generations", json.dumps(asked).encode())
            await dropped.get()
            assert server.gateway.life.running == 0
            caller.close()
        assert server.server_state.connections == set()
