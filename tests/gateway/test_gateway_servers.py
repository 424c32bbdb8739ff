"""OpenAI's client, the gateway, and real Gradio servers of three generations of the wire."""

from __future__ import annotations

import io

import httpx
import openai
import pytest
from PIL import Image

from anyspace.gateway import GatewaySettings
from anyspace.gateway._tables import ModelTable
from tests.gateway.sockets import served
from tests.servers.environments import LATEST
from tests.servers.processes import gradio_app

pytestmark = pytest.mark.servers

EVERYWHERE = ("text_to_image", "image_editing", "chat", "embeddings")
TODAY = (*EVERYWHERE, "inpainting", "text_to_speech", "speech_recognition")


@pytest.fixture(scope="module", params=[LATEST, "4.44.1", "3.50.2"])
def version(request):
    return request.param


@pytest.fixture(scope="module")
def client(version, tmp_path_factory):
    """A gateway with a model for each app, called by the app's name."""
    apps = TODAY if version == LATEST else EVERYWHERE
    mounts = [option for name in apps for option in ("--mount", f"/{name}")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANYSPACE_CONFIG", "")
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.delenv(name, raising=False)
        with gradio_app(version, *mounts, app="tasks/serve.py") as url:
            models = {name: ModelTable(space=f"{url}/{name}") for name in apps}
            with (
                served(GatewaySettings(models=models)) as where,
                openai.OpenAI(base_url=f"{where}/v1", api_key="none", max_retries=0) as made,
            ):
                yield made


def image_at(url: str) -> Image.Image:
    return Image.open(io.BytesIO(httpx.get(url).content)).convert("RGB")


def is_red(image: Image.Image) -> bool:
    """Some of it is, whatever the picture was compressed to."""
    return any(r > 130 and g < 90 and b < 90 for _, (r, g, b) in image.getcolors(1 << 24))


def test_a_picture_is_drawn_and_then_changed(client):
    """The Space draws what the words say; the second is given what the first made."""
    drawn = client.images.generate(
        model="text_to_image", prompt="a red circle", extra_body={"seed": 3}
    )
    first = image_at(drawn.data[0].url)
    assert is_red(first)
    edited = client.images.edit(
        model="image_editing",
        prompt="invert the colours",
        image=("a.png", httpx.get(drawn.data[0].url).content, "image/png"),
    )
    second = image_at(edited.data[0].url)
    assert second.size
    assert not is_red(second)


def test_a_conversation_is_answered_and_streamed(client):
    """History in the form that each version has."""
    messages = [
        {"role": "user", "content": "Hello, my name is Ada."},
        {"role": "assistant", "content": "Nice to meet you, Ada."},
        {"role": "user", "content": "What is my name?"},
    ]
    whole = client.chat.completions.create(model="chat", messages=messages)
    assert whole.choices[0].message.content == "Your name is Ada."
    chunks = client.chat.completions.create(model="chat", messages=messages, stream=True)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "Your name is Ada."


def test_texts_become_vectors(client):
    """Near texts are nearer than far ones."""
    made = client.embeddings.create(
        model="embeddings", input=["a red fox", "a red fox runs", "tax law"]
    )
    one, near, far = (each.embedding for each in made.data)

    def product(a, b):
        return sum(x * y for x, y in zip(a, b, strict=True))

    assert product(one, near) > product(one, far)


def test_what_is_spoken_is_understood(client, version):
    """Speech of one Space, written down by another; today's Gradio has the wheels for both."""
    if version != LATEST:
        models = {model.id for model in client.models.list()}
        assert "text_to_speech" not in models
        return
    spoken = client.audio.speech.create(
        model="text_to_speech", voice="Emma", input="one two three four five",
        response_format="wav",
    )  # fmt: skip
    written = client.audio.transcriptions.create(
        model="speech_recognition", file=("talk.wav", spoken.content, "audio/wav")
    )
    assert written.text == "one two three four five"
