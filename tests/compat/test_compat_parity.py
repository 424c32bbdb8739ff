"""gradio_client itself as the judge: the same program, the same app, the same result.

The judge takes every Gradio from 4.0 on; with 3.x it refuses to call, so there ours is
looked at alone.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import dataclasses
import json
import time

import pytest
from PIL import Image

from anyspace.compat import gradio_client as ours
from anyspace.compat.gradio_client.exceptions import AppError
from tests.interaction.behaviours import reason_not_to

gradio_client = pytest.importorskip("gradio_client")
pytestmark = [
    pytest.mark.servers,
    # The judge's threads and sockets are its own business.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Two files to send, and a place for what comes back."""
    folder = tmp_path_factory.mktemp("files")
    Image.new("RGB", (8, 6), (255, 0, 0)).save(folder / "red.png")
    (folder / "first file.csv").write_text("1")
    return folder


@pytest.fixture(scope="module")
def pair(kitchen, files):
    """Both clients of one app, with the same place for files."""
    options = {"download_files": files / "out", "verbose": False, "analytics_enabled": False}
    return gradio_client.Client(kitchen(), **options), ours.Client(kitchen(), **options)


@pytest.fixture
def judged(pair, version):
    """The judge's client, where it can call the app at all."""
    if version == "3.50.2":
        pytest.skip("gradio_client refuses to call apps of 3.x: Unknown protocol: ws")
    return pair[0]


@pytest.fixture
def client(pair):
    """Our client of the same app."""
    return pair[1]


def marked(files):
    return ours.handle_file(str(files / "red.png"))


def listed(files):
    return ours.handle_file(files / "first file.csv")


CALLS = {
    "text": ("/echo", lambda files: ["crème 漢字 🦊"]),
    "numbers": ("/numbers", lambda files: [3, 4]),
    "out of range": ("/choices", lambda files: ["green", ["s"], ["a", "b"]]),
    "picture": ("/invert", lambda files: [marked(files)]),
    "no picture": ("/tone", lambda files: [8000, None]),
    "files": ("/describe_files", lambda files: [[listed(files)], listed(files)]),
    "copies": ("/copy_files", lambda files: [[listed(files), listed(files)]]),
    "gallery": ("/gallery", lambda files: [2]),
    "generator": ("/count", lambda files: [3]),
    "edits": ("/grow", lambda files: [4]),
    "unqueued": ("/unqueued", lambda files: ["quick"]),
    "several outputs": ("/same_labels", lambda files: []),
    "no output": ("/nothing", lambda files: []),
    "an update": ("/updated", lambda files: []),
    "table": ("/table", lambda files: [{"headers": ["a", "b"], "data": [[1, "x"]]}]),
    "unicode name": ("/écho_ünïcode", lambda files: ["ä"]),
    "batch": ("/batch", lambda files: ["word"]),
    "undocumented": ("/undocumented", lambda files: ["u"]),
    "editor": (
        "/edit",
        lambda files: [{"background": marked(files), "layers": [], "composite": None}],
    ),
    "multimodal": ("/chat", lambda files: [{"text": "hi", "files": [marked(files)]}, None]),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_call_returns_what_it_returns_there(case, judged, client, files, version):
    """Values, local paths, lists, tuples and mappings, to the last character."""
    if reason := reason_not_to(case, version):
        pytest.skip(reason)
    name, arguments = CALLS[case]
    theirs = judged.predict(*arguments(files), api_name=name)
    mine = client.predict(*arguments(files), api_name=name)
    assert mine == theirs
    assert type(mine) is type(theirs)


@pytest.mark.parametrize("name", ["/gallery", "/same_labels"])
def test_without_downloads_it_is_what_the_app_says(name, judged, kitchen):
    """``download_files=False``."""
    options = {"download_files": False, "verbose": False, "analytics_enabled": False}
    arguments = [1] if name == "/gallery" else []
    theirs = gradio_client.Client(kitchen(), **options).predict(*arguments, api_name=name)
    with ours.Client(kitchen(), **options) as client:
        mine = client.predict(*arguments, api_name=name)
    # Where the server keeps a picture changes from call to call in some versions.
    path = ("path", "url")
    stable = [json.dumps(v, default=str) for v in (_without(mine, path), _without(theirs, path))]
    assert stable[0] == stable[1]


def _without(value, keys):
    if isinstance(value, dict):
        return {k: "…" if k in keys else _without(v, keys) for k, v in sorted(value.items())}
    return [_without(v, keys) for v in value] if isinstance(value, list | tuple) else value


def test_state_lives_from_call_to_call_as_it_does_there(judged, client):
    """One session for all calls of a client."""
    theirs = [judged.predict(2, api_name="/accumulate") for _ in range(3)]
    mine = [client.predict(2, api_name="/accumulate") for _ in range(3)]
    assert mine == theirs == [2, 4, 6]
    judged.reset_session()
    client.reset_session()
    theirs, mine = (c.predict(2, api_name="/accumulate") for c in (judged, client))
    assert mine == theirs == 2


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("/count", [3]), ("/echo", ["x"]), ("/same_labels", []), ("/raise_plain", [])],
)
def test_a_job_is_iterated_as_it_is_there(name, arguments, judged, client):
    """Every step once; then the outputs are listed, and the result is the last of them."""
    jobs = [each.submit(*arguments, api_name=name) for each in (judged, client)]
    concurrent.futures.wait(jobs, timeout=20)
    theirs, mine = ([list(job), job.outputs(), job.done(), _status(job)] for job in jobs)
    assert mine == theirs


def _status(job):
    told = dataclasses.asdict(job.status())
    return {**told, "time": None, "code": told["code"].value}


@pytest.mark.parametrize("whose", [0, 1], ids=["theirs", "ours"])
def test_a_job_is_a_future_and_its_callbacks_are_called(whose, judged, pair):
    """There as here."""
    seen, called = [], []
    job = pair[whose].submit(
        api_name="/same_labels", result_callbacks=lambda *values: called.append(values)
    )
    assert isinstance(job, concurrent.futures.Future)
    job.add_done_callback(lambda job: seen.append(job.result()))
    job.result(20)
    _until(lambda: seen)
    assert seen == called == [(1, 2, "three")]


def _until(condition):
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("name", "arguments", "kinds"),
    [
        ("/with_logs", ["Ada"], ["IN_QUEUE", "PROCESSING", "LOG", "LOG", "FINISHED", "final"]),
        ("/raise_plain", [], ["IN_QUEUE", "PROCESSING", "FINISHED", "final"]),
        (
            "/count",
            [2],
            ["IN_QUEUE", "PROCESSING", *["output", "ITERATING"] * 2, "FINISHED", "final"],
        ),
    ],
)
def test_updates_are_told_as_they_are_there(name, arguments, kinds, judged, client):
    """Kinds in their order; the judge's own list is empty on 4.0 to 4.8."""
    theirs, mine = (_updates(each, name, *arguments) for each in (judged, client))
    assert [_kind(update) for update in mine] == kinds
    if client.protocol == "sse":
        assert theirs == []
    else:
        assert [_told(update) for update in mine] == [_told(update) for update in theirs]


def _updates(client, name, *arguments):
    async def follow():
        job = client.submit(*arguments, api_name=name)
        job.exception(20)  # the judge loses what comes while somebody waits for it
        return [update async for update in job]

    return asyncio.run(follow())


def _kind(update):
    if update.type == "status":
        return update.code.value
    return "final" if update.final else "output"


def _told(update):
    told = dataclasses.asdict(update)
    if update.type == "output":
        return told["type"], told["final"], told["success"]
    return told["code"].value, told["rank"], told["success"], told["log"] and tuple(told["log"])


def test_progress_is_told_as_it_is_there(client):
    """Of the app's own units; ours alone, because the judge loses it on 4.0 to 4.8."""
    shown = [u for u in _updates(client, "/with_progress", 10) if u.type == "status"]
    units = [update.progress_data[-1] for update in shown if update.progress_data]
    assert units
    assert units[-1].unit == "brush strokes"
    assert units[-1].desc == "painting"
    assert units[-1].length == 10


def test_the_usage_is_the_same_text_in_all_its_forms(pair, capsys):
    """With 3.x too, which the judge can describe though not call."""
    judge, client = pair
    for asked in ({}, {"all_endpoints": True}, {"all_endpoints": False}):
        theirs, mine = (
            each.view_api(**asked, print_info=False, return_format="str") for each in pair
        )
        assert mine == theirs
    assert client.view_api(return_format="dict", print_info=False) == judge.view_api(
        return_format="dict", print_info=False
    )
    assert judge.view_api() is client.view_api() is None
    printed = capsys.readouterr().out
    assert printed == 2 * f"{client!r}\n"
    assert repr(client) == str(client) == repr(judge)


def test_what_it_is_connected_to_is_the_same(pair):
    """The attributes that programs look at."""
    judge, client = pair
    for name in ("src", "space_id", "app_version", "protocol", "api_prefix", "src_prefixed"):
        assert getattr(client, name) == getattr(judge, name), name
    assert client.output_dir == str(client.download_files) == judge.output_dir
    assert list(client.endpoints) == list(judge.endpoints)
    for mine, theirs in zip(client.endpoints.values(), judge.endpoints.values(), strict=True):
        for name in ("fn_index", "api_name", "is_valid", "api_visibility", "backend_fn"):
            assert getattr(mine, name) == getattr(theirs, name), name
        assert mine.parameters_info == theirs.parameters_info
        assert repr(mine) == repr(theirs)


def test_the_apps_error_is_caught_by_the_same_clauses(client):
    """`AppError` is a `ValueError` and shows the app's own words; quoted nowhere."""
    with pytest.raises(AppError) as caught:
        client.predict("it's broken", api_name="/raise_error")
    assert isinstance(caught.value, ValueError)
    assert str(caught.value) == caught.value.message == "it's broken"
    assert (caught.value.title, caught.value.duration, caught.value.visible) == ("Error", 10, True)


@pytest.mark.parametrize(
    ("arguments", "named", "error"),
    [
        ((1,), {"z": 2}, TypeError),
        ((1,), {"a": 2}, TypeError),
        ((), {}, TypeError),
    ],
)
def test_wrong_arguments_are_the_same_kind_of_error(arguments, named, error, judged, client):
    """Told by `submit` itself, before anything is sent."""
    for each in (judged, client):
        with pytest.raises(error):
            each.submit(*arguments, **named, api_name="/numbers")


@pytest.mark.parametrize("address", [{"api_name": "/nowhere"}, {"fn_index": 999}, {}])
def test_an_unknown_endpoint_is_the_same_kind_of_error(address, judged, client):
    """A `ValueError`."""
    for each in (judged, client):
        with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
            each.submit("x", **address)


def test_a_validators_verdict_is_the_same_text(kitchen_of_today):
    """`ValidationError`, one line for each parameter."""
    told = []
    for kind in (gradio_client.Client, ours.Client):
        client = kind(kitchen_of_today(), verbose=False, analytics_enabled=False)
        with pytest.raises(ValueError, match="Text is empty") as caught:
            client.predict("", api_name="/checked")
        told.append(str(caught.value))
    assert told[0] == told[1]


# --- ours alone ------------------------------------------------------------------


def test_every_generation_is_called(client, files, version):
    """3.50.2 too, where gradio_client 1.x and 2.x say `Unknown protocol: ws`."""
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict(3, api_name="/numbers") == 8
    assert client.predict(a=1, b=2, api_name="/numbers") == 3
    with Image.open(client.predict(marked(files), api_name="/invert")) as picture:
        assert picture.size == (8, 6)
    seen = client.predict([listed(files)], listed(files), api_name="/describe_files")
    assert seen == {"files": [["first file.csv", 1]], "one": "first file.csv"}
    gallery = client.predict(2, api_name="/gallery")
    assert [item["caption"] for item in gallery] == ["picture 0", "picture 1"]
    assert list(client.submit(3, api_name="/count")) == ["0", "1", "2"]
    assert client.predict(api_name="/updated")["value"] == "fresh"


def test_concurrent_futures_waits_for_jobs(client):
    """There, `concurrent.futures.wait` returns other futures than it was given."""
    jobs = [client.submit(str(i), api_name="/echo") for i in range(3)]
    done, late = concurrent.futures.wait(jobs, timeout=20)
    assert (done, late) == (set(jobs), set())
    assert {job.result() for job in concurrent.futures.as_completed(jobs)} == {"0", "1", "2"}


def test_a_cancelled_job_leaves_its_siblings_alone(client, version):
    """There, cancelling one kills every job of its function."""
    tags = [f"compat {version} {number}" for number in range(3)]
    jobs = [client.submit(1, tag, api_name="/slow") for tag in tags]
    next(jobs[1])
    assert jobs[1].cancel()
    with pytest.raises(concurrent.futures.CancelledError):
        jobs[1].result()
    assert jobs[1].status().code.value == "CANCELLED"
    assert [jobs[0].result(20), jobs[2].result(20)] == [f"{tags[0]} done", f"{tags[2]} done"]
    assert client.predict("after", api_name="/echo") == "after"
