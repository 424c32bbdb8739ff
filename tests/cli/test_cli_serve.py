"""``anyspace serve`` and ``anyspace key``: what they say before anything is served."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tomllib

import pytest
from click.testing import CliRunner

from anyspace.cli import main
from anyspace.settings import hash_key


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("ANYSPACE_CONFIG", "")
    monkeypatch.chdir(tmp_path)


def run(*arguments):
    return CliRunner().invoke(main, list(arguments), prog_name="anyspace")


@pytest.fixture
def served(monkeypatch):
    """What would be served; nothing is."""
    calls = []

    def serve(settings, said, listener):
        calls.append((settings, said, listener.getsockname()))

    monkeypatch.setattr("anyspace.gateway.serve", serve)
    return calls


def test_the_page_on_start_has_what_a_tool_is_given(served):
    """Ours: the addresses to copy, and a line to try."""
    done = run("serve", "--model", "flux=ada/paint", "--model", "bob/Other", "--port", "0")
    ((settings, _, (_, port)),) = served
    assert done.exit_code == 0
    assert done.stdout == ""
    for line in (
        f"anyspace serves at http://127.0.0.1:{port}",
        "flux   ada/paint",
        "Other  bob/Other",
        f"base_url=http://127.0.0.1:{port}/v1",
        f"http://127.0.0.1:{port}/gradio/flux/",
        f"curl http://127.0.0.1:{port}/v1/images/generations",
        """-d '{"model":"flux","prompt":"a red fox in snow"}'""",
    ):
        assert line in done.stderr
    assert list(settings.models) == ["flux", "Other"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("black-forest-labs/FLUX.1-schnell", "FLUX.1-schnell"),
        ("https://huggingface.co/spaces/ada/paint", "paint"),
        ("https://ada-paint.hf.space", "ada-paint"),
        ("http://127.0.0.1:7860", "127.0.0.1:7860"),
        ("http://localhost:7860", "localhost:7860"),
    ],
)
def test_a_model_without_a_name_has_its_spaces(served, source, name):
    """Ours."""
    assert run("serve", "--model", source, "--port", "0").exit_code == 0
    assert list(served[0][0].models) == [name]


def test_the_settings_and_the_command_line_go_together(served, tmp_path, monkeypatch):
    """Ours: and the file's recipes count for every process that is started."""
    path = tmp_path / "other.toml"
    path.write_text(f'[models.a]\nspace = "a/b"\n[keys.k]\nhash = "{hash_key("x")}"\n')
    arguments = ("--config", str(path), "--any-space", "--workers", "3", "--log", "json")
    done = run("serve", *arguments, "--model", "b=c/d", "--port", "0")
    settings, said, _ = served[0]
    assert list(settings.models) == ["a", "b"]
    assert (settings.serve.any_space, settings.serve.workers) == (True, 3)
    assert settings.serve.log == "json"
    assert said.read() == settings

    assert os.environ["ANYSPACE_CONFIG"] == str(path)
    assert "one of your keys" in done.stderr
    assert "authorization: Bearer YOUR_KEY" in done.stderr


def test_nothing_to_serve_is_said_with_what_to_do():
    """Ours."""
    done = run("serve")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "--demo" in done.stderr


def test_a_port_that_is_in_use_is_said():
    """Ours: one line, and no traceback of the HTTP server."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--model", "a=b/c", "--port", port)
    assert done.exit_code == 2
    assert f"port {port} of 127.0.0.1 is in use" in done.stderr


def test_a_host_that_is_not_here_is_said(tmp_path):
    """Ours. 192.0.2.1 is nobody's (RFC 5737)."""
    (tmp_path / "anyspace.toml").write_text(f'[keys.k]\nhash = "{hash_key("x")}"\n')
    path = str(tmp_path / "anyspace.toml")
    done = run("serve", "--model", "a=b/c", "--config", path, "--host", "192.0.2.1")
    assert done.exit_code == 2
    assert "192.0.2.1 is no address of this machine" in done.stderr


def test_two_models_of_one_name_are_refused():
    """Ours."""
    done = run("serve", "--model", "a/paint", "--model", "b/paint")
    assert (done.exit_code, "two models are called paint" in done.stderr) == (2, True)


def test_without_the_extra_it_says_what_to_install():
    """Ours: a process in which the framework cannot be imported."""
    code = (
        "import sys; sys.modules['litestar'] = None\n"
        "from anyspace.cli import main; main(['serve', '--model', 'a=b/c'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "pip install 'anyspace[gateway]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_new_key_is_printed_once_with_the_table_to_paste():
    """The key on stdout, for pipes; what is to be done with the table beside it."""
    done = run("key", "new", "alice", "--model", "flux", "--rate", "60")
    key = done.stdout.strip()
    table = tomllib.loads(done.stderr.partition(":\n")[2])
    assert table == {"keys": {"alice": {"hash": hash_key(key), "models": ["flux"], "rate": 60}}}
    assert key not in done.stderr


def test_a_new_key_is_saved_beside_what_is_there(tmp_path):
    """Comments stay; a name is not taken twice; the key itself is not written."""
    path = tmp_path / "anyspace.toml"
    path.write_text("# mine\n[serve]\nport = 1  # one\n")
    done = run("key", "new", "alice", "--save", "--config", str(path), "--json")
    made = json.loads(done.stdout)
    assert path.read_text().startswith("# mine\n[serve]\nport = 1  # one\n")
    assert tomllib.loads(path.read_text())["keys"] == {"alice": {"hash": hash_key(made["key"])}}
    before = path.read_text()
    again = run("key", "new", "alice", "--save", "--config", str(path))
    assert (again.exit_code, "has a key alice already" in again.stderr) == (2, True)
    assert path.read_text() == before


def test_a_keys_name_is_one():
    """Ours: it stands in the log."""
    assert run("key", "new", "a b").exit_code == 2
