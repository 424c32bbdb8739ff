"""Documentation that fails when it lies."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

import anyspace
from anyspace.cli import main
from anyspace.hub._stages import _ADVICE, ASLEEP, RUNNING, STARTING
from anyspace.testing import FakeFile, FakeSpace, Transcript
from tests.interaction.behaviours import BEHAVIOURS
from tests.servers.environments import ENVIRONMENTS

_ROOT = Path(__file__).parents[1]


def _paths(group: click.Group) -> Iterator[list[str]]:
    """The words of every command, and of those below it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield [name]
        if isinstance(command, click.Group):
            yield from ([name, *words] for words in _paths(command))


def cli_page() -> str:
    """What every command says of itself."""
    commands = list(_paths(main))
    parts = [
        "# The command line\n",
        "Generated from the commands' own help; `UPDATE_DOCS=1 pytest tests/test_docs.py` "
        "writes it anew.\n",
    ]
    for words in ([], *commands):
        shown = (
            CliRunner()
            .invoke(main, [*words, "--help"], prog_name="anyspace", terminal_width=88)
            .stdout
        )
        title = " ".join(["anyspace", *words])
        parts.append(f"## {title}\n\n```\n{shown.rstrip()}\n```\n")
    return "\n".join(parts)


def test_the_page_of_the_command_line_is_what_the_commands_say():
    """Ours: docs/cli.md is generated and never edited."""
    page = _ROOT / "docs" / "cli.md"
    if os.environ.get("UPDATE_DOCS"):
        page.write_text(cli_page())
    assert page.read_text() == cli_page()


def test_every_local_link_of_the_readme_leads_somewhere():
    """Ours."""
    text = (_ROOT / "README.md").read_text()
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    assert targets
    assert [target for target in targets if not (_ROOT / target).exists()] == []


def test_the_readme_names_only_what_is_there():
    """Every ``anyspace.name`` is public; `compat` is a room, and ``anyspace.toml`` a file."""
    text = (_ROOT / "README.md").read_text()
    names = set(re.findall(r"\banyspace\.([A-Za-z_]\w+)", text)) - {"anyspace", "compat", "toml"}
    assert names
    assert names - set(anyspace.__all__) - {"testing"} == set()


def test_the_page_of_versions_has_every_behaviour_and_every_version():
    """Ours: docs/compatibility.md is written by a run of tests/interaction."""
    text = (_ROOT / "docs" / "compatibility.md").read_text()
    assert [sentence for sentence in BEHAVIOURS.values() if f"| {sentence} |" not in text] == []
    assert [version for version in ENVIRONMENTS if f"| {version} |" not in text] == []
    assert "**no**" not in text


def run_pytest(folder: Path, *files: str, **environment: str) -> None:
    """Run a user's tests as a user does, in a folder of their own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
    path = os.pathsep.join([str(_ROOT / "src"), str(folder)])
    own = {"PYTHONPATH": path, "PATH": os.environ["PATH"], **environment}
    done = subprocess.run(
        command, cwd=folder, env=own, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_examples_of_the_page_on_testing_run(tmp_path):
    """Every file it shows; the recording is made first, then played with the app gone."""
    text = (_ROOT / "docs" / "testing.md").read_text()
    files = dict(re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)```", text, re.S))
    assert len(files) == text.count("```python")
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    run_pytest(tmp_path, "test_with_a_fake.py", "test_with_a_script.py", "test_with_a_hub.py")

    def infer(prompt: str, seed: int = 0) -> tuple[FakeFile, int]:
        return FakeFile("fox.png", b"\x89PNG"), seed

    with FakeSpace({"/infer": infer}) as app:
        run_pytest(tmp_path, "test_with_a_recording.py", RECORD=app.url)
        command = [sys.executable, "record_a_session.py", app.url]
        path = {"PYTHONPATH": str(_ROOT / "src")}
        done = subprocess.run(
            command, cwd=tmp_path, env=path, input="\n", text=True, capture_output=True, timeout=60
        )
        assert done.stdout.startswith("Use http://127.0.0.1:")
    run_pytest(tmp_path, "test_with_a_recording.py")
    assert Transcript.load(tmp_path / "session.transcript").records == []


def test_the_page_on_testing_names_all_of_it_that_is_for_users():
    """Ours: what has no words there cannot be found."""
    text = (_ROOT / "docs" / "testing.md").read_text()
    for name in (
        "FakeEndpoint",
        "FakeFile",
        "FakeHub",
        "FakeSpace",
        "Player",
        "Recorder",
        "Transcript",
    ):
        assert f"`{name}" in text


def test_every_test_that_the_page_on_safety_names_is_there():
    """Ours: a guarantee whose test is gone is none."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (_ROOT / "docs/safety.md").read_text())
    assert len(named) > 20
    gone = [
        f"{path}::{test}"
        for path, test in named
        if not (_ROOT / path).exists() or f"def {test}(" not in (_ROOT / path).read_text() + "def ("
    ]
    assert gone == []


def test_the_page_on_the_hub_has_every_stage():
    """Those that the library and Gradio's own client know."""
    text = (_ROOT / "docs" / "hub.md").read_text()
    assert [s for s in {RUNNING, *ASLEEP, *STARTING, *_ADVICE} if f"`{s}`" not in text] == []


def test_every_local_link_of_the_docs_leads_somewhere():
    """Ours."""
    for page in (_ROOT / "docs").glob("*.md"):
        targets = re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text())
        assert [target for target in targets if not (page.parent / target).exists()] == []
