"""Many calls for a long time, with cancels and restarts: what must not grow is looked at.

    python -m benchmarks.soak [--minutes 30] [--rate 50] [--write]

One `anyspace.AsyncClient` calls an app (see `benchmarks.instant`) that answers every other
call at once, the others after a moment. One in ten is cancelled while it runs. Every so often
the server is killed and another one takes its place, so that calls fail. After a warm-up and
at the end everything is let go quiet, and memory, sockets, tasks and threads are counted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Final

import msgspec

from anyspace import AnyspaceError, AsyncClient
from benchmarks.page import write_between
from benchmarks.processes import InstantServer

_PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_MARK: Final = "soak"
_SHARE_CANCELLED: Final = 0.1
_DELAY: Final = 0.2
_QUIET_SECONDS: Final = 6.0  # longer than a connection is kept idle
_WARM_SHARE: Final = 0.2


class Census(msgspec.Struct, frozen=True):
    """What a process has.

    Attributes:
        memory: Bytes of memory.
        files: Open files, sockets among them.
        tasks: Of the event loop.
        threads: Of Python.
    """

    memory: int
    files: int
    tasks: int
    threads: int


class Soak:
    """The calls, and how they ended."""

    def __init__(self, rate: float, restart_every: float) -> None:
        self.outcomes = {"done": 0, "cancelled": 0, "failed": 0}
        self.restarts = 0
        self._rate = rate
        self._restart_every = restart_every
        self._random = random.Random(7)
        self._going: set[asyncio.Task[None]] = set()
        self._server = InstantServer(_DELAY)

    async def run(self, seconds: float) -> tuple[Census, Census]:
        """Call for so long; return what there was after the warm-up, and at the end."""
        with contextlib.closing(self._server):
            async with AsyncClient(self._server.url) as client:
                await self._call_for(client, seconds * _WARM_SHARE)
                before = await self._quiet_census()
                await self._call_for(client, seconds * (1 - _WARM_SHARE))
                return before, await self._quiet_census()

    async def _call_for(self, client: AsyncClient, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        start = restarted = loop.time()
        number = 0
        while (now := loop.time()) - start < seconds:
            if now - restarted > self._restart_every:
                await asyncio.to_thread(self._server.restart)
                self.restarts += 1
                restarted = loop.time()
            task = asyncio.create_task(self._call(client))
            self._going.add(task)
            task.add_done_callback(self._going.discard)
            number += 1
            await asyncio.sleep(max(0.0, start + number / self._rate - loop.time()))

    async def _call(self, client: AsyncClient) -> None:
        endpoint = self._random.choice(("/echo", "/wait"))
        try:
            job = await client.submit("hi", api_name=endpoint)
            if self._random.random() < _SHARE_CANCELLED:
                await asyncio.sleep(self._random.random() * _DELAY)
                await job.cancel()
                self.outcomes["cancelled"] += 1
                return
            await job.result()
        except AnyspaceError:
            self.outcomes["failed"] += 1
        else:
            self.outcomes["done"] += 1

    async def _quiet_census(self) -> Census:
        while self._going:
            await asyncio.wait(set(self._going))
        await asyncio.sleep(_QUIET_SECONDS)
        gc.collect()
        return Census(
            memory=_resident(),
            files=_open_files(),
            tasks=len(asyncio.all_tasks()),
            threads=threading.active_count(),
        )


def _resident() -> int:
    """Bytes of memory of this process; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _open_files() -> int:
    with contextlib.suppress(OSError):
        return len(os.listdir("/proc/self/fd"))
    return 0


def render(soak: Soak, before: Census, after: Census, minutes: float, rate: float) -> str:
    """Say how it went."""
    calls = sum(soak.outcomes.values())
    lines = [
        f"{minutes:.1f} minutes, {calls:,} calls, {calls / minutes / 60:.1f} a second where "
        f"{rate:g} were wanted: "
        + ", ".join(f"{count:,} {how}" for how, count in soak.outcomes.items())
        + f"; {soak.restarts} restarts of the server.",
        "",
        "| | after the warm-up | at the end |",
        "|---|---|---|",
        f"| memory | {before.memory / 1e6:.1f} MB | {after.memory / 1e6:.1f} MB |",
        f"| open files and sockets | {before.files} | {after.files} |",
        f"| tasks | {before.tasks} | {after.tasks} |",
        f"| threads | {before.threads} | {after.threads} |",
    ]
    return "\n".join(lines)


def main() -> None:
    """Soak, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Soak anyspace.")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=50.0, help="calls a second")
    parser.add_argument("--restart-every", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--write", action="store_true", help="put it into docs/benchmarks.md")
    options = parser.parse_args()
    soak = Soak(options.rate, options.restart_every)
    start = time.monotonic()
    before, after = asyncio.run(soak.run(options.minutes * 60))
    text = render(soak, before, after, (time.monotonic() - start) / 60, options.rate)
    sys.stdout.write(f"{text}\n")
    if options.write:
        write_between(_PAGE, _MARK, text)


if __name__ == "__main__":
    main()
