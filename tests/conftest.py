"""What every ring of tests shares."""

from __future__ import annotations

import contextlib
import re
import signal
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.environments import ENVIRONMENTS, LATEST
from tests.servers.processes import gradio_app

# On a machine that may be slow or busy examples are limited by number, not by time.
settings.register_profile("anyspace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anyspace")


_VERSION: Final = re.compile(r"(?:\[|-)(latest|\d+\.\d+\.\d+)(?:\]|-)")

# Shells ignore Ctrl-C for what they run in the background, and programs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Say what runs in one process when there are several (``pytest -n 3``).

    All that looks at one Gradio version shares its servers; else a file is the unit.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Units(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            version = _VERSION.search(nodeid)
            return version[1] if version else nodeid.partition("::")[0]

    return Units(config, log)


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
