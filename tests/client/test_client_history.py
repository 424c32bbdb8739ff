"""What a job keeps of its updates: all of them, at the size of what was new."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
import weakref

import pytest

from anyspace import AsyncClient, Output
from anyspace.client import Cursor
from anyspace.client._history import History
from anyspace.client._updates import Started
from anyspace.testing import FakeSpace

STEPS = [
    ["a", [{"role": "user", "content": "hi"}], 1],
    ["ab", [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "h"}], 1],
    ["ab", [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}], True],
    ["x", [], None],
    ["x", [{"role": "user"}], {"key": 1}, "one output more"],
    ["x"],
]


def same(data):
    return data


def filled(steps, decode=same):
    history = History()
    for step in steps:
        history.add_output(step, decode(step))
    return history


def read(history, decode=same):
    return list(iter(Cursor(history, decode).next, None))


def test_a_late_reader_sees_every_update_as_an_early_one_did():
    """Ours: what is kept is what changed, and leads to the same values."""
    history = History()
    early, seen = Cursor(history, same), []
    for step in STEPS:
        history.add_output(step, step)
        seen.append(early.next())
        assert early.next() is None
    assert [update.value for update in seen] == STEPS
    assert read(history) == seen
    assert [type(update.value[2]) for update in read(history)[:3]] == [int, int, bool]


def test_updates_that_are_no_outputs_keep_their_place():
    """Ours."""
    history = filled(STEPS[:2])
    history.add(Started(1.0))
    history.add_output(STEPS[2], STEPS[2])
    kinds = [type(update) for update in read(history)]
    assert kinds == [Output, Output, Started, Output]


def test_a_value_that_its_reader_changes_is_not_what_the_next_one_gets():
    """Ours: what is handed out is decoded, which copies."""

    def copied(data):
        return [list(value) for value in data]

    history = filled(([["a"]], [["a", "b"]], [["a", "b", "c"]]), copied)
    first = read(history, copied)
    for update in first[:2]:  # the newest is one object for all
        update.value[0].clear()
    values = [update.value for update in read(history, copied)]
    assert values == [[["a"]], [["a", "b"]], [["a", "b", "c"]]]


@pytest.mark.parametrize("chat", [False, True], ids=["text", "chat"])
def test_a_text_that_grows_is_not_kept_once_for_each_step(chat):
    """Ours: 2,000 steps to 100 kB are 100 MB when each is kept whole; a megabyte here."""
    history = History()
    piece = "x" * 50
    tracemalloc.start()
    try:
        text = ""
        for _ in range(2000):
            text += piece
            data = [[{"role": "assistant", "content": text}]] if chat else [text]
            history.add_output(data, data)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 3_000_000
    assert [len(str(update.value)) for update in read(history)][-1] > 100_000


async def test_a_job_goes_with_who_holds_it():
    """Ours: not when garbage is looked for, which for a large result is late."""
    async with FakeSpace({"/echo": lambda text: text}) as space, AsyncClient(space.url) as client:
        gc.collect()
        gc.disable()
        try:
            job = await client.submit("x", api_name="/echo")
            await job
            assert [update.value async for update in job.updates() if isinstance(update, Output)]
            gone = weakref.ref(job)
            await asyncio.sleep(0)  # its task ends
            del job
            assert gone() is None
        finally:
            gc.enable()


@pytest.mark.parametrize("generation", ["ws", "sse", "sse_v1", "sse_v3"])
async def test_every_generation_tells_late_readers_the_same(generation):
    """Where the wire has whole values, the edits are found here."""

    def grow(text):
        for length in range(1, 6):
            yield text * length

    space = FakeSpace({"/grow": grow}, generation=generation)
    async with space, AsyncClient(space.url) as client:
        job = await client.submit("ab", api_name="/grow")

        async def outputs():
            return [u.value async for u in job.updates() if isinstance(u, Output)]

        early = asyncio.create_task(outputs())
        assert await job == "ab" * 5
        assert await early == await outputs() == job.outputs() == ["ab" * n for n in range(1, 6)]
