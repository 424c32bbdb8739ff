"""What people paste: HARs of real browsers, and every other form of the same requests."""

from __future__ import annotations

import io
import json
import tracemalloc

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from anyspace import UnknownEndpoint, UsageError
from anyspace.capture import (
    Capture,
    Exchange,
    FileHere,
    Target,
    best_call,
    explain_call,
    read_capture,
    read_har,
)
from anyspace.capture._curl import read_curl
from anyspace.capture._fetch import read_fetch
from anyspace.capture._shell import split_bash, split_cmd
from anyspace.cli import main
from anyspace.schema import App, parse_app
from tests.capture.demos import ADDRESSES, DATA, app_of
from tests.capture.devtools import (
    as_curl_bash,
    as_curl_cmd,
    as_fetch,
    as_node_fetch,
    bash_word,
    cmd_word,
)
from tests.schema.apps import recorded

GENERATIONS = ["gradio4", "gradio5", "gradio6"]
FORMS = {
    "bash": as_curl_bash,
    "cmd": as_curl_cmd,
    "fetch": as_fetch,
    "node": as_node_fetch,
}
PROMPT = 'it\'s a "red" fox & 100% snow'
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
# What no HTTP request has in its address and headers.
LINE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


def paste(content: str | bytes) -> Capture:
    """Read what was pasted."""
    return read_capture(io.BytesIO(content.encode() if isinstance(content, str) else content))


def har(name: str) -> Capture:
    """A recorded browser session."""
    with open(DATA / f"{name}.har", "rb") as source:
        return read_capture(source)


def painters(capture: Capture) -> App:
    """The app of the recordings, as their page tells it."""
    return parse_app(capture.config[ADDRESSES["flux"]])


def target(app: App) -> Target:
    return Target(ADDRESSES["flux"], ADDRESSES["flux"], app)


def joins(name: str) -> list[Exchange]:
    """The requests of a session that submitted jobs of its forms."""
    with open(DATA / f"{name}.har", "rb") as source:
        found = [e for e in read_har(source) if e.path.endswith("/queue/join")]
    return found[1:]  # the first is made by the page itself when it loads


# --- HARs of real browsers -----------------------------------------------------------


@pytest.mark.parametrize("name", GENERATIONS)
def test_a_har_has_the_calls_the_app_and_what_came_back(name):
    """Recorded by `record.py` in Chromium on Gradio 4.44.1, 5.50.0 and today's."""
    capture = har(name)
    assert capture.calls[0].fn_index == 0
    assert len(capture.calls) == 4
    assert capture.calls[1].data == [PROMPT, 0, True, 1024, 1024, 4]
    app = painters(capture)
    assert app.title == "Painters"
    assert {"/infer", "/run", "/invert"} <= set(app.endpoints)


@pytest.mark.parametrize("name", GENERATIONS)
@pytest.mark.parametrize(
    ("number", "endpoint", "arguments", "place"),
    [
        (1, "/infer", {"prompt": PROMPT}, "data[0].url"),
        (2, "/run", {"prompt": "ein Fuchs\nim Schnee 狐"}, "data[0][0].image.url"),
        (3, "/invert", {"photo": FileHere(path="my photo.png")}, "data[0].url"),
    ],
)
def test_each_call_is_explained(name, number, endpoint, arguments, place):
    """Endpoint for `fn_index`, names for places, and where the picture was."""
    capture = har(name)
    found = explain_call(capture.calls[number], target(painters(capture)))
    assert found.call.endpoint.name == endpoint
    assert found.call.arguments == arguments
    assert found.call.place.javascript() == place
    assert [given.name for given in found.given if given.state == "sent"] == [*arguments]


@pytest.mark.parametrize("name", GENERATIONS)
def test_the_call_that_is_meant_is_not_the_one_that_the_page_makes(name):
    """The page's own call on load comes first; the last of the documented ones is taken."""
    capture = har(name)
    assert best_call(capture.calls, painters(capture)) == 3
    assert best_call(capture.calls[:2], painters(capture)) == 1
    assert best_call(capture.calls[:1], painters(capture)) == 0
    assert best_call(capture.calls, None) == 3


@pytest.mark.parametrize("name", GENERATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_the_other_forms_of_the_same_requests_say_the_same(name, form):
    """What DevTools copy as cURL (bash, cmd) and as fetch (browser, Node)."""
    for exchange, from_har in zip(joins(name), har(name).calls[1:], strict=True):
        (call,) = paste(FORMS[form](exchange)).calls
        assert call.data == from_har.data
        assert call.fn_index == from_har.fn_index
        assert call.address == from_har.address


@pytest.mark.parametrize("name", GENERATIONS)
def test_the_bare_body_of_a_request_will_do(name):
    """The app has to be named then; which endpoint it is stands in the body."""
    (call,) = paste(joins(name)[0].body or b"").calls
    found = explain_call(call, target(painters(har(name))))
    assert found.call.endpoint.name == "/infer"
    assert found.call.arguments == {"prompt": PROMPT}


def test_the_body_of_a_call_does_not_say_which_endpoint():
    """Told with those there are; with only one documented it is that one."""
    (call,) = paste('{"data": ["a fox"]}').calls
    with pytest.raises(UsageError, match="the body does not say which endpoint"):
        explain_call(call, target(recorded("gradio6")))
    assert explain_call(call, target(app_of("flux"))).call.endpoint.name == "/infer"


def test_a_request_by_name_has_its_arguments_by_name():
    """/call/v2 of 6.13 and later."""
    (call,) = paste(
        'curl https://ada-paint.hf.space/gradio_api/call/v2/infer -d \'{"prompt": "a fox"}\''
    ).calls
    assert (call.address, call.api_name) == ("https://ada-paint.hf.space", "/infer")
    assert explain_call(call, target(app_of("flux"))).call.arguments == {"prompt": "a fox"}


def test_requests_of_4_0_to_4_8_carry_all_in_their_address():
    """The generation "sse", where the stream is also the queue."""
    url = "http://127.0.0.1:7860/queue/join?fn_index=2&session_hash=x&data=%5B%22a%20fox%22%5D"
    (call,) = paste(f"curl '{url}'").calls
    assert (call.fn_index, call.data) == (2, ["a fox"])


def test_calls_over_a_websocket_are_found():
    """Gradio 3, as Chrome saves its frames."""
    frames = [
        {"type": "receive", "time": 1, "data": '{"msg":"send_hash"}'},
        {"type": "send", "time": 1, "data": '{"fn_index":1,"session_hash":"x"}'},
        {"type": "receive", "time": 1, "data": '{"msg":"send_data"}'},
        {"type": "send", "time": 1, "data": '{"data":["a"],"fn_index":1,"session_hash":"x"}'},
        {
            "type": "receive",
            "time": 1,
            "data": '{"msg":"process_completed","success":true,"output":{"data":["b"]}}',
        },
    ]
    entry = {
        "request": {"method": "GET", "url": "wss://ada-paint.hf.space/queue/join"},
        "response": {"status": 101},
        "_webSocketMessages": frames,
    }
    (call,) = paste(json.dumps({"log": {"entries": [entry]}})).calls
    assert (call.address, call.fn_index, call.data, call.output) == (
        "https://ada-paint.hf.space",
        1,
        ["a"],
        ["b"],
    )


def test_credentials_are_noticed_and_not_kept():
    """Ours: a note says that there were some."""
    token = "hf_" + "abcdefghij" * 3
    exchange = joins("gradio6")[0]
    exchange.sent = [*exchange.sent, ("authorization", f"Bearer {token}")]
    (call,) = paste(as_curl_bash(exchange)).calls
    found = explain_call(call, target(painters(har("gradio6"))))
    assert any("not repeated" in note for note in found.notes)
    assert token not in repr(found)


def test_what_an_app_gives_as_an_example_is_no_file_of_the_user():
    """A default file has a path that only the app knows; it is left out."""
    example = {"path": "/srv/example.png", "meta": {"_type": "gradio.FileData"}}
    config = {
        "components": [
            {"id": 1, "type": "image", "props": {"value": example, "label": "Photo"}},
        ],
        "dependencies": [{"inputs": [1], "outputs": [], "api_name": "f"}],
    }
    app = parse_app(json.dumps(config).encode())
    (call,) = paste(json.dumps({"data": [example], "fn_index": 0})).calls
    assert explain_call(call, target(app)).call.arguments == {}
    web = {"path": "https://example.com/a.png", "meta": {"_type": "gradio.FileData"}}
    (call,) = paste(json.dumps({"data": [web], "fn_index": 0})).calls
    expected = {"photo": FileHere(url="https://example.com/a.png")}
    assert explain_call(call, target(app)).call.arguments == expected


def test_a_call_that_does_not_fit_the_description_says_so():
    """The app has changed, or the description is of another one."""
    (call,) = paste('{"data": ["a", "b"], "fn_index": 2}').calls
    found = explain_call(call, target(app_of("flux")))
    assert "2 values were sent for 6 parameters" in found.notes[0]
    (call,) = paste('{"data": [], "fn_index": 77}').calls
    with pytest.raises(UnknownEndpoint, match="no endpoint number 77"):
        explain_call(call, target(app_of("flux")))


def test_a_call_that_failed_is_told():
    """In the app's words."""
    message = {"msg": "process_completed", "success": False, "output": {"error": "out of paint"}}
    join = {
        "request": {
            "method": "POST",
            "url": "http://x/queue/join",
            "postData": {"text": '{"data": ["a"], "fn_index": 2}'},
        },
        "response": {"status": 200, "content": {"text": '{"event_id": "e1"}'}},
    }
    stream = {
        "request": {"method": "GET", "url": "http://x/queue/data?session_hash=s"},
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "text/event-stream"}],
            "content": {"text": f"data: {json.dumps({**message, 'event_id': 'e1'})}\n\n"},
        },
    }
    (call,) = paste(json.dumps({"log": {"entries": [join, stream]}})).calls
    found = explain_call(call, target(app_of("flux")))
    assert "the captured call failed: out of paint" in found.notes


# --- code ----------------------------------------------------------------------------


def test_python_with_gradio_client_is_read_without_running_it():
    """Variables that are set once, files, named and positional values."""
    (call,) = paste(
        """
from gradio_client import Client, handle_file

SPACE = "ada/paint"
client = Client(SPACE, hf_token="not kept")
result = client.predict(
    "a red fox",
    width=512,
    photo=handle_file("cat.png"),
    seed=pick(),
    api_name="/infer",
)
"""
    ).calls
    assert (call.form, call.address, call.api_name) == ("Python", "ada/paint", "/infer")
    assert list(call.positional) == ["a red fox"]
    assert call.named["photo"] == FileHere(path="cat.png")
    found = explain_call(call, target(app_of("flux")))
    assert found.call.arguments == {"prompt": "a red fox", "width": 512}
    assert found.notes[0] == "/infer has no photo; it takes " + ", ".join(
        parameter.name for parameter in found.call.endpoint.parameters
    )
    assert found.notes[1] == "seed is pick() in the code, which only running it would tell"
    assert "not kept" not in repr(call)


def test_the_code_of_the_story_is_read():
    """A note app's request code: what only the panel knows is told, the rest is there."""
    (call,) = paste(
        """
const { state: { width, height, apiToken, instruction } } = data
const client = await env.gradio.Client.connect("black-forest-labs/FLUX.1-schnell")
const submission = await client.submit('/infer', {
  prompt: instruction, // from the panel
  seed: 0,
  width,
  height,
  randomize_seed: true,
  num_inference_steps: 8,
}, undefined, undefined, true)
"""
    ).calls
    assert call.form == "JavaScript"
    assert call.address == "black-forest-labs/FLUX.1-schnell"
    found = explain_call(call, target(app_of("flux")))
    assert found.call.arguments["num_inference_steps"] == 8
    assert "prompt is instruction in the code" in found.notes[0]
    missing = [given.name for given in found.given if given.state == "missing"]
    assert missing == ["prompt"]


def test_javascript_by_position_with_files_and_texts_of_all_kinds():
    """Lists, template texts, escapes, comments, trailing commas, numbers of other bases."""
    (call,) = paste(
        r"""
import { Client, handle_file } from "@gradio/client";
const app = await Client.connect(`http://127.0.0.1:7860`);
/* draw */ const r = await app.predict("/infer", [
  'it\'s \u{1F98A} \x41\n', 0x10, 1_000, -2.5e3, null, handle_file("https://x.org/a.png"),
]);
"""
    ).calls
    expected = ["it's 🦊 A\n", 16, 1000, -2500.0, None, FileHere(url="https://x.org/a.png")]
    assert list(call.positional) == expected


def test_fetch_with_json_stringify_is_read():
    """As people write it, and not as DevTools do."""
    (call,) = paste(
        """await fetch("http://127.0.0.1:7860/gradio_api/call/infer", {
          method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ data: ["a fox", 1] }),
        })"""
    ).calls
    assert (call.api_name, call.data) == ("/infer", ["a fox", 1])


def test_our_own_exports_can_be_pasted():
    """Python, JavaScript and cURL that `export` wrote come back as the same call."""
    from tests.capture.page import text_of

    for name in ("python", "async-python", "gradio-client", "javascript", "langchain"):
        calls = paste(text_of("midjourney", name)).calls
        found = explain_call(calls[0], target(app_of("midjourney")))
        assert found.call.endpoint.name == "/run"
        if name != "langchain":
            assert found.call.arguments == {
                "prompt": "a red fox in snow",
                "width": 512,
                "height": 512,
            }


# --- event streams and messages ------------------------------------------------------


def test_an_event_stream_tells_where_the_result_is():
    """Which endpoint it was stands in the request only, and the command says so."""
    with open(DATA / "gradio6.har", "rb") as source:
        streams = [e.content for e in read_har(source) if e.path.endswith("/queue/data")]
    stream = streams[1]
    done = CliRunner().invoke(main, ["paste"], input=stream)
    assert done.exit_code == 0
    assert "data[0][0].image.url" in done.stdout
    assert "process_completed" in done.stdout
    last = stream.decode().strip().split("\n\n")[-2].removeprefix("data: ")
    assert "data[0][0].image.url" in CliRunner().invoke(main, ["paste"], input=last).stdout
    told = json.loads(CliRunner().invoke(main, ["paste", "--json"], input=stream).stdout)
    assert told["result"] == "data[0][0].image.url"


# --- what is none --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "there is nothing to read"),
        ("hello there", "that is nothing that is known"),
        (b"\xff\x00\x80", "that is no text"),
        ("curl", "that is nothing that is known"),
        ("curl -d '{}'", "names no address"),
        ("curl 'http://x", "breaks off inside the quote"),
        ("curl http://x/queue/join -d @body.json", "paste what is in it instead"),
        ("curl http://x/ -H", "breaks off after an option"),
        ("curl http://x/config", "no call of a Gradio app"),
        ('fetch("http://x/queue/join", {', "breaks off"),
        ("fetch(url)", "address of the fetch() is not written out"),
        ('{"log": {"entries": [', "cannot be read to its end"),
        ('{"log": {"entries": []}}', "the HAR has 0 requests"),
        ('{"components": [], "dependencies": []}', "give it as --config or --info"),
        ('{"named_endpoints": {}}', "give it as --config or --info"),
        ("app.predict('/x', [1", "breaks off"),
        (": only a comment\n\n", "has no message"),
    ],
)
def test_what_cannot_be_read_is_told(content, words):
    """Ours: what it was taken for, and what would be right."""
    with pytest.raises(UsageError, match=words.replace("(", r"\(").replace(")", r"\)")):
        paste(content)


def test_text_as_windows_saves_it_is_read():
    """PowerShell writes UTF-16, editors a mark before UTF-8."""
    body = '{"data": ["狐"], "fn_index": 2}'
    assert paste(body.encode("utf-16")).calls[0].data == ["狐"]
    assert paste(body.encode("utf-8-sig")).calls[0].data == ["狐"]


# --- cURL ----------------------------------------------------------------------------


@given(TEXT, st.lists(st.tuples(LINE, LINE), max_size=3))
def test_bash_reads_what_devtools_write(body, headers):
    """Any text comes back whole."""
    sent = [(k.replace(":", "") or "x", v) for k, v in headers]
    exchange = Exchange(method="POST", url="http://x/queue/join", sent=sent, body=body.encode())
    read = read_curl(as_curl_bash(exchange))
    assert (read.url, read.body, list(read.sent)) == (exchange.url, body.encode() or b"", sent)


@given(TEXT.filter(lambda text: "\r" not in text))
def test_cmd_reads_what_devtools_write(body):
    """Any text, but carriage returns, which Chrome itself makes line ends."""
    exchange = Exchange(method="POST", url="http://x/?a=b&c=%20", sent=[], body=body.encode())
    read = read_curl(as_curl_cmd(exchange))
    assert (read.url, read.body) == (exchange.url, body.encode())


@given(TEXT)
def test_words_of_bash_are_what_was_quoted(text):
    """In every way of quoting: Chrome's, the standard library's, double quotes."""
    import shlex

    double = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    assert split_bash(f'a {bash_word(text)} {shlex.quote(text)} "{double}" b') == [
        "a",
        text,
        text,
        text,
        "b",
    ]


@given(TEXT.filter(lambda text: "\r" not in text))
def test_words_of_cmd_are_what_was_quoted(text):
    """Chrome's carets, and its line ends."""
    assert split_cmd(f"a {cmd_word(text)} b") == ["a", text, "b"]


@given(st.text(alphabet="curl '\"\\^$-dHX{}\n@;|abc=:/ "))
def test_any_command_is_read_or_refused(text):
    """Nothing but our own error comes out, and no parser hangs."""
    for read in (read_curl, read_fetch):
        try:
            read(f"curl {text}" if read is read_curl else f"fetch({text}")
        except UsageError:
            pass


@given(st.text(alphabet="fetch(predict.submit'\"`\\{}[]()$,:1e-x/ \n*"))
def test_any_code_is_read_or_refused(text):
    """As for commands."""
    try:
        paste(f"const app = x.predict({text}")
    except UsageError:
        pass


@pytest.mark.parametrize("text", ["'/x', {]", "'/x', {a:)", "'/x', [{]]"])
def test_brackets_that_do_not_match_are_refused(text):
    """A reader that does not step over them would never end."""
    with pytest.raises(UsageError):
        paste(f"const app = x.predict({text})")


def test_curl_as_people_write_it():
    """Options together and apart, with equals signs, before and after the address."""
    read = read_curl(
        "$ curl -sSXPOST --url=x.org/call/f -H'A: b' --json '{\"data\": [1]}' -u ada:secret | jq ."
    )
    assert (read.method, read.url, read.body) == ("POST", "http://x.org/call/f", b'{"data": [1]}')
    assert [name for name, _ in read.sent] == ["A", "authorization"]
    read = read_curl('curl "http://x/api/f" ^\n -H "A: b" ^\n -d "{\\"data\\": [\\"a^b\\"]}"')
    assert read.body == b'{"data": ["a^b"]}'
    assert read_curl("curl -G x.org --data-urlencode 'data=[1, 2]'").url == (
        "http://x.org?data=%5B1%2C+2%5D"
    )


# --- large captures ------------------------------------------------------------------


class Endless:
    """A HAR of many megabytes that is made while it is read."""

    def __init__(self, entries: int, size: int) -> None:
        filler = {
            "request": {"method": "GET", "url": "http://127.0.0.1:7860/assets/app.js"},
            "response": {"status": 200, "content": {"text": "x" * size}},
        }
        join = joins("gradio6")[0]
        call = {
            "request": {
                "method": "POST",
                "url": join.url,
                "postData": {"text": (join.body or b"").decode()},
            },
            "response": {"status": 200, "content": {"text": "{}"}},
        }
        self._pieces = iter(
            [
                b'{"log": {"entries": [',
                *([(json.dumps(filler) + ",").encode()] * entries),
                json.dumps(call).encode() + b"]}}",
            ]
        )
        self._rest = b""
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        found, self._rest = self._rest[:size], self._rest[size:]
        self.given += len(found)
        return found


def test_a_har_of_200_megabytes_is_not_in_memory_at_once():
    """Read entry by entry: what is held is one entry, not the file."""
    source = Endless(entries=200, size=1_000_000)
    tracemalloc.start()
    try:
        capture = read_capture(source)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert source.given > 200_000_000
    assert capture.requests == 201
    assert capture.calls[0].fn_index == 1
    assert peak < 20_000_000


# --- the command ---------------------------------------------------------------------


def run(*words: object, given: bytes | str | None = None):
    return CliRunner().invoke(main, ["paste", *map(str, words)], input=given)


def files_of(name: str) -> list[str]:
    kinds = ("info", "config")
    return [word for kind in kinds for word in (f"--{kind}", str(DATA / f"{name}_{kind}.json"))]


def test_the_command_explains_and_writes_every_export():
    """With the description from files: nothing is asked."""
    body = '{"data": ["a fox", 0, true, 512, 1024, 4], "fn_index": 2, "session_hash": "x"}'
    curl = f"curl http://127.0.0.1:7860/gradio_api/queue/join --data-raw '{body}'"
    done = run(*files_of("flux"), given=curl)
    assert done.exit_code == 0, done.output
    assert "endpoint  /infer" in done.stdout
    assert "width                sent     512" in done.stdout
    assert "height               default  1024" in done.stdout
    assert "data[0].url  (by the description)" in done.stdout
    for name in ("command", "python", "curl", "yank-note", "n8n"):
        assert f"--- {name}:" in done.stdout
    assert "--- mcp-json" in done.stdout
    assert "(none: http://127.0.0.1:7860 has no MCP server" in done.stdout


def test_one_export_is_all_there_is_on_stdout():
    """So that it can be piped; the explanation goes to stderr."""
    body = '{"data": ["a fox", 0, true, 512, 1024, 4], "fn_index": 2}'
    done = run("--to", "python", "--src", "ada/paint", *files_of("flux"), given=body)
    assert done.stdout.startswith("import anyspace\n")
    assert 'anyspace.Client("ada/paint")' in done.stdout
    assert "endpoint  /infer" in done.stderr


def test_the_command_gives_json():
    """With every export that there is."""
    body = '{"data": ["a fox", 0, true, 512, 1024, 4], "fn_index": 2}'
    done = run("--json", *files_of("flux"), "--src", "http://x", given=body)
    document = json.loads(done.stdout)
    assert document["endpoint"] == "/infer"
    assert document["exports"]["mcp-json"] is None
    assert "a fox" in document["exports"]["python"]


def test_without_an_app_the_command_says_what_is_missing():
    """A bare body names no app."""
    done = run(given='{"data": [1], "fn_index": 2}')
    assert done.exit_code == 2
    assert "name it with --src" in done.stderr


def test_a_har_of_a_page_alone_is_enough_when_nobody_answers_any_more():
    """Names are made of its labels then, so code gives values by their places."""
    done = run(DATA / "gradio5.har", "--call", 3, "--to", "python")
    assert done.exit_code == 0, done.output
    assert "cannot be asked" in done.stderr
    assert '        "2560 x 1440",\n' in done.stdout
    assert run(DATA / "gradio5.har", "--call", 9).exit_code == 2
