"""Documentation that fails when it lies."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
from click.testing import CliRunner

import anyspace
from anyspace.cli import main
from tests.interaction.behaviours import BEHAVIOURS
from tests.servers.environments import ENVIRONMENTS

_ROOT = Path(__file__).parents[1]


def cli_page() -> str:
    """What every command says of itself."""
    commands = main.list_commands(click.Context(main))
    parts = [
        "# The command line\n",
        "Generated from the commands' own help; `UPDATE_DOCS=1 pytest tests/test_docs.py` "
        "writes it anew.\n",
    ]
    for words in ([], *([name] for name in commands)):
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
    """Every ``anyspace.name`` in the README's code is public; `compat` is a room."""
    text = (_ROOT / "README.md").read_text()
    names = set(re.findall(r"\banyspace\.([A-Za-z_]\w+)", text)) - {"anyspace", "compat"}
    assert names
    assert names - set(anyspace.__all__) == set()


def test_the_page_of_versions_has_every_behaviour_and_every_version():
    """Ours: docs/compatibility.md is written by a run of tests/interaction."""
    text = (_ROOT / "docs" / "compatibility.md").read_text()
    assert [sentence for sentence in BEHAVIOURS.values() if f"| {sentence} |" not in text] == []
    assert [version for version in ENVIRONMENTS if f"| {version} |" not in text] == []
    assert "**no**" not in text
