"""What is about time, against real servers: streams in and out, sessions that end, fences."""

from __future__ import annotations

import asyncio
import contextlib
import io
import wave
from collections.abc import AsyncIterator, Iterator

import av
import pytest

import anyspace
from anyspace import AsyncClient
from tests.interaction.behaviours import behaviour
from tests.servers.environments import LATEST
from tests.servers.ffmpeg import own_ffmpeg
from tests.servers.processes import gradio_app

pytestmark = pytest.mark.servers


def silence():
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 8000)
    return anyspace.file(buffer.getvalue(), name="silence.wav")


@behaviour("sound")
async def test_a_streamed_sound_is_whole_when_it_is_read(live):
    """Observed: its pieces as the app yielded them up to 4.44.1; AAC, all of it, from 5.0 on."""
    async with asyncio.timeout(45), AsyncClient(live) as client:
        sound = await client.predict(2, api_name="/speak")

        assert sound.live
        content = await sound.read()
        if content.startswith(b"RIFF"):
            assert content.count(b"RIFF") == 2
            assert len(content) > 32_000
            return
        assert b"".join([piece async for piece in sound.segments()]) == content
        samples = sum(frame.samples for frame in frames_of(content))
        assert 2 * 8000 <= samples < 2.5 * 8000  # encoders begin with a little silence


@behaviour("film")
async def test_a_streamed_film_is_whole_when_it_is_read(live, version):
    """Observed from 5.0.2 on: MPEG-TS while it is made, MP4 when it is whole.

    On Gradio 5 it stands under ``video``, beside its subtitles.
    """
    if version != LATEST and own_ffmpeg() is None:
        pytest.skip("takes an ffprobe that reads MPEG-TS: install ffmpeg")
    async with asyncio.timeout(45), AsyncClient(live) as client:
        given = await client.predict(3, api_name="/show")
        film = given["video"] if isinstance(given, dict) else given

        assert film.live
        assert len(list(frames_of(await film.read()))) == 30
        pieces = [piece async for piece in film.segments()]
        assert sum(len(list(frames_of(piece))) for piece in pieces) == 30


def frames_of(content: bytes) -> Iterator[av.AudioFrame | av.VideoFrame]:
    """What a player shows of it, or plays."""
    with av.open(io.BytesIO(content)) as opened:
        yield from opened.decode(opened.streams[0])


@behaviour("stream")
async def test_one_piece_of_a_microphones_stream_is_heard_once(live):
    """Observed: 5.0 and later wait for the next piece, and hear the last one again at the end."""
    async with asyncio.timeout(20), AsyncClient(live) as client:
        assert await client.predict(silence(), api_name="/hear") == "piece 1: 8000"


@behaviour("ended")
async def test_the_app_sees_a_shared_session_end(live):
    """Observed from 4.31.5 on: closing the client unloads its session, and no other does."""
    async with asyncio.timeout(45), AsyncClient(live) as looker:
        before = await looker.predict(api_name="/ended")
        async with AsyncClient(live, session=True) as client:
            assert await client.predict("a", api_name="/remember") == "a"
            assert await client.predict("b", api_name="/remember") == "a b"
            assert await looker.predict(api_name="/ended") == before
        while await looker.predict(api_name="/ended") == before:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
        assert await looker.predict(api_name="/ended") == before + 1


@behaviour("token")
async def test_a_token_that_was_given_reaches_the_function_that_wants_one(live):
    """Observed on 6.31.0 (6.21 and later)."""
    async with asyncio.timeout(45), AsyncClient(live, token="hf_mine") as client:
        assert await client.predict("me:", api_name="/act") == "me: hf_mine"
    async with asyncio.timeout(45), AsyncClient(live) as client:
        assert await client.predict("me:", api_name="/act") == "me: nobody"


# --- a fence before the app ------------------------------------------------------


@contextlib.asynccontextmanager
async def fence(url: str) -> AsyncIterator[str]:
    """A proxy that lets everything through but the queue."""
    port = int(url.rpartition(":")[2])

    async def pump(reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if b"/queue/" in head.split(b"\r\n", 1)[0]:
                body = b"<html><title>Forbidden</title></html>"
                writer.write(
                    b"HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\nconnection: close\r\n"
                    b"content-length: %d\r\n\r\n%b" % (len(body), body)
                )
                await writer.drain()
                writer.close()
                return
            there, back = await asyncio.open_connection("127.0.0.1", port)
            # One request for each connection, so that every one is looked at.
            back.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            await asyncio.gather(pump(reader, back), pump(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@behaviour("fence")
async def test_a_fenced_off_queue_is_gone_round_by_name(live):
    """Observed from 4.21.0 on: /call does what /queue would have done."""
    async with asyncio.timeout(45), fence(live) as fenced, AsyncClient(fenced) as client:
        assert await client.predict("over there", api_name="/remember") == "over there"


# --- an app behind the app -------------------------------------------------------


@behaviour("loaded")
async def test_a_file_of_an_app_behind_the_app_comes_through_it(kitchen, version):
    """Observed from 4.19.2 to 6.0.2: its address says where ``/proxy=`` leads."""
    other = kitchen()
    with gradio_app(version, "--upstream", other, app="loaded.py") as url:
        async with asyncio.timeout(45), AsyncClient(other) as behind, AsyncClient(url) as client:
            (copy,) = await behind.predict([("ä b.txt", b"there")], api_name="/copy_files")
            shown = await client.predict(copy.data["path"], api_name="/show")
            assert await shown.read() == b"there"
