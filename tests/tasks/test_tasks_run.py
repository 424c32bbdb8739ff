"""`run_task` and `submit_task`: binding, calls, several runs, chains, previews, failures."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest

from anyspace import AppError, ArgumentError, AsyncClient, Output, RemoteProtocolError, UsageError
from anyspace.tasks import Preview, run_task, submit_task
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace, Pause

PNG = FakeFile("fox.png", b"\x89PNG fox")
Picture = Annotated[FakeFile, "image"]
Seed = Annotated[int, {"type": "slider", "minimum": 0, "maximum": 9, "step": 1}]
Steps = Annotated[int, {"type": "slider", "minimum": 1, "maximum": 50, "step": 1}]


def draw(prompt: str, steps: Steps = 4, seed: int = 0) -> Picture:
    return FakeFile(f"{prompt}-{steps}-{seed}.png", b"\x89PNG")


@pytest.fixture
async def within():
    """Nothing here may hang."""
    async with asyncio.timeout(20):
        yield


def one(function: Any, name: str = "/infer", **more: Any) -> FakeSpace:
    return FakeSpace([FakeEndpoint(name=name, function=function, **more)])


# --- one call -----------------------------------------------------------------------


async def test_the_result_says_all_there_is_to_know(within):
    """Ours: the files, what was called with what, and what had to give."""
    async with one(draw) as app, AsyncClient(app.url) as client:
        made = await run_task(
            client, "text-to-image", {"prompt": "fox", "num_inference_steps": 99, "seed": 3}
        )
    assert [file.name for file in made.files] == ["fox-50-3.png"]
    assert made.binding.endpoint.name == "/infer"
    assert made.arguments == {"prompt": "fox", "steps": 50, "seed": 3}
    assert made.calls[0].endpoint == "/infer"
    assert made.value is made.files[0]
    assert made.notes == ("num_inference_steps 99 → 50: the largest this Space takes",)
    assert (made.text, made.data, made.failures) == ("", None, ())


async def test_what_is_missing_is_told_before_the_app_is_asked_anything(within):
    """Ours: no connection is made for a call that cannot work."""
    client = AsyncClient("http://127.0.0.1:1")
    with pytest.raises(ArgumentError, match="visual-question-answering: question is missing"):
        await run_task(client, "visual-question-answering", {"image": b"x"})
    with pytest.raises(ArgumentError, match="image or document is missing"):
        await run_task(client, "document-ocr", {"language": "en"})


async def test_an_unknown_field_names_the_nearest_one(within):
    """Ours: and nothing is sent."""
    async with one(draw) as app, AsyncClient(app.url) as client:
        with pytest.raises(ArgumentError, match="widht: no such field; did you mean width") as told:
            await run_task(client, "text-to-image", {"prompt": "fox", "widht": 9})
        assert app.received(f"{app.prefix}/queue/join") == []
    assert told.value.space == app.url


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"num_inference_steps": "many"}, "num_inference_steps (sent as `steps`) takes a number"),
        ({"steps": "many"}, "steps takes a number"),
        ({"num_steps": "many"}, "num_steps: no such field"),
    ],
)
async def test_problems_name_the_field_as_the_caller_did_and_what_it_became(
    within, values, problem
):
    """Ours: the app's name alone would say nothing to who never saw the app."""
    async with one(draw) as app, AsyncClient(app.url) as client:
        with pytest.raises(ArgumentError) as told:
            await submit_task(client, "text-to-image", {"prompt": "fox", **values})
        assert app.received(f"{app.prefix}/queue/join") == []
    assert problem in str(told.value)
    assert told.value.problems[0].startswith(problem)


async def test_a_problem_that_the_client_finds_names_the_field_too(within):
    """A path as plain text is no file: found while the arguments are fitted."""

    def caption(img: Picture) -> str:
        return "a fox"

    async with one(caption, "/caption") as app, AsyncClient(app.url) as client:
        with pytest.raises(ArgumentError, match=r"image \(sent as `img`\): takes a file"):
            await submit_task(client, "image-to-text", {"image": "fox.png"})


async def test_a_result_without_what_was_asked_for_is_the_apps_fault(within):
    """Ours: with what came instead."""

    def draw(prompt: str) -> Picture:
        return None

    async with one(draw) as app, AsyncClient(app.url) as client:
        with pytest.raises(RemoteProtocolError, match="returned no picture, but None"):
            await run_task(client, "text-to-image", {"prompt": "fox"})


# --- on the way ---------------------------------------------------------------------


async def test_what_an_app_yields_comes_as_previews(within):
    """Each is all of the result so far; `Output` has the values as they came."""

    def chat(message: str):
        yield "A"
        yield "A red"
        yield "A red"
        yield "A red fox"

    seen: list[Any] = []
    outputs = [{"type": "textbox", "label": "Answer"}]
    async with one(chat, "/chat", outputs=outputs) as app, AsyncClient(app.url) as client:
        made = await run_task(client, "chat-completion", {"message": "hi"}, on_update=seen.append)
    assert [u.text for u in seen if isinstance(u, Preview)] == ["A", "A red", "A red fox"]
    assert [u.value for u in seen if isinstance(u, Output)] == ["A", "A red", "A red", "A red fox"]
    assert made.text == "A red fox"


async def test_a_task_can_be_watched_again_from_its_beginning(within):
    """As a job: a late reader sees what an early one saw."""
    async with one(draw) as app, AsyncClient(app.url) as client:
        async with await submit_task(client, "text-to-image", {"prompt": "fox"}) as run:
            early = [update async for update in run.updates()]
            late = [update async for update in run.updates()]
            assert (await run.result()).files
            assert run.done()
            assert await run.cancel() is False
    assert early == late
    assert any(isinstance(update, Preview) for update in early)


async def test_a_cancelled_wait_cancels_the_job_on_the_app(within):
    """Ours: nobody waits for it any more, so the app need not go on."""

    def slow(prompt: str):
        yield PNG
        yield Pause(60)

    started = asyncio.Event()
    async with one(slow, outputs=["image"]) as app, AsyncClient(app.url) as client:
        task = asyncio.create_task(
            run_task(
                client,
                "text-to-image",
                {"prompt": "fox"},
                on_update=lambda u: started.set() if isinstance(u, Preview) else None,
            )
        )
        await started.wait()
        assert app.running == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert app.running == 0
        assert len(app.received(f"{app.prefix}/cancel")) == 1


async def test_who_leaves_a_task_early_cancels_it(within):
    """Its context manager does."""

    def slow(prompt: str):
        yield PNG
        yield Pause(60)

    async with one(slow, outputs=["image"]) as app, AsyncClient(app.url) as client:
        async with await submit_task(client, "text-to-image", {"prompt": "fox"}) as run:
            async for update in run.updates():
                if isinstance(update, Preview):
                    break
            assert "under way" in repr(run)
        assert app.running == 0
        assert run.done()
        with pytest.raises(asyncio.CancelledError):
            await run.result()


# --- several runs -------------------------------------------------------------------


async def test_more_pictures_than_the_app_makes_at_once_take_several_runs(within):
    """Each in a session of its own, at the same time, with a seed of its own."""
    async with one(draw) as app, AsyncClient(app.url) as client:
        made = await run_task(client, "text-to-image", {"prompt": "fox", "num_images": 3})
        joins = [request.json() for request in app.received(f"{app.prefix}/queue/join")]
    assert len(made.files) == len(made.calls) == 3
    assert len({join["session_hash"] for join in joins}) == 3
    assert len({join["data"][2] for join in joins}) == 3
    assert [call.run for call in made.calls] == [0, 1, 2]
    assert any("it takes 3 runs" in note for note in made.notes)


async def test_runs_count_up_from_the_seed_that_was_given(within):
    """The same seed would make the same picture three times."""
    async with one(draw) as app, AsyncClient(app.url) as client:
        values = {"prompt": "fox", "num_images": 3, "seed": 7, "steps": 1}
        made = await run_task(client, "text-to-image", values)
    assert [file.name for file in made.files] == ["fox-1-7.png", "fox-1-8.png", "fox-1-9.png"]
    assert "each run has a seed of its own, counted from the one given" in made.notes


async def test_seeds_count_down_at_the_end_of_the_range(within):
    """And stay ones that the app takes."""

    def paint(prompt: str, seed: Seed = 0) -> Picture:
        return FakeFile(f"{seed}.png")

    async with one(paint) as app, AsyncClient(app.url) as client:
        values = {"prompt": "fox", "num_images": 3, "seed": 8}
        made = await run_task(client, "text-to-image", values)
    assert [file.name for file in made.files] == ["8.png", "9.png", "6.png"]


async def test_runs_go_on_without_a_seed_where_the_app_has_none(within):
    """Then it is the app's own affair whether they differ."""

    def paint(prompt: str) -> Picture:
        return PNG

    async with one(paint) as app, AsyncClient(app.url) as client:
        made = await run_task(client, "text-to-image", {"prompt": "fox", "num_images": 2})
    assert len(made.files) == 2


async def test_a_seed_that_nobody_gave_is_drawn(within):
    """Where the app has no switch for it, its default would make the same every time."""
    async with one(draw) as app, AsyncClient(app.url) as client:
        made = [await run_task(client, "text-to-image", {"prompt": "fox"}) for _ in range(3)]
    assert len({run.arguments["seed"] for run in made}) > 1


async def test_what_came_is_kept_when_a_run_fails(within):
    """Ours: pictures that were paid for are not lost; the note says which run failed."""

    def moody(prompt: str, seed: int = 0) -> Picture:
        if seed == 8:
            raise ValueError("no eights")
        return FakeFile(f"{seed}.png")

    async with one(moody) as app, AsyncClient(app.url) as client:
        values = {"prompt": "fox", "num_images": 3, "seed": 7}
        made = await run_task(client, "text-to-image", values)
        assert [file.name for file in made.files] == ["7.png", "9.png"]
        assert [type(failure) for failure in made.failures] == [AppError]
        assert any(n.startswith("run 2 of 3 failed") and "no eights" in n for n in made.notes)


async def test_when_every_run_fails_the_first_failure_is_told(within):
    """As for a single one."""

    def broken(prompt: str, seed: int = 0) -> Picture:
        raise ValueError(f"seed {seed}")

    async with one(broken) as app, AsyncClient(app.url) as client:
        values = {"prompt": "fox", "num_images": 2, "seed": 7}
        with pytest.raises(AppError, match="seed 7"):
            await run_task(client, "text-to-image", values)


async def test_an_open_file_is_sent_whole_by_every_run(within, tmp_path):
    """It can be read only once."""
    got = []

    def edit(image: Picture, prompt: str, seed: int = 0) -> Picture:
        got.append(image.content)
        return PNG

    place = tmp_path / "cat.png"
    place.write_bytes(b"\x89PNG cat")
    async with one(edit, "/edit") as app, AsyncClient(app.url) as client:
        with place.open("rb") as handle:
            values = {"image": handle, "prompt": "a hat", "num_images": 2}
            await run_task(client, "image-to-image", values)
    assert got == [b"\x89PNG cat"] * 2


# --- the start ----------------------------------------------------------------------


async def test_a_start_that_is_given_up_leaves_nothing_behind(within):
    """It was cancelled while the first call was on its way."""
    async with one(draw) as app, AsyncClient(app.url) as client:
        await client.connect()
        starting = asyncio.create_task(submit_task(client, "text-to-image", {"prompt": "fox"}))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert app.running == 0


async def test_what_is_no_error_of_ours_comes_through_as_it_is(within):
    """A file of the caller's own that cannot be read, say."""

    class Broken:
        def save(self, *args: Any) -> None:
            raise ZeroDivisionError

        def getbands(self) -> None: ...

    def edit(image: Picture, prompt: str) -> Picture:
        return PNG

    async with one(edit, "/edit") as app, AsyncClient(app.url) as client:
        with pytest.raises(ZeroDivisionError):
            await run_task(client, "image-to-image", {"image": Broken(), "prompt": "x"})


# --- life ---------------------------------------------------------------------------


async def test_a_closed_client_runs_no_task(within):
    """The client's own rule."""
    async with one(draw) as app:
        async with AsyncClient(app.url) as client:
            pass
        with pytest.raises(UsageError, match="closed"):
            await run_task(client, "text-to-image", {"prompt": "fox"})
