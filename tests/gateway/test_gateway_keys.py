"""Keys: who may call, which models, how often, and how many jobs at once."""

from __future__ import annotations

import hashlib
import re

import msgspec
import pytest

from anyspace.gateway import create_app
from anyspace.gateway._callers import Caller
from anyspace.gateway._calls import Call, leave_call, set_call
from anyspace.gateway._errors import Refused
from anyspace.gateway._life import Life
from anyspace.gateway._tables import KeyTable
from anyspace.settings import new_key
from tests.gateway.conftest import client_of

IMAGES = "/v1/images/generations"
ALICE, BOB, CAROL = new_key(), new_key(), new_key()


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.fixture
def settings(settings):
    """Two names for one Space; Alice may all, Bob one model, Carol one job at once."""
    flux = settings.models["flux"]
    return msgspec.structs.replace(
        settings,
        models={"flux": flux, "secret": flux},
        keys={
            "alice": KeyTable(hash=ALICE.hash),
            "bob": KeyTable(hash=BOB.hash, models=("flux",), rate=2),
            "carol": KeyTable(hash=CAROL.hash, concurrency=1),
        },
    )


def test_a_key_cannot_be_guessed_and_is_known_by_its_hash():
    """Ours: 192 random bits, so that a plain hash hides it."""
    assert re.fullmatch(r"sk-anyspace-[A-Za-z0-9_-]{32}", ALICE.key)
    assert ALICE.hash == f"sha256:{hashlib.sha256(ALICE.key.encode()).hexdigest()}"
    assert len({new_key().key for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("sk-anyspace-unknown"),
        {"authorization": f"Basic {ALICE.key}"},
        {"x-api-key": ALICE.key[:-1]},
    ],
)
@pytest.mark.parametrize("path", ["/v1/models", "/metrics", "/nowhere", "/gradio/flux/config"])
async def test_without_a_known_key_every_route_says_401(client, path, headers):
    """OpenAI's shape and code; routes that are not there do not show it."""
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
    assert "anyspace key new" in error["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/healthz",
        "/readyz",
        "/docs/openapi.json",
        "/files/no/no.png",
        "/gradio/flux/gradio_api/file=no/no.png",
    ],
)
async def test_what_needs_no_key_answers_without(client, path):
    """Ours: probes send none, and addresses of files cannot be guessed."""
    assert (await client.get(path)).status_code == (404 if "no.png" in path else 200)


@pytest.mark.parametrize(
    "headers",
    [
        bearer(ALICE.key),
        {"authorization": f"bearer {ALICE.key}"},
        {"api-key": ALICE.key},
        {"x-api-key": ALICE.key},
        {"authorization": "Bearer hf_of_a_gradio_client", "x-api-key": ALICE.key},
    ],
)
async def test_a_key_is_taken_where_clients_put_it(client, headers):
    """OpenAI's, Azure's and Anthropic's header; Gradio's clients may fill the first."""
    answer = await client.get("/v1/models", headers=headers)
    assert [model["id"] for model in answer.json()["data"]] == ["flux", "secret"]


async def test_a_key_for_some_models_sees_and_uses_only_those(client):
    """Ours: the list, each model, the first that does a task, and hints."""
    bob = bearer(BOB.key)
    listed = (await client.get("/v1/models", headers=bob)).json()["data"]
    assert [model["id"] for model in listed] == ["flux"]
    answer = await client.get("/v1/models/secret", headers=bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "model_not_allowed")
    unknown = await client.get("/v1/models/secre", headers=bob)
    assert "secret" not in unknown.text
    drawn = await client.post(IMAGES, json={"prompt": "a fox", "model": "secret"}, headers=bob)
    assert (drawn.status_code, drawn.json()["error"]["type"]) == (403, "permission_error")
    drawn = await client.post(IMAGES, json={"prompt": "a fox"}, headers=bob)
    assert drawn.headers["x-anyspace-model"] == "flux"


async def test_the_metrics_are_not_for_keys_of_some_models(client):
    """Ours: they name every model."""
    assert (await client.get("/metrics", headers=bearer(ALICE.key))).status_code == 200
    assert (await client.get("/metrics", headers=bearer(BOB.key))).status_code == 403


async def test_a_key_of_some_models_may_not_name_any_space(settings, space):
    """Ours: what is not on the list is not allowed."""
    serve = msgspec.structs.replace(settings.serve, any_space=True)
    asked = {"prompt": "a fox", "model": f"{space.url}/"}
    async with client_of(create_app(msgspec.structs.replace(settings, serve=serve))) as client:
        allowed = await client.post(IMAGES, json=asked, headers=bearer(ALICE.key))
        refused = await client.post(IMAGES, json=asked, headers=bearer(BOB.key))
    assert (allowed.status_code, refused.status_code) == (200, 403)


async def test_more_jobs_than_a_key_may_begin_are_told_when_to_come_back(client):
    """OpenAI's clients wait for `Retry-After`; what is no job does not count."""
    bob = bearer(BOB.key)
    for _ in range(5):
        assert (await client.get("/v1/models", headers=bob)).status_code == 200
    statuses = [
        (await client.post(IMAGES, json={"prompt": "a fox"}, headers=bob)).status_code
        for _ in range(2)
    ]
    answer = await client.post(IMAGES, json={"prompt": "a fox"}, headers=bob)
    assert [*statuses, answer.status_code] == [200, 200, 429]
    assert answer.json()["error"]["code"] == "rate_limit_exceeded"
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    assert answer.headers["x-should-retry"] == "true"


def test_a_minute_fills_the_bucket_and_no_more():
    """Ours: what was not used in an hour is not saved up."""
    now = 0.0
    caller = Caller("bob", KeyTable(hash=BOB.hash, rate=2), clock=lambda: now)

    def begin() -> float | None:
        try:
            caller.begin_job()
        except Refused as exc:
            return exc.retry_after
        return None

    assert [begin(), begin(), begin()] == [None, None, 30.0]
    now = 30.0
    assert [begin(), begin()] == [None, 30.0]
    now = 3600.0
    assert [begin(), begin(), begin()] == [None, None, 30.0]


async def test_more_jobs_at_once_than_a_key_may_have_are_refused(settings):
    """Ours; a job that ended makes room, and others' jobs do not count."""
    life = Life(10)
    token = set_call(call := Call())
    call.caller = Caller("carol", settings.keys["carol"])
    try:
        with life.job():
            with pytest.raises(Refused) as refused, life.job():
                pass
            assert (refused.value.status, refused.value.code) == (429, "concurrency_limit_exceeded")
            assert refused.value.retry_after
            call.caller, carol = Caller("alice", settings.keys["alice"]), call.caller
            with life.job():
                pass
        call.caller = carol
        with life.job():
            pass
    finally:
        leave_call(token)


async def test_new_settings_keep_what_a_key_has_used(settings):
    """Ours: else reading the settings again would give everybody a full bucket."""
    app = create_app(settings)
    bob = bearer(BOB.key)
    async with client_of(app) as client:
        for _ in range(2):
            await client.post(IMAGES, json={"prompt": "a fox"}, headers=bob)
        keys = {name: key for name, key in settings.keys.items() if name != "alice"}
        await app.state.gateway.reload(msgspec.structs.replace(settings, keys=keys))
        again = await client.post(IMAGES, json={"prompt": "a fox"}, headers=bob)
        gone = await client.get("/v1/models", headers=bearer(ALICE.key))
    assert (again.status_code, gone.status_code) == (429, 401)
