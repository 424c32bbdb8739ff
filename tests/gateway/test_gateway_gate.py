"""The gate: without keys only this machine may call, and no web page that it looks at."""

from __future__ import annotations

import msgspec
import pytest

from anyspace.gateway import create_app
from anyspace.gateway._tables import CorsTable, KeyTable, LimitsTable
from anyspace.settings import new_key
from tests.gateway.conftest import client_of
from tests.gateway.sockets import Gateway

KEY = new_key()


async def in_pieces(body: bytes):
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:1", "127.8.0.1", "[::1]:8000", "LOCALHOST"]
)
async def test_this_machine_is_answered_without_keys(client, host):
    """Ours."""
    assert (await client.get("/v1/models", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "10.0.0.1"]
)
async def test_a_foreign_name_for_this_machine_is_refused_without_keys(client, host):
    """DNS rebinding: a page's own name is made to lead to 127.0.0.1."""
    answer = await client.get("/v1/models", headers={"host": host})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "host_not_allowed")
    assert "anyspace key new" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example"]
)
async def test_a_page_of_elsewhere_is_refused_and_told_what_to_set(client, space, origin):
    """A page can send simple requests to this machine without asking first."""
    headers = {"origin": origin, "content-type": "text/plain"}
    body = b'{"prompt": "a fox"}'
    answer = await client.post("/v1/images/generations", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin_not_allowed")
    assert f'origins = ["{origin}"]' in answer.json()["error"]["message"]
    assert "access-control-allow-origin" not in answer.headers
    assert space.requests == []


@pytest.mark.parametrize("origins", [(), ("https://notes.example",), ("*",)])
async def test_pages_may_call_and_read_as_the_settings_say(settings, origins):
    """The preflight, the answer, and what a page may read of its headers."""
    page = origins[0].replace("*", "https://any.example") if origins else "http://localhost:3000"
    cors = msgspec.structs.replace(settings, cors=CorsTable(origins=origins))
    asks = {
        "origin": page,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }
    async with client_of(create_app(cors)) as client:
        before = await client.options("/v1/images/generations", headers=asks)
        answer = await client.get("/v1/models", headers={"origin": page})
    assert before.status_code == 204
    assert "authorization" in before.headers["access-control-allow-headers"]
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, page)
    assert "x-anyspace-space" in answer.headers["access-control-expose-headers"]


async def test_with_keys_a_page_may_ask_and_read_why_it_was_refused(settings):
    """A preflight brings no key; a page that has one was given it."""
    keyed = msgspec.structs.replace(
        settings,
        keys={"page": KeyTable(hash=KEY.hash)},
        cors=CorsTable(origins=("https://notes.example",)),
    )
    page = {"origin": "https://notes.example", "access-control-request-method": "GET"}
    async with client_of(create_app(keyed)) as client:
        before = await client.options("/v1/models", headers={**page, "host": "ai.example"})
        refused = await client.get("/v1/models", headers=page)
        answer = await client.get("/v1/models", headers={**page, "x-api-key": KEY.key})
        other = {"origin": "https://evil.example", "x-api-key": KEY.key}
        elsewhere = await client.get("/v1/models", headers=other)
    assert (before.status_code, refused.status_code, answer.status_code) == (204, 401, 200)
    assert refused.headers["access-control-allow-origin"] == "https://notes.example"
    assert "access-control-allow-origin" not in elsewhere.headers


async def test_pages_that_were_let_in_by_new_settings_may_call(settings):
    """Ours: `[cors]` counts at once when the settings are read again."""
    app = create_app(settings)
    page = {"origin": "https://notes.example"}
    async with client_of(app) as client:
        before = await client.get("/v1/models", headers=page)
        cors = CorsTable(origins=("https://notes.example",))
        await app.state.gateway.reload(msgspec.structs.replace(settings, cors=cors))
        after = await client.get("/v1/models", headers=page)
    assert (before.status_code, after.status_code) == (403, 200)


async def test_a_request_that_is_too_large_is_refused_in_openais_shape(settings):
    """Before its body is read; one that does not say how large it is, as soon as it shows."""
    small = msgspec.structs.replace(settings, limits=LimitsTable(body_mb=0.01))
    body = b'{"prompt": "' + b"x" * 20_000 + b'"}'
    headers = {"content-type": "application/json"}
    async with Gateway(small) as gateway:
        for content in (body, in_pieces(body)):
            asked = gateway.post("/v1/images/generations", data=content, headers=headers)
            async with asked as answer:
                assert answer.status == 413
                assert (await answer.json())["error"]["code"] == "request_entity_too_large"
