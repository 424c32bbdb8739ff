"""Bodies without end, lies about their size, and bombs: on every way that bytes come in.

Each ends in the right error, and takes little memory: the limits are set low here, and what
may be needed is some megabytes more.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import zlib

import aiohttp
import pytest

import anyspace
from anyspace import (
    AsyncClient,
    FileError,
    Limits,
    NotGradio,
    RemoteProtocolError,
    StreamBroken,
    Timeouts,
    TransportTimeout,
)
from anyspace.hub import search_spaces
from anyspace.testing import FakeEndpoint, FakeHub, FakeSpace
from tests.client.support import DATA, INFO, JOIN, UPLOAD, by_hand, completed, file_data, problem_of
from tests.hostile.attacks import BOMBS, MIB, bomb, endless, huge, little_memory, nested, packed

LIMITS = Limits(document=MIB, event=MIB, file=MIB)
ROOM = 24 * MIB  # for both sides of the wire, and what Python needs of it
FILE = "/gradio_api/file=/tmp/fox.png"
LIVE = "/gradio_api/stream/a/b/c/playlist.m3u8"

ATTACKS = {
    "endless": endless(),
    "ten gigabytes": huge(),
    **{f"a bomb in {name}": bomb(name) for name in BOMBS},
}
attacked = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)


@pytest.fixture
async def app():
    """An app with a file to give and one to take."""
    picture = file_data("/tmp/fox.png")
    live = {**file_data(LIVE.removeprefix("/gradio_api/stream/")), "is_stream": True}
    endpoints = [
        FakeEndpoint(name="/give", function=lambda: picture, outputs=["image"]),
        FakeEndpoint(name="/live", function=lambda: live, outputs=["audio"]),
        FakeEndpoint(name="/take", function=lambda file: file, inputs=["file"], outputs=["json"]),
        FakeEndpoint(name="/any", function=lambda: 1, outputs=["json"]),
    ]
    async with FakeSpace(endpoints) as app:
        yield app


def client_of(app, **timeouts):
    return AsyncClient(app.url, limits=LIMITS, timeouts=Timeouts(**timeouts))


async def refusal(awaitable, kind=RemoteProtocolError, room=ROOM):
    """The error that it ends with, without much memory."""
    with little_memory(room):
        problem = await problem_of(awaitable)
    assert isinstance(problem, kind), repr(problem)
    return problem


# --- what an app says of itself ---------------------------------------------------------


@attacked
async def test_a_description_without_an_end(app, attack):
    """``/config``, the first that is asked."""
    app.on("GET", "/config", attack)
    await refusal(client_of(app).connect())


@attacked
async def test_a_page_without_an_end(app, attack):
    """The app's page is looked into where there is no ``/config``."""
    app.answer("GET", "/config", 404, {"detail": "Not Found"})
    app.on("GET", "/", attack)
    await refusal(client_of(app).connect())


@attacked
async def test_an_info_without_an_end(app, attack):
    """``/info`` may fail, but not so."""
    app.on("GET", INFO, attack)
    await refusal(client_of(app).connect())


async def test_a_description_of_200_megabytes():
    """Above what is taken by default, which is 64 MiB."""
    start = b'{"version":"6.31.0","components":[],"dependencies":[],"css":"'

    async def handle(exchange):
        await exchange.send_head(headers={"content-type": "application/json"})
        await exchange.send(start)
        for _ in range(200):
            await exchange.send(b"x" * MIB)

    async with FakeSpace() as app:
        app.on("GET", "/config", handle)
        problem = await refusal(AsyncClient(app.url).connect(), room=200 * MIB)
        assert "/config is larger than the limit of 67108864 bytes" in str(problem)


@pytest.mark.parametrize(
    "place", ["%b", '{"components":%b}', '{"components":[],"dependencies":[],"x":%b}']
)
async def test_a_description_that_is_nested_ten_thousand_deep(app, place):
    """Wherever in it."""
    app.answer("GET", "/config", 200, place.encode().replace(b"%b", nested(10_000)))
    await refusal(client_of(app).connect(), (RemoteProtocolError, NotGradio))


@pytest.mark.parametrize("depth", [100, 400, 900, 10_000])
async def test_types_that_are_nested_deep(app, depth):
    """Of a parameter: neither reading nor filling it falls over."""
    schema = b'{"anyOf":[' * depth + b'{"type":"string"}' + b"]}" * depth
    told = (
        b'{"named_endpoints":{"/take":{"parameters":[{"label":"x","parameter_name":"x",'
        b'"parameter_has_default":false,"type":%b}],"returns":[]}}}' % schema
    )
    app.answer("GET", INFO, 200, told)
    async with client_of(app) as client:
        with contextlib.suppress(anyspace.ArgumentError):
            await client.predict(7, api_name="/take")
    assert (await anyspace.async_examine(app.url)).problem == ""


async def test_a_page_that_is_made_to_be_searched_for_ever(app):
    """A megabyte of beginnings without an end; the pattern is looked for once."""
    app.answer("GET", "/config", 404, {"detail": "Not Found"})
    for page in (
        b"window.gradio_config={" * 40_000,
        b"window.gradio_config={" + b"</script>" * 90_000,
    ):
        app.answer("GET", "/", 200, page, {"content-type": "text/html"})
        await refusal(client_of(app).connect(), anyspace.SpaceNotFound)


async def test_a_description_in_drops(app):
    """Each in time, and all of them never."""

    async def drip(exchange):
        await exchange.start_stream()
        while True:
            await exchange.send_chunk(b" ")
            await asyncio.sleep(0.02)

    app.on("GET", "/config", drip)
    problem = await refusal(client_of(app, first_message=0.2, idle=0.2).connect(), TransportTimeout)
    assert "/config was not all there after 0.4 s" in str(problem)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip"])
async def test_what_is_packed_honestly_is_read(app, encoding):
    """In whatever pieces it comes, and in two parts, as RFC 1952 allows."""
    body = b'{"a": "%b"}' % (b"word " * 100_000)
    half = len(body) // 2
    app.answer(
        "GET",
        "/document",
        200,
        packed(body[:half]) + packed(body[half:]),
        {"content-type": "application/json", "content-encoding": encoding},
    )
    async with client_of(app) as client:
        assert await client.fetch_document("/document") == {"a": "word " * 100_000}
        app.answer("GET", "/document", 200, packed(body)[:-9], {"content-encoding": "gzip"})
        assert isinstance(await problem_of(client.fetch_document("/document")), StreamBroken)
        app.answer("GET", "/document", 200, b"no gzip", {"content-encoding": "gzip"})
        problem = await problem_of(client.fetch_document("/document"))
        assert "packed its answer wrongly" in str(problem)
        app.answer("GET", "/document", 200, b"", {"content-encoding": "gzip"})
        assert "is no JSON" in str(await problem_of(client.fetch_document("/document")))
    assert {r.headers["accept-encoding"] for r in app.requests} == {"gzip, deflate"}


# --- jobs -------------------------------------------------------------------------------


@attacked
async def test_an_answer_to_a_job_without_an_end(app, attack):
    """The app shall name the job, in some bytes."""
    async with client_of(app) as client:
        app.on("POST", JOIN, attack)
        await refusal(client.predict(api_name="/any"))


@pytest.mark.parametrize("session", [False, True], ids=["alone", "shared"])
@attacked
async def test_a_stream_with_an_event_without_an_end(app, attack, session):
    """One line of data, however it is packed."""
    app.answer("POST", JOIN, 200, {"event_id": "e1"})
    client = AsyncClient(app.url, limits=LIMITS, session=session)
    async with client:
        app.on("GET", DATA, attack)
        await refusal(client.predict(api_name="/any"), (RemoteProtocolError, StreamBroken))


@pytest.mark.parametrize("session", [False, True], ids=["alone", "shared"])
@pytest.mark.parametrize("comment", [b": still here\n\n", b":" + b"x" * 4000, b"\n", b"id: 7\n"])
async def test_a_stream_of_comments_only(app, comment, session):
    """They are no signs of life: the job's time runs, and nothing piles up."""
    app.answer("POST", JOIN, 200, {"event_id": "e1"})
    app.on("GET", DATA, endless(comment * 500, kind="text/event-stream"))
    client = AsyncClient(
        app.url, limits=LIMITS, session=session, timeouts=Timeouts(first_message=0.5, idle=0.5)
    )
    async with client:
        await refusal(client.predict(api_name="/any"), TransportTimeout)


@pytest.mark.parametrize("depth", [300, 900, 10_000])
async def test_a_result_that_is_nested_deep(app, depth):
    """As deep as JSON is read, it is handed out; deeper is the app's fault."""
    message = completed("%").replace(b'"%"', nested(depth))
    async with client_of(app) as client:
        by_hand(app, message)
        try:
            value = await client.predict(api_name="/any")
        except RemoteProtocolError:
            return
    for _ in range(depth):
        (value,) = value
    assert value == 1


@pytest.mark.parametrize("generation", ["ws", "sse"])
async def test_older_generations_have_the_same_limits(generation):
    """A frame of a websocket, one in endless parts, and the streams of 4.0 to 4.8."""
    endpoint = FakeEndpoint(name="/any", function=lambda: 1, outputs=["json"])
    async with FakeSpace([endpoint], generation=generation) as app:
        async with client_of(app) as client:
            if generation == "sse":
                app.on("GET", "/queue/join", endless(b"data: " + b"x" * 65536))
                await refusal(client.predict(api_name="/any"))
                return
            app.on("GET", "/queue/join", endless_message)
            await refusal(client.predict(api_name="/any"))
            app.on("GET", "/queue/join", large_frame)
            await refusal(client.predict(api_name="/any"))
            if _adds_frames_up():
                app.on("GET", "/queue/join", frame_on_frame)
                await refusal(client.predict(api_name="/any"))
            app.on("GET", "/queue/join", packed_frame)
            await refusal(client.predict(api_name="/any"), (RemoteProtocolError, StreamBroken))


def _adds_frames_up() -> bool:
    """Known gap: up to 3.14.3 a message's parts wrap around at 2**63 bytes for aiohttp."""
    return tuple(map(int, aiohttp.__version__.split(".")[:3])) >= (3, 14, 4)


async def endless_message(exchange):
    """One message in parts: a first one, and no last."""
    await exchange.accept_socket()
    await exchange.send(bytes([0x01, 126, 0xFF, 0xFF]) + b"x" * 65535)
    while True:
        await exchange.send(bytes([0x00, 126, 0xFF, 0xFF]) + b"x" * 65535)


async def large_frame(exchange):
    """A frame that claims a terabyte."""
    await exchange.accept_socket()
    await exchange.send(bytes([0x81, 127]) + (2**40).to_bytes(8, "big"))
    while True:
        await exchange.send(b"x" * 65536)


async def frame_on_frame(exchange):
    """A second part of a message that claims what is a negative length with the first."""
    await exchange.accept_socket()
    await exchange.send(bytes([0x01, 126, 0xFF, 0xFF]) + b"x" * 65535)
    await exchange.send(bytes([0x80, 127]) + (2**63 - 1).to_bytes(8, "big"))
    while True:
        await exchange.send(b"x" * 65536)


async def packed_frame(exchange):
    """A frame that says that it is packed, which nobody agreed to."""
    await exchange.accept_socket()
    await exchange.send(bytes([0xC1, 126, 0x40, 0x00]) + b"x" * 0x4000)
    await asyncio.Event().wait()


# --- files ------------------------------------------------------------------------------


@attacked
async def test_a_file_without_an_end(app, attack, tmp_path):
    """Read or saved; nothing is left behind."""
    async with client_of(app) as client:
        file = await client.predict(api_name="/give")
        app.on("GET", FILE, attack)
        for take in (file.read, file.image, lambda: file.save(tmp_path)):
            await refusal(take(), (FileError, RemoteProtocolError))
    assert list(tmp_path.iterdir()) == []


@attacked
async def test_a_playlist_without_an_end(app, attack):
    """Of a sound that is still made; it is a text, and a short one."""
    async with client_of(app) as client:
        sound = await client.predict(api_name="/live")
        app.on("GET", LIVE, attack)
        for take in (sound.read, lambda: anext(sound.segments())):
            await refusal(take(), (FileError, RemoteProtocolError), room=64 * MIB)


async def test_a_playlist_that_does_not_come(app):
    """Its head, and then nothing."""

    async def hold(exchange):
        await exchange.start_stream()
        await exchange.send_chunk(b"#EXTM3U\n")
        await asyncio.Event().wait()

    async with client_of(app, idle=0.3) as client:
        sound = await client.predict(api_name="/live")
        app.on("GET", LIVE, hold)
        await refusal(sound.read(), TransportTimeout)


@attacked
async def test_an_answer_to_an_upload_without_an_end(app, attack):
    """The app shall say where it put the file."""
    async with client_of(app) as client:
        app.on("POST", UPLOAD, attack)
        await refusal(client.predict(b"content", api_name="/take"))


async def test_a_picture_that_is_a_bomb(app):
    """Few bytes, and 3.6 gigapixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    app.answer("GET", FILE, 200, png)
    async with client_of(app) as client:
        file = await client.predict(api_name="/give")
        await refusal(file.image(), FileError)


# --- the Hub ----------------------------------------------------------------------------

HUB = {
    "endless": endless(),
    "ten gigabytes": huge(),
    **{f"a bomb in {name}": bomb(name) for name in ("gzip", "br", "zstd", "deflate")},
}


@pytest.mark.parametrize("attack", HUB.values(), ids=HUB)
@pytest.mark.parametrize("path", ["/api/spaces/ada/paint", "/api/spaces/semantic-search"])
async def test_an_answer_of_the_hub_without_an_end(path, attack):
    """``HF_ENDPOINT`` may be anybody's, and the way there too."""
    async with FakeHub() as hub:
        hub.on(path, attack)
        if path.endswith("paint"):
            asked = AsyncClient("ada/paint", token=False).connect()
        else:
            asked = search_spaces("paint")
        await refusal(asked, room=96 * MIB)


async def test_an_answer_of_the_hub_that_is_nested_deep():
    """As it may be of a proxy, too."""
    async with FakeHub() as hub:
        for body in (nested(10_000), b"\xff", b"<html>"):
            hub.answer("/api/spaces/ada/paint", 200, body)
            await refusal(AsyncClient("ada/paint", token=False).connect(), room=80 * MIB)


async def test_another_kind_of_page_is_still_told_for_what_it_is(app):
    """The limits change nothing for who is only not Gradio."""
    app.answer("GET", "/config", 200, "<html>", {"content-type": "text/html"})
    assert isinstance(await problem_of(client_of(app).connect()), NotGradio)
