"""The texts of docs/exports.md, run against the demo Spaces that they are for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import openapi_spec_validator
import pytest
from PIL import Image

import anyspace
from anyspace.capture import EXPORTS, Gateway, export
from anyspace.demo import DEMOS
from tests.capture.demos import ADDRESSES, app_of, call_of
from tests.capture.page import GATEWAY, text_of
from tests.servers.node import node

pytestmark = pytest.mark.servers

HERE = Path(__file__).parent
PYTHON = [name for name, export in EXPORTS.items() if export.language == "python"]
SHELL = [name for name, export in EXPORTS.items() if export.language == "sh"]
SECONDS = 120  # after which what was run is given up


@pytest.fixture(params=list(ADDRESSES))
def demo(request: pytest.FixtureRequest) -> str:
    """The name of a demo Space."""
    return str(request.param)


def run(folder: Path, *command: str) -> str:
    """Run code in its own process; what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore", "LANGSMITH_TRACING": "false"}
    done = subprocess.run(
        command, cwd=folder, env=own, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check_picture(folder: Path, printed: str) -> None:
    """What was saved, or whose path or address was printed last, is the picture that was asked."""
    saved = [*folder.glob("results/*"), *folder.glob("result.*")]
    last = printed.strip().splitlines()[-1] if printed.strip() else ""
    if saved:
        path = saved[0]
    elif last.startswith("http"):
        path = folder / "fetched"
        with urllib.request.urlopen(last, timeout=SECONDS) as answer:
            path.write_bytes(answer.read())
    else:
        path = Path(last)
    with Image.open(path) as picture:
        picture.load()
        assert picture.size == (512, 512)


def at(text: str, demo: str, demos: Mapping[str, str], gateway: str = "") -> str:
    """The page's text with the addresses of this run."""
    return text.replace(ADDRESSES[demo], demos[demo]).replace(GATEWAY, gateway)


def test_the_descriptions_that_the_page_is_made_of_are_those_of_the_spaces(demo, demos):
    """Else the page would show code for what the Spaces once were."""
    with anyspace.Client(demos[demo]) as space:
        told = space.app
    kept = app_of(demo)
    assert {**told.endpoints} == {**kept.endpoints}
    assert (told.api_prefix, told.mcp_server) == (kept.api_prefix, kept.mcp_server)


@pytest.mark.parametrize("name", PYTHON)
def test_python_brings_the_picture(name, demo, demos, gateway, folder):
    """Ours: an export that does not run is a defect."""
    (folder / "export.py").write_text(at(text_of(demo, name), demo, demos, gateway))

    check_picture(folder, run(folder, sys.executable, "export.py"))


@pytest.mark.parametrize("name", SHELL)
def test_shell_brings_the_picture(name, demo, demos, folder):
    """bash, curl and the anyspace command."""
    (folder / "export.sh").write_text(at(text_of(demo, name), demo, demos))

    check_picture(folder, run(folder, "bash", "export.sh"))


@pytest.mark.parametrize("name", ["javascript", "openai-js"])
def test_javascript_brings_the_picture(name, demo, demos, gateway, folder):
    """Run by Node with the packages themselves; the process ends by itself."""
    (folder / "export.mjs").write_text(at(text_of(demo, name), demo, demos, gateway))

    check_picture(folder, run(folder, node(), "export.mjs"))


@pytest.mark.parametrize("client", ["@gradio/client", "@gradio/client-1"])
def test_yank_note_gets_the_address_of_the_picture(client, demo, demos, folder):
    """Its panel's prompt and size go where the Space takes them; on the client it has, too."""
    (folder / "code.js").write_text(at(text_of(demo, "yank-note"), demo, demos))
    (folder / "run.mjs").write_text((HERE / "run_yank_note.mjs").read_text())

    printed = run(folder, node(), "run.mjs", "code.js", client, "512", "512", "a lake at night")

    request = json.loads(printed)
    assert request["method"] == "GET"
    assert request["statuses"]
    check_picture(folder, request["url"])


def test_n8n_fetches_the_picture(demo, demos, folder):
    """Carried out by a small interpreter of the nodes that the workflow is made of."""
    (folder / "workflow.json").write_text(at(text_of(demo, "n8n"), demo, demos))
    (folder / "run.mjs").write_text((HERE / "run_n8n.mjs").read_text())

    run(folder, node(), "run.mjs", "workflow.json", "result.webp")

    check_picture(folder, "")


def test_openapi_is_valid_and_what_it_describes_is_there(demo, demos, folder):
    """Checked against OpenAPI 3.1, then followed by hand: submit the example, read the result."""
    document = json.loads(at(text_of(demo, "openapi"), demo, demos))
    openapi_spec_validator.validate(document)

    (submit, post), (read, _) = document["paths"].items()
    root = document["servers"][0]["url"]
    body = post["post"]["requestBody"]["content"]["application/json"]["example"]
    asked = urllib.request.Request(
        root + submit, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
        event_id = json.loads(answer.read())["event_id"]
    with urllib.request.urlopen(root + read.format(event_id=event_id), timeout=SECONDS) as stream:
        last = stream.read().decode().strip().split("\n\n")[-1]
    assert last.startswith("event: complete\n")
    value = json.loads(last.partition("data: ")[2])[0]
    file = value[0]["image"] if DEMOS[demo].name == "midjourney" else value
    check_picture(folder, file["url"])


@pytest.mark.parametrize("name", ["python", "gradio-client", "javascript", "curl", "n8n"])
def test_through_the_gateways_gradio_app_the_picture_comes_too(name, demo, gateway, folder):
    """The same code with --via: what changes is the address."""
    call = call_of(demo).via(Gateway(gateway, demo))
    (folder / "export.mjs").write_text(export(call, name))
    (folder / "run.mjs").write_text((HERE / "run_n8n.mjs").read_text())
    commands = {
        "curl": ["bash", "export.mjs"],
        "javascript": [node(), "export.mjs"],
        "n8n": [node(), "run.mjs", "export.mjs", "result.webp"],
    }

    printed = run(folder, *commands.get(name, [sys.executable, "export.mjs"]))

    check_picture(folder, printed)


def test_every_export_that_is_code_was_run():
    """A new export gets a test here, or this fails."""
    run_here = {*PYTHON, *SHELL, "javascript", "openai-js", "yank-note", "n8n", "openapi"}
    assert set(EXPORTS) - run_here == {"mcp-json"}
