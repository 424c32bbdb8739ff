"""Real Gradio servers behind a Hub that names them: from a Space's id to its answer."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import anyspace
from anyspace.cli import main
from anyspace.testing import FakeHub

KITCHEN = "ada/kitchen"

pytestmark = pytest.mark.servers


@pytest.fixture(scope="session", params=["latest", "4.44.1", "3.50.2"])
def version(request):
    """Today's, the last of 4, and 3."""
    return request.param


@pytest.fixture
def hub(kitchen, monkeypatch):
    monkeypatch.setattr("anyspace.hub._waking._FIRST_PAUSE", 0.01)
    with FakeHub() as made:
        made.add(KITCHEN, kitchen(), stages=("SLEEPING", "APP_STARTING", "RUNNING"))
        yield made


def told(*arguments):
    result = CliRunner().invoke(main, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_space_that_sleeps_is_woken_and_called_by_its_name(hub):
    """The Hub's answer says where it is; nothing is guessed."""
    seen = []
    with anyspace.Client(KITCHEN, wait=30, on_stage=lambda stage, _: seen.append(stage)) as space:
        assert space.predict("fox", api_name="/echo") == "fox"
    assert "SLEEPING" in seen


def test_the_commands_tell_of_it(hub):
    """Woken first, then examined."""
    assert told("wake", KITCHEN)["stage"] == "RUNNING"
    found = told("doctor", KITCHEN)
    assert (found["space_id"], found["problem"]) == (KITCHEN, "")
    assert "/echo" in [signature.partition("(")[0] for signature in found["endpoints"]]
