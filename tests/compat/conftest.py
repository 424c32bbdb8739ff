"""No test of this folder waits for ever, asks a proxy, or lets the judge phone home."""

import pytest

from tests.offline import _no_proxy, pytest_itemcollected
from tests.servers.environments import LATEST

__all__ = ["_no_proxy", "pytest_itemcollected"]


@pytest.fixture(autouse=True, scope="session")
def _no_telemetry():
    """gradio_client asks the environment too, whatever its argument says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        patch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
        yield


@pytest.fixture(scope="session", params=[LATEST, "5.50.0", "4.44.1", "4.16.0", "4.0.2", "3.50.2"])
def version(request):
    """The versions that differ in what this module has to hide; tests/interaction has them all."""
    return request.param
