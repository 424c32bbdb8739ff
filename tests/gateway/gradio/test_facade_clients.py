"""Python's clients of Gradio at the façade, unmodified: Gradio's own, and ours."""

from __future__ import annotations

import json
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest
from click.testing import CliRunner
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

import anyspace
from anyspace.cli import main
from anyspace.protocol import Progress, ProgressUnit, Queued
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace, Pause
from tests.gateway.conftest import infer, picture
from tests.gateway.gradio.serving import serving_in_thread

GENERATIONS = ["ws", "sse", "sse_v1", "sse_v2", "sse_v3"]


def count(limit: int):
    for number in range(int(limit)):
        yield str(number)


def flip(file: FakeFile) -> FakeFile:
    return FakeFile("flipped.bin", file.content[::-1])


def remember(text, before):
    return f"{before or ''}{text}", text


class Bench:
    """A Space with something of everything, and a gateway in front of it."""

    def __init__(self, generation: str) -> None:
        self.going = threading.Event()
        self.stopped = threading.Event()
        self.generation = generation

    def wait(self, text: str):
        """Report, then wait to be let go."""
        yield Queued("", 1, 2, 3.0)
        yield Progress("", (ProgressUnit(1, 4, "steps", None, "painting"),))
        try:
            while not self.going.is_set():
                yield Pause(0.01)
        finally:
            self.stopped.set()
        yield f"done {text}"

    def space(self) -> FakeSpace:
        """The Space."""
        endpoints = {"/count": count, "/flip": flip, "/wait": self.wait}
        return FakeSpace(
            [
                FakeEndpoint(name="/infer", function=infer, outputs=["image", "number"]),
                *(FakeEndpoint(name=name, function=f) for name, f in endpoints.items()),
                FakeEndpoint(
                    name="/remember",
                    function=remember,
                    inputs=["textbox", "state"],
                    outputs=["textbox", "state"],
                ),
            ],
            generation=self.generation,
        )


@pytest.fixture(params=GENERATIONS)
def bench(request):
    """Of every generation, as the model ``m``."""
    bench = Bench(request.param)
    with bench.space() as space, serving_in_thread({"m": space.url}) as url:
        bench.running = space
        bench.url = f"{url}/gradio/m"
        yield bench
        bench.going.set()


@pytest.fixture
def client(bench, tmp_path):
    """Gradio's own client, connected."""
    made = Client(
        bench.url, verbose=False, analytics_enabled=False, download_files=str(tmp_path / "files")
    )
    yield made
    made.close()


def test_gradios_client_draws_in_either_shape(client):
    """FLUX.1-schnell's by position, Midjourney's by name; the picture is downloaded."""
    path, seed = client.predict("a fox", 7, False, 512, 512, 4, api_name="/infer")
    assert (Path(path).read_bytes(), seed) == (picture(), 7)

    pictures, seed = client.predict(
        prompt="a fox",
        negative_prompt="ugly",
        style="2560 x 1440",
        guidance_scale=6,
        randomize_seed=True,
        api_name="/run",
    )
    assert Path(pictures[0]["image"]).read_bytes() == picture()
    assert 0 <= seed < 2**31

    assert client.predict("a fox", 5, False, fn_index=2)[1] == 5  # as the story's first error


def test_gradios_client_calls_the_spaces_own_endpoints(client, tmp_path):
    """Files up and down, partial outputs, state, the app's own errors."""
    (tmp_path / "a.bin").write_bytes(b"abc")
    flipped = client.predict(handle_file(tmp_path / "a.bin"), api_name="/flip")
    assert Path(flipped).read_bytes() == b"cba"

    job = client.submit(4, api_name="/count")
    assert job.result() == "3"
    assert job.outputs() == ["0", "1", "2", "3"]

    assert client.predict("a", api_name="/remember") == "a"
    client.predict("b", api_name="/remember")

    for name in ("/infer", "/space_infer"):
        with pytest.raises(AppError, match="no paint left"):
            client.predict("fail", api_name=name)


def test_gradios_client_sees_progress_and_cancels(client, bench):
    """And the Space stops.

    How the client's own job ends is its affair: 2.7 stumbles over the empty output of a
    cancelled job, as with Gradio's own servers, unless it looked up in time.
    """
    job = client.submit("x", api_name="/wait")
    seen = []
    while not (seen and seen[-1].progress_data):
        seen.append(job.status())
        assert not job.done()
    assert seen[-1].progress_data[0].desc == "painting"
    assert bench.running.running == 1
    job.cancel()
    with pytest.raises((CancelledError, KeyError)):
        job.result(timeout=10)
    if bench.generation != "ws":  # there a server notices when it next has something to say
        assert bench.stopped.wait(10)


def test_gradios_client_lists_what_there_is(client):
    """`view_api` prints it."""
    info = client.view_api(return_format="dict", print_info=False)
    assert set(info["named_endpoints"]) == {
        "/infer",
        "/run",
        "/text_to_image",
        "/space_infer",
        "/count",
        "/flip",
        "/wait",
        "/remember",
    }
    parameters = info["named_endpoints"]["/infer"]["parameters"]
    assert [p["parameter_name"] for p in parameters] == [
        "prompt",
        "seed",
        "randomize_seed",
        "width",
        "height",
        "num_inference_steps",
    ]
    assert parameters[3]["parameter_default"] == 512  # the Space's own


def test_our_client_is_one_of_gradios(bench):
    """The same calls, by name, with files and partial outputs."""
    with anyspace.Client(bench.url, session=True) as client:
        image, seed = client.predict(
            prompt="a fox", seed=7, randomize_seed=False, api_name="/infer"
        )
        assert (image.read(), image.name, seed) == (picture(), "fox.png", 7)
        assert client.submit(3, api_name="/count").outputs()[:0] == []
        assert list(client.submit(3, api_name="/count")) == ["0", "1", "2"]
        assert (
            client.predict(anyspace.file(b"abc", name="a.bin"), api_name="/flip").read() == b"cba"
        )
        with pytest.raises(anyspace.AppError, match="no paint left"):
            client.predict(prompt="fail", api_name="/space_infer")


def test_info_and_call_of_the_command_line_work_with_the_address(bench, tmp_path):
    """As with every other app's."""
    runner = CliRunner()
    told = runner.invoke(main, ["info", bench.url, "/infer"])
    assert told.exit_code == 0, told.output
    assert "num_inference_steps" in told.output
    made = runner.invoke(
        main, ["call", bench.url, "/infer", "a fox", "-o", str(tmp_path), "--json"]
    )
    assert made.exit_code == 0, made.output
    assert (tmp_path / "fox.png").read_bytes() == picture()
    assert json.loads(made.stdout)
