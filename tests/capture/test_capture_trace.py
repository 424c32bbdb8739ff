"""`Trace`: what a client's wire looked like, in words and as a HAR, without secrets."""

from __future__ import annotations

import io
import json

import pytest
from click.testing import CliRunner

import anyspace
from anyspace.capture import Trace, read_har
from anyspace.cli import main
from anyspace.client import HttpTransport
from anyspace.testing import FakeFile, FakeSpace, Pause

TOKEN = "hf_" + "abcdefghij" * 3
PASSWORD = "open-sesame-12"
GENERATIONS = ["ws", "sse", "sse_v1", "sse_v2", "sse_v2.1", "sse_v3"]


def infer(prompt: str, seed: int = 0) -> tuple[FakeFile, int]:
    return FakeFile("fox.png", b"\x89PNG" * 100), seed


def words(trace: Trace) -> list[str]:
    """The meanings, in order."""
    return [line.meaning for line in trace.lines()]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_call_is_told_in_words_on_every_generation(generation):
    """Ours: what it is, what was submitted, what the app said, where the file is."""
    trace = Trace()
    with FakeSpace({"/infer": infer}, generation=generation) as app:
        with anyspace.Client(app.url, trace=trace) as space:
            space.predict("a fox", api_name="/infer")

    told = "\n".join(words(trace))
    assert "ask the app what it is" in told
    assert f"speaks {generation}, 1 endpoints" in told
    assert "fn_index 0" in told
    assert "2 values" in told
    assert "done" in told
    assert trace.messages[-1]["msg"] in ("process_completed", "close_stream")


def test_the_endpoint_is_named_as_the_app_names_it():
    """The number on the wire says nothing to people."""
    trace = Trace()
    with FakeSpace({"/infer": infer}) as app, anyspace.Client(app.url, trace=trace) as space:
        space.predict("a fox", api_name="/infer")
    assert "submit fn_index 0 (/infer) with 2 values" in words(trace)
    assert trace.submitted is not None
    assert json.loads(trace.submitted.body or b"")["data"] == ["a fox", 0]


def test_what_the_app_says_on_the_way_is_told():
    """Logs and progress as the app words them; then how it failed."""

    def paint(prompt: str):
        yield Pause(0)
        raise RuntimeError("out of paint")

    trace = Trace()
    with FakeSpace({"/paint": paint}) as app, anyspace.Client(app.url, trace=trace) as space:
        with pytest.raises(anyspace.AppError):
            space.predict("a fox", api_name="/paint")
    assert any(meaning.startswith("failed: ") for meaning in words(trace))


def everything(trace: Trace) -> str:
    """All that a trace shows or saves."""
    return trace.explain() + json.dumps(trace.har()) + repr(trace)


def test_no_token_no_password_and_no_cookie_gets_out():
    """Ours; the app repeats what it was told, as a few do."""
    trace = Trace()
    with FakeSpace({"/echo": lambda text: f"you said {text}"}, auth=("ada", PASSWORD)) as app:
        with anyspace.Client(
            app.url,
            trace=trace,
            token=TOKEN,
            auth=("ada", PASSWORD),
            headers={"x-own": "a-secret-of-mine", "x-session-key": "0123456789abcdef"},
        ) as space:
            space.predict(f"my token is {TOKEN}", api_name="/echo")
            space.predict("sid 0123456789abcdef", api_name="/echo")
    sent = [value for exchange in trace.exchanges for _, value in exchange.sent]
    assert any(TOKEN in value for value in sent)  # it did go to the app
    cookies = [v for e in trace.exchanges for k, v in e.headers if k.lower() == "set-cookie"]
    assert cookies

    told = everything(trace)
    for secret in (TOKEN, PASSWORD, "0123456789abcdef", "of-mine"):
        assert secret not in told
    for cookie in cookies:
        assert cookie.partition("=")[2].partition(";")[0].strip('"') not in told
    assert "REDACTED" in told


def test_a_har_has_what_devtools_need_and_reads_back():
    """HAR 1.2: these keys are required of every entry; what was sent and said is in it."""
    trace = Trace()
    with FakeSpace({"/infer": infer}) as app, anyspace.Client(app.url, trace=trace) as space:
        image, _ = space.predict("a fox", api_name="/infer")
        image.read()
    har = trace.har()
    assert har["log"]["version"] == "1.2"
    assert set(har["log"]) == {"version", "creator", "pages", "entries"}
    for entry in har["log"]["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        request, response = entry["request"], entry["response"]
        assert {"method", "url", "httpVersion", "cookies", "headers"} <= set(request)
        assert {"queryString", "headersSize", "bodySize"} <= set(request)
        assert {"status", "statusText", "httpVersion", "cookies", "headers"} <= set(response)
        assert {"content", "redirectURL", "headersSize", "bodySize"} <= set(response)
        assert {"send", "wait", "receive"} <= set(entry["timings"])
        assert entry["time"] >= 0
        assert entry["startedDateTime"].endswith("+00:00")

    back = [*read_har(io.BytesIO(json.dumps(har).encode()))]
    assert [(e.method, e.url, e.status, e.body) for e in back] == [
        (e.method, e.url, e.status, e.body) for e in trace.exchanges
    ]
    said = [m.value for e in back for m in e.messages]
    assert said == [m.value for e in trace.exchanges for m in e.messages]
    assert back[-1].content == b"\x89PNG" * 100


def test_websockets_are_in_the_har_as_chrome_has_them():
    """Under ``_webSocketMessages``, each with its direction."""
    trace = Trace()
    with FakeSpace({"/infer": infer}, generation="ws") as app:
        with anyspace.Client(app.url, trace=trace) as space:
            space.predict("a fox", api_name="/infer")
    (entry,) = [e for e in trace.har()["log"]["entries"] if "_webSocketMessages" in e]
    assert entry["response"]["status"] == 101
    frames = entry["_webSocketMessages"]
    assert {frame["type"] for frame in frames} == {"send", "receive"}
    back = [*read_har(io.BytesIO(json.dumps(trace.har()).encode()))]
    assert [m.outgoing for e in back for m in e.messages] == [f["type"] == "send" for f in frames]


def test_large_bodies_are_counted_and_cut():
    """Ours: a trace of a film is no film."""
    trace = Trace(keep=50)
    with FakeSpace({"/infer": infer}) as app, anyspace.Client(app.url, trace=trace) as space:
        image, _ = space.predict("a fox", api_name="/infer")
        image.read()
    file = trace.exchanges[-1]
    assert (file.size, len(file.content)) == (400, 50)
    content = trace.har()["log"]["entries"][-1]["response"]["content"]
    assert content == {"size": 400, "mimeType": "image/png"}


def test_a_connection_that_fails_is_told():
    """Nothing listens there."""
    trace = Trace()
    with pytest.raises(anyspace.ConnectFailed):
        anyspace.Client("http://127.0.0.1:9", trace=trace)
    assert [line.what for line in trace.lines()][:2] == ["GET /config", "no answer"]
    assert trace.har()["log"]["entries"][0]["response"]["status"] == 0


async def test_only_the_clients_own_transport_is_watched():
    """Ours: a given transport would be silent, and an empty trace a lie."""
    with pytest.raises(anyspace.UsageError, match="own transport"):
        anyspace.AsyncClient(
            "http://127.0.0.1:9", trace=Trace(), transport=HttpTransport("http://127.0.0.1:9")
        )


def run(*words: object) -> object:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_command_shows_the_wire_then_the_result_and_saves_a_har(tmp_path):
    """Ours."""
    with FakeSpace({"/echo": lambda text: f"{text}!"}) as app:
        done = run("trace", app.url, "/echo", "hello", "--har", tmp_path / "new" / "echo.har")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].endswith("ask the app what it is")
    assert any("submit fn_index 0 (/echo) with 1 value" in line for line in lines)
    assert lines[-1] == "hello!"
    with open(tmp_path / "new" / "echo.har", "rb") as har:
        assert any(exchange.path.endswith("/queue/join") for exchange in read_har(har))


def test_the_command_shows_the_wire_of_a_failed_call_too(tmp_path):
    """That is when one wants to see it; the exit code is that of `anyspace call`."""

    def fail(text: str) -> str:
        raise RuntimeError("boom")

    with FakeSpace({"/fail": fail}) as app:
        done = run("trace", app.url, "/fail", "hello")
        as_json = run("trace", app.url, "/fail", "hello", "--json")
    assert done.exit_code == 1
    assert "failed: " in done.stdout
    document = json.loads(as_json.stdout)
    assert document["error"]
    assert {"at", "what", "size", "meaning", "depth"} == set(document["lines"][0])


def test_the_command_gives_json(tmp_path):
    """As every command."""
    with FakeSpace({"/echo": lambda text: f"{text}!"}) as app:
        done = run("trace", app.url, "/echo", "hello", "--json")
    document = json.loads(done.stdout)
    assert document["generation"] == "sse_v3"
    assert document["result"] == "hello!"


def test_a_har_that_cannot_be_written_is_told(tmp_path):
    """A folder stands there."""
    with pytest.raises(anyspace.FileError, match="cannot write"):
        Trace().save_har(tmp_path)
