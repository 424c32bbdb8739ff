"""The client against real servers, from Gradio 3.50 to today's."""

from __future__ import annotations

import asyncio
import importlib
import io
import tracemalloc
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import anyspace
from anyspace import AsyncClient, Output, Progress, Queued, Started
from tests.interaction.behaviours import (
    BEHAVIOURS,
    NOT_APPLICABLE,
    TESTED,
    behaviour,
)

pytestmark = pytest.mark.servers


@pytest.fixture
async def app(kitchen):
    """A client of the kitchen app; whatever a test waits for, it does not wait long."""
    url = kitchen()  # which takes its time to start
    async with asyncio.timeout(45), AsyncClient(url) as client:
        yield client


def test_every_behaviour_has_a_test_and_every_test_a_behaviour():
    """Ours: the manifest and the tests cannot drift apart."""
    importlib.import_module("tests.interaction.test_live")
    assert set(TESTED) == set(BEHAVIOURS)
    assert set(NOT_APPLICABLE) <= set(BEHAVIOURS)


@behaviour("echo")
async def test_text_comes_back_as_it_went(app):
    """Observed on every version."""
    assert await app.predict("plain", api_name="/echo") == "plain"
    assert await app.predict(text="", api_name="echo") == ""


@behaviour("unicode")
async def test_names_and_values_may_be_in_any_alphabet(app):
    """Observed; the endpoint's own name has accents, its output's label is Chinese."""
    text = 'crème brûlée 漢字 🦊 \u2028 \x00 \\ "'
    endpoint = app.app.endpoint("/écho_ünïcode")
    assert endpoint.outputs[0].label == "結果"
    named = {endpoint.parameters[0].name: text}  # made from the label "Größe in Ä" before 4.23
    assert await app.predict(**named, api_name="/écho_ünïcode") == text


@behaviour("numbers")
async def test_defaults_fill_in_and_ranges_are_kept(app):
    """A slider's range is not checked by 4.44 but is by 5.50; we check before sending."""
    assert await app.predict(3, api_name="/numbers") == 8
    assert await app.predict(a=3.5, b=np.float64(20), api_name="/numbers") == 23.5
    with pytest.raises(anyspace.ArgumentError, match=r"b: 105 is out of range, it takes 0 to 100"):
        await app.predict(3, 105, api_name="/numbers")


@behaviour("choices")
async def test_choices_are_sent_by_value_and_checked(app):
    """Choices are unchecked by servers before 5.0."""
    result = await app.predict("blue", ["s"], ["a", "b"], api_name="/choices")
    assert result == '{"colour": "blue", "sizes": ["s"], "tags": ["a", "b"]}'
    with pytest.raises(anyspace.ArgumentError) as caught:
        await app.predict("blu", ["Small"], api_name="/choices")
    assert caught.value.problems == (
        "colour: 'blu' is not on offer (did you mean 'blue'?); it takes 'red', 'green', 'blue'",
        "sizes: 'Small' is a label, the value for it is 's'",
    )


@behaviour("image")
async def test_a_picture_goes_in_and_comes_out(app, tmp_path):
    """As a Pillow picture, an array, a path, and as a result of the same app."""
    picture = Image.new("RGB", (16, 12), (255, 0, 10))
    picture.save(tmp_path / "my photo #1.png")
    for given in (picture, np.asarray(picture), tmp_path / "my photo #1.png"):
        negative = await app.predict(given, api_name="/invert")
        assert (await negative.image()).size == (16, 12)
    again = await app.predict(negative, api_name="/invert")
    red, green, blue = (await again.image()).convert("RGB").getpixel((8, 6))
    assert red > 245
    assert green < 10
    assert blue < 20
    with Image.open(await again.save(tmp_path)) as saved:
        assert saved.size == (16, 12)


@behaviour("files")
async def test_several_files_keep_their_names_and_content(app, tmp_path):
    """The app sees names and sizes; the copies it returns have the same bytes."""
    one, two = tmp_path / "first file.csv", tmp_path / "zweite_ä.txt"
    one.write_text("1")
    two.write_text("22")
    seen = await app.predict([one, two], anyspace.file(str(one)), api_name="/describe_files")
    assert seen == {
        "files": [["first file.csv", 1], ["zweite_ä.txt", 2]],
        "one": "first file.csv",
    }
    copies = await app.predict([one, ("third.bin", b"\x00" * 70000)], api_name="/copy_files")
    assert [await copy.read() for copy in copies] == [b"1", b"\x00" * 70000]
    with pytest.raises(anyspace.ArgumentError, match=r"one: picture\.png is image/png"):
        await app.predict([], ("picture.png", b""), api_name="/describe_files")


@behaviour("gallery")
async def test_a_gallery_is_a_list_of_pictures_with_captions(app):
    """And such a list, or plain pictures, fills a gallery."""
    pictures = await app.predict(3, api_name="/gallery")
    assert [item["caption"] for item in pictures] == ["picture 0", "picture 1", "picture 2"]
    assert (await pictures[0]["image"].image()).size == (8, 8)
    assert await app.predict(pictures, api_name="/count_gallery") == 3
    plain = [Image.new("RGB", (4, 4)), (Image.new("RGB", (4, 4)), "with a caption")]
    assert await app.predict(plain, api_name="/count_gallery") == 2


@behaviour("audio")
async def test_sound_goes_in_and_comes_out(app):
    """As (rate, samples) in, as a file out."""
    samples = np.sin(np.linspace(0, 100, 4000)).astype("float32")
    sound = await app.predict(audio=(8000, samples), api_name="/tone")
    with wave.open(io.BytesIO(await sound.read())) as opened:
        assert (opened.getframerate(), opened.getnframes()) == (8000, 4000)
    made = await app.predict(4000, None, api_name="/tone")
    assert made.mime_type.startswith("audio/")


@behaviour("json")
async def test_a_path_in_json_is_no_file(app):
    """One official client takes any mapping with a path for a file."""
    assert await app.predict(api_name="/json_with_path") == {
        "path": "/not/a/file",
        "url": "nowhere",
        "items": [{"path": "x", "size": 3}],
    }


@behaviour("generator")
async def test_every_step_of_a_generator_arrives(app):
    """The end repeats the last step, so it is not shown twice."""
    job = await app.submit(5, api_name="/count")
    assert [output async for output in job] == ["0", "1", "2", "3", "4"]
    assert await job == "4"
    assert job.outputs() == ["0", "1", "2", "3", "4"]


@behaviour("edits")
async def test_growing_values_arrive_whole_and_stay_as_they_were(app):
    """sse_v3 sends edits from the second step on."""
    job = await app.submit(12, api_name="/grow")
    steps = [output async for output in job]
    assert len(steps) == 12
    for number, (text, items, mapping) in enumerate(steps):
        assert text == "".join(f"word{i} é " for i in range(number + 1))
        assert items == [{"i": i, "square": i * i} for i in range(number + 1)]
        assert set(mapping) == {f"k{i % 3}" for i in range(number + 1)}
        assert mapping[f"k{number % 3}"] == {"last": number, "seen": list(range(number % 4))}


@behaviour("progress")
async def test_the_apps_progress_is_shown(app):
    """The server looks at progress 20 times a second, so steps may be skipped."""
    job = await app.submit(25, api_name="/with_progress")
    updates = [update async for update in job.updates()]
    shown = [update for update in updates if isinstance(update, Progress)]
    assert isinstance(updates[0], Queued)
    assert any(isinstance(update, Started) for update in updates)
    assert shown
    assert shown[-1].units[-1].unit == "brush strokes"
    assert 0 < shown[-1].fraction <= 1
    assert shown[-1].text.startswith("painting ")
    assert updates[-1] == Output("25 steps")


@behaviour("logs")
async def test_the_apps_notes_are_shown(app):
    """``gr.Info`` and ``gr.Warning``."""
    job = await app.submit("Ada", api_name="/with_logs")
    logs = [u async for u in job.updates() if isinstance(u, anyspace.Log)]
    assert [(log.level, log.message) for log in logs] == [
        ("info", "hello Ada"),
        ("warning", "careful"),
    ]


@behaviour("error")
async def test_an_apps_error_has_the_apps_words(app):
    """Quoted by the server up to 4.44, plain since."""
    with pytest.raises(anyspace.AppError) as caught:
        await app.predict("it's broken", api_name="/raise_error")
    assert caught.value.message == "it's broken"
    assert caught.value.endpoint == "/raise_error"


@behaviour("exception")
async def test_any_exception_of_an_app_is_told(app):
    """With ``show_error=True``."""
    with pytest.raises(anyspace.AppError, match="the plain one"):
        await app.predict(api_name="/raise_plain")


@behaviour("unqueued")
async def test_an_endpoint_outside_the_queue_is_called_alike(app):
    """``queue=False`` endpoints also work through the queue's routes."""
    assert not app.app.endpoint("/unqueued").queued
    assert await app.predict("quick", api_name="/unqueued") == "quick"


@behaviour("batch")
async def test_a_batched_endpoint_is_called_with_one_value(app):
    """Several calls may share a batch; each gets its own answer."""
    words = [f"word{i}" for i in range(6)]
    results = await asyncio.gather(*(app.predict(word, api_name="/batch") for word in words))
    assert results == [word.upper() for word in words]


@behaviour("private")
async def test_a_private_endpoint_is_refused(app):
    """``api_name=False``; up to 5 it has no name at all, but a number."""
    with pytest.raises(anyspace.UnknownEndpoint):
        await app.predict(api_name="/secret")
    assert len(app.app.private) == 1


@behaviour("undocumented")
async def test_an_undocumented_endpoint_can_be_called(app):
    """``show_api=False``."""
    assert await app.predict("x", api_name="/undocumented") == "undocumented x"


@behaviour("state")
async def test_state_lives_in_a_shared_session_only(app):
    """Every call has a session of its own unless a shared one is asked for."""
    assert [await app.predict(2, api_name="/accumulate") for _ in range(2)] == [2, 2]
    async with AsyncClient(app.url, session=True) as shared:
        assert [await shared.predict(2, api_name="/accumulate") for _ in range(3)] == [2, 4, 6]
        echoes = await asyncio.gather(
            *(shared.predict(str(i), api_name="/echo") for i in range(20))
        )
        assert echoes == [str(i) for i in range(20)]


@behaviour("labels")
async def test_outputs_are_found_by_position_and_by_label(app):
    """Two outputs share a label, so it does not tell which."""
    result = await app.predict(api_name="/same_labels")
    assert result == (1, 2, "three")
    assert result["Other"] == "three"
    with pytest.raises(KeyError, match="2 outputs are called 'Value'"):
        result["Value"]


@behaviour("nothing")
async def test_an_endpoint_may_take_and_return_nothing(app):
    """An empty result is an empty tuple."""
    assert await app.predict(api_name="/nothing") == ()


@behaviour("update")
async def test_an_update_is_the_value_it_sets(app):
    """``gr.update(value=…, label=…)``."""
    assert await app.predict(api_name="/updated") == "fresh"


@behaviour("multimodal")
async def test_text_and_files_go_into_one_value(app, tmp_path):
    """Plain text is a message without files; text that looks like a URL stays text."""
    path = tmp_path / "a.txt"
    path.write_text("a")
    message = {"text": "hello", "files": [path, ("b.txt", b"b")]}
    assert await app.predict(message, None, api_name="/chat") == "hello: 2 files"
    plain = await app.predict("http://example.com", None, api_name="/chat")
    assert plain == "http://example.com: 0 files"


@behaviour("editor")
async def test_one_picture_fills_an_image_editor(app):
    """It becomes the background; there are no layers."""
    seen = await app.predict(Image.new("RGB", (6, 4)), api_name="/edit")
    assert seen["layers"] == 0
    assert seen["shape"][:2] == [4, 6]


@behaviour("table")
async def test_a_table_goes_in_and_comes_out(app):
    """As Gradio writes tables, headers and rows; as rows alone; as an array."""
    table = {"headers": ["name", "age"], "data": [["Ada", 36], ["Grace", 85]]}
    result = await app.predict(table, api_name="/table")
    assert result["headers"] == ["name", "age"]
    assert result["data"] == [["Ada", 36], ["Grace", 85]]
    for rows in ([["Ada", 36]], np.array([[1, 2], [3, 4]])):
        result = await app.predict(rows, api_name="/table")
        assert result["headers"] == ["1", "2"]
        assert result["data"] == np.array(rows, dtype=object).tolist()


@behaviour("login")
async def test_a_wrong_password_is_told_as_such(kitchen):
    """Servers answer 400 to it, which both official clients misreport."""
    url = kitchen("--auth")
    async with AsyncClient(url, auth=("ada", "lovelace")) as client:
        assert await client.predict("in", api_name="/echo") == "in"
    with pytest.raises(anyspace.AuthenticationError, match="wrong user name or password"):
        await AsyncClient(url, auth=("ada", "byron")).connect()
    with pytest.raises(anyspace.AuthenticationError, match="login"):
        await AsyncClient(url).connect()


@behaviour("mount")
async def test_an_app_below_a_sub_path_is_an_app_like_any_other(kitchen):
    """Mounted in a FastAPI app; files come from below the sub-path too."""
    url = kitchen("--mount", "/deep/er")
    async with AsyncClient(f"{url}/deep/er/") as client:
        assert await client.predict("below", api_name="/echo") == "below"
        pictures = await client.predict(1, api_name="/gallery")
        assert (await pictures[0]["image"].image()).size == (8, 8)


@behaviour("cancel")
async def test_cancelling_one_call_leaves_its_siblings_alone(app, version):
    """``/cancel`` kills every job of the function in the session: each call has its own."""
    tags = [f"{version}-{number}" for number in range(3)]
    jobs = [await app.submit(1.5, tag, api_name="/slow") for tag in tags]
    async for _ in jobs[1]:
        break  # it runs
    assert await jobs[1].cancel()
    with pytest.raises(anyspace.JobCancelled):
        await jobs[1]
    assert [await jobs[0], await jobs[2]] == [f"{tags[0]} done", f"{tags[2]} done"]
    finished = (await app.predict(api_name="/journal"))["finished"]
    assert tags[1] not in finished
    assert {tags[0], tags[2]} <= set(finished)


@behaviour("big")
async def test_sixty_megabytes_go_up_and_come_down_with_progress(app, tmp_path):
    """Neither is held in memory as a whole."""
    size = 60 * 1024 * 1024
    path = tmp_path / "big.bin"
    with path.open("wb") as opened:
        opened.truncate(size)
    tracemalloc.start()
    try:
        job = await app.submit([path], api_name="/copy_files")
        sent = [u async for u in job.updates() if isinstance(u, anyspace.Uploading)]
        (copy,) = await job
        seen: list[tuple[int, int | None]] = []
        saved = await copy.save(tmp_path / "copy.bin", progress=lambda *now: seen.append(now))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert saved.stat().st_size == size
    assert sent[0].sent == 0
    assert len(sent) > 10
    assert sent[-1].sent >= size
    assert sent[-1].fraction == 1
    assert seen[-1] == (size, size)
    assert len(seen) > 10
    assert peak < 16 * 1024 * 1024


@behaviour("long")
async def test_two_thousand_steps_arrive_in_order(app):
    """None is lost and none comes twice."""
    job = await app.submit(2000, api_name="/count")
    assert [output async for output in job] == [str(i) for i in range(2000)]


@behaviour("nested")
async def test_deep_changes_arrive_as_whole_values(app):
    """Also where parts are deleted, which no version numbers rightly."""
    job = await app.submit(24, api_name="/nested")
    steps = [output async for output in job]
    assert len(steps) == 24
    for i, (tree, items) in enumerate(steps):
        branches = [{"n": j, "tags": list(range(j))} for j in range(i % 4)]
        assert tree["a"] == {"b": branches}
        assert tree["i"] == i
        assert tree.get("extra") == ({"deep": [[i], {"x": {"y": i}}]} if i % 3 == 0 else None)
        assert items == ([branches, i] if i % 2 else [])


@behaviour("pairs")
async def test_a_conversation_of_pairs_goes_in_and_comes_out(app):
    """Up to 5 as the chatbots of old keep it."""
    first = await app.predict("hello", None, api_name="/converse_in_pairs")
    second = await app.predict("again", first, api_name="/converse_in_pairs")
    assert second == [["hello", "HELLO"], ["again", "AGAIN"]]


@behaviour("messages")
async def test_a_conversation_of_messages_goes_in_and_comes_out(app):
    """From 6 their content is a list of blocks."""
    first = await app.predict("hello", None, api_name="/converse")
    second = await app.predict("again", first, api_name="/converse")
    said = [
        (m["role"], m["content"] if isinstance(m["content"], str) else m["content"][0]["text"])
        for m in second
    ]
    assert said == [
        ("user", "hello"),
        ("assistant", "HELLO"),
        ("user", "again"),
        ("assistant", "AGAIN"),
    ]


@behaviour("rank")
async def test_a_waiting_job_knows_its_place(app):
    """The function works on one job at a time; estimates come from past runs."""
    await app.predict(0.1, api_name="/sleep")
    jobs = [await app.submit(0.4, api_name="/sleep") for _ in range(3)]
    seen = [[u async for u in job.updates() if isinstance(u, Queued)] for job in jobs]
    places = [update for updates in seen for update in updates]
    assert {0, 1} <= {place.rank for place in places}
    assert max(place.size or 0 for place in places) >= 2
    assert any(place.eta is not None and place.eta > 0 for place in places)


@behaviour("full")
async def test_a_full_queue_is_told_as_such(kitchen):
    """A message up to 4.8, an HTTP status since; the jobs that were taken go on."""
    url = kitchen("--max-size", "1")
    async with asyncio.timeout(45), AsyncClient(url) as client:
        jobs = [await client.submit(0.7, api_name="/sleep") for _ in range(6)]
        ended = await asyncio.gather(*(job.result() for job in jobs), return_exceptions=True)
    refused = [outcome for outcome in ended if isinstance(outcome, BaseException)]
    assert 1 <= len(refused) < len(jobs)
    assert {type(outcome) for outcome in refused} == {anyspace.QueueFull}


@behaviour("many")
async def test_two_hundred_calls_at_once_get_each_its_own_answer(app):
    """On one client, over one HTTP session."""
    results = await asyncio.gather(*(app.predict(str(i), api_name="/echo") for i in range(200)))
    assert results == [str(i) for i in range(200)]


@behaviour("too-large")
async def test_a_file_above_the_apps_limit_is_refused_before_it_is_sent(kitchen):
    """``max_file_size``; with ``check=False`` the app's own refusal is told."""
    async with AsyncClient(kitchen("--max-file-size", "1kb")) as client:
        assert client.app.max_file_size == 1024
        with pytest.raises(anyspace.ArgumentError, match="the app takes at most 1024"):
            await client.predict([("big.bin", b"x" * 5000)], api_name="/copy_files")
        with pytest.raises(anyspace.FileError, match="refused the upload"):
            await client.predict([("big.bin", b"x" * 5000)], api_name="/copy_files", check=False)


@behaviour("validator")
async def test_a_validators_verdict_is_told(app):
    """Observed from 5.50.0 on."""
    assert await app.predict("x", api_name="/checked") == "x"
    with pytest.raises(anyspace.ArgumentError, match="Text is empty"):
        await app.predict("", api_name="/checked")


@behaviour("together")
async def test_jobs_of_one_shared_session_go_on_together(kitchen, version):
    """On one stream, from 4.9 on; and gr.State lives meanwhile."""
    tags = [f"{version}-together-{number}" for number in range(3)]
    url = kitchen()
    async with asyncio.timeout(45), AsyncClient(url, session=True) as client:
        jobs = [await client.submit(0.6, tag, api_name="/slow") for tag in tags]
        async for _ in jobs[-1]:
            break  # it runs
        assert [await client.predict(2, api_name="/accumulate") for _ in range(3)] == [2, 4, 6]
        assert await asyncio.gather(*jobs) == [f"{tag} done" for tag in tags]
        words = [str(number) for number in range(10)]
        assert await asyncio.gather(*(client.predict(w, api_name="/echo") for w in words)) == words


def test_paths_are_only_files_where_a_file_is_taken(kitchen_of_today, tmp_path: Path):
    """Ours: a text that names a file stays text, a Path for text is an error."""
    path = tmp_path / "note.txt"
    path.write_text("x")
    with anyspace.Client(kitchen_of_today()) as client:
        assert client.predict(str(path), api_name="/echo") == str(path)
        with pytest.raises(anyspace.ArgumentError, match="takes no file"):
            client.predict(path, api_name="/echo")
        with pytest.raises(anyspace.ArgumentError, match=r"anyspace\.file"):
            client.predict(str(path), api_name="/invert")
