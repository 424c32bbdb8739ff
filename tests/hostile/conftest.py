"""No test of this folder waits for ever or asks a proxy; what the Hub said is forgotten."""

import pytest

from anyspace.hub import forget_spaces
from tests.offline import _no_proxy, pytest_itemcollected

__all__ = ["_no_proxy", "pytest_itemcollected"]


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """What the Hub said in one test is not known in the next."""
    forget_spaces()
