"""``/v1/audio``. The shapes are those of OpenAI's API reference."""

from __future__ import annotations

import asyncio
import base64
import io
from typing import Annotated

import aiohttp
import av
import pytest

from anyspace.gateway import create_app
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace, Pause
from tests.gateway.conftest import client_of
from tests.gateway.everything import settings_for, sound
from tests.gateway.sockets import Gateway
from tests.gateway.sse import events
from tests.gateway.test_gateway_edits import sent

SPEECH = "/v1/audio/speech"
TRANSCRIPTIONS = "/v1/audio/transcriptions"
TRANSLATIONS = "/v1/audio/translations"

FORMATS = {
    "mp3": ("audio/mpeg", "mp3float"),
    "opus": ("audio/ogg", "opus"),
    "aac": ("audio/aac", "aac"),
    "flac": ("audio/flac", "flac"),
    "wav": ("audio/wav", "pcm_s16le"),
}


def heard(content: bytes, **options) -> tuple[str, float]:
    """A sound's codec, and how many seconds are in it."""
    with av.open(io.BytesIO(content), **options) as opened:
        stream = opened.streams.audio[0]
        samples = sum(frame.samples for frame in opened.decode(stream))
        return stream.codec.name, samples / stream.rate


@pytest.mark.parametrize("format", FORMATS)
async def test_speech_comes_in_the_format_that_was_asked_for(everything, format):
    """The Space makes WAV, whatever is asked for."""
    asked = {"model": "speaker", "input": "hello", "response_format": format}
    answer = await everything.post(SPEECH, json=asked)
    kind, codec = FORMATS[format]
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-anyspace-model"] == "speaker"
    found, seconds = heard(answer.content)
    assert (found, seconds) == (codec, pytest.approx(0.5, abs=0.2))


async def test_what_is_of_that_format_already_is_handed_on_as_it_is(everything):
    """Nothing is lost by encoding anew."""
    answer = await everything.post(SPEECH, json={"input": "hello", "response_format": "wav"})
    assert answer.content == sound()


async def test_pcm_is_24_khz_and_has_no_head(everything):
    """OpenAI: "24kHz (16-bit signed, low-endian), without the header"."""
    answer = await everything.post(SPEECH, json={"input": "hello", "response_format": "pcm"})
    assert len(answer.content) == pytest.approx(24_000, abs=200)


async def test_mp3_is_what_comes_when_nothing_is_said(everything):
    """OpenAI's default."""
    answer = await everything.post(SPEECH, json={"input": "hello"})
    assert heard(answer.content)[0] == "mp3float"


@pytest.mark.parametrize(
    ("voice", "chosen"), [("bert", "Bert"), ({"id": "Bert"}, "Bert"), ("alloy", "Anna")]
)
async def test_a_voice_is_the_nearest_the_space_has(everything, space_of_everything, voice, chosen):
    """Clients always name one of OpenAI's, which a Space does not know."""
    asked = {"input": "hello", "voice": voice, "speed": 1.5}
    assert (await everything.post(SPEECH, json=asked)).status_code == 200
    assert sent(space_of_everything) == ["hello", chosen, 1.5]


async def test_speech_as_events(everything):
    """OpenAI's ``stream_format``: pieces as base64, then the usage."""
    asked = {"input": "hello", "stream_format": "sse", "response_format": "wav"}
    answer = await everything.post(SPEECH, json=asked)
    *pieces, done = [data for _, data in events(answer.text)]
    assert {piece["type"] for piece in pieces} == {"speech.audio.delta"}
    assert b"".join(base64.b64decode(piece["audio"]) for piece in pieces) == sound()
    assert (done["type"], done["anyspace"]["model"]) == ("speech.audio.done", "speaker")


def live_space(speak):
    """An app that speaks while it is heard, by a playlist as Gradio 5 and later have it."""
    endpoint = FakeEndpoint(name="/speak", function=speak, inputs=["textbox"], outputs=["audio"])
    return FakeSpace([endpoint])


def aac(seconds: float = 0.5) -> bytes:
    made = io.BytesIO()
    with av.open(io.BytesIO(sound(seconds))) as source, av.open(made, "w", format="adts") as target:
        encoder = target.add_stream("aac", rate=24_000)
        for frame in source.decode(source.streams.audio[0]):
            target.mux(encoder.encode(frame))
        target.mux(encoder.encode(None))
    return made.getvalue()


LIVE = {
    "path": "session/run/1/playlist.m3u8",
    "url": None,
    "orig_name": "speech.aac",
    "is_stream": True,
    "meta": {"_type": "gradio.FileData"},
}


@pytest.mark.parametrize("format", ["mp3", "aac", "pcm"])
async def test_speech_is_handed_on_while_it_is_spoken(format):
    """The first piece comes although the job is not done: nothing lets it end before."""
    heard_first = asyncio.Event()

    def speak(text):
        yield LIVE
        while not heard_first.is_set():
            yield Pause(0.01)

    async with live_space(speak) as space:
        piece = aac()
        stream = "/gradio_api/stream/session/run/1"
        playlist = "#EXTM3U\n#EXTINF:0.5,\none.aac\n"

        async def send_playlist(exchange):
            ended = "#EXTINF:0.5,\ntwo.aac\n#EXT-X-ENDLIST\n" if heard_first.is_set() else ""
            await exchange.respond(200, (playlist + ended).encode())

        space.on("GET", f"{stream}/playlist.m3u8", send_playlist)
        for name in ("one.aac", "two.aac"):
            space.answer("GET", f"{stream}/{name}", 200, piece)
        async with Gateway(settings_for(space.url, {"speaker": "text-to-speech"})) as gateway:
            content = b""
            asked = {"input": "hello", "response_format": format}
            async with gateway.post(SPEECH, json=asked) as answer:
                assert answer.headers["x-anyspace-space"] == space.url
                async for some in answer.content.iter_any():
                    content += some
                    heard_first.set()
    if format == "aac":
        assert content == piece * 2
    elif format == "pcm":
        assert len(content) == pytest.approx(2 * 24_000, abs=6_000)
    else:
        assert heard(content)[1] == pytest.approx(1.0, abs=0.3)


async def test_a_failure_while_it_is_spoken_is_no_whole_sound():
    """The playlist of an app that failed never ends; the caller is told by a broken answer."""

    def speak(text):
        yield LIVE
        raise RuntimeError("no voice left")

    async with live_space(speak) as space:
        path = "/gradio_api/stream/session/run/1/playlist.m3u8"
        space.answer("GET", path, 200, b"#EXTM3U\n#EXTINF:0.5,\none.aac\n")
        space.answer("GET", path.replace("playlist.m3u8", "one.aac"), 200, aac())
        async with Gateway(settings_for(space.url, {"speaker": "text-to-speech"})) as gateway:
            async with gateway.post(SPEECH, json={"input": "x", "response_format": "aac"}) as got:
                if got.status == 200:
                    with pytest.raises(aiohttp.ClientPayloadError):
                        await got.read()
                else:
                    assert (await got.json())["error"]["code"] == "space_failed"


# --- what is heard ------------------------------------------------------------------------


def recording():
    return {"file": ("talk.wav", sound(), "audio/wav")}


async def test_a_recording_is_written_down(everything, space_of_everything):
    """A form with the file and fields of the task."""
    data = {"model": "listener", "language": "en"}
    answer = await everything.post(TRANSCRIPTIONS, data=data, files=recording())
    assert answer.json()["text"] == f"transcribe en {len(sound())}"


async def test_a_translation_is_asked_of_a_space_that_translates(everything):
    """Whisper's choice of a task."""
    answer = await everything.post(TRANSLATIONS, data={"model": "listener"}, files=recording())
    assert answer.json()["text"].startswith("translate")


async def test_a_space_that_only_writes_down_is_not_asked_to_translate():
    """What it would write is no translation, so nothing is sent."""

    def transcribe(audio: Annotated[FakeFile, "audio"]) -> str:
        return "words"

    with FakeSpace({"/transcribe": transcribe}) as space:
        settings = settings_for(space.url, {"listener": "automatic-speech-recognition"})
        async with client_of(create_app(settings)) as client:
            answer = await client.post(TRANSLATIONS, files=recording())
        assert answer.json()["error"]["code"] == "task_not_supported"
        assert not [r for r in space.requests if r.path.endswith("/join")]


async def test_a_transcript_is_streamed(everything):
    """OpenAI's events: what is new, then all of it."""
    data = {"model": "listener", "stream": "true"}
    answer = await everything.post(TRANSCRIPTIONS, data=data, files=recording())
    *deltas, done = [data for _, data in events(answer.text)]
    assert {delta["type"] for delta in deltas} == {"transcript.text.delta"}
    assert done["type"] == "transcript.text.done"
    assert "".join(delta["delta"] for delta in deltas) == done["text"]


TIMED = {
    "lines": "[00:00.000 --> 00:01.500] Hello\n[00:01.500 --> 00:02.000] there",
    "data": [
        {"timestamp": [0, 1.5], "text": " Hello"},
        {"timestamp": [1.5, 2.0], "text": " there"},
    ],
    "file": FakeFile(
        "out.srt",
        b"1\n00:00:00,000 --> 00:00:01,500\nHello\n\n2\n00:00:01,500 --> 00:00:02,000\nthere\n",
    ),
}


@pytest.fixture(params=TIMED)
async def timed(request):
    """A Space that tells times in one of three ways."""
    given = TIMED[request.param]
    outputs = ["textbox"] if request.param == "lines" else ["textbox", "json"]
    if request.param == "file":
        outputs = ["textbox", "file"]

    def transcribe(audio):
        return given if request.param == "lines" else ("Hello there", given)

    endpoint = FakeEndpoint(
        name="/transcribe", function=transcribe, inputs=["audio"], outputs=outputs
    )
    with FakeSpace([endpoint]) as space:
        settings = settings_for(space.url, {"listener": "automatic-speech-recognition"})
        async with client_of(create_app(settings)) as client:
            yield client


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("text", "Hello there\n"),
        (
            "srt",
            "1\n00:00:00,000 --> 00:00:01,500\nHello\n\n"
            "2\n00:00:01,500 --> 00:00:02,000\nthere\n\n",
        ),
        (
            "vtt",
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello\n\n"
            "00:00:01.500 --> 00:00:02.000\nthere\n\n",
        ),
    ],
)
async def test_times_become_subtitles_and_are_no_part_of_the_text(timed, format, text):
    """Wherever the Space tells them."""
    data = {"response_format": format}
    answer = await timed.post(TRANSCRIPTIONS, data=data, files=recording())
    assert answer.text == text


async def test_times_are_told_in_full(timed):
    """OpenAI's ``verbose_json``."""
    data = {"response_format": "verbose_json", "timestamp_granularities[]": "segment"}
    body = (await timed.post(TRANSCRIPTIONS, data=data, files=recording())).json()
    assert (body["text"], body["duration"]) == ("Hello there", 2.0)
    assert [(s["id"], s["start"], s["end"], s["text"]) for s in body["segments"]] == [
        (0, 0.0, 1.5, "Hello"),
        (1, 1.5, 2.0, "there"),
    ]


async def test_without_times_there_are_no_subtitles(everything):
    """Made-up times would be worse than none; what is told in full is told without."""
    for format, status in (("srt", 400), ("vtt", 400), ("verbose_json", 200)):
        data = {"model": "listener", "response_format": format}
        answer = await everything.post(TRANSCRIPTIONS, data=data, files=recording())
        assert answer.status_code == status
    assert answer.json()["segments"] == []
