"""What a call gives back: values, updates, states, and nothing that changes afterwards."""

from __future__ import annotations

import asyncio
import copy
import pickle

import pytest

from anyspace import (
    AppError,
    ArgumentError,
    AsyncClient,
    AsyncMediaFile,
    JobStatus,
    Limits,
    Log,
    Output,
    Progress,
    ProgressUnit,
    Queued,
    Result,
    Started,
    Timeouts,
    UnknownEndpoint,
    UsageError,
)
from anyspace import protocol as wire
from anyspace.client import Decoder
from anyspace.testing import FakeEndpoint, FakeSpace, Pause
from tests.client.support import (
    CLOSE,
    DATA,
    JOIN,
    STARTS,
    by_hand,
    completed,
    echo,
    endless,
    file_data,
    message,
    problem_of,
    slow,
)


async def returned(value, outputs=("json",), **options):
    """What a call gives back when the app returns this."""
    endpoint = FakeEndpoint(name="/give", function=lambda: value, outputs=outputs)
    async with FakeSpace([endpoint]) as space, AsyncClient(space.url, **options) as client:
        return await client.predict()


# --- values ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["", "text", 0, 1.5, True, None, [], [1, [2]], {"a": {"b": None}}, "漢字 🦊 \u2028"]
)
async def test_one_value_comes_as_itself(value):
    """Ours: no list around it."""
    assert await returned(value) == value


async def test_several_values_come_as_a_result():
    """By position and by the label of the page."""
    result = await returned(("fox", 42), ("textbox", "number"))
    assert isinstance(result, Result)
    assert result == ("fox", 42)
    assert result["Output 1"] == result[1] == result[-1] == 42
    text, number = result
    assert (text, number) == ("fox", 42)


async def test_no_value_comes_as_an_empty_result():
    """Ours: an endpoint may return nothing."""
    result = await returned((), ())
    assert isinstance(result, Result)
    assert result == ()


async def test_state_is_left_out():
    """Observed: it stays on the server, null comes in its place."""
    assert await returned(("seen", None), ("textbox", "state")) == "seen"


async def test_an_update_is_the_value_it_sets():
    """Observed: ``gr.update(value=…, choices=…)``, at any depth."""
    update = {"__type__": "update", "value": "fresh", "choices": ["a"]}
    assert await returned(update) == "fresh"
    assert await returned([update, {"inner": update}]) == ["fresh", {"inner": "fresh"}]
    assert await returned({"__type__": "update", "choices": []}) is None


async def test_another_decoder_may_make_the_outputs():
    """Ours: what an update is worth is one reading of it."""

    class Literal(Decoder):
        def decode(self, value, *, declared):
            return value

    update = {"__type__": "update", "value": "fresh", "label": "renamed"}
    async with (
        FakeSpace({"/update": lambda: update}) as space,
        AsyncClient(space.url, make_decoder=Literal) as client,
    ):
        assert await client.predict(api_name="/update") == update


async def test_json_with_a_path_is_no_file():
    """One official client takes any mapping with a path for a file."""
    value = {"path": "/etc/passwd", "url": "http://x/", "orig_name": "p", "meta": {"_type": "?"}}
    assert await returned(value) == value


async def test_files_are_found_by_their_mark_at_any_depth():
    """Observed: galleries, chats and editors nest them."""
    mark = file_data("/tmp/a.png", size=3)
    found = await returned({"messages": [{"content": [mark, "text"]}], "n": 1})
    file = found["messages"][0]["content"][0]
    assert isinstance(file, AsyncMediaFile)
    assert (file.name, file.mime_type, file.size) == ("a.png", "image/png", 3)
    assert found["messages"][0]["content"][1] == "text"


async def test_an_update_may_set_a_file():
    """Observed: ``gr.update(value=path)``."""
    update = {"__type__": "update", "value": file_data("/tmp/a.png")}
    assert isinstance(await returned(update), AsyncMediaFile)


# --- results ---------------------------------------------------------------------


def test_a_label_that_several_outputs_have_tells_none_of_them():
    """Ours: the error says at which positions they are."""
    result = Result([1, 2, 3], ["Value", "Other", "Value"])
    with pytest.raises(KeyError, match="2 outputs are called 'Value', at positions 0, 2"):
        result["Value"]
    assert result["Other"] == 2


def test_an_unknown_label_is_answered_with_the_known_ones():
    """Ours."""
    with pytest.raises(KeyError, match="no output is called 'Sed'; there are 'Image', 'Seed'"):
        Result([1, 2], ["Image", "Seed"])["Sed"]


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, lambda result: pickle.loads(pickle.dumps(result))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_of_a_result_keep_the_labels(copied):
    """Ours: results go through queues and caches."""
    result = copied(Result([["a"], 2], ["Image", "Seed"]))
    assert type(result) is Result
    assert result == (["a"], 2)
    assert result["Seed"] == 2


def test_a_result_is_a_tuple():
    """Ours: what takes a tuple takes a result."""
    result = Result("ab", ["x", "y"])
    assert result == ("a", "b")
    assert hash(result) == hash(("a", "b"))
    assert result[0:1] == ("a",)
    assert Result() == ()


# --- arguments -------------------------------------------------------------------


async def test_arguments_go_by_position_or_by_name():
    """And defaults fill in."""
    endpoint = FakeEndpoint(
        name="/join",
        function=lambda a, b, c: f"{a}{b}{c}",
        defaults={"b": "B", "c": "C"},
    )
    async with FakeSpace([endpoint]) as space, AsyncClient(space.url) as client:
        assert await client.predict("a") == "aBC"
        assert await client.predict("a", c="c") == "aBc"
        assert await client.predict(c="3", a="1", b="2") == "123"


async def test_wrong_arguments_are_found_before_anything_is_sent():
    """Ours: all of them at once."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        with pytest.raises(ArgumentError) as caught:
            await client.submit(3, txt="x")
        assert len(caught.value.problems) == 2
        assert space.received(JOIN) == []


async def test_arguments_need_not_be_checked():
    """Ours: ``check=False``, of the client or of a call."""
    async with FakeSpace({"/echo": echo}) as space:
        async with AsyncClient(space.url) as client:
            assert await client.predict(3, check=False) == 3
        async with AsyncClient(space.url, check=False) as client:
            assert await client.predict([1]) == [1]
            with pytest.raises(ArgumentError):
                await client.predict([1], check=True)


async def test_an_option_that_is_a_parameter_too_is_the_parameter():
    """Ours: an app may well have a parameter called timeout."""
    async with FakeSpace({"/wait": lambda timeout: timeout}) as space:
        async with AsyncClient(space.url) as client:
            assert await client.predict(timeout="soon") == "soon"


async def test_an_unknown_endpoint_is_answered_with_the_nearest():
    """Ours: before anything is sent."""
    async with FakeSpace({"/infer": echo, "/echo": echo}) as space:
        async with AsyncClient(space.url) as client:
            with pytest.raises(UnknownEndpoint, match="did you mean /infer"):
                await client.predict("x", api_name="/inferr")
            with pytest.raises(UnknownEndpoint, match="several endpoints"):
                await client.predict("x")
            assert await client.predict("x", fn_index=1) == "x"
            assert await client.predict("x", api_name="echo") == "x"


@pytest.mark.parametrize("seconds", [0, -1, -0.5])
async def test_a_time_that_is_none_is_refused(seconds):
    """Ours: None is for ever, 0 is a mistake."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        with pytest.raises(UsageError, match="timeout total"):
            await client.predict("x", timeout=seconds)
        assert space.received(JOIN) == []


@pytest.mark.parametrize("field", ["connect", "first_message", "idle", "total"])
def test_timeouts_are_above_zero_or_none(field):
    """Ours."""
    with pytest.raises(UsageError, match=f"timeout {field}=0"):
        Timeouts(**{field: 0})
    assert getattr(Timeouts(**{field: None}), field) is None


def test_limits_have_defaults_that_fit_large_apps():
    """Observed: configurations of several megabytes, galleries of tens as base64."""
    assert Limits().document >= 16 * 2**20
    assert Limits().event >= 64 * 2**20


# --- updates ---------------------------------------------------------------------


def lively(text):
    unit = wire.ProgressUnit(index=1, length=4, unit="steps", desc="painting")
    yield wire.Queued("", rank=2, queue_size=3, eta=1.5)
    yield wire.Progress("", (unit,))
    yield wire.Log("", "careful", "warning", "Note")
    yield "one"
    yield "two"


async def test_updates_tell_what_happens_in_order():
    """The app's messages, in our words."""
    async with FakeSpace({"/lively": lively}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")
        updates = [update async for update in job.updates()]
        assert updates == [
            Queued(0, 1, None),
            Started(None),
            Queued(2, 3, 1.5),
            Progress((ProgressUnit(1, 4, "steps", None, "painting"),)),
            Log("careful", "warning", "Note"),
            Output("one"),
            Output("two"),
        ]
        assert await job == "two"


async def test_every_reader_of_the_updates_starts_at_the_first():
    """Ours: a late reader sees what an early one saw."""
    async with FakeSpace({"/lively": lively}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")

        async def read():
            return [update async for update in job.updates()]

        one, two = await asyncio.gather(read(), read())
        assert one == two == await read()
        assert len(one) == 7


async def test_the_end_of_a_generator_is_not_shown_twice():
    """Observed: its completion repeats its last output."""
    async with FakeSpace({"/lively": lively}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")
        assert [output async for output in job] == ["one", "two"]
        assert job.outputs() == ["one", "two"]


async def test_a_plain_functions_result_is_an_output_too():
    """Ours: iterating works for every endpoint."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")
        assert [output async for output in job] == ["x"]


async def test_iterating_raises_what_ended_the_job():
    """Ours: the outputs first, then the error; the updates just end."""

    def fails(text):
        yield "one"
        raise ValueError("broken")

    async with FakeSpace({"/fails": fails}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")
        seen = []

        async def read():
            async for output in job:
                seen.append(output)  # noqa: PERF401 - those before the error count

        with pytest.raises(AppError, match="broken"):
            await read()
        assert seen == ["one"]
        assert job.status() is JobStatus.FAILED
        assert [u async for u in job.updates()][-1] == Output("one")


async def test_later_steps_never_change_earlier_outputs():
    """sse_v3 sends edits; gradio_client's were applied to lists handed out already."""

    def grow(text):
        items = []
        for number in range(4):
            items.append({"n": number})
            yield {"items": list(items), "text": "x" * number}

    async with FakeSpace([FakeEndpoint(name="/grow", function=grow, outputs=["json"])]) as space:
        async with AsyncClient(space.url) as client:
            job = await client.submit("x")
            outputs = [output async for output in job]
    expected = [{"items": [{"n": i} for i in range(n + 1)], "text": "x" * n} for n in range(4)]
    assert outputs == job.outputs() == expected


async def test_edits_are_applied_to_our_own_copy():
    """Ours: whoever changes an output spoils neither the next one nor the result."""
    first = message("process_generating", output={"data": [[1, {"a": "x"}]]}, success=True)
    edits = [[["append", [1, "a"], "y"], ["add", [2], 3]]]
    second = message("process_generating", output={"data": edits}, success=True)
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        release = asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await exchange.send_chunk(STARTS + first)
            await release.wait()
            await exchange.send_chunk(second + completed([1, {"a": "xy"}, 3]) + CLOSE)
            await exchange.send_chunk(b"")

        by_hand(space)
        space.on("GET", DATA, stream)
        job = await client.submit("x")
        async for output in job:
            if len(output) == 2:
                output.clear()
                release.set()
        assert await job == [1, {"a": "xy"}, 3]
        assert job.outputs()[-1] == [1, {"a": "xy"}, 3]


@pytest.mark.parametrize(
    ("units", "fraction", "text"),
    [
        ((), None, ""),
        ((ProgressUnit(),), None, ""),
        ((ProgressUnit(3, 4, "steps", None, "painting"),), 0.75, "painting 3/4 steps"),
        ((ProgressUnit(index=3, unit="steps"),), None, "3 steps"),
        ((ProgressUnit(index=9, length=4),), 1.0, "9/4"),
        ((ProgressUnit(progress=0.5, desc="half"),), 0.5, "half"),
        ((ProgressUnit(progress=-1),), 0.0, ""),
        ((ProgressUnit(index=1, length=0),), None, "1"),
        ((ProgressUnit(index=1, length=2), ProgressUnit(index=1, length=4)), 0.25, "1/4"),
        ((ProgressUnit(index=1, length=2), ProgressUnit(desc="inner")), 0.5, "inner"),
    ],
)
def test_progress_is_a_fraction_and_a_text(units, fraction, text):
    """The innermost bar that knows; what apps send is not trusted to lie in 0 to 1."""
    progress = Progress(units)
    assert progress.fraction == fraction
    assert progress.text == text


# --- jobs ------------------------------------------------------------------------


async def test_the_state_of_a_job_follows_it():
    """Preparing, queued, running, done."""
    async with FakeSpace({"/echo": echo}) as space, AsyncClient(space.url) as client:
        queue, start, finish = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def stream(exchange):
            await exchange.start_stream()
            await queue.wait()
            await exchange.send_chunk(message("estimation", rank=1, queue_size=2, rank_eta=3.0))
            await start.wait()
            await exchange.send_chunk(STARTS)
            await finish.wait()
            await exchange.send_chunk(completed("x") + CLOSE)
            await exchange.send_chunk(b"")

        by_hand(space)
        space.on("GET", DATA, stream)
        job = await client.submit("x")
        assert (job.status(), job.done()) == (JobStatus.PREPARING, False)
        updates = job.updates()
        queue.set()
        assert await anext(updates) == Queued(1, 2, 3.0)
        assert job.status() is JobStatus.QUEUED
        start.set()
        assert await anext(updates) == Started(None)
        assert job.status() is JobStatus.RUNNING
        finish.set()
        assert await anext(updates) == Output("x")
        assert await job == "x"
        assert (job.status(), job.done()) == (JobStatus.DONE, True)
        assert repr(job) == f"<AsyncJob /echo of {space.url}: done>"


async def test_waiting_with_a_limit_leaves_the_job_running():
    """Ours: the limit is the waiter's, not the job's."""
    async with FakeSpace({"/slow": slow}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")
        with pytest.raises(TimeoutError):
            await job.result(timeout=0.01)
        assert not job.done()
        assert await job.result(timeout=15) == "done x"
        assert await job.result(timeout=0.01) == "done x"


async def test_a_job_runs_whether_or_not_anybody_waits():
    """Ours: submitting is enough."""
    done = asyncio.Event()

    def work(text):
        yield Pause(0.01)
        done.set()

    async with FakeSpace({"/work": work}) as space, AsyncClient(space.url) as client:
        await client.submit("x")
        await done.wait()


async def test_a_result_may_be_asked_for_many_times():
    """Ours: by many at once too; and an error is raised each time."""

    def fails(text):
        raise ValueError(text)

    async with FakeSpace({"/slow": slow, "/fails": fails}) as space:
        async with AsyncClient(space.url) as client:
            job = await client.submit("x", api_name="/slow")
            assert await asyncio.gather(*(job.result() for _ in range(20))) == ["done x"] * 20
            failing = await client.submit("y", api_name="/fails")
            for _ in range(2):
                assert str(await problem_of(failing)).endswith("y")


async def test_a_reader_that_leaves_does_not_disturb_the_others():
    """Ours: breaking out of the updates is no reason to stop."""
    async with FakeSpace({"/slow": slow}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")
        reading = asyncio.create_task(anext(job.updates()))
        waiting = asyncio.create_task(job.result())
        await asyncio.sleep(0)
        reading.cancel()
        async for _ in job:
            break
        assert await waiting == "done x"


async def test_an_endless_job_shows_its_output_before_its_end():
    """Outputs are there when they come."""
    async with FakeSpace({"/endless": endless}) as space, AsyncClient(space.url) as client:
        job = await client.submit("x")
        async for output in job:
            assert output == "begun x"
            break
        assert job.outputs() == ["begun x"]
        assert not job.done()


async def test_changing_an_output_in_place_does_not_change_the_next_ones():
    """Ours: edits are made to a copy of the app's own last words, whoever holds the outputs."""

    def growing():
        for number in range(1, 5):
            yield {"deep": [{"n": list(range(number))}], "file": file_data("a.txt")}

    endpoint = FakeEndpoint(name="/growing", function=growing, outputs=["json"])
    async with FakeSpace([endpoint]) as space, AsyncClient(space.url) as client:
        job = await client.submit()
        seen = []
        async for output in job:
            seen.append(list(output["deep"][0]["n"]))
            output["deep"][0]["n"].clear()
            output["deep"].append("spoiled")
            output["file"].data.pop("path")
            output["file"].data["meta"] = None
        assert seen == [list(range(number)) for number in range(1, 5)]
