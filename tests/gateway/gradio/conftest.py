"""A gateway on a port of its own: streams break and clients leave only over real sockets."""

from __future__ import annotations

import pytest

from anyspace.testing import FakeEndpoint, FakeSpace
from tests.gateway.conftest import infer
from tests.gateway.gradio.serving import Served, serving
from tests.offline import _no_proxy as _no_proxy
from tests.offline import pytest_itemcollected as pytest_itemcollected


@pytest.fixture
def space():
    """A painter that answers at once."""
    endpoint = FakeEndpoint(name="/infer", function=infer, outputs=["image", "number"])
    with FakeSpace([endpoint]) as app:
        yield app


@pytest.fixture
async def gateway(space):
    """In front of a painter that answers at once, as ``flux``."""
    async with serving({"flux": space.url}) as served:
        yield served


@pytest.fixture
def flux(gateway: Served) -> str:
    """The painter's address at the gateway."""
    return gateway.at("flux")
