"""Callers who go away: their jobs are cancelled on the Space."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from anyspace.testing import FakeEndpoint, FakeSpace, Silence
from tests.gateway.everything import settings_for, sound
from tests.gateway.sockets import Gateway

MODELS = {
    "chatter": "chat-completion",
    "speaker": "text-to-speech",
    "listener": "automatic-speech-recognition",
}
HELLO = {"messages": [{"role": "user", "content": "x"}]}


def recording():
    form = aiohttp.FormData({"model": "listener"})
    form.add_field("file", sound(), filename="talk.wav")
    return form


@pytest.mark.parametrize(
    ("path", "options", "streams"),
    [
        ("/v1/chat/completions", lambda: {"json": {**HELLO, "model": "chatter"}}, False),
        ("/v1/chat/completions",
         lambda: {"json": {**HELLO, "model": "chatter", "stream": True}}, True),
        ("/v1/audio/speech", lambda: {"json": {"input": "x", "model": "speaker"}}, False),
        ("/v1/audio/transcriptions", lambda: {"data": recording()}, False),
        ("/v1/spaces/chatter/call/chat", lambda: {"json": {"values": "x"}}, False),
        ("/v1/spaces/chatter/call/chat?stream=true", lambda: {"json": {"values": "x"}}, True),
    ],
)  # fmt: skip
async def test_a_job_ends_with_its_caller(path, options, streams):
    """On a real socket: no framework's test client goes away."""
    started, cancelled = asyncio.Event(), asyncio.Event()

    def hang(*values):
        started.set()
        yield "Wait"
        yield Silence()

    def endpoint(name, takes, gives):
        return FakeEndpoint(name=name, function=hang, inputs=[takes], outputs=[gives])

    space = FakeSpace(
        [
            endpoint("/chat", "textbox", "textbox"),
            endpoint("/text_to_speech", "textbox", "audio"),
            endpoint("/transcribe", "audio", "textbox"),
        ]
    )

    async def cancel(exchange):
        await space._cancel(exchange)
        cancelled.set()

    space.on("POST", "/gradio_api/cancel", cancel)
    async with space, Gateway(settings_for(space.url, MODELS)) as gateway:

        async def ask():
            async with gateway.post(path, **options()) as answer:
                if streams:
                    await answer.content.readany()
                    reading.set()
                await answer.read()

        reading = asyncio.Event()
        asking = asyncio.create_task(ask())
        async with asyncio.timeout(30):
            await started.wait()
            if streams:
                await reading.wait()
            asking.cancel()
            await cancelled.wait()
        assert space.running == 0
