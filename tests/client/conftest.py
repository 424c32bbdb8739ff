"""No test of this folder waits for ever or asks a proxy."""

from tests.certificates import certificate, secure_hub
from tests.offline import _no_proxy, pytest_itemcollected

__all__ = ["_no_proxy", "certificate", "pytest_itemcollected", "secure_hub"]
