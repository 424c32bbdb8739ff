"""What every ring of tests shares."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.environments import ENVIRONMENTS, LATEST
from tests.servers.processes import gradio_app

# On a machine that may be slow or busy examples are limited by number, not by time.
settings.register_profile("anyspace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anyspace")


# Shells ignore Ctrl-C for what they run in the background, and programs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say what runs in one process when there are several (``-n 3 --dist loadgroup``).

    All that looks at one Gradio version shares its servers; else a file is the unit.
    """
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        version = params.get("version")
        unit = f"Gradio {version}" if isinstance(version, str) else item.path.name
        item.add_marker(pytest.mark.xdist_group(unit))


@pytest.fixture(scope="session", params=[LATEST, *ENVIRONMENTS])
def version(request: pytest.FixtureRequest) -> str:
    """A Gradio version; the tests of one version run together."""
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="session")
def kitchen(version: str) -> Iterator[Callable[..., str]]:
    """Start the kitchen app of this Gradio version, once per options, and stop them all."""
    yield from _kitchens(version)


@pytest.fixture(scope="session")
def kitchen_of_today() -> Iterator[Callable[..., str]]:
    """The same for today's Gradio, whatever versions other tests look at."""
    yield from _kitchens(LATEST)


def _kitchens(version: str) -> Iterator[Callable[..., str]]:
    running: dict[tuple[str, ...], str] = {}
    with contextlib.ExitStack() as stack:

        def start(*options: str) -> str:
            if options not in running:
                running[options] = stack.enter_context(gradio_app(version, *options))
            return running[options]

        yield start
