"""The command line, through a process's own standard streams and exit code."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from anyspace.cli import main
from anyspace.protocol import Log, Progress, ProgressUnit, Queued
from anyspace.testing import FakeEndpoint, FakeSpace, Pause


def picture(name):
    return {"path": f"/tmp/{name}", "orig_name": name, "meta": {"_type": "gradio.FileData"}}


def draw(prompt, width, seed):
    return picture("fox.png"), seed


@pytest.fixture
def space(tmp_path):
    """An app with a text endpoint, a painter and one that fails."""
    endpoints = [
        FakeEndpoint(name="/echo", function=lambda text: text),
        FakeEndpoint(
            name="/infer",
            function=draw,
            inputs=["textbox", "slider", "slider"],
            outputs=["image", "number"],
            defaults={"width": 512, "seed": 0},
        ),
        FakeEndpoint(
            name="/typed",
            function=lambda number, flag, anything, file: [number, flag, anything, bool(file)],
            inputs=["number", "checkbox", "json", "file"],
            outputs=["json"],
            defaults={"flag": False, "anything": {}, "file": {}},
        ),
        FakeEndpoint(name="/fail", function=lambda: 1 / 0, inputs=[]),
    ]
    with FakeSpace(endpoints) as fake:
        Image.new("RGB", (8, 6), (200, 30, 0)).save(tmp_path / "source.png")
        fake.files["/tmp/fox.png"] = ("fox.png", (tmp_path / "source.png").read_bytes())
        yield fake


def run(*arguments, **options):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **options)


def test_results_go_to_stdout_and_nothing_else_does(space):
    """Ours: a command's output can be piped. There is no terminal, so no progress either."""
    done = run("call", space.url, "/echo", "hello")

    assert done.exit_code == 0
    assert done.stdout == "hello\n"
    assert done.stderr == ""


def test_arguments_become_what_the_parameter_takes(space, tmp_path):
    """Ours: numbers, switches and JSON need no quoting tricks; @ is a file."""
    note = tmp_path / "note.txt"
    note.write_text("from a file")
    typed = ["number=12", "flag=yes", 'anything:={"a": [1]}', f"file=@{note}"]

    done = run("call", space.url, "/typed", *typed, "--json")

    document = json.loads(done.stdout)
    assert document == {"endpoint": "/typed", "result": [12, True, {"a": [1]}, True]}
    assert run("call", space.url, "/echo", f"text=@{note}").stdout == "from a file\n"
    assert run("call", space.url, "/echo", "text=@-", input="piped").stdout == "piped\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["/nope"], 2, "no endpoint /nope"),
        (["/echo", "txet=x"], 2, "did you mean text?"),
        (["/echo", "text:=nonsense"], 2, "is not JSON"),
        (["/echo", "a", "b"], 2, "2 positional arguments for 1 parameters"),
        (["/echo", "text=a", "b"], 2, "comes after named arguments"),
        (["/fail"], 1, "division by zero"),
    ],
)
def test_each_kind_of_failure_has_its_exit_code_and_one_sentence(space, arguments, code, words):
    """Ours: 1 the app failed, 2 the call was wrong; no traceback."""
    done = run("call", space.url, *arguments)

    assert done.exit_code == code
    assert words in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_an_app_that_cannot_be_reached_is_exit_code_four():
    """Ours: scripts can try again later."""
    with FakeSpace({}) as gone:
        url = gone.url

    done = run("call", url, "/echo", "x")

    assert done.exit_code == 4
    assert "no connection" in done.stderr


def test_a_page_that_is_no_app_is_exit_code_three(space):
    """Ours: no Space, or none that runs."""
    space.answer("GET", "/config", 200, "<html>", {"content-type": "text/html"})

    assert run("info", space.url).exit_code == 3


def test_info_shows_endpoints_for_people_and_for_programs(space):
    """Ours: names, defaults and labels; --json has everything."""
    shown = run("info", space.url).stdout
    document = json.loads(run("info", space.url, "/infer", "--json").stdout)

    assert "/infer" in shown
    assert "Prompt" in shown
    assert document["generation"] == "sse_v3"
    parameters = document["endpoints"]["/infer"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["prompt", "width", "seed"]
    assert parameters[0]["required"]
    assert parameters[1]["default"] == 512


def test_files_of_a_result_are_saved_and_named(space, tmp_path):
    """Ours: -o saves; without it the addresses are printed."""
    done = run("call", space.url, "/infer", "a fox", "-o", tmp_path / "out")
    assert done.stdout == f"{tmp_path}/out/fox.png\n0\n"
    assert (tmp_path / "out" / "fox.png").read_bytes() == (tmp_path / "source.png").read_bytes()

    assert "/file=/tmp/fox.png" in run("call", space.url, "/infer", "a fox").stdout


def test_text_to_image_saves_what_the_space_drew(space, tmp_path):
    """The main job; notes about what had to give go to stderr."""
    target = tmp_path / "my fox.jpg"
    arguments = ["--model", space.url, "--seed", 3, "--negative-prompt", "ugly", "-o", target]

    done = run("text-to-image", "a fox", *arguments)

    assert done.stdout == f"{target}\n"
    assert "note: negative_prompt is not offered" in done.stderr
    with Image.open(target) as saved:
        assert (saved.format, saved.size) == ("JPEG", (8, 6))
    joined = space.received("/gradio_api/queue/join")[0].json()
    assert joined["data"] == ["a fox", 512, 3]


def test_text_to_image_names_the_file_after_the_prompt(space, tmp_path, monkeypatch):
    """Ours: nothing is overwritten."""
    monkeypatch.chdir(tmp_path)

    names = [run("text-to-image", "A fox, in snow!", "--model", space.url).stdout for _ in "12"]

    assert names == ["a-fox-in-snow.png\n", "a-fox-in-snow-2.png\n"]


def test_text_to_image_tells_all_as_json(space, tmp_path):
    """For programs: the endpoint, what was sent, where the pictures are."""
    done = run("text-to-image", "a fox", "--model", space.url, "-o", f"{tmp_path}/", "--json")

    document = json.loads(done.stdout)
    assert document["endpoint"] == "/infer"
    assert document["arguments"]["prompt"] == "a fox"
    assert document["files"][0]["path"] == f"{tmp_path}/a-fox.png"


def test_a_space_that_draws_nothing_is_refused_before_anything_is_sent():
    """Ours: the nearest endpoint and what it lacks are named."""
    with FakeSpace({"/echo": lambda text: text}) as space:
        done = run("text-to-image", "a fox", "--model", space.url)

        assert done.exit_code == 2
        assert "no endpoint fits text-to-image" in done.stderr
        assert space.received("/gradio_api/queue/join") == []


def slow_steps(text):
    yield Queued("", rank=3, queue_size=4, eta=12.0)
    yield Log("", "warming up", "warning")
    yield Progress("", (ProgressUnit(index=2, length=8, unit="steps", desc="painting"),))
    yield Pause(0.5)
    yield "done"


def test_progress_is_shown_on_a_terminal_only():
    """On stderr: queue position, the app's notes, its progress bar; stdout has the result."""
    with FakeSpace({"/slow": slow_steps}) as space:
        leader, follower = pty.openpty()
        command = [sys.executable, "-m", "anyspace", "call", space.url, "/slow", "x"]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=follower, env=environment()
        )
        os.close(follower)
        shown = read_all(leader)
        out, _ = process.communicate(timeout=30)

    assert out == b"done\n"
    assert b"warming up" in shown
    assert b"painting 2/8 steps" in shown


def endless(text):
    while True:
        yield text
        yield Pause(0.01)


def test_ctrl_c_cancels_the_job_on_the_app():
    """Ours: nobody pays for a result that nobody waits for."""
    with FakeSpace({"/endless": endless}) as space:
        command = [sys.executable, "-m", "anyspace", "call", space.url, "/endless", "x"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment())
        while not space.received("/gradio_api/queue/data"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)

        assert process.returncode == 130
        assert told == b"anyspace: interrupted\n"
        assert len(space.received("/gradio_api/cancel")) == 1
        assert space.running == 0


def test_help_loads_no_command_and_none_of_their_libraries():
    """Budget: the list of commands is shown without aiohttp, rich or Pillow."""
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom anyspace.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "print([m for m in ('aiohttp', 'rich', 'PIL', 'huggingface_hub') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment()
    )
    assert done.stdout == "[]\n", done.stderr


def environment():
    source = Path(__file__).parents[2] / "src"
    paths = filter(None, (str(source), os.environ.get("PYTHONPATH")))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TERM": "xterm", "COLUMNS": "100"}


def read_all(terminal):
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end was closed
            piece = b""
        if not piece:
            os.close(terminal)
            return shown
        shown += piece
