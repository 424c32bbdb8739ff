"""What every ring of tests shares."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.servers.processes import gradio_app


@pytest.fixture(scope="session")
def kitchen() -> Iterator[Callable[..., str]]:
    """Start the kitchen app of a Gradio version, once per version and options."""
    running: dict[tuple[str, ...], str] = {}
    with contextlib.ExitStack() as stack:

        def start(version: str, *options: str) -> str:
            key = (version, *options)
            if key not in running:
                running[key] = stack.enter_context(gradio_app(version, *options))
            return running[key]

        yield start
