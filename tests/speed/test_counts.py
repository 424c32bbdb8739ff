"""What makes anyspace fast, in counts that do not depend on the clock.

How fast it is shows in docs/benchmarks.md; that it does not get slower unseen is kept here.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

import anyspace
from anyspace import AsyncClient, Started
from anyspace.testing import FakeSpace
from benchmarks.processes import instant_server, stats_of

MB = 1_000_000
IDLE_SECONDS = 55.0  # less than the limits of a call: none of them runs out


def echo(text):
    return text


@pytest.fixture(scope="module")
def url():
    """An app in a process of its own, whose memory is not ours; its /wait takes for ever."""
    with instant_server(3600.0) as address:
        yield address


async def test_a_call_is_two_requests_on_one_connection():
    """The limit: the job's submission and its stream."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        before = len(space.requests)
        for _ in range(20):
            assert await client.predict("x") == "x"
        assert len(space.requests) - before == 2 * 20
        assert space.connections == 1


async def test_calls_at_a_time_use_as_many_connections_and_no_more():
    """Ours: connections are kept and used again, whoever used them before."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        for _ in range(5):
            await asyncio.gather(*(client.predict("x") for _ in range(8)))
        assert space.connections <= 8


async def test_connecting_is_two_requests_on_one_connection(url):
    """The app's configuration, and what its endpoints take."""
    before = stats_of(url)
    async with AsyncClient(url):
        after = stats_of(url)
    assert after.requests - before.requests - 1 == 2  # without the question itself
    assert after.connections - before.connections - 1 == 1


async def test_files_pass_through_in_pieces(url, tmp_path):
    """Ours: a file of 200 MB takes as little memory as one of 40 MB, tried here."""
    size = 40 * MB
    path = tmp_path / "large.bin"
    path.touch()
    with open(path, "r+b") as file:  # noqa: ASYNC230  # it has no content yet
        file.truncate(size)
    async with AsyncClient(url) as client:
        await client.predict("x", api_name="/echo")
        tracemalloc.start()
        try:
            assert await client.predict(anyspace.file(path), api_name="/take") > size
            _, sending = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            given = await client.predict(size, api_name="/give")
            saved = await given.save(tmp_path / "saved.bin")
            _, fetching = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert saved.stat().st_size == size
    assert sending < 8 * MB
    assert fetching < 8 * MB


class _Clock:
    """Time that passes only where nothing else happens, and counts how often it was woken."""

    def __init__(self) -> None:
        self.now = 0.0
        self.wakes = 0


class _Selector(selectors.DefaultSelector):
    clock: _Clock

    def select(self, timeout=None):
        """Look for what is there; when nothing is, the time until the next timer is over."""
        ready = super().select(0.02 if timeout is None or timeout > 0 else 0)
        self.clock.wakes += 1
        if not ready and timeout:
            self.clock.now += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock):
        selector = _Selector()
        selector.clock = clock
        self._passing = clock
        super().__init__(selector)

    def time(self):
        """The time of the clock."""
        return self._passing.now


async def _idle(url: str, clock: _Clock) -> int:
    """How often the loop wakes in a minute in which a job waits and nothing comes."""
    async with AsyncClient(url) as client:
        job = await client.submit("x", api_name="/wait")
        async with contextlib.aclosing(job.updates()) as updates:
            async for update in updates:
                if isinstance(update, Started):
                    break
        result = asyncio.ensure_future(job.result())
        await asyncio.sleep(10)  # connections that are not needed are gone
        clock.wakes = 0
        await asyncio.sleep(IDLE_SECONDS - 10)
        wakes = clock.wakes
        result.cancel()
        await job.cancel()
    return wakes


def test_nothing_is_polled_while_a_job_waits(url):
    """Ours: with a client connected and a job in flight only our own timers wake the loop, one of
    them when half of the time is over that a job may be silent.

    gradio_client, for comparison, wakes twenty times a second for each job.
    """
    clock = _Clock()
    with asyncio.Runner(loop_factory=lambda: _Loop(clock)) as runner:
        assert runner.run(_idle(url, clock)) <= 3


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads."""
    code = f"import sys; before = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)"
    path = {"PYTHONPATH": str(Path(anyspace.__path__[0]).parent)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=path)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_loads_few_modules():
    """Ours: `import h11` loads 53."""
    assert len(loaded_by("import anyspace")) <= 40


def test_help_loads_nothing_that_talks():
    """Ours: who asks for help waits for Click and nothing else of size."""
    statement = (
        "from anyspace.cli import main\n"
        "try: main(['--help'], prog_name='anyspace')\n"
        "except SystemExit: pass"
    )
    loaded = loaded_by(statement)
    heavy = {"aiohttp", "PIL", "huggingface_hub", "numpy", "litestar", "rich", "asyncio", "msgspec"}
    assert loaded & heavy == set()
    assert len(loaded) <= 95
