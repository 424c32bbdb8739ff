"""`anyspace bind`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from anyspace.cli import main
from anyspace.testing import FakeEndpoint, FakeSpace


def draw(prompt, width, seed):
    return None


DRAW = FakeEndpoint(
    name="/infer",
    function=draw,
    inputs=["textbox", "slider", "number"],
    outputs=["image"],
    defaults={"width": 1024, "seed": 0},
)


@pytest.fixture
def saved(tmp_path):
    """The app's two documents as files."""
    space = FakeSpace([DRAW])
    info, config = tmp_path / "info.json", tmp_path / "config.json"
    info.write_text(json.dumps(space.info))
    config.write_text(json.dumps(space.config))
    return str(info), str(config)


def run(*arguments):
    return CliRunner().invoke(main, ["bind", *arguments])


def test_a_saved_description_is_bound_offline(saved):
    """Ours: nothing is asked over the network."""
    info, config = saved
    result = run("--info", info, "--config", config, "--task", "text-to-image", "--json")

    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert (told["endpoint"], told["fn_index"]) == ("/infer", 0)
    assert told["bind"] == {"prompt": "prompt", "width": "width", "seed": "seed"}
    assert told["output"] == {"index": 0, "path": []}
    assert told["score"] > 0.5
    assert told["reasons"]
    assert told["alternatives"] == []


def test_info_alone_will_do(saved):
    """Ours: many have saved no more."""
    result = run("--info", saved[0], "--task", "text-to-image")

    assert result.exit_code == 0, result.output
    assert result.output.startswith("text-to-image → /infer")


# One call cuts a picture out, the next makes a solid of it. 3.x gives parameters no names.
CARVER = {
    "version": "3.50.2",
    "components": [
        {"id": 1, "type": "image", "props": {"label": "Input Image"}},
        {"id": 2, "type": "checkbox", "props": {"label": "Remove Background", "value": True}},
        {"id": 3, "type": "image", "props": {"label": "Processed Image"}},
        {"id": 4, "type": "model3d", "props": {"label": "Output Model"}},
        {"id": 5, "type": "button", "props": {"value": "Generate"}},
    ],
    "dependencies": [
        {"targets": [[5, "click"]], "inputs": [1, 2], "outputs": [3], "api_name": None},
        {
            "targets": [],
            "trigger_after": 0,
            "inputs": [3],
            "outputs": [4],
            "api_name": "make",
        },
    ],
}


def test_a_chain_is_told_with_what_each_call_takes(tmp_path):
    """Ours: bind names what the endpoint itself takes, steps what goes before."""
    info, config = tmp_path / "info.json", tmp_path / "config.json"
    info.write_text('{"named_endpoints": {}, "unnamed_endpoints": {}}')
    config.write_text(json.dumps(CARVER))

    result = run("--info", str(info), "--config", str(config), "--task", "image-to-3d", "--json")

    told = json.loads(result.output)
    assert (told["endpoint"], told["fn_index"]) == ("/make", 1)
    assert told["bind"] == {"image": 0}
    assert told["chain"] == ["0", "/make"]
    assert told["steps"] == [
        {
            "endpoint": "0",
            "needed": True,
            "bind": {"image": 0, "remove_background": 1},
            "handed": {},
        },
        {
            "endpoint": "/make",
            "needed": True,
            "bind": {},
            "handed": {"processed_image": {"step": 0, "output": 0}},
        },
    ]


def test_what_is_sent_besides_is_told(tmp_path):
    """Ours: who reads the JSON must know the mode, too."""
    info = tmp_path / "info.json"
    mode = {"type": "string", "enum": ["Caption", "OCR"]}
    info.write_text(
        json.dumps(
            {
                "named_endpoints": {
                    "/process": {
                        "parameters": [
                            {"label": "Image", "parameter_name": "image", "component": "Image"},
                            {
                                "label": "Task",
                                "parameter_name": "task",
                                "component": "Dropdown",
                                "type": mode,
                            },
                        ],
                        "returns": [{"label": "Text", "component": "Textbox"}],
                    }
                }
            }
        )
    )

    told = json.loads(run("--info", str(info), "--task", "document-ocr", "--json").output)

    assert told["constants"] == {"task": "OCR"}


def test_a_field_is_settled_by_hand(saved):
    """Ours: the caller knows better."""
    arguments = ("--info", saved[0], "--task", "text-to-image", "--json")
    told = json.loads(run("seed=width", *arguments).output)

    assert told["bind"]["seed"] == "width"


def test_a_running_app_is_asked():
    """Ours."""
    with FakeSpace([DRAW]) as space:
        result = run(space.url, "--task", "text-to-image", "--json")

    assert json.loads(result.output)["endpoint"] == "/infer"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "either SRC or --info"),
        (("x/y", "--info", "INFO"), "either SRC or --info"),
        (("x/y", "--config", "INFO"), "--config goes with --info"),
        (("--info", "INFO", "a=b", "c"), "'c' is not FIELD=PARAMETER"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_asked(saved, arguments, message):
    """Ours."""
    given = [saved[0] if argument == "INFO" else argument for argument in arguments]
    result = run(*given, "--task", "text-to-image")

    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--task", "text-to-imag"), "did you mean text-to-image?"),
        (("--task", "image-to-3d"), "no endpoint fits image-to-3d"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(saved, arguments, message):
    """Ours: with the nearest name, or what is missing."""
    result = run("--info", saved[0], *arguments)

    assert result.exit_code == 2
    assert message in result.output


# --- settling by hand -------------------------------------------------------------------


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A working folder of its own."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANYSPACE_CONFIG", raising=False)
    return tmp_path


def test_what_was_settled_by_hand_is_kept(project):
    """Ours: later commands and calls know it, by any name of the app."""
    with FakeSpace([DRAW]) as space:
        saved = run(space.url, "--task", "text-to-image", "seed=width", "--save")
        told = run(f"{space.url}/", "--task", "text-to-image", "--json")
        stated = run(space.url, "--task", "text-to-image", "seed=seed", "--json")

    assert saved.exit_code == 0, saved.output
    assert "settled in anyspace.toml" in saved.stderr
    assert 'parameters = {seed = "width"}' in (project / "anyspace.toml").read_text()
    assert json.loads(told.stdout)["bind"]["seed"] == "width"
    assert json.loads(stated.stdout)["bind"]["seed"] == "seed"


def test_saving_wants_a_name_to_save_under(saved):
    """Ours: a file with a description is no Space."""
    result = run("--info", saved[0], "--task", "text-to-image", "--save")

    assert result.exit_code == 2
    assert "--save wants SRC" in result.output


@pytest.mark.parametrize("which", ["--info", "--config"])
def test_a_file_that_describes_no_app_is_the_callers_mistake(which, tmp_path):
    """One line that names it, and the exit code of a wrong call."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text('{"named_endpoints": {}, "unnamed_endpoints": {}}')
    bad.write_text("<html>")
    files = {"--info": good, "--config": good, which: bad}
    words = [word for name, path in files.items() for word in (name, str(path))]
    result = run("--task", "text-to-image", *words)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "bad.json" in result.stderr
