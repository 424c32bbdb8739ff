"""Files of the Hub that callers name: never asked for with the token of who runs the gateway."""

from __future__ import annotations

import functools

import pytest

from anyspace import AsyncClient
from anyspace.gateway import GatewaySettings, create_app
from anyspace.gateway._tables import ModelTable, SpaceTable
from anyspace.testing import FakeFile, FakeSpace
from tests.certificates import TOKEN, certificate, secure_hub, trusting
from tests.gateway.conftest import client_of
from tests.gateway.gradio.serving import serving

__all__ = ["certificate", "secure_hub"]


def show(file: FakeFile) -> str:
    return file.content.decode()


@pytest.fixture
def diary(secure_hub):
    """A file that only the operator may read."""
    return secure_hub.add_file("ada/diary", "diary.txt", b"dear diary", private=True)


@pytest.fixture(params=["ws", "sse", "sse_v3"])
def space(request, certificate, monkeypatch):
    """An app of some generation; all its gateways trust the Hub, which passes for public."""
    monkeypatch.setenv("OPERATOR", TOKEN)
    monkeypatch.setattr("anyspace.client._resolver._is_public", lambda address: True)
    trusted = functools.partial(AsyncClient, verify=trusting(certificate))
    monkeypatch.setattr("anyspace.gateway._models.AsyncClient", trusted)
    with FakeSpace({"/show": show}, generation=request.param) as made:
        yield made


@pytest.mark.parametrize("token_env", ["", "OPERATOR"])
@pytest.mark.parametrize("form", [False, True])
async def test_a_callers_address_is_never_asked_for_with_the_operators_token(
    secure_hub, diary, space, token_env, form
):
    """Who calls a gateway must not read its owner's files, neither here nor by the Space."""
    member = SpaceTable(space=space.url, token_env=token_env)
    settings = GatewaySettings(models={"shown": ModelTable(spaces=(member,))})
    async with client_of(create_app(settings)) as caller:
        body = {"files": {"file": (None, diary)}} if form else {"json": {"file": diary}}
        answer = await caller.post("/v1/spaces/shown/call/show", **body)
    refused(secure_hub, space, answer.text)


async def test_nor_does_a_gradio_client_get_it(secure_hub, diary, space):
    """A Gradio app takes addresses as paths."""
    async with serving({"m": space.url}) as gateway:
        given = {"path": diary, "url": diary, "meta": {"_type": "gradio.FileData"}}
        await gateway.join("m", "/show", [given])
        refused(secure_hub, space, str(await gateway.messages("m")))


def refused(hub, space, told):
    """Nothing of the file got anywhere; where every file is sent, its place was asked for it."""
    assert "dear" not in told
    assert all(b"dear" not in content for _, content in space.files.values())
    questions = [request for request in hub.requests if "/resolve/" in request.path]
    assert {request.headers.get("authorization") for request in questions} <= {None}
    if space.config.get("protocol", "ws") == "ws":
        assert len(questions) == 1
        assert "Repository not found" in told
    else:
        assert questions == []
        assert "nothing was uploaded as" in told  # as the Space says, which got the address
