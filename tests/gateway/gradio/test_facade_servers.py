"""The façade in front of real Gradio servers, judged by Gradio's own clients, unmodified."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

import anyspace
from anyspace.demo import launch_all
from anyspace.testing import FakeEndpoint, FakeSpace
from tests.gateway.conftest import infer
from tests.gateway.gradio.serving import serving_in_thread
from tests.servers.node import modules, node
from tests.servers.processes import gradio_app

pytestmark = pytest.mark.servers

HERE = Path(__file__).parent
GENERATIONS = {"3.50.2": "ws", "4.44.1": "sse_v3", "5.50.0": "sse_v3", "latest": "sse_v3"}
CLIENTS = ["@gradio/client", "@gradio/client-1"]


@pytest.fixture(scope="module", params=GENERATIONS)
def behind(request, tmp_path_factory) -> Iterator[tuple[str, str]]:
    """A gateway's address and the kitchen's: a real server, and a painter of its generation."""
    painter = FakeEndpoint(name="/infer", function=infer, outputs=["image", "number"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANYSPACE_CONFIG", "")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with (
            gradio_app(request.param) as kitchen,
            FakeSpace([painter], generation=GENERATIONS[request.param]) as space,
            serving_in_thread({"kitchen": kitchen, "flux": space.url}) as url,
        ):
            yield f"{url}/gradio", kitchen


@pytest.fixture(scope="module")
def demos(tmp_path_factory) -> Iterator[str]:
    """A gateway in front of both demonstration Spaces."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANYSPACE_CONFIG", "")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with launch_all(pace=0) as spaces:
            models = {name: space.url for name, space in spaces.items()}
            with serving_in_thread(models) as url:
                yield f"{url}/gradio"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """Where JavaScript finds its clients."""
    (tmp_path / "node_modules").symlink_to(modules(), target_is_directory=True)
    for script in HERE.glob("*.mjs"):
        (tmp_path / script.name).write_text(script.read_text())
    return tmp_path


def run(folder: Path, *arguments: str) -> dict:
    done = subprocess.run(
        [node(), *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("client", CLIENTS)
def test_javascripts_client_does_everything(behind, scripts, client):
    """2.x, and the 1.x that tools have: both shapes, partial outputs, files, state, cancel."""
    url, kitchen = behind
    seen = run(scripts, "client.mjs", client, f"{url}/kitchen", f"{url}/flux")

    assert {"/echo", "/count", "/accumulate"} <= set(seen["endpoints"])
    for shape, seed in (("flux", 7), ("midjourney", 8)):
        assert seen[shape]["seed"] == seed
        assert seen[shape]["picture"] == {"status": 200, "type": "image/png", "size": 75}
    assert seen["number"] == 9
    assert [values[0] for values in seen["partial"]["values"]][:4] == ["0", "1", "2", "3"]
    assert seen["partial"]["kinds"].count("generating") == 4
    assert seen["progress"]["values"][-1] == ["3 steps"]
    assert seen["failure"] == "no paint left"
    assert (seen["files"]["status"], seen["files"]["size"]) == (200, 3)
    assert seen["state"] == [[1], [3], [6]]
    with anyspace.Client(kitchen) as there:
        finished = there.predict(api_name="/journal")["finished"]
    assert f"later {client}" in finished
    assert f"cancelled {client}" not in finished


def test_pythons_client_does_everything(behind, tmp_path):
    """gradio_client 2.7, against every generation of the Space."""
    url, _ = behind
    (tmp_path / "a.csv").write_text("a,b\n")
    client = Client(
        f"{url}/kitchen", verbose=False, analytics_enabled=False, download_files=str(tmp_path)
    )
    try:
        assert client.predict("hello", api_name="/echo") == "hello"
        assert client.predict(2, 5, api_name="/numbers") == 7
        assert client.submit(4, api_name="/count").result() == "3"
        job = client.submit(3, api_name="/grow")
        assert job.result()[0] == "word0 é word1 é word2 é "
        pictures = client.predict(2, api_name="/gallery")
        assert [item["caption"] for item in pictures] == ["picture 0", "picture 1"]
        assert all(Path(item["image"]).stat().st_size > 50 for item in pictures)
        told = client.predict([handle_file(tmp_path / "a.csv")], None, api_name="/describe_files")
        assert told["files"] == [["a.csv", 4]]
        inverted = client.predict(handle_file(pictures[0]["image"]), api_name="/invert")
        assert Path(inverted).stat().st_size > 50
        assert [client.predict(n, api_name="/accumulate") for n in (1, 2, 3)] == [1, 3, 6]
        with pytest.raises(AppError, match="no paint left"):
            client.predict("no paint left", api_name="/raise_error")
    finally:
        client.close()


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("model", ["flux", "midjourney"])
def test_yank_note_draws_with_any_space_by_its_endpoint_field_alone(demos, scripts, client, model):
    """The story's request code, with FLUX.1-schnell's endpoint built in, at either Space."""
    seen = run(scripts, "yank_note.mjs", client, f"{demos}/{model}")
    assert seen["type"].startswith("image/")
    assert seen["size"] > 1000
    assert seen["statuses"]


@pytest.mark.parametrize("model", ["flux", "midjourney"])
def test_either_shape_is_served_by_either_demo(demos, model):
    """A tool made for the one works with the other."""
    with anyspace.Client(f"{demos}/{model}") as client:
        values = {
            "prompt": "a lake",
            "seed": 5,
            "randomize_seed": False,
            "width": 512,
            "height": 512,
        }
        image, seed = client.predict(**values, num_inference_steps=2, api_name="/infer")
        assert (image.image().size, seed) == ((512, 512), 5)
        gallery, seed = client.predict(**values, guidance_scale=5, api_name="/run")
        assert (gallery[0]["image"].image().size, seed) == ((512, 512), 5)
