"""What `paste` makes of a recorded browser session works on the app that was recorded."""

from __future__ import annotations

import pytest

from anyspace.capture import Target, explain_call, export, read_capture
from anyspace.schema import parse_app
from tests.capture.demos import ADDRESSES, DATA
from tests.capture.record import VERSIONS
from tests.exports_live.test_exports_run import run
from tests.servers.node import node
from tests.servers.processes import gradio_app

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module", params=list(VERSIONS))
def recorded(request):
    """An app as it was recorded, and the name of its recording."""
    with gradio_app(VERSIONS[request.param], app="painters.py") as url:
        yield url, request.param


@pytest.mark.parametrize(
    "export_name", ["python", "command", "gradio-client", "javascript", "curl"]
)
@pytest.mark.parametrize("number", [1, 2])
def test_a_call_of_a_page_runs_again(recorded, export_name, number, folder):
    """From the HAR alone: names are made of labels there, so values go by their places."""
    url, name = recorded
    with open(DATA / f"{name}.har", "rb") as source:
        capture = read_capture(source)
    app = parse_app(capture.config[ADDRESSES["flux"]])
    found = explain_call(capture.calls[number], Target(url, url, app))
    code = folder / "code.mjs"
    code.write_text(export(found.call, export_name))
    program = {"command": "bash", "curl": "bash", "javascript": node()}.get(export_name, "python")

    printed = run(folder, program, "code.mjs")

    assert "image" in printed
