"""The apps of tests/servers/tasks, one process for each Gradio version that a test asks for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.servers.environments import LATEST
from tests.servers.processes import gradio_app

# Where the app's work is done by what every Gradio brings.
EVERYWHERE = (
    "chat chat_blocks cutout denoise embeddings fill_with_words image_editing image_to_3d music "
    "poster summarization text_generation text_to_image translation upscaling visual_questions"
).split()
# These need the wheels of requirements/dev.in, or components of today.
TODAY = (
    "background_removal chat_with_files document_ocr inpainting narrator speech_recognition "
    "text_to_speech video"
).split()

Place = Callable[[str], str]


@pytest.fixture(scope="session")
def served() -> Iterator[Callable[[str], str]]:
    """Start the apps with a Gradio version, once, and stop them all at the end."""
    with contextlib.ExitStack() as stack:

        @cache
        def start(version: str) -> str:
            names = [*EVERYWHERE, *TODAY] if version == LATEST else EVERYWHERE
            mounts = [option for name in names for option in ("--mount", f"/{name}")]
            return stack.enter_context(gradio_app(version, *mounts, app="tasks/serve.py"))

        yield start


@pytest.fixture(scope="session", params=[LATEST, "4.44.1", "3.50.2"])
def anywhen(request: pytest.FixtureRequest, served: Callable[[str], str]) -> Place:
    """By an app's name its address; on today's Gradio and on two old ones."""
    return lambda name: f"{served(request.param)}/{name}"


@pytest.fixture(scope="session")
def today(served: Callable[[str], str]) -> Place:
    """By an app's name its address, on today's Gradio."""
    return lambda name: f"{served(LATEST)}/{name}"
