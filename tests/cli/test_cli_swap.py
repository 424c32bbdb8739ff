"""`anyspace swap`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from anyspace.cli import main
from anyspace.testing import FakeEndpoint, FakeSpace


def flux(prompt, seed, width, num_inference_steps):
    return None, 0


def midjourney(prompt, style, seed, width):
    return [], 0


FLUX = FakeEndpoint(
    name="/infer",
    function=flux,
    inputs=["textbox", "number", "slider", "slider"],
    outputs=["image", "number"],
    defaults={"seed": 0, "width": 1024, "num_inference_steps": 4},
)
MIDJOURNEY = FakeEndpoint(
    name="/run",
    function=midjourney,
    inputs=["textbox", "textbox", "number", "slider"],
    outputs=["gallery", "number"],
    defaults={"style": "Photo", "seed": 0, "width": 1024},
)


def run(*arguments):
    return CliRunner().invoke(main, ["swap", *arguments], terminal_width=100)


@pytest.fixture
def files(tmp_path):
    """Both apps' descriptions: one as /info answers it, one with /config beside it."""
    flux, midjourney = FakeSpace([FLUX]), FakeSpace([MIDJOURNEY])
    (tmp_path / "flux.json").write_text(json.dumps(flux.info))
    both = {"info": midjourney.info, "config": midjourney.config}
    (tmp_path / "midjourney.json").write_text(json.dumps(both))
    return str(tmp_path / "flux.json"), str(tmp_path / "midjourney.json")


def test_two_running_apps_are_compared():
    """The two of the demonstration: another name, another place, one parameter less and more."""
    with FakeSpace([FLUX]) as one, FakeSpace([MIDJOURNEY], generation="ws") as other:
        result = run(one.url, other.url, "--json")

    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    assert document["from"]["space"] == one.url
    (told,) = [task for task in document["tasks"] if task["task"] == "text-to-image"]
    assert told["endpoint"] == {"from": "/infer", "to": "/run"}
    changes = {(c["from"], c["to"]): c["change"] for c in told["arguments"]}
    assert changes[("num_inference_steps", None)] == "dropped"
    assert changes[(None, "style")] == "added"
    assert changes[("prompt", "prompt")] == "kept"
    assert told["output"]["from"] == {"index": 0, "path": []}
    assert told["output"]["to"] == {"index": 0, "path": [0, "image"]}


def test_saved_descriptions_are_compared_for_people(files):
    """Ours: nothing is asked over the network."""
    result = run(*files, "--task", "text-to-image")

    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.output.splitlines()]
    assert ["/infer", "/run", "the", "endpoint"] in lines
    assert ["num_inference_steps", "–", "dropped"] in lines
    assert ["data[0].url", "data[0][0].image.url", "the", "result"] in lines


def test_config_alone_will_do_and_the_same_app_changes_nothing(files, tmp_path):
    """Ours."""
    (tmp_path / "config.json").write_text(json.dumps(FakeSpace([FLUX]).config))
    result = run(str(tmp_path / "config.json"), str(tmp_path / "config.json"))

    assert "nothing changes but the address" in result.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("FLUX", "FLUX", "--task", "text-to-imag"), "did you mean text-to-image?"),
        (("FLUX", "FLUX", "--task", "image-to-3d"), "no endpoint fits image-to-3d"),
        (("FLUX", "gone.json"), "cannot read gone.json"),
        (("FLUX", "TEXT"), "is no JSON"),
        (("FLUX", "LIST"), "neither what /info nor what /config answers"),
        (("FLUX", "NOTHING"), "have no task in common"),
    ],
)
def test_what_cannot_be_compared_is_told(files, tmp_path, arguments, told):
    """Ours: in one line, with what would be right."""
    (tmp_path / "TEXT.json").write_text("hello")
    (tmp_path / "LIST.json").write_text("[1]")
    (tmp_path / "NOTHING.json").write_text('{"named_endpoints": {}}')
    paths = {name: str(tmp_path / f"{name}.json") for name in ("TEXT", "LIST", "NOTHING")}
    paths["FLUX"] = files[0]
    result = run(*(paths.get(argument, argument) for argument in arguments))

    assert result.exit_code == 2, result.output
    assert told in result.output
