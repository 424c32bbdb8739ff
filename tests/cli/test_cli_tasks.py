"""One command for each task. The rules are ours; the apps are fakes."""

from __future__ import annotations

import io
import json
import sys
from typing import Any, Literal

import click
import pytest
from click.testing import CliRunner
from PIL import Image

from anyspace import AsyncClient, recipes
from anyspace.cli import main
from anyspace.cli._catalogue import FIELD_HELP, HIDDEN_FIELDS, TASKS
from anyspace.cli._talk import Conversation, talk
from anyspace.cli._task import Asked
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace


def speak(text: str, voice: Literal["Nova", "Onyx"] = "Nova", speed: float = 1.0):
    return FakeFile("speech.wav", b"RIFF" + text.encode())


def translate(
    text: str, target_language: Literal["German", "French"] = "German", formal: bool = False
):
    return f"{text} [{target_language}{', formal' * formal}]"


def answer(message, history):
    words = f"{len(history or [])} turns before: {message}".split()
    for number in range(1, len(words) + 1):
        yield " ".join(words[:number])


def describe(image):
    return "a cat"


SPEAK = FakeEndpoint(
    name="/tts",
    function=speak,
    outputs=["audio"],
)
TRANSLATE = FakeEndpoint(
    name="/translate",
    function=translate,
    outputs=["textbox"],
)
CHAT = FakeEndpoint(
    name="/chat", function=answer, inputs=["textbox", "chatbot"], outputs=["textbox"]
)
DESCRIBE = FakeEndpoint(name="/caption", function=describe, inputs=["image"], outputs=["textbox"])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder of its own."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, said: str | None = None) -> Any:
    return CliRunner().invoke(main, arguments, input=said)


# --- what there is ----------------------------------------------------------------------


def test_every_task_has_a_command_and_every_field_its_help():
    """The catalogue imports nothing, so this keeps it true."""
    assert set(TASKS) == set(recipes.task_names())
    fields = {field for task in TASKS for field in recipes.field_names(task)}
    words = {word.field for entry in TASKS.values() for word in entry.words}
    assert fields - HIDDEN_FIELDS - set(FIELD_HELP) <= words
    for task, entry in TASKS.items():
        assert {word.field for word in entry.words} <= set(recipes.field_names(task))


@pytest.mark.parametrize("task", sorted(TASKS))
def test_every_command_says_what_it_takes(task):
    """With an example that names it."""
    shown = run(task, "--help")
    assert shown.exit_code == 0, shown.output
    assert f"anyspace {task}" in shown.output
    assert "--model SRC" in shown.output


# --- results ----------------------------------------------------------------------------


def test_a_sound_is_saved_under_the_words_it_says(here):
    """And its place printed, nothing else."""
    with FakeSpace([SPEAK]) as space:
        done = run("text-to-speech", "Good morning!", "--voice", "Onyx", "--model", space.url)
    assert (done.stdout, done.exit_code) == ("good-morning.wav\n", 0)
    assert (here / "good-morning.wav").read_bytes() == b"RIFFGood morning!"


def test_a_file_that_cannot_be_converted_keeps_its_ending(here):
    """What is finished is not lost for a name."""
    with FakeSpace([SPEAK]) as space:
        done = run("text-to-speech", "Hi", "--model", space.url, "-o", "hi.mp3")
    assert done.stdout == "hi.wav\n"
    assert "the Space gave .wav" in done.stderr


def test_standard_output_takes_the_bytes_of_a_file(here):
    """For pipes."""
    with FakeSpace([SPEAK]) as space:
        done = run("text-to-speech", "Hi", "--model", space.url, "-o", "-")
    assert done.stdout_bytes == b"RIFFHi"
    assert [path.name for path in here.iterdir()] == [".git"]


def test_text_is_printed_or_saved(here):
    """To a file, into a folder, or to standard output."""
    with FakeSpace([TRANSLATE]) as space:
        arguments = ("translation", "Good morning", "--model", space.url)
        printed = run(*arguments, "--target-language", "fr")
        piped = run("translation", "-", "--model", space.url, said="Good\nnight")
        saved = run(*arguments, "-o", "greeting.txt")
        foldered = run(*arguments, "-o", "out/")
    assert printed.stdout == "Good morning [French]\n"
    assert piped.stdout == "Good\nnight [German]\n"
    assert saved.stdout == "greeting.txt\n"
    assert (here / "greeting.txt").read_text() == "Good morning [German]\n"
    assert foldered.stdout == "out/good-morning.txt\n"


def test_a_parameter_that_only_this_space_has_can_be_set(here):
    """As text, or as exact JSON."""
    with FakeSpace([TRANSLATE]) as space:
        arguments = ("translation", "Good morning", "--model", space.url)
        done = run(*arguments, "--set", "formal:=true", "--json")
    document = json.loads(done.stdout)
    assert document["text"] == "Good morning [German, formal]"
    assert document["arguments"]["formal"] is True
    assert document["endpoint"] == "/translate"


def test_a_picture_goes_in_from_a_path_and_from_standard_input(here):
    """Also the result is named after the file, where there is one."""
    content = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(content, "PNG")
    (here / "cat.png").write_bytes(content.getvalue())
    with FakeSpace([DESCRIBE]) as space:
        by_path = run("image-to-text", "cat.png", "--model", space.url, "-o", "out/")
        by_pipe = CliRunner().invoke(
            main, ["image-to-text", "-", "--model", space.url], input=content.getvalue()
        )
    assert by_path.stdout == "out/cat-image-to-text.txt\n"
    assert by_pipe.stdout == "a cat\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("image-to-text", "gone.png"), "there is no file gone.png"),
        (("translation", "x", "--set", "formal"), "--set takes PARAMETER=VALUE"),
        (("translation", "x", "--set", "formal:=yes"), "formal:= takes JSON"),
        (("translation", "x", "--field", "text"), "--field takes FIELD=PARAMETER"),
        (("chat-completion", "x", "--history", "gone.json"), "--history takes a JSON file"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_asked(here, arguments, told):
    """The address is one where nobody answers."""
    done = run(*arguments, "--model", "http://127.0.0.1:9")
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_value_out_of_range_is_told_by_the_users_name_for_it(here):
    """And what is said by hand settles which parameter takes a field."""
    with FakeSpace([TRANSLATE]) as space:
        done = run(
            "translation",
            "x",
            "--model",
            space.url,
            "--field",
            "target_language=text2",
            "--explain",
        )
    assert done.exit_code == 2
    assert "text2" in done.stderr


# --- conversations ----------------------------------------------------------------------


@pytest.mark.parametrize("terminal", [True, False])
async def test_an_answer_is_said_as_it_comes_on_a_terminal(capsys, monkeypatch, terminal):
    """Elsewhere only the whole one is printed; a history that the app takes goes with each."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    said: list[str] = []
    echo = click.echo

    def listen(text: str = "", **how: Any) -> None:
        said.append(text)
        echo(text, **how)

    monkeypatch.setattr(click, "echo", listen)
    with FakeSpace([CHAT]) as space:
        async with AsyncClient(space.url, session=True) as client:
            conversation = Conversation(Asked("chat-completion", {}, None, {}))
            await conversation.take_turn(client, "hello")
            await conversation.take_turn(client, "again")
    assert capsys.readouterr().out == "0 turns before: hello\n1 turns before: again\n"
    assert (len(said) > 4) is terminal


def test_the_conversation_goes_on_until_the_user_leaves(capsys, monkeypatch):
    """An empty line is nothing said; a failure is told, and the next message is taken."""
    lines = iter(["hello", "", "fail", "/bye"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(lines))

    def moody(message, history):
        if message == "fail":
            raise ValueError("in a mood")
        return f"you said {message}"

    chat = FakeEndpoint(
        name="/chat", function=moody, inputs=["textbox", "chatbot"], outputs=["textbox"]
    )
    with FakeSpace([chat]) as space:
        talk(AsyncClient(space.url, session=True), Asked("chat-completion", {}, None, {}))
    told = capsys.readouterr()
    assert told.out == "you said hello\n"
    assert "anyspace: /chat" in told.err
    assert next(lines, None) is None


@pytest.mark.parametrize("leaving", [EOFError, KeyboardInterrupt])
def test_the_prompt_is_left_by_key(monkeypatch, leaving):
    """Ctrl-D and Ctrl-C."""

    def leave(prompt):
        raise leaving

    monkeypatch.setattr("builtins.input", leave)
    with FakeSpace([CHAT]) as space:
        talk(AsyncClient(space.url, session=True), Asked("chat-completion", {}, None, {}))


def test_without_a_terminal_the_message_is_read_from_standard_input():
    """As `echo hello | anyspace chat-completion` means it."""
    with FakeSpace([CHAT]) as space:
        done = run("chat-completion", "--model", space.url, said="hello")
    assert done.stdout == "0 turns before: hello\n"
