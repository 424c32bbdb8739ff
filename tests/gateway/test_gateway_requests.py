"""Every request has a name, is logged in one line, counted, and traced: without secrets."""

from __future__ import annotations

import logging
import re

import msgspec
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from anyspace.gateway import create_app
from anyspace.gateway._calls import Call, leave_call, set_call
from anyspace.gateway._logs import JsonLines, TextLines
from anyspace.gateway._tables import KeyTable
from anyspace.settings import new_key
from tests.gateway.conftest import client_of

IMAGES = "/v1/images/generations"
KEY = new_key()


def count(text: str, name: str, **labels: str) -> float:
    """A number of a page of metrics; 0 when it is not there."""
    for line in text.splitlines():
        if line.startswith(name) and all(f'{k}="{v}"' in line for k, v in labels.items()):
            return float(line.rpartition(" ")[2])
    return 0.0


@pytest.fixture
def lines(caplog):
    """What is logged, each line decoded, in the form for programs."""
    caplog.set_level(logging.DEBUG, "anyspace")
    told: list[dict] = []

    class Listening(logging.Handler):
        def emit(self, record):
            told.append(msgspec.json.decode(self.format(record)))

    handler = Listening()
    handler.setFormatter(JsonLines())
    logging.getLogger("anyspace").addHandler(handler)
    yield told
    logging.getLogger("anyspace").removeHandler(handler)


async def test_a_request_has_a_name_in_its_answer_and_its_log_lines(client, lines):
    """The caller's, or a proxy's; what is no sane name is replaced."""
    answer = await client.get("/v1/models", headers={"x-request-id": "from-a.proxy_7"})
    assert answer.headers["x-request-id"] == "from-a.proxy_7"
    assert lines[-1]["request_id"] == "from-a.proxy_7"
    for unfit in ("", "a b", "x" * 101, "a;b"):
        answer = await client.get("/v1/models", headers={"x-request-id": unfit})
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


async def test_refusals_and_what_is_not_there_have_names_too(client):
    """Ours: errors are what people ask about."""
    for path, host in (("/nowhere", "localhost"), ("/v1/models", "evil.example")):
        answer = await client.get(path, headers={"host": host, "x-request-id": "mine"})
        assert answer.headers["x-request-id"] == "mine"


async def test_a_request_is_one_line(settings, lines, space):
    """Who asked for what, who did it, how it ended, how long it took, how much it was."""
    keyed = msgspec.structs.replace(settings, keys={"alice": KeyTable(hash=KEY.hash)})
    async with client_of(create_app(keyed)) as client:
        headers = {"authorization": f"Bearer {KEY.key}"}
        answer = await client.post(IMAGES, json={"prompt": "a fox"}, headers=headers)
    (line,) = [line for line in lines if line["message"] == "request"]
    assert line["ms"] > 0
    for name in ("time", "ms", "request_id"):
        line.pop(name)
    assert line == {
        "level": "info",
        "logger": "anyspace.gateway.requests",
        "message": "request",
        "key": "alice",
        "method": "POST",
        "route": IMAGES,
        "model": "flux",
        "space": space.url,
        "status": 200,
        "bytes": len(answer.content),
    }


async def test_no_log_line_has_a_key_a_prompt_a_query_or_a_files_address(settings, lines):
    """Ours: logs go to places where none of them belongs."""
    keyed = msgspec.structs.replace(settings, keys={"alice": KeyTable(hash=KEY.hash)})
    async with client_of(create_app(keyed)) as client:
        headers = {"authorization": f"Bearer {KEY.key}"}
        asked = {"prompt": "a private fox"}
        answer = await client.post(f"{IMAGES}?who=me", json=asked, headers=headers)
        url = answer.json()["data"][0]["url"]
        assert (await client.get(url)).status_code == 200
        await client.post(IMAGES, json={"prompt": "fail"}, headers=headers)
        await client.get("/v1/models", headers={"x-api-key": "sk-anyspace-wrong-one"})
        await client.get("/files/unguessable/name.png")
    told = msgspec.json.encode(lines).decode()
    for secret in (KEY.key, "private fox", "who=me", url.split("/")[4], "wrong-one", "unguessable"):
        assert secret not in told
    assert "/files/{key}/{name}" in told


def record(message: str, *arguments: object, fields: dict | None = None) -> logging.LogRecord:
    made = logging.LogRecord("anyspace.x", logging.INFO, "", 1, message, arguments, None)
    made.created, made.msecs = 0.25, 250.0
    if fields:
        made.fields = fields
    return made


def test_lines_for_people_are_one_line_each():
    """What others wrote into a message cannot make a second one."""
    token = set_call(Call("r1"))
    try:
        told = TextLines().format(record("a\nb", fields={"key": "", "model": "x y", "ms": 1.5}))
    finally:
        leave_call(token)
    assert told == '1970-01-01T00:00:00.250Z INFO anyspace.x [r1] a b model="x y" ms=1.5'


@pytest.mark.parametrize("lines_of", [TextLines, JsonLines])
@pytest.mark.parametrize("secret", [KEY.key, "hf_AbCdEfGhIjKlMnOp"], ids=["ours", "theirs"])
def test_a_secret_in_somebody_elses_message_is_left_out(lines_of, secret):
    """Ours: a second net below the rule that nothing puts it there."""
    assert secret not in lines_of().format(record("failed with %s here", secret))


async def test_what_happens_is_counted_by_model_and_space(client, space):
    """Requests, their time and their failures."""
    await client.post(IMAGES, json={"prompt": "a fox", "model": "flux"})
    await client.post(IMAGES, json={"prompt": "fail", "model": "flux"})
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    of_space = {"model": "flux", "space": space.url}
    text = answer.text
    assert count(text, "anyspace_requests_total", route=IMAGES, status="200", **of_space) == 1
    assert count(text, "anyspace_requests_total", route=IMAGES, status="502", **of_space) == 1
    assert count(text, "anyspace_failures_total", kind="space_failed", **of_space) == 1
    assert count(text, "anyspace_request_seconds_count", route=IMAGES, model="flux") == 2
    assert 'anyspace_jobs_running{model="flux"' in text
    assert count(text, "anyspace_jobs_running", **of_space) == 0
    assert count(text, "anyspace_jobs_waiting", model="flux") == 0


async def test_what_callers_write_never_becomes_a_label(settings, space):
    """A label for each name that somebody made up would fill the memory."""
    serve = msgspec.structs.replace(settings.serve, any_space=True)
    async with client_of(create_app(msgspec.structs.replace(settings, serve=serve))) as client:
        await client.post(IMAGES, json={"prompt": "x", "model": "made-up"})
        await client.post(IMAGES, json={"prompt": "x", "model": f"{space.url}/"})
        await client.get("/made-up/path")
        text = (await client.get("/metrics")).text
    assert "made-up" not in text
    assert space.url not in text
    assert count(text, "anyspace_requests_total", model="any-space", status="200") == 1
    assert count(text, "anyspace_requests_total", route="unmatched", status="404") == 1


async def test_answers_from_the_cache_are_counted(settings):
    """Ours."""
    storage = msgspec.structs.replace(settings.storage, cache=True)
    async with client_of(create_app(msgspec.structs.replace(settings, storage=storage))) as client:
        for _ in range(3):
            await client.post(IMAGES, json={"prompt": "a fox", "seed": 7})
        text = (await client.get("/metrics")).text
    assert count(text, "anyspace_cache_hits_total", model="flux") == 2


async def test_jobs_are_counted_while_they_run(settings, client, space):
    """A gauge that is looked at from within the Space's answer."""
    metrics = client.app.state.gateway.metrics
    seen: list[str] = []
    usual = space._route

    async def look(exchange):
        seen.append(metrics.text().decode())
        await space._join(exchange)

    space.on("POST", f"{space.prefix}/queue/join", look)
    assert usual
    await client.post(IMAGES, json={"prompt": "a fox"})
    assert count(seen[0], "anyspace_jobs_running", model="flux", space=space.url) == 1
    assert count(seen[0], "anyspace_jobs_waiting", model="flux") == 0


async def test_metrics_can_be_switched_off(settings):
    """`[serve] metrics`."""
    serve = msgspec.structs.replace(settings.serve, metrics=False)
    async with client_of(create_app(msgspec.structs.replace(settings, serve=serve))) as client:
        assert (await client.get("/metrics")).status_code == 404


async def test_the_gateway_is_not_ready_when_it_is_being_stopped(client):
    """Who shares out requests asks this and sends no more; it is alive all the same."""
    assert (await client.get("/readyz")).text == "ready\n"
    await client.app.state.gateway.life.stop(1)
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "stopping")
    assert int(answer.headers["retry-after"]) > 0
    assert (await client.get("/healthz")).status_code == 200
    refused = await client.post(IMAGES, json={"prompt": "a fox"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")


@pytest.fixture
def spans(monkeypatch):
    """The spans that are made, kept here."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    return exporter


async def test_a_request_is_a_span_within_its_callers(spans, settings, space):
    """OpenTelemetry's names; the route and never the path."""
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with client_of(create_app(settings)) as client:
        asked = {"prompt": "a private fox"}
        headers = {"traceparent": parent, "x-request-id": "r1"}
        answer = await client.post(f"{IMAGES}?who=me", json=asked, headers=headers)
        await client.get(answer.json()["data"][0]["url"])
        await client.post(IMAGES, json={"prompt": "fail"})
    made, file, failed = spans.get_finished_spans()
    assert (made.name, made.kind) == (f"POST {IMAGES}", trace.SpanKind.SERVER)
    assert f"{made.context.trace_id:x}" == "af7651916cd43dd8448eb211c80319c"
    assert dict(made.attributes) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": IMAGES,
        "anyspace.request_id": "r1",
        "anyspace.model": "flux",
        "anyspace.space": space.url,
    }
    assert file.name == "GET /files/{key}/{name}"
    assert failed.attributes["error.type"] == "space_failed"
