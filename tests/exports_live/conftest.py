"""The demo Spaces, and what code of other languages needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from anyspace.demo import launch_all
from tests.exports_live.double import OpenAIDouble
from tests.offline import _no_proxy as _no_proxy


@pytest.fixture(scope="session")
def demos() -> Iterator[Mapping[str, str]]:
    """Both demo Spaces; by name their addresses."""
    with launch_all(pace=0) as spaces:
        yield {name: space.url for name, space in spaces.items()}


@pytest.fixture(scope="session")
def openai_double(demos: Mapping[str, str]) -> Iterator[str]:
    """A double of a gateway's OpenAI route for pictures, before both demo Spaces."""
    with OpenAIDouble(demos) as double:
        yield double.url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where code is run; it finds JavaScript's clients there."""
    from tests.servers.node import modules

    (tmp_path / "node_modules").symlink_to(modules(), target_is_directory=True)
    return tmp_path
