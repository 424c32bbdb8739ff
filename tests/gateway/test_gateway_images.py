"""``/v1/images/generations``. The shapes are those of OpenAI's API reference."""

from __future__ import annotations

import base64
import io

import msgspec
import pytest
from PIL import Image

from anyspace.gateway import create_app, read_settings
from tests.gateway.conftest import client_of, picture

URL = "/v1/images/generations"


def events(text: str) -> list[dict]:
    return [
        msgspec.json.decode(line.removeprefix("data: "))
        for line in text.splitlines()
        if line.startswith("data: ")
    ]


async def test_an_address_is_given_and_the_picture_is_there(client, space):
    """OpenAI's default for models that give addresses."""
    answer = await client.post(URL, json={"prompt": "a fox", "model": "flux"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["anyspace"] == {
        "model": "flux",
        "space": space.url,
        "endpoint": "/infer",
        "notes": [],
        "cached": False,
    }
    assert answer.headers["x-anyspace-space"] == space.url
    found = await client.get(body["data"][0]["url"])
    assert (found.content, found.headers["content-type"]) == (picture(), "image/png")


async def test_the_picture_itself_in_the_type_asked_for(client):
    """`output_format` is honoured whatever the Space makes."""
    asked = {"prompt": "a fox", "response_format": "b64_json", "output_format": "webp"}
    body = (await client.post(URL, json=asked)).json()
    image = Image.open(io.BytesIO(base64.b64decode(body["data"][0]["b64_json"])))
    assert (image.format, image.size) == ("WEBP", (8, 8))


async def test_size_seed_and_the_spaces_own_fields_reach_the_space(client, space):
    """OpenAI's clients put other keys of `extra_body` at the top of the body."""
    asked = {"prompt": "a fox", "size": "640x384", "seed": 7, "num_inference_steps": 9}
    assert (await client.post(URL, json=asked)).status_code == 200
    (join,) = [r for r in space.requests if r.path.endswith("/queue/join")]
    assert msgspec.json.decode(join.body)["data"] == ["a fox", 7, 640, 384, 9]


async def test_what_the_settings_settle_for_a_space_holds(space, tmp_path):
    """``[recipes]`` of the gateway's own file, and of that file when it is read again."""
    path = tmp_path / "gateway.toml"

    def settings(steps: int):
        path.write_text(
            f'[models.flux]\nspace = "{space.url}"\n'
            f'[recipes."{space.url}".text-to-image.arguments]\nnum_inference_steps = {steps}\n'
        )
        return read_settings(path)

    app = create_app(settings(2))
    async with client_of(app) as client:
        assert (await client.post(URL, json={"prompt": "a fox"})).status_code == 200
        flux = await app.state.gateway.models.find("flux", ())
        await app.state.gateway.reload(settings(17))
        assert (await client.post(URL, json={"prompt": "a fox"})).status_code == 200
        assert await app.state.gateway.models.find("flux", ()) is flux
    joins = [r for r in space.requests if r.path.endswith("/queue/join")]
    assert [msgspec.json.decode(join.body)["data"][-1] for join in joins] == [2, 17]


async def test_a_stream_ends_with_the_picture(client, space):
    """As OpenAI's: an event of a type, with the picture as base64."""
    answer = await client.post(URL, json={"prompt": "a fox", "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-anyspace-space"] == space.url
    (done,) = events(answer.text)
    assert done["type"] == "image_generation.completed"
    assert base64.b64decode(done["b64_json"]) == picture()


@pytest.mark.parametrize(
    ("asked", "status", "error"),
    [
        ({"prompt": ""}, 400, {"param": "prompt"}),
        ({"prompt": "x", "size": "large"}, 400, {"param": "size"}),
        ({"prompt": "x", "n": 99}, 400, {"param": "n"}),
        ({"prompt": "x", "model": "flx"}, 404, {"param": "model", "code": "model_not_found"}),
        ({"prompt": "x", "widht": 3}, 400, {"param": "widht", "code": "invalid_value"}),
        ({"prompt": "fail"}, 502, {"code": "space_failed"}),
    ],
)
async def test_failures_have_openais_shape_and_are_never_repeated(client, asked, status, error):
    """OpenAI's clients repeat 5xx by themselves unless a header forbids it."""
    answer = await client.post(URL, json=asked)
    assert answer.status_code == status
    assert answer.headers["x-should-retry"] == "false"
    assert error.items() <= answer.json()["error"].items()


async def test_a_failure_in_a_stream_is_an_event(client):
    """Its clients look for the key `error` in every event."""
    answer = await client.post(URL, json={"prompt": "fail", "stream": True})
    (failed,) = events(answer.text)
    assert "no paint left" in failed["error"]["message"]
