"""``/v1/audio/speech``: a text spoken, and heard while it is spoken where the Space does so."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.response import Stream

from anyspace._errors import RemoteProtocolError
from anyspace.client import AsyncMediaFile
from anyspace.gateway._answers import documented, told, told_headers
from anyspace.gateway._calls import current_call
from anyspace.gateway._gateway import Asked, Beat, Done, Gateway
from anyspace.gateway._handed_on import ask_headers
from anyspace.gateway._operations import EVENTS
from anyspace.gateway._streams import HEARTBEAT, event, event_stream
from anyspace.gateway.openai._extras import extras_of
from anyspace.gateway.openai._sounds import SOUND_TYPES, SoundFormat, encoded, reencoded
from anyspace.tasks import Preview

__all__ = ["SpeechRequest", "create_speech"]

_PIECE: Final = 1 << 16
_NO_USAGE: Final = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


class Voice(msgspec.Struct):
    """A voice by its id.

    Attributes:
        id: Its name.
    """

    id: str


class SpeechRequest(msgspec.Struct, kw_only=True):
    """What to say. Other keys are fields of the task (``language``, ``seed``,
    ``reference_audio``…) or the Space's own parameters.

    Attributes:
        input: The text.
        model: A model of this gateway; the first one that speaks when left out.
        voice: Who speaks: the nearest the Space has, else the one it has by itself.
        response_format: What the sound comes as.
        speed: 1 is the usual one.
        instructions: How to speak, for Spaces that have a place for it.
        stream_format: The sound itself, or events with pieces of it.
    """

    input: Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]
    model: str | None = None
    voice: str | Voice | None = None
    response_format: SoundFormat = "mp3"
    speed: Annotated[float, msgspec.Meta(ge=0.25, le=4.0)] | None = None
    instructions: str | None = None
    stream_format: Literal["sse", "audio"] = "audio"


@post(
    "/v1/audio/speech",
    status_code=200,
    **documented(
        bytes,
        media_type=SOUND_TYPES["mp3"],
        meaning="The sound, in pieces as they are made.",
        also=(*list(SOUND_TYPES.values())[1:], EVENTS),
    ),
)
async def create_speech(
    data: JSONBody[SpeechRequest],
    request: Request[Any, Any, Any],
    gateway: NamedDependency[Gateway],
) -> Response[Any]:
    """Speak a text."""
    asked = Asked(
        model=data.model,
        task="text-to-speech",
        values={
            "text": data.input,
            "voice": data.voice.id if isinstance(data.voice, Voice) else data.voice,
            "speed": data.speed,
            **await extras_of(request, data),
        },
        wishes={"instructions": data.instructions},
        headers=ask_headers(request),
        others=("text-to-audio",),
    )
    speech = _Speech(gateway, asked, data.response_format)
    if data.stream_format == "sse":
        return await event_stream(_events(speech))
    pieces = speech.pieces()
    try:
        first = await _first_of(pieces)
    except BaseException:
        await pieces.aclose()
        raise
    headers = told_headers(speech.done) if speech.done else current_call().headers
    return Stream(
        _whole(first, pieces), media_type=SOUND_TYPES[data.response_format], headers=headers
    )


class _Speech:
    """One text that is being spoken.

    Attributes:
        done: What came of it; None while it is spoken.
    """

    def __init__(self, gateway: Gateway, asked: Asked, format: SoundFormat) -> None:
        self.done: Done | None = None
        self._gateway = gateway
        self._asked = asked
        self._format = format

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The sound; nothing (``b""``) is a sign of life.

        Raises:
            AnyspaceError: It could not be made.
        """
        async with aclosing(self._gateway.stream(self._asked)) as steps:
            async for step in steps:
                if isinstance(step, Done):
                    self.done = step
                    async for piece in self._whole(step):
                        yield piece
                elif isinstance(step, Preview) and (live := _live(step)):
                    async with aclosing(self._while_made(live, steps)) as pieces:
                        async for piece in pieces:
                            yield piece
                    return
                else:
                    yield b""

    async def _whole(self, done: Done) -> AsyncGenerator[bytes]:
        file = done.files[0]
        sound = await encoded(await file.read(), file.name, self._format)
        for start in range(0, len(sound), _PIECE):
            yield sound[start : start + _PIECE]

    async def _while_made(
        self, file: AsyncMediaFile, steps: AsyncGenerator[Any]
    ) -> AsyncGenerator[bytes]:
        """The sound piece by piece; what fails on the Space meanwhile ends it, too."""
        end = asyncio.ensure_future(_last_of(steps))
        pieces = reencoded(file.segments(), file.name, self._format)
        try:
            while piece := await _unless_failed(pieces, end):
                yield piece
            self.done = await end
        finally:
            await pieces.aclose()
            end.cancel()
            await asyncio.wait({end})


def _live(step: Preview) -> AsyncMediaFile | None:
    return step.files[0] if step.files and step.files[0].live else None


async def _unless_failed(pieces: AsyncGenerator[bytes], end: asyncio.Future[Done]) -> bytes:
    """The next piece, nothing behind the last.

    Raises:
        AnyspaceError: The job failed first.
    """
    piece = asyncio.ensure_future(anext(pieces, b""))
    try:
        while not piece.done():
            waited: set[asyncio.Future[Any]] = {piece} if end.done() else {piece, end}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if end.done():
                end.result()
        return piece.result()
    finally:
        piece.cancel()
        await asyncio.wait({piece})


async def _last_of(steps: AsyncGenerator[Preview | Beat | Done]) -> Done:
    async for step in steps:
        if isinstance(step, Done):
            return step
    raise AssertionError("a stream of steps ends with what was done")


async def _first_of(pieces: AsyncGenerator[bytes]) -> bytes:
    async for piece in pieces:
        if piece:
            return piece
    raise RemoteProtocolError("the Space made a sound that lasts no time")


async def _whole(first: bytes, pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(pieces):
        yield first
        async for piece in pieces:
            if piece:
                yield piece


async def _events(speech: _Speech) -> AsyncGenerator[bytes]:
    async with aclosing(speech.pieces()) as pieces:
        async for piece in pieces:
            audio = base64.b64encode(piece).decode()
            yield (event({"type": "speech.audio.delta", "audio": audio}) if piece else HEARTBEAT)
    more = {"anyspace": told(speech.done)} if speech.done else {}
    yield event({"type": "speech.audio.done", "usage": _NO_USAGE, **more})
