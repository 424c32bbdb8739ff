"""Spaces: found, waited for, duplicated; asked from a Hub on this machine."""

from __future__ import annotations

import sys
import types

import huggingface_hub
import pytest

import anyspace
from anyspace.compat.gradio_client import Client
from anyspace.compat.gradio_client import _duplicate as module
from anyspace.compat.gradio_client.utils import SpaceDuplicationError
from anyspace.testing import FakeSpace
from tests.client.support import JOIN, echo

TOKEN = "hf_secretsecretsecret"


def runtime(stage="RUNNING", hardware="cpu-basic"):
    return {"stage": stage, "hardware": {"current": hardware, "requested": hardware}}


def described(space_id, host, stage="RUNNING"):
    return {"id": space_id, "sdk": "gradio", "host": host, "runtime": runtime(stage)}


@pytest.fixture
def app():
    with FakeSpace({"/echo": echo}) as fake:
        yield fake


@pytest.fixture
def hub(monkeypatch, app):
    """A server in the Hub's place, with one Space of somebody else's."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with FakeSpace() as server:
        # What HF_ENDPOINT sets, which is read once, when the library is imported.
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.url)
        server.answer("GET", "/api/whoami-v2", 200, {"name": "bob", "type": "user", "orgs": []})
        server.answer("GET", "/api/spaces/ada/paint", 200, described("ada/paint", app.url))
        server.answer("GET", "/api/spaces/ada/paint/runtime", 200, runtime())
        answer_missing(server, "bob/paint")
        yield server
        getattr(huggingface_hub, "close_session", lambda: None)()


def answer_missing(server, space_id):
    missing = {"x-error-code": "RepoNotFound", "content-type": "application/json"}
    for address in (f"/api/spaces/{space_id}", f"/api/spaces/{space_id}/runtime"):
        server.answer("GET", address, 404, {"error": "Repository not found"}, missing)


def duplicating(server, app, space_id="bob/paint"):
    """Make the copy be there once it was asked for."""
    asked = []

    async def duplicate(exchange):
        asked.append(exchange.request.json())
        server.answer("GET", f"/api/spaces/{space_id}", 200, described(space_id, app.url))
        server.answer("GET", f"/api/spaces/{space_id}/runtime", 200, runtime())
        await exchange.respond(200, {"url": f"{server.url}/spaces/{space_id}"})

    server.on("POST", "/api/spaces/ada/paint/duplicate", duplicate)
    return asked


def test_a_space_is_known_by_its_name(hub, app, capsys):
    """And the line that is printed has no slash at its end, as there."""
    with Client("ada/paint") as client:
        assert (client.space_id, client.src) == ("ada/paint", app.url)
        assert client.predict("x") == "x"
    assert capsys.readouterr().out == f"Loaded as API: {app.url}\n"


def test_a_space_that_is_missing_is_a_value_error(hub):
    """`SpaceNotFound`, with what to do."""
    with pytest.raises(ValueError, match="knows no Space bob/paint") as caught:
        Client("bob/paint")
    assert isinstance(caught.value, anyspace.SpaceNotFound)


def test_a_space_that_is_being_built_is_waited_for(hub, app, capsys, monkeypatch):
    """There too; but there the state of before is looked at when it is over."""
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.0)
    app.answer("GET", "/config", 503, b"<html>Building", {"content-type": "text/html"})
    stages = iter(["BUILDING", "APP_STARTING", "RUNNING"])

    async def tell(exchange):
        stage = next(stages)
        if stage == "RUNNING":
            app._answers.clear()
        await exchange.respond(200, runtime(stage))

    hub.on("GET", "/api/spaces/ada/paint/runtime", tell)
    with Client("ada/paint", verbose=True) as client:
        assert client.predict("x") == "x"
    assert capsys.readouterr().out.startswith("Space is still building. Please wait...\nLoaded")
    asked = [request.headers["authorization"] for request in hub.requests]
    assert set(asked) == {f"Bearer {TOKEN}"}


def test_a_space_that_does_not_build_is_told_of(hub, app, monkeypatch):
    """With its stage."""
    monkeypatch.setattr(module, "_POLL_SECONDS", 0.0)
    app.answer("GET", "/config", 503, b"", {})
    stages = iter(["BUILDING", "BUILD_ERROR"])

    async def tell(exchange):
        await exchange.respond(200, runtime(next(stages)))

    hub.on("GET", "/api/spaces/ada/paint/runtime", tell)
    with pytest.raises(ValueError, match="in the invalid state: BUILD_ERROR") as caught:
        Client("ada/paint", verbose=False)
    assert isinstance(caught.value, anyspace.SpaceUnavailable)


def test_a_space_that_is_not_being_built_is_not_waited_for(hub, app):
    """The first error is the one to know."""
    app.answer("GET", "/config", 503, b"", {})
    with pytest.raises(anyspace.SpaceUnavailable, match="HTTP 503"):
        Client("ada/paint", verbose=False)


# --- copies ----------------------------------------------------------------------


def test_a_space_is_duplicated_and_called(hub, app, capsys):
    """One request, private, on basic hardware."""
    asked = duplicating(hub, app)
    with Client.duplicate("ada/paint", token=TOKEN) as client:
        assert client.space_id == "bob/paint"
        assert client.predict("x") == "x"
    assert len(asked) == 1
    assert asked[0]["repository"] == "bob/paint"
    assert asked[0].get("private") is True or asked[0].get("visibility") == "private"
    assert "hardware" not in asked[0]
    assert "Creating a duplicate of ada/paint" in capsys.readouterr().out


def test_hardware_and_secrets_are_asked_for_with_the_copy(hub, app, capsys):
    """The original's hardware unless another is named; it sleeps soon, because it costs."""
    asked = duplicating(hub, app, "bob/mine")
    answer_missing(hub, "bob/mine")
    hub.answer("GET", "/api/spaces/ada/paint/runtime", 200, runtime(hardware="t4-small"))
    Client.duplicate("ada/paint", "ignored/mine", secrets={"KEY": "v"}, sleep_timeout=2).close()
    assert asked[0]["hardware"] == "t4-small"
    assert asked[0]["sleepTimeSeconds"] == 120
    assert asked[0]["secrets"] == [{"key": "KEY", "value": "v"}]
    assert "upgraded hardware: t4-small" in capsys.readouterr().out


def test_a_copy_that_is_there_is_used(hub, app, capsys):
    """Nothing is made twice."""
    asked = duplicating(hub, app)
    hub.answer("GET", "/api/spaces/bob/paint", 200, described("bob/paint", app.url))
    hub.answer("GET", "/api/spaces/bob/paint/runtime", 200, runtime())
    with pytest.warns(UserWarning, match="Secrets are only used"):
        Client.duplicate("ada/paint", secrets={"KEY": "v"}).close()
    assert asked == []
    assert "Using your existing Space" in capsys.readouterr().out


def test_what_cannot_be_duplicated_is_told(hub):
    """No such Space; the Hub says no."""
    answer_missing(hub, "eve/none")
    with pytest.raises(ValueError, match="Could not find Space: eve/none"):
        Client.duplicate("eve/none", verbose=False)
    hub.answer("POST", "/api/spaces/ada/paint/duplicate", 403, {"error": "no"})
    with pytest.raises(SpaceDuplicationError, match="ada/paint could not be duplicated"):
        Client.duplicate("ada/paint", verbose=False)


# --- inside another app ----------------------------------------------------------


def test_a_visitors_token_is_sent_with_that_visitors_call_alone(hub, app, monkeypatch):
    """There it stays in the client's headers, so the next visitor spends it."""
    visitors = iter([{"x-ip-token": "of ada"}, {}, None])
    context = types.ModuleType("gradio.context")
    context.LocalContext = types.SimpleNamespace(
        request=types.SimpleNamespace(
            get=lambda default: (
                None
                if (headers := next(visitors)) is None
                else types.SimpleNamespace(headers=headers)
            )
        )
    )
    monkeypatch.setitem(sys.modules, "gradio.context", context)
    with Client("ada/paint", verbose=False) as client:
        for _ in range(3):
            client.predict("x")
    tokens = [request.headers.get("x-ip-token") for request in app.received(JOIN)]
    assert tokens == ["of ada", None, None]
