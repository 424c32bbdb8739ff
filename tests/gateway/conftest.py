"""A gateway in front of an app that answers at once."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from PIL import Image

from anyspace.gateway import GatewaySettings, create_app, read_settings
from anyspace.testing import FakeFile, FakeSpace
from tests.gateway.everything import app_of_everything, settings_for


def picture(colour: str = "red", kind: str = "png") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(made, kind)
    return made.getvalue()


def infer(
    prompt: str,
    seed: int = 0,
    width: int = 512,
    height: int = 512,
    num_inference_steps: int = 4,
) -> tuple[FakeFile, int]:
    if prompt == "fail":
        raise RuntimeError("no paint left")
    return FakeFile("fox.png", picture()), seed


def client_of(app: Litestar) -> AsyncTestClient[Any]:
    """A client on this machine, which is whom a gateway without keys answers to."""
    return AsyncTestClient(app, base_url="http://127.0.0.1")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch, tmp_path):
    """Neither a file above the checkout nor the user's cache is used."""
    monkeypatch.setenv("ANYSPACE_CONFIG", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def space() -> Iterator[FakeSpace]:
    """A painter that answers at once; in a thread of its own, as apps are elsewhere."""
    with FakeSpace({"/infer": infer}) as app:
        yield app


@pytest.fixture
def settings(space: FakeSpace) -> GatewaySettings:
    return read_settings(models={"flux": space.url})


@pytest.fixture
async def client(settings: GatewaySettings) -> AsyncIterator[AsyncTestClient[Any]]:
    async with client_of(create_app(settings)) as made:
        yield made


@pytest.fixture
def space_of_everything() -> Iterator[FakeSpace]:
    """An app that does every task there is a route for."""
    with app_of_everything() as app:
        yield app


@pytest.fixture
async def everything(space_of_everything: FakeSpace) -> AsyncIterator[AsyncTestClient[Any]]:
    """A gateway in front of it, with a model for each task."""
    settings = settings_for(space_of_everything.url)
    async with client_of(create_app(settings)) as made:
        yield made
