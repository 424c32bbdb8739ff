"""Hypothesis by number of examples, not by time; no proxies between us and this machine."""

from tests.schema.conftest import settings as settings

from tests.offline import _no_proxy as _no_proxy
from tests.offline import pytest_itemcollected as pytest_itemcollected
