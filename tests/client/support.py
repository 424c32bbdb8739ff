"""What the tests of the talking rooms share: short ways to say what an app does."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import os
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import pytest

from anyspace import AnyspaceError
from anyspace.testing import Exchange, FakeSpace, Pause, Silence

PREFIX: Final = "/gradio_api"
INFO: Final = f"{PREFIX}/info"
JOIN: Final = f"{PREFIX}/queue/join"
DATA: Final = f"{PREFIX}/queue/data"
CANCEL: Final = f"{PREFIX}/cancel"
RESET: Final = f"{PREFIX}/reset"
UPLOAD: Final = f"{PREFIX}/upload"

_SECONDS: Final = 20.0

T = TypeVar("T")

Handler = Callable[[Exchange], Awaitable[None]]


def limit_time(item: pytest.Item) -> None:
    """Let an asynchronous test fail instead of hanging; far beyond what any needs.

    Those that may have to start a real server see to it themselves.
    """
    if not isinstance(item, pytest.Function) or not inspect.iscoroutinefunction(item.obj):
        return
    if item.get_closest_marker("servers") is not None:
        return
    test = item.obj

    @functools.wraps(test)
    async def limited(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(_SECONDS):
            await test(*args, **kwargs)

    item.obj = limited


# --- what apps do ----------------------------------------------------------------


def echo(text: str) -> str:
    """Return the text."""
    return text


def endless(text: str):
    """Begin, then work for ever."""
    yield f"begun {text}"
    yield Silence()


def slow(text: str):
    """Begin, work for a while, end."""
    yield f"begun {text}"
    yield Pause(0.2)
    yield f"done {text}"


async def for_ever(exchange: Exchange) -> None:
    """Take a request and never answer it."""
    await asyncio.Event().wait()


async def cut_off(exchange: Exchange) -> None:
    """Drop the connection instead of an answer."""
    exchange.cut()


def raw(data: bytes) -> Handler:
    """Answer with these bytes, which need not be HTTP, and drop the connection."""

    async def handle(exchange: Exchange) -> None:
        await exchange.send(data)
        await finish(exchange)

    return handle


async def finish(exchange: Exchange) -> None:
    """Close the connection in order, so that everything sent arrives."""
    exchange.answered = True
    exchange._writer.close()
    await exchange._writer.wait_closed()


# --- messages --------------------------------------------------------------------

CUT: Final = object()
"""Drop the connection of the stream."""
HOLD: Final = object()
"""Keep the connection and say nothing more."""


def message(kind: str, **fields: Any) -> bytes:
    """One message of the stream, of the job ``e1`` unless it says otherwise."""
    return b"data: " + msgspec.json.encode({"msg": kind, "event_id": "e1", **fields}) + b"\n\n"


def completed(*values: Any, **fields: Any) -> bytes:
    """The end of a job."""
    fields = {"output": {"data": list(values)}, "success": True, **fields}
    return message("process_completed", **fields)


STARTS: Final = message("process_starts")
CLOSE: Final = message("close_stream", event_id=None)


def streaming(*steps: Any) -> Handler:
    """Answer with an event stream of these pieces."""

    async def handle(exchange: Exchange) -> None:
        await exchange.start_stream()
        for step in steps:
            if step is CUT:
                exchange.cut()
                return
            if step is HOLD:
                await asyncio.Event().wait()
            await exchange.send_chunk(step)
        await exchange.send_chunk(b"")

    return handle


def by_hand(space: FakeSpace, *steps: Any) -> None:
    """Let every job be ``e1`` and its stream have these pieces."""
    space.answer("POST", JOIN, 200, {"event_id": "e1"})
    space.on("GET", DATA, streaming(*steps))


def file_data(path: str, url: str | None = None, **more: Any) -> dict[str, Any]:
    """A file as apps return it."""
    return {"path": path, "url": url, "meta": {"_type": "gradio.FileData"}, **more}


# --- the machine -----------------------------------------------------------------


def connections_to(space: FakeSpace) -> int:
    """How many sockets of this process lead to the app."""
    port = f":{int(space.url.rpartition(':')[2]):04X}"
    own = set()
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # the folder's own, closed by now
            own.add(os.readlink(f"/proc/self/fd/{number}"))
    count = 0
    for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        count += fields[2].endswith(port) and f"socket:[{fields[9]}]" in own
    return count


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that has no event; the test's own limit ends it."""
    while not condition():  # noqa: ASYNC110 - what it waits for tells nobody
        await asyncio.sleep(0.005)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a test that is not asynchronous, in a loop that nobody else sees."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(coroutine)


async def problem_of(awaitable: Awaitable[Any]) -> AnyspaceError:
    """The error that it ends with."""
    with pytest.raises(AnyspaceError) as caught:
        await awaitable
    return caught.value
