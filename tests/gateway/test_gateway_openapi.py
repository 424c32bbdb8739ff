"""The OpenAPI document, and whether the gateway keeps to it whatever it is sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.gateway.everything import app_of_everything, settings_for
from tests.gateway.sockets import served

# Where a form is refused while it is read, the framework leaves its spooled files to be
# closed by the garbage collector, in whatever test that happens.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function SpooledTemporaryFile"
    ":pytest.PytestUnraisableExceptionWarning"
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{name}"),
    ("GET", "/v1/spaces/{model}"),
    ("POST", "/v1/audio/speech"),
    ("POST", "/v1/audio/transcriptions"),
    ("POST", "/v1/audio/translations"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/embeddings"),
    ("POST", "/v1/images/edits"),
    ("POST", "/v1/images/generations"),
    ("POST", "/v1/images/variations"),
    ("POST", "/v1/spaces/{model}/call/{endpoint}"),
]


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """The document of a gateway in front of an app that does every task."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANYSPACE_CONFIG", "")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with app_of_everything() as space, served(settings_for(space.url)) as url:
            yield schemathesis.openapi.from_url(f"{url}/docs/openapi.json")


def test_every_route_is_in_the_document(api):
    """Each is tried below."""
    found = [operation.ok() for operation in api.get_all_operations()]
    assert sorted((each.method.upper(), each.path) for each in found) == OPERATIONS


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [
        (method, path, mode)
        for method, path in OPERATIONS
        for mode in GenerationMode
        if mode is GenerationMode.POSITIVE or method == "POST"  # any text may be a name
    ],
)
def test_no_request_makes_it_fail_or_say_what_is_not_documented(api, method, path, mode):
    """Schemathesis: bodies and parameters that fit the document, and some that do not.

    The app answers everything, so whatever goes wrong is the gateway's.
    """
    operation = api[path][method]

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case):
        case.validate_response(case.call(), checks=CHECKS)

    send()
