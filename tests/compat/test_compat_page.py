"""The page about moving over: its programs run, and its evidence is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anyspace.testing import FakeEndpoint, FakeSpace
from tests.client.support import file_data

_TESTS = Path(__file__).parents[1]
_PAGE = (_TESTS.parent / "docs" / "migrating-from-gradio-client.md").read_text(encoding="utf-8")
_PROGRAMS = re.findall(r"```python\n(.*?)```", _PAGE, re.S)


def fail(text):
    raise ValueError(f"{text} works")


def describe(picture):
    yield "a"
    yield "a fox"


ENDPOINTS = [
    FakeEndpoint(name="/draw", function=lambda text: file_data("/tmp/f.png"), outputs=["image"]),
    FakeEndpoint(name="/describe", function=describe, inputs=["image"]),
    FakeEndpoint(name="/fail", function=fail),
]


@pytest.mark.parametrize("program", _PROGRAMS, ids=range(len(_PROGRAMS)))
def test_the_programs_of_the_page_run(program, capsys, tmp_path, monkeypatch):
    """As they stand there, but for the app's address."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fox.png").write_bytes(b"fox")
    with FakeSpace(ENDPOINTS) as space:
        space.files["/tmp/f.png"] = ("f.png", b"drawn")
        exec(compile(program.replace("http://127.0.0.1:7860", space.url), "page", "exec"), {})
    assert capsys.readouterr().out


def test_the_evidence_of_the_page_is_there():
    """Every test that it names."""
    named = set(re.findall(r"`(test_\w+)`", _PAGE))
    text = "".join(path.read_text(encoding="utf-8") for path in _TESTS.rglob("test_*.py"))
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in text] == []
