"""For conftest files: no test of their folder waits for ever or asks a proxy."""

import pytest

from tests.client.support import limit_time


def pytest_itemcollected(item):
    limit_time(item)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """The fake apps are on this machine, whatever the environment says about the world."""
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
