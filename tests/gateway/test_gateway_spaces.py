"""``/v1/spaces``: ours, because OpenAI has no word for what a model takes."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from anyspace.client import Log, Output, Progress
from anyspace.gateway import GatewaySettings, create_app
from anyspace.gateway._tables import ModelTable, ServeTable
from anyspace.gateway.spaces._updates import Updates
from anyspace.testing import FakeSpace, Pause
from tests.gateway.conftest import client_of
from tests.gateway.everything import picture
from tests.gateway.sse import events
from tests.gateway.test_gateway_edits import part, sent


async def test_fields_are_told_as_the_space_bounds_them(everything):
    """What an interface for the model can be made of."""
    body = (await everything.get("/v1/spaces/painter")).json()
    fields = {field["name"]: field for field in body["task"]["fields"]}
    assert (body["task"]["name"], body["task"]["endpoint"]) == ("text-to-image", "/infer")
    width = fields["width"]["parameter"]
    assert (width["name"], width["minimum"], width["maximum"], width["step"]) == (
        "width", 256, 2048, 8,
    )  # fmt: skip
    assert fields["negative_prompt"] == {
        "name": "negative_prompt", "kind": "text", "offered": False,
    }  # fmt: skip


async def test_endpoints_are_told_with_what_they_take_and_give(everything):
    """All of them, whatever the model is for."""
    body = (await everything.get("/v1/spaces/painter")).json()
    spoken = next(each for each in body["endpoints"] if each["name"] == "/text_to_speech")
    voice = spoken["parameters"][1]
    assert (voice["choices"], voice["default"], voice["required"]) == (
        ["Anna", "Bert"], "Anna", False,
    )  # fmt: skip
    assert spoken["returns"] == [{"label": "Output 0", "component": "audio", "file": True}]


async def test_another_task_is_described_when_it_is_asked_for(everything):
    """One Space may do several."""
    body = (await everything.get("/v1/spaces/painter?task=text-to-speech")).json()
    assert body["task"]["endpoint"] == "/text_to_speech"
    wrong = await everything.get("/v1/spaces/painter?task=text-to-cake")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "task_not_supported")


async def test_any_endpoint_is_called_by_the_names_of_its_parameters(everything):
    """Files come as addresses of this gateway."""
    answer = await everything.post("/v1/spaces/speaker/call/infer", json={"prompt": "x", "seed": 9})
    body = answer.json()
    image, seed = body["data"]
    assert (seed, body["labels"]) == (9, ["Output 0", "Output 1"])
    assert (image["name"], image["mime_type"]) == ("fox.png", "image/png")
    assert (await everything.get(image["url"])).content == picture()
    assert answer.headers["x-anyspace-space"] == body["anyspace"]["space"]


@pytest.mark.parametrize(("timeout", "status"), [(0.1, 504), (60.0, 200), (float("inf"), 200)])
async def test_a_models_time_limit_holds_for_whatever_is_called(timeout, status):
    """Its endpoints as well as its task; ``inf``, which TOML has, is no limit."""

    def infer(prompt: str) -> str:
        yield Pause(0.5)
        return prompt

    with FakeSpace({"/infer": infer}) as space:
        model = ModelTable(space=space.url, timeout=timeout)
        settings = GatewaySettings(models={"m": model})
        async with client_of(create_app(settings)) as client:
            answer = await client.post("/v1/spaces/m/call/infer", json={"prompt": "x"})
    assert answer.status_code == status, answer.text


async def test_a_form_brings_files_and_its_text_becomes_what_the_parameters_take(
    everything, space_of_everything
):
    """Text stays text where the Space takes text."""
    answer = await everything.post(
        "/v1/spaces/editor/call/edit_image",
        data={"prompt": "1984", "strength": "0.5", "seed": "3"},
        files={"image": part()},
    )
    assert answer.status_code == 200
    assert sent(space_of_everything)[1:] == ["1984", 0.5, 3]


async def test_files_in_json_are_data_urls(everything, space_of_everything):
    """Or public addresses, which the Space fetches."""
    arguments = {"image": "data:image/png;base64,iVBORw0KGgo=", "prompt": "x"}
    answer = await everything.post("/v1/spaces/editor/call/edit_image", json=arguments)
    assert answer.status_code == 200
    given = space_of_everything.files[sent(space_of_everything)[0]["path"]]
    assert given == ("file.png", b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("ask", [{"url": "?stream=true"}, {"accept": "text/event-stream"}])
async def test_a_stream_tells_what_happens_and_then_the_result(everything, ask):
    """The Space's own updates by name."""
    headers = {"accept": ask["accept"]} if "accept" in ask else {}
    answer = await everything.post(
        f"/v1/spaces/chatter/call/chat{ask.get('url', '')}", json={"message": "a"}, headers=headers
    )
    told = events(answer.text)
    names = [name for name, _ in told]
    assert names[0] == "queued"
    assert "output" in names
    assert told[-1][0] == "complete"
    assert told[-1][1]["data"] == ["You said a"]


@pytest.mark.parametrize(
    ("path", "options", "status", "code"),
    [
        ("painter/call/infre", {"json": {}}, 404, "endpoint_not_found"),
        ("paintr/call/infer", {"json": {}}, 404, "model_not_found"),
        ("painter", {"json": {}}, 404, "endpoint_not_found"),
        ("painter/call/infer", {"json": {}}, 400, "invalid_value"),
        ("painter/call/infer", {"json": [1]}, 400, "invalid_value"),
        ("painter/call/infer", {"content": b"{"}, 400, "invalid_value"),
        ("painter/call/infer", {"content": b"[" * 100_000}, 400, "invalid_value"),
        ("painter/call/infer", {"json": {"prompt": "x", "headers": {}}}, 400, "invalid_value"),
        ("painter/call/infer", {"json": {"prompt": "x", "fn_index": 2}}, 400, "invalid_value"),
        ("editor/call/edit_image", {"json": {"prompt": "x", "image": "http://10.0.0.1/"}}, 400,
         "invalid_value"),
        ("editor/call/edit_image", {"json": {"prompt": "x", "image": "/etc/passwd"}}, 400,
         "invalid_value"),
        ("painter/call/infer", {"json": {"prompt": "fail"}}, 502, "space_failed"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told(everything, path, options, status, code):
    """A caller's names never reach the client's own options, nor files of this machine."""
    answer = await everything.post(f"/v1/spaces/{path}", **options)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_failure_in_a_stream_is_an_event(everything):
    """Behind the first update there is no status to change."""
    answer = await everything.post(
        "/v1/spaces/painter/call/infer?stream=true", json={"prompt": "fail"}
    )
    name, told = events(answer.text)[-1]
    assert (name, told["error"]["code"]) == ("error", "space_failed")


@pytest.fixture
async def open_gateway(space_of_everything):
    """A gateway where callers may name any app, with one model that has a slash in no name."""
    settings = GatewaySettings(
        models={"flux": ModelTable(space=space_of_everything.url, aliases=("black/flux",))},
        serve=ServeTable(any_space=True),
    )
    async with client_of(create_app(settings)) as made:
        yield made


@pytest.mark.parametrize("escape", [True, False])
async def test_names_with_slashes_stand_in_paths(open_gateway, space_of_everything, escape):
    """An alias like a Space's id, or an app's address, escaped or not."""
    for name in ("black/flux", space_of_everything.url):
        path = quote(name, safe="") if escape else name
        assert (await open_gateway.get(f"/v1/models/{path}")).status_code == 200
        described = await open_gateway.get(f"/v1/spaces/{path}")
        assert described.json()["space"] == space_of_everything.url
        called = await open_gateway.post(f"/v1/spaces/{path}/call/embed", json={"text": "abc"})
        assert called.json()["data"][0]["embedding"][0] == 3.0


@pytest.mark.parametrize(
    ("path", "task", "body"),
    [
        ("/v1/images/generations", "text-to-image", {"prompt": "x"}),
        ("/v1/audio/speech", "text-to-speech", {"input": "x"}),
        ("/v1/chat/completions", "chat-completion",
         {"messages": [{"role": "user", "content": "x"}]}),
        ("/v1/embeddings", "feature-extraction", {"input": "x"}),
    ],
)  # fmt: skip
async def test_a_model_is_a_name_an_alias_a_task_an_address_or_nothing(
    everything, open_gateway, space_of_everything, path, task, body
):
    """On every route."""
    for name in ("flux", "black/flux", space_of_everything.url):
        assert (await open_gateway.post(path, json={**body, "model": name})).status_code == 200
    for more in ({}, {"model": task}):
        assert (await everything.post(path, json={**body, **more})).status_code == 200
    unknown = await everything.post(path, json={**body, "model": "black/flux"})
    assert (unknown.status_code, unknown.json()["error"]["param"]) == (404, "model")


async def test_what_waits_for_a_slow_caller_is_bounded():
    """Of results and progress the newest counts; of everything else the last few hundred."""
    updates = Updates()
    for number in range(1000):
        updates.see(Output(number))
        updates.see(Output(number + 1))
        updates.see(Progress(()))
        updates.see(Log(str(number), "info", ""))
    updates.end()
    kept = [update async for update in updates]
    assert len(kept) == 256
    assert kept[-1] == Log("999", "info", "")
    assert kept[-3] == Output(1000)
