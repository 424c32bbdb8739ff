"""Sounds in the format that was asked for, whole or while they are made.

PyAV does it, which brings FFmpeg's libraries in its wheels. It is loaded by the first
sound that is not in the right format already.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import aclosing
from typing import Any, Final, Literal, NamedTuple

from anyspace._errors import FileError
from anyspace.client import in_thread

__all__ = ["SOUND_TYPES", "SoundFormat", "encoded", "reencoded", "sniff_sound"]

SoundFormat = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]

SOUND_TYPES: Final = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}


class _Coding(NamedTuple):
    """How FFmpeg calls a format; `rate` and `layout` where there is no choice."""

    container: str
    codec: str
    rate: int = 0
    layout: str = ""


_CODINGS: Final = {
    "mp3": _Coding("mp3", "libmp3lame"),
    "opus": _Coding("ogg", "libopus", 48_000),
    "aac": _Coding("adts", "aac"),
    "flac": _Coding("flac", "flac"),
    "wav": _Coding("wav", "pcm_s16le"),
    "pcm": _Coding("s16le", "pcm_s16le", 24_000, "mono"),  # as OpenAI's, which has no head
}
_CHAINS: Final = ("aac", "mp3")  # one behind the other they are one
_READ: Final = 4096  # bytes; more would wait for the next piece
_AT_ONCE: Final = 8  # pieces that wait for a slow reader
# A live sound is played while it is made, so little of it is looked at before it is decoded.
_HASTE: Final = {"probesize": "2048", "analyzeduration": "0"}


def sniff_sound(data: bytes) -> str:
    """The format of a sound by its first bytes; ``""`` for another one."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"OggS":
        return "opus" if b"OpusHead" in data[:64] else ""
    if data[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "aac"
    return "mp3" if data[:3] == b"ID3" or data[:2] in (b"\xff\xfb", b"\xff\xf3") else ""


async def encoded(data: bytes, name: str, format: SoundFormat) -> bytes:
    """Make a sound one of a format; one that is of it already stays as it is.

    Raises:
        FileError: It is no sound.
    """
    if sniff_sound(data) == format:
        return data
    made = io.BytesIO()
    await in_thread(_transcode, _Parts(io.BytesIO(data).read), made, name, format, {})
    return made.getvalue()


async def reencoded(
    pieces: AsyncGenerator[bytes], name: str, format: SoundFormat
) -> AsyncGenerator[bytes]:
    """The same for a sound that is still being made: each piece as soon as it can be.

    Raises:
        FileError: It is no sound.
        AnyspaceError: The pieces cannot be had.
    """
    async with aclosing(pieces):
        first = await anext(pieces, b"")
        if format in _CHAINS and sniff_sound(first) == format:
            yield first
            async for piece in pieces:
                yield piece
            return
        async with aclosing(_Bridge(first, pieces, name, format).pieces()) as made:
            async for piece in made:
                yield piece


class _Bridge:
    """A thread that encodes, between two asynchronous generators."""

    def __init__(
        self, first: bytes, source: AsyncGenerator[bytes], name: str, format: SoundFormat
    ) -> None:
        self._first = first
        self._source = source
        self._name = name
        self._format = format
        self._made: asyncio.Queue[bytes | BaseException] = asyncio.Queue(_AT_ONCE)
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._closed = False
        self._waiting: Future[Any] | None = None
        self._running: asyncio.Task[Any] | None = None

    async def pieces(self) -> AsyncGenerator[bytes]:
        """What the thread makes."""
        thread = threading.Thread(target=self._work, name="anyspace sound", daemon=True)
        thread.start()
        try:
            while piece := await self._made.get():
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            self._close()
            if self._running is not None:  # else the source would be closed while it gives
                await asyncio.wait({self._running})
            await in_thread(thread.join)

    def read(self, size: int) -> bytes:
        """For the thread: what comes next, in any size; nothing at the end."""
        first, self._first = self._first, b""
        return first or self._await(self._next)

    def write(self, data: bytes) -> int:
        """For the thread: hand on what was made, when there is room."""
        piece = bytes(data)
        if piece:
            self._await(lambda: self._made.put(piece))
        return len(piece)

    async def _next(self) -> bytes:
        return await anext(self._source, b"")

    def _work(self) -> None:
        end: bytes | BaseException = b""
        try:
            _transcode(_Parts(self.read), self, self._name, self._format, _HASTE)
        except BaseException as exc:
            end = exc
        try:
            self._await(lambda: self._made.put(end))
        except BaseException:  # nobody listens any more
            return

    def _await(self, start: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        with self._lock:
            if self._closed:
                raise FileError(f"{self._name} is not wanted any more")
            waiting = asyncio.run_coroutine_threadsafe(self._run(start), self._loop)
            self._waiting = waiting
        return waiting.result()

    async def _run(self, start: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        self._running = asyncio.current_task()
        return await start()

    def _close(self) -> None:
        with self._lock:
            self._closed = True
            if self._waiting is not None:
                self._waiting.cancel()


class _Parts:
    """A sound that may be several, one behind the other, each with its head.

    Up to Gradio 4 an app that yields WAV files sends them so.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._held = b""
        self._left: int | None = None

    def another(self) -> bool:
        """Go on to the next part; False when there is none."""
        while len(self._held) < 12 and (more := self._read(1 << 16)):
            self._held += more
        size = int.from_bytes(self._held[4:8], "little")
        whole = self._held[:4] == b"RIFF" and 0 < size < 0xFFFFFFF0
        self._left = size + 8 if whole else None
        return bool(self._held)

    def read(self, size: int) -> bytes:
        """What comes next of this part."""
        wanted = size if self._left is None else min(size, self._left)
        if wanted and not self._held:
            self._held = self._read(wanted)
        piece, self._held = self._held[:wanted], self._held[wanted:]
        if self._left is not None:
            self._left -= len(piece)
        return piece


def _transcode(parts: _Parts, sink: Any, name: str, format: SoundFormat, haste: Any) -> None:
    """Decode a sound and encode it anew; blocks."""
    av = _load()
    coding = _CODINGS[format]
    try:
        with av.open(sink, "w", format=coding.container) as target:
            encoder = None
            while parts.another():
                with av.open(parts, options=haste, buffer_size=_READ) as source:
                    stream = source.streams.audio[0]
                    encoder = encoder or _add_encoder(target, coding, stream)
                    for frame in source.decode(stream):
                        frame.pts = None  # the parts count from 0 each
                        target.mux(encoder.encode(frame))
            if encoder is not None:
                target.mux(encoder.encode(None))
    except (av.FFmpegError, IndexError, ValueError) as exc:
        raise FileError(f"{name} is no sound that can be made {format}: {exc}") from exc


def _add_encoder(target: Any, coding: _Coding, stream: Any) -> Any:
    encoder = target.add_stream(coding.codec, rate=coding.rate or stream.rate)
    rates = encoder.codec.audio_rates
    if rates and encoder.rate not in rates:
        enough = [rate for rate in rates if rate >= stream.rate]
        encoder.rate = min(enough) if enough else max(rates)
    encoder.layout = coding.layout or ("mono" if stream.channels == 1 else "stereo")
    return encoder


def _load() -> Any:
    try:
        import av
    except ImportError as exc:
        raise FileError(
            "sounds are converted with PyAV, which is not here: pip install 'anyspace[gateway]'; "
            "or ask for the format that the Space makes"
        ) from exc
    return av
