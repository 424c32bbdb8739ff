"""Real clients over a socket: OpenAI's, LangChain's, and what Open WebUI sends."""

from __future__ import annotations

import base64
import io
import json
import subprocess
from collections.abc import Iterator

import httpx
import openai
import pytest
from PIL import Image

from tests.gateway.everything import MODELS, app_of_everything, picture, settings_for, sound
from tests.gateway.sockets import served
from tests.servers.node import modules, node

# OpenAI calls its variations and older models of sound deprecated; tools go on using them.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")

HELLO = [{"role": "user", "content": "hello there"}]


@pytest.fixture(params=["sse_v3", "sse", "ws"])
def url(request) -> Iterator[str]:
    """A gateway in front of an app of today's generation, the first of Gradio 4, and of 3."""
    with app_of_everything(request.param) as space, served(settings_for(space.url)) as where:
        yield where


@pytest.fixture
def client(url) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as made:
        yield made


# --- OpenAI's client for Python -----------------------------------------------------------


def test_pictures(client):
    """Addresses, base64, a mask, a variation, and a stream."""
    drawn = client.images.generate(
        model="painter", prompt="a fox", size="512x512", extra_body={"num_inference_steps": 2}
    )
    assert httpx.get(drawn.data[0].url).content == picture()
    half = picture((0, 0, 0, 0))
    filled = client.images.edit(
        model="filler", prompt="x", image=picture(), mask=half, response_format="b64_json"
    )
    given = Image.open(io.BytesIO(base64.b64decode(filled.data[0].b64_json)))
    assert given.convert("L").getpixel((0, 0)) == 255
    varied = client.images.create_variation(model="editor", image=picture(), n=1)
    assert httpx.get(varied.data[0].url).content == picture("blue")
    *_, done = client.images.generate(model="painter", prompt="a fox", stream=True)
    assert done.type == "image_generation.completed"
    assert base64.b64decode(done.b64_json) == picture()


def test_sound(client):
    """Speech whole and streamed, transcripts in every form."""
    spoken = client.audio.speech.create(
        model="speaker", voice="alloy", input="hello", response_format="wav"
    )
    assert spoken.content == sound()
    with client.audio.speech.with_streaming_response.create(
        model="speaker", voice="Bert", input="hello", response_format="mp3"
    ) as streamed:
        assert b"".join(streamed.iter_bytes())[:3] == b"ID3"
    recording = ("talk.wav", sound(), "audio/wav")
    options = {"model": "listener", "file": recording}
    assert client.audio.transcriptions.create(**options).text.startswith("transcribe")
    assert client.audio.transcriptions.create(**options, response_format="text").endswith("\n")
    verbose = client.audio.transcriptions.create(
        **options, response_format="verbose_json", timestamp_granularities=["segment"]
    )
    assert (verbose.segments, verbose.duration) == ([], 0.0)
    *_, done = client.audio.transcriptions.create(**options, stream=True)
    assert (done.type, done.text[:10]) == ("transcript.text.done", "transcribe")
    assert client.audio.translations.create(**options).text.startswith("translate")


def test_chat(client):
    """Whole and streamed, with the usage at the end."""
    whole = client.chat.completions.create(model="chatter", messages=HELLO)
    assert whole.choices[0].message.content == "You said hello there"
    assert whole.usage.total_tokens == 0
    chunks = list(
        client.chat.completions.create(
            model="chatter", messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert (text, chunks[-1].usage.total_tokens) == ("You said hello there", 0)


def test_embeddings(client):
    """It asks for base64 by itself, and gives numbers."""
    made = client.embeddings.create(model="embedder", input=["four", "a"])
    assert [each.embedding[:2] for each in made.data] == [[4.0, 2.0], [1.0, 2.0]]


def test_models_and_failures(client):
    """Its own classes of errors come out of the statuses."""
    assert {model.id for model in client.models.list()} == set(MODELS)
    assert client.models.retrieve("painter").owned_by.startswith("http")
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="chattr", messages=HELLO)
    assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="embedder", input=[[1, 2]])
    with pytest.raises(openai.InternalServerError, match="no paint left"):
        client.images.generate(model="painter", prompt="fail")
    with pytest.raises(openai.APIError, match="no words left"):
        list(
            client.chat.completions.create(
                model="chatter", messages=[{"role": "user", "content": "fail"}], stream=True
            )
        )


def test_a_job_that_may_have_run_is_not_repeated(url):
    """Its clients repeat 5xx twice by themselves, unless ``x-should-retry`` forbids it."""
    asked = 0

    def count(request: httpx.Request) -> None:
        nonlocal asked
        asked += 1

    hooks = httpx.Client(event_hooks={"request": [count]})
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", http_client=hooks) as client:
        with pytest.raises(openai.InternalServerError):
            client.images.generate(model="painter", prompt="fail")
    assert asked == 1


# --- OpenAI's client for JavaScript -------------------------------------------------------


def test_javascript(url):
    """Every route once, in tests/gateway/openai_client.mjs."""
    script = "tests/gateway/openai_client.mjs"
    ran = subprocess.run(
        [node(), script, url, str(modules())], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told.pop("transcript").startswith("transcribe")
    assert told == {
        "chat": "You said hello there",
        "picture": len(picture()),
        "edited": "PNG",
        "speech": "RIFF",
        "embeddings": [4, 1],
        "models": len(MODELS),
        "error": [404, "model_not_found"],
    }


# --- tools --------------------------------------------------------------------------------


def test_langchain(url):
    """Its chat and embeddings; its picture tool of old is a call of OpenAI's client."""
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

    chat = ChatOpenAI(base_url=f"{url}/v1", api_key="none", model="chatter", max_retries=0)
    assert chat.invoke("hello there").content == "You said hello there"
    assert "".join(piece.text for piece in chat.stream("hello there")) == "You said hello there"
    embedder = OpenAIEmbeddings(
        base_url=f"{url}/v1", api_key="none", model="embedder", check_embedding_ctx_length=False
    )
    assert embedder.embed_documents(["four", "a"]) == [[4.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]]


def test_open_webui(url):
    """Its documented requests: images (engine "openai"), speech, transcripts, models, chat."""
    headers = {"authorization": "Bearer none"}
    with httpx.Client(base_url=f"{url}/v1", headers=headers) as web:
        assert {each["id"] for each in web.get("/models").json()["data"]} == set(MODELS)
        drawn = web.post(
            "/images/generations",
            json={
                "model": "painter",
                "prompt": "a fox",
                "n": 1,
                "size": "512x512",
                "response_format": "b64_json",
            },
        )
        assert base64.b64decode(drawn.json()["data"][0]["b64_json"]) == picture()
        edited = web.post(
            "/images/edits",
            data={"model": "editor", "prompt": "x", "n": "1", "response_format": "b64_json"},
            files=[("image", ("image.png", picture(), "image/png"))],
        )
        assert base64.b64decode(edited.json()["data"][0]["b64_json"]) == picture("blue")
        spoken = web.post(
            "/audio/speech", json={"model": "speaker", "input": "x", "voice": "alloy"}
        )
        assert spoken.headers["content-type"] == "audio/mpeg"
        written = web.post(
            "/audio/transcriptions",
            data={"model": "listener", "language": "en"},
            files={"file": ("talk.wav", sound())},
        )
        assert written.json()["text"].startswith("transcribe en")
        with web.stream(
            "POST",
            "/chat/completions",
            json={
                "model": "chatter",
                "messages": HELLO,
                "stream": True,
                "stream_options": {"include_usage": True},
            },
        ) as answer:
            assert answer.read().endswith(b"data: [DONE]\n\n")
