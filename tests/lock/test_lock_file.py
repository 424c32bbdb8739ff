"""``anyspace.lock.toml``: where it is found, what stands in it, and how it is written."""

from __future__ import annotations

import math
import os
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace import UsageError
from anyspace.contract import (
    AppSignature,
    EndpointSignature,
    OutputSignature,
    ParameterSignature,
    sign_app,
)
from anyspace.lock import LOCK_NAME, LockFile, find_lock, read_lock, write_lock
from anyspace.lock._write import render_lock, revive
from tests.schema.apps import RECORDED, recorded


def signature(default: object = 4) -> AppSignature:
    """One endpoint with one argument."""
    return AppSignature(
        gradio="6.31.0",
        endpoints={
            "/infer": EndpointSignature(
                parameters=(ParameterSignature(name="steps", type="number", default=default),),
                returns=(OutputSignature(component="image", label="Result"),),
            )
        },
    )


def written(default: object) -> AppSignature:
    """What is read of what is written."""
    told = tomllib.loads(render_lock(1, {"ada/paint": signature(default)}))
    return msgspec.convert(revive(told["spaces"]["ada/paint"]), AppSignature)


def test_a_lock_file_is_for_people_too(tmp_path):
    """One line an argument, so that a diff says what changed."""
    path = tmp_path / LOCK_NAME
    write_lock(path, "ada/paint", signature())
    assert path.read_text().splitlines()[2:] == [
        "format = 1",
        "",
        '[spaces."ada/paint"]',
        'gradio = "6.31.0"',
        "",
        '[spaces."ada/paint".endpoints."/infer"]',
        "parameters = [",
        '  { name = "steps", type = "number", default = 4 },',
        "]",
        "returns = [",
        '  { component = "image", label = "Result" },',
        "]",
    ]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("name", RECORDED)
def test_what_is_written_is_read_again(name, tmp_path):
    """Every kind of widget. Recorded from real servers."""
    path = tmp_path / LOCK_NAME
    write_lock(path, "ada/kitchen", sign_app(recorded(name)))
    assert read_lock(path).spaces == {"ada/kitchen": sign_app(recorded(name))}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_every_value_survives(value):
    """TOML has no null, no large numbers, and other ideas of text."""
    if isinstance(value, float) and math.isinf(value):
        return  # no JSON, and so no default either
    assert written(value).endpoints["/infer"].parameters[0].default == value


def test_a_table_that_looks_like_ours_survives():
    """The way out is one for itself, too."""
    assert written({"json": "null"}) == signature({"json": "null"})
    assert written({"json": 1}) == signature({"json": 1})


def test_a_space_is_replaced_and_the_others_stay(tmp_path):
    """Whatever form of the name it is locked under; they are in order."""
    path = tmp_path / "deep" / LOCK_NAME
    write_lock(path, "bob/sing", signature())
    write_lock(path, "ada/paint", signature())
    os.chmod(path, 0o600)
    write_lock(path, "https://huggingface.co/spaces/Ada/Paint", signature(8))
    assert list(read_lock(path).spaces) == ["ada/paint", "bob/sing"]
    assert read_lock(path).spaces["ada/paint"] == signature(8)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == [LOCK_NAME]


def test_a_space_is_found_by_any_of_its_names():
    """Id, page, address; the first that the file knows."""
    lock = LockFile(Path("x"), {"ada/paint": signature(1), "http://localhost:7860": signature(2)})
    assert lock.find("", "bob/x", "hf.co/spaces/Ada/paint") == ("ada/paint", signature(1))
    assert lock.find("localhost:7860/") == ("http://localhost:7860", signature(2))
    assert lock.find("bob/x", "no such thing") is None


def test_the_file_is_found_as_the_settings_are(tmp_path, monkeypatch):
    """In the folder, above it up to the repository's root, or where the environment says."""
    monkeypatch.delenv("ANYSPACE_LOCK", raising=False)
    root = tmp_path / "repository"
    below = root / "src" / "deep"
    below.mkdir(parents=True)
    (root / ".git").mkdir()
    (tmp_path / LOCK_NAME).write_text("")
    monkeypatch.chdir(below)
    assert find_lock() is None  # not above the repository
    (root / LOCK_NAME).write_text("")
    assert find_lock() == root / LOCK_NAME
    monkeypatch.setenv("ANYSPACE_LOCK", "")
    assert find_lock() is None
    monkeypatch.setenv("ANYSPACE_LOCK", str(tmp_path / LOCK_NAME))
    assert find_lock() == tmp_path / LOCK_NAME
    assert find_lock(root / LOCK_NAME) == root / LOCK_NAME
    monkeypatch.setenv("ANYSPACE_LOCK", str(tmp_path / "gone"))
    with pytest.raises(UsageError, match=r"there is no lock file .*gone \(\$ANYSPACE_LOCK\)"):
        find_lock()
    with pytest.raises(UsageError, match=r"there is no lock file .*away$"):
        find_lock(tmp_path / "away")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff", "is no lock file"),
        (b"format = ", "is no lock file"),
        (b"", "that this version of anyspace can read"),
        (b"format = 2", "that this version of anyspace can read"),
        (b"format = 1\nspaces = 3", "is no lock file"),
        (b'format = 1\n[spaces."no such thing"]', "is neither a Space"),
        (b'format = 1\n[spaces."a/b"]\ngradio = {json = "{"}', "is no lock file"),
        (b'format = 1\n[spaces."a/b".endpoints."/x"]\nparameters = [{type = "x"}]', "is no lock"),
    ],
)
def test_what_is_no_lock_file_is_refused_and_left_alone(content, told, tmp_path):
    """Whoever wrote it."""
    path = tmp_path / LOCK_NAME
    path.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        write_lock(path, "ada/paint", signature())
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_read_or_written_is_told(tmp_path):
    """Ours: one line, and what the system says."""
    with pytest.raises(UsageError, match=r"cannot read .*: "):
        read_lock(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match=r"cannot write .*: "):
        write_lock(tmp_path / "file" / LOCK_NAME, "ada/paint", signature())
