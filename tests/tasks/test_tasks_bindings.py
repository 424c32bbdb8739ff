"""Bindings that were found are kept, each for the app and the wish it was found for."""

from __future__ import annotations

from typing import Annotated

import pytest

from anyspace import AsyncClient, BindingError
from anyspace.tasks import _bindings, run_task
from anyspace.tasks._bindings import find_binding
from anyspace.testing import FakeFile, FakeSpace

Sound = Annotated[FakeFile, "audio"]


def ready(text: str, voice: str = "Anna") -> Sound:
    return FakeFile("ready.wav", b"RIFF")


def clone(text: str, reference_audio: Sound) -> Sound:
    return FakeFile("clone.wav", b"RIFF")


def described() -> FakeSpace:
    return FakeSpace({"/synthesize": ready, "/clone": clone})


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(_bindings, "_found", type(_bindings._found)())


async def test_the_same_wish_has_the_same_binding():
    """Binding takes milliseconds; a call takes less."""
    async with described() as app, AsyncClient(app.url) as client:
        task = "text-to-speech"
        one = find_binding(client.app, task, None, {}, ["text"])
        assert find_binding(client.app, task, None, {}, ["prompt"]) is one  # another word for it
        assert find_binding(client.app, task, None, {"text": "voice"}, ["text"]) is not one
        assert find_binding(client.app, task, "/clone", {}, ["text"]).endpoint.name == "/clone"
        with pytest.raises(BindingError):
            find_binding(client.app, task, None, {"text": "nowhere"}, ["text"])


async def test_another_wish_may_have_another_binding():
    """What is given decides between endpoints that do the same."""
    async with described() as app, AsyncClient(app.url) as client:
        values = {"text": "hello"}
        for more, name in (
            ({}, "ready.wav"),
            ({"reference_audio": b"RIFF1234WAVE"}, "clone.wav"),
            ({}, "ready.wav"),
        ):
            made = await run_task(client, "text-to-speech", {**values, **more})
            assert made.files[0].name == name


async def test_only_so_many_are_kept(monkeypatch):
    """The one that was not asked for the longest goes."""
    monkeypatch.setattr(_bindings, "_KEPT", 2)
    async with described() as app, AsyncClient(app.url) as client:
        task = "text-to-speech"
        first = find_binding(client.app, task, None, {}, ["text"])
        find_binding(client.app, task, "/clone", {}, ["text"])
        assert find_binding(client.app, task, None, {}, ["text"]) is first
        find_binding(client.app, task, None, {}, ["text", "voice"])
        assert len(_bindings._found) == 2
        assert find_binding(client.app, task, None, {}, ["text"]) is first
