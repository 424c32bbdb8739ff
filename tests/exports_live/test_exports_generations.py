"""Exports of apps of several generations, with files among the arguments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

import anyspace
from anyspace.capture import FileHere, Target, compose, export
from tests.exports_live.test_exports_run import run
from tests.servers.environments import LATEST
from tests.servers.node import node
from tests.servers.processes import gradio_app

pytestmark = pytest.mark.servers

VERSIONS = [LATEST, "5.50.0", "4.44.1", "4.21.0", "4.16.0"]


@pytest.fixture(scope="module", params=VERSIONS)
def kitchen(request):
    """The kitchen app of a Gradio version."""
    with gradio_app(request.param) as url:
        yield url, request.param


def written(url: str, endpoint: str, name: str, **arguments: object) -> str:
    """An export of a call of the kitchen."""
    with anyspace.Client(url) as space:
        app = space.app
    found = app.endpoint(endpoint)
    values = list(arguments.values())  # by position: names come with 4.23
    return export(compose(Target(url, url, app), found, values)[0], name)


def red_picture(folder: Path) -> FileHere:
    Image.new("RGB", (16, 12), (255, 0, 0)).save(folder / "it's red.png")
    return FileHere(path="it's red.png")


def check_negative(folder: Path) -> None:
    (saved,) = (folder / "results").iterdir()
    with Image.open(saved) as picture:
        red, green, blue = picture.convert("RGB").getpixel((3, 3))
    assert red < 10 < 245 < min(green, blue)


@pytest.mark.parametrize("name", ["python", "command", "langchain"])
def test_anyspace_sends_a_file_to_every_generation(kitchen, name, folder):
    """One code for all of them: the wire is found out when it runs."""
    url, _ = kitchen
    text = written(url, "/invert", name, image=red_picture(folder))
    (folder / "export").write_text(text)

    run(folder, "bash" if name == "command" else "python", "export")

    check_negative(folder)


@pytest.mark.parametrize("name", ["gradio-client", "javascript"])
def test_gradios_clients_send_a_file(kitchen, name, folder):
    """By name where the app knows names (4.23), by position before."""
    url, version = kitchen
    if version == "4.16.0" and name == "javascript":
        pytest.skip("@gradio/client 2.7.0 hangs on sse_v1")
    text = written(url, "/invert", name, image=red_picture(folder))
    (folder / "export.mjs").write_text(text)

    printed = run(folder, node() if name == "javascript" else "python", "export.mjs")

    assert printed.strip()


def test_curl_uploads_a_file_and_fetches_the_result(kitchen, folder):
    """By /call/v2 on 6.13 and later, by /call from 4.20 on, by the queue before."""
    url, version = kitchen
    (folder / "export.sh").write_text(written(url, "/invert", "curl", image=red_picture(folder)))

    printed = run(folder, "bash", "export.sh")

    if version == "4.16.0":
        assert '"process_completed"' in printed
    else:
        check_negative(folder)


@pytest.mark.parametrize("word", ["it's", 'say "hi" $(id) \\', "zwei\nZeilen", "狐 é"])
def test_curl_sends_text_as_it_is(kitchen, word, folder):
    """Quotes of the shell and of JSON, in one another."""
    url, _ = kitchen
    (folder / "export.sh").write_text(written(url, "/echo", "curl", text=word))

    printed = run(folder, "bash", "export.sh")

    answer = json.loads(printed)
    data = answer if isinstance(answer, list) else answer["output"]["data"]
    assert data == [word]


def test_curl_fills_the_places_of_state(kitchen, folder):
    """Before 6.18 /call wants null where the session's state stands."""
    url, _ = kitchen
    (folder / "export.sh").write_text(written(url, "/accumulate", "curl", number=3))

    assert "3" in run(folder, "bash", "export.sh")
