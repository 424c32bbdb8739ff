"""What goes wrong between a client and real servers of each generation, and what it comes to."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

import anyspace
from anyspace import AnyspaceError, AsyncClient, Queued, Started, Timeouts, TransportError
from tests.faults.wire import Wire
from tests.servers.environments import ENVIRONMENTS, LATEST
from tests.servers.processes import gradio_process

pytestmark = pytest.mark.servers

# One version of each generation: v3, v2.1, v2, v1, sse, ws.
VERSIONS = [LATEST, "4.21.0", "4.19.2", "4.16.0", "4.0.2", "3.50.2"]
assert set(VERSIONS) <= {LATEST, *ENVIRONMENTS}

# Apps without heartbeats may work in silence, so there the whole call has a limit.
QUICK = Timeouts(connect=5, first_message=5, idle=5)
LIMIT = 60


@pytest.fixture(scope="module", params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture(scope="module")
def server(version):
    """The kitchen's address and process, one for each version."""
    with gradio_process(version) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_left(tmp_path, monkeypatch):
    """No thread, socket or temporary file is left when a test has ended."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # others use the machine's, too
    before = threads(), sockets()
    yield
    assert threads() <= before[0]
    assert sockets() <= before[1]
    assert list(tmp_path.iterdir()) == []


def threads():
    """Threads but for those that are kept on purpose, for lookups and for blocking clients."""
    kept = ("asyncio_", "anyspace portal")
    return {thread for thread in threading.enumerate() if not thread.name.startswith(kept)}


def sockets():
    links = (Path(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd"))
    return sum(1 for link in links if link.is_symlink() and "socket:" in os.readlink(link))


async def begun(job):
    """Wait until the app works on a job."""
    async for update in job.updates():
        if isinstance(update, Started):
            return


async def ends_badly(job):
    """The error that a job ends with; it ends, and in time."""
    async with asyncio.timeout(30):
        with pytest.raises(AnyspaceError) as caught:
            await job.result()
    return caught.value


async def test_a_server_that_is_killed_ends_the_job_and_its_successor_is_found(version):
    """Ours: no hang, and the client connects anew by itself."""
    # Servers take their time to start, which is no time of the client's.
    with gradio_process(version) as (url, process):
        port = int(url.rpartition(":")[2])
        async with AsyncClient(url, timeouts=QUICK) as client:
            async with asyncio.timeout(LIMIT):
                assert await client.predict("before", api_name="/echo") == "before"
                job = await client.submit(30, "killed", api_name="/slow")
                waiting = await client.submit(30, "queued", api_name="/slow")
                await begun(job)
                process.kill()
                for killed in (job, waiting):
                    assert isinstance(await ends_badly(killed), TransportError)
                with pytest.raises(TransportError):
                    await client.predict("nobody", api_name="/echo")
            await asyncio.to_thread(process.wait)
            with gradio_process(version, port=port):
                async with asyncio.timeout(LIMIT):
                    assert await client.predict("after", api_name="/echo") == "after"


@pytest.mark.parametrize("mode", ["fin", "rst", "stall"])
async def test_a_stream_that_is_cut_inside_a_message_ends_the_job(server, version, mode):
    """Ours: half a message is no outcome; a wire that falls silent ends by the time limit."""
    url, _ = server
    silent = Timeouts(connect=5, first_message=3, idle=3, total=8)
    async with (
        asyncio.timeout(LIMIT),
        Wire(url) as wire,
        AsyncClient(wire.url, timeouts=silent) as client,
    ):
        await client.predict("once", api_name="/echo")
        wire.break_after(b'"process_starts', mode)
        job = await client.submit(0.5, "cut", api_name="/slow")
        problem = await ends_badly(job)

        assert wire.failed.is_set()
        assert isinstance(problem, TransportError), repr(problem)
        assert await client.predict("again", api_name="/echo") == "again"


async def test_an_upload_that_is_cut_submits_nothing(server, version):
    """Ours: the files come first, so the app never hears of the job."""
    url, _ = server
    content = os.urandom(300_000)
    async with asyncio.timeout(LIMIT), Wire(url) as wire:
        async with AsyncClient(wire.url, timeouts=QUICK) as client:
            wire.break_after(content[200_000:200_100], "rst", upward=True)
            job = await client.submit(
                [anyspace.file(content, name="a.bin")], api_name="/copy_files"
            )
            problem = await ends_badly(job)

            assert isinstance(problem, TransportError), repr(problem)
            assert not any(isinstance(u, Queued | Started) for u in iter(job.cursor().next, None))
            (copy,) = await client.predict(
                [anyspace.file(content, name="a.bin")], api_name="/copy_files"
            )
            assert await copy.read() == content


async def test_a_server_that_stands_still_ends_by_the_time_limit(server, version):
    """Ours: a suspended server sends no heartbeats; those without any get a limit in all."""
    url, process = server
    limits = Timeouts(connect=5, first_message=2, idle=2, total=5)
    async with asyncio.timeout(LIMIT), AsyncClient(url, timeouts=limits) as client:
        job = await client.submit(4, "still", api_name="/slow")
        await begun(job)
        process.send_signal(signal.SIGSTOP)
        try:
            problem = await ends_badly(job)
        finally:
            process.send_signal(signal.SIGCONT)

        assert isinstance(problem, TransportError), repr(problem)
    async with asyncio.timeout(LIMIT), AsyncClient(url) as client:
        assert await client.predict("again", api_name="/echo") == "again"


SLEEPER = """
import asyncio, sys
import anyspace

async def main():
    idle, total = map(float, sys.argv[2:])
    limits = anyspace.Timeouts(idle=idle, first_message=idle, total=total)
    async with anyspace.AsyncClient(sys.argv[1], timeouts=limits) as client:
        job = await client.submit(0.7, "slept", api_name="/slow")
        async for update in job.updates():
            if isinstance(update, anyspace.Started):
                print("begun", flush=True)
                sys.stdin.readline()
        print(await job.result(), flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize(("idle", "total"), [(1.5, 3), (3.55, 3.6)], ids=["over", "nearly over"])
def test_a_client_that_stands_still_hears_what_came_meanwhile(server, version, idle, total):
    """Ours: its limits have passed when it goes on, or nearly, but the outcome waits to be read."""
    url, _ = server
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER, url, str(idle), str(total)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline() == "begun\n"
            process.send_signal(signal.SIGSTOP)
            # Longer than its limits; nothing else tells that a process is late.
            threading.Event().wait(3.5)
            process.send_signal(signal.SIGCONT)
            out, _ = process.communicate("\n", timeout=30)
        finally:
            process.kill()

    assert out == "slept done\n"
