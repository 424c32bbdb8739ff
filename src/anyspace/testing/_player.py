"""`Player`: an app that says what a transcript says."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import Final

from msgspec import UNSET

from anyspace._secrets import mask_text
from anyspace.testing._bodies import read_body, write_body, write_event
from anyspace.testing._cast import Cast, Playing
from anyspace.testing._cleaning import ADDRESS
from anyspace.testing._frames import BINARY, TEXT
from anyspace.testing._http import Exchange, Received
from anyspace.testing._local import LocalServer, cookie_for_here
from anyspace.testing._matching import body_differences, nearest
from anyspace.testing._talks import Talk, parse_talks, session_of
from anyspace.testing._transcript import Answered, Asked, Ended, Said, Transcript

__all__ = ["Player", "TranscriptMismatch"]

logger = logging.getLogger("anyspace.testing")

_NOT_RECORDED: Final = 501
_UNEXPECTED: Final = 1011  # the close code of RFC 6455


class TranscriptMismatch(AssertionError):
    """What was asked is not what was recorded."""


class Player(LocalServer):
    """An app on a free port of 127.0.0.1 that answers as a transcript says.

    A request that was not recorded is answered with status 501 and words that name the
    recorded one nearest to it, and `TranscriptMismatch` is raised when the block ends.

    Args:
        path: The transcript's file, or the `Transcript`.
        pauses: 0 to answer at once, 1 to pause as the app did, 0.1 for a tenth of that.
        strict: Requests that were recorded and not asked are a mismatch too.

    Attributes:
        unknown: What was asked and not recorded, a sentence each.

    Example:
        >>> with Player("talk.transcript") as app:
        ...     anyspace.Client(app.url).predict("a red fox", api_name="/infer")
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | Transcript,
        *,
        pauses: float = 0.0,
        strict: bool = False,
    ) -> None:
        super().__init__()
        self._source = path
        self._pauses = pauses
        self._strict = strict
        self._transcript = Transcript()
        self._cast = Cast([])
        self._changed = asyncio.Condition()
        self.unknown: list[str] = []

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._here + self._transcript.root

    @property
    def unplayed(self) -> list[str]:
        """The recorded requests that were not asked; of those that change nothing, once is all."""
        return [str(talk) for talk in self._cast.unplayed]

    async def start(self) -> None:
        """Read the transcript and begin to serve, in the running loop.

        Raises:
            OSError: There is no such file.
            ValueError: It is no transcript.
        """
        source = self._source
        self._transcript = source if isinstance(source, Transcript) else Transcript.load(source)
        self._cast = Cast(parse_talks(self._transcript.records))
        self._changed = asyncio.Condition()
        self.unknown = []
        await super().start()

    def _judge(self, exc: BaseException | None) -> None:
        problems = list(self.unknown)
        if self._strict and exc is None:
            problems += [f"not asked: {unplayed}" for unplayed in self.unplayed]
        if not problems:
            return
        name = "the transcript" if isinstance(self._source, Transcript) else Path(self._source).name
        told = "\n  - ".join([f"{name} and what was asked differ:", *problems])
        if exc is None:
            raise TranscriptMismatch(told)
        exc.add_note(told)

    # --- finding ----------------------------------------------------------------

    async def _handle(self, exchange: Exchange) -> None:
        asked = self._read(exchange.request)
        if asked.socket:
            await self._converse(exchange, asked)
            return
        talk = self._cast.find(asked)
        if talk is not None:
            await exchange.while_there(self._answer(exchange, talk, asked))
        elif "/heartbeat/" in asked.target:  # a sign of life that no answer depends on
            await exchange.start_stream()
            await exchange.gone()
        else:
            await exchange.respond(_NOT_RECORDED, {"detail": self._note_unknown(asked)})

    def _read(self, request: Received) -> Asked:
        """A request as the recorder would have written it down."""
        text = request.body.replace(self._here.encode(), ADDRESS.encode())
        body = read_body(text, request.headers.get("content-type", ""))
        return Asked(
            exchange=0,
            at=0.0,
            method=request.method,
            target=request.target,
            headers=request.headers,
            body=body,
            socket=request.headers.get("upgrade", "").lower() == "websocket",
        )

    def _note_unknown(self, asked: Asked) -> str:
        what = f"{asked.method} {mask_text(asked.target)}"
        told = f"{what} was not recorded"
        if found := nearest(self._cast.talks, asked):
            talk, different = found
            same = f"the same as {talk}, which was recorded no more often than it was asked"
            told += f"; it is {same}" if not different else f"; nearest is {talk}"
            told += "".join(f", but {problem}" for problem in different[:3])
        self.unknown.append(told)
        logger.warning("%s", told)
        return told

    # --- answering --------------------------------------------------------------

    async def _answer(self, exchange: Exchange, talk: Talk, asked: Asked) -> None:
        answer = talk.answer
        if answer is None:
            await self._break_off(exchange, talk)
            return
        await self._pause(answer.at - talk.asked.at)
        if answer.streams:
            await self._stream(exchange, answer, Playing(talk, session_of(asked)))
        else:
            body = self._outwards(write_body(answer.body))
            await exchange.respond(answer.status, body, self._headers(answer))
        async with self._changed:
            talk.done = True
            self._changed.notify_all()

    async def _break_off(self, exchange: Exchange, talk: Talk) -> None:
        """There was no answer: the connection broke, or the client waited no longer."""
        if any(isinstance(item, Ended) and item.cut for _, item in talk.items):
            exchange.cut()
        else:
            await asyncio.Event().wait()

    async def _stream(self, exchange: Exchange, answer: Answered, playing: Playing) -> None:
        headers = [*self._headers(answer), ("transfer-encoding", "chunked")]
        await exchange.send_head(answer.status, headers)
        self._cast.playing.append(playing)
        try:
            last = answer.at
            while (item := await self._next(playing)) is not None:
                await self._pause(item.at - last)
                last = item.at
                if isinstance(item, Said):
                    await exchange.send_chunk(self._outwards(write_event(item.event, item.body)))
                elif item.cut:
                    exchange.cut()
                    return
                elif item.by == "app":
                    await exchange.send_chunk(b"")
                    return
            await asyncio.Event().wait()  # the client ended it then, and has to end it now
        finally:
            self._cast.playing.remove(playing)
            over = playing.index == len(playing.talk.items)
            playing.talk.left = None if over else playing.index

    async def _next(self, playing: Playing) -> Said | Ended | None:
        """The next item, once all that led to it has been asked; None after the last."""
        async with self._changed:
            playing.waits = True
            await self._changed.wait_for(lambda: not any(self._cast.missing(playing)))
            playing.waits = False
        self._cast.go_on(playing)
        items = playing.talk.items
        if playing.index == len(items):
            return None
        item = items[playing.index][1]
        playing.index += 1
        return item if isinstance(item, Said) or item.by == "app" else None

    # --- websockets -------------------------------------------------------------

    async def _converse(self, exchange: Exchange, asked: Asked) -> None:
        talk = self._cast.find(asked)
        if talk is None:
            await exchange.respond(_NOT_RECORDED, {"detail": self._note_unknown(asked)})
            return
        playing = Playing(talk)
        self._cast.playing.append(playing)
        try:
            await exchange.accept_socket()
            await self._play_socket(exchange, playing)
        finally:
            self._cast.playing.remove(playing)

    async def _play_socket(self, exchange: Exchange, playing: Playing) -> None:
        last = playing.talk.asked.at
        while playing.index < len(playing.talk.items):
            _, item = playing.talk.items[playing.index]
            playing.index += 1
            if item.by == "client":
                frame = await exchange.receive_frame()
                if frame is None or isinstance(item, Ended):
                    break
                playing.heard.append(read_body(frame))
                if not self._cast.follow(playing):
                    told = self._note_unheard(playing)
                    reason = told.encode()[:120].decode(errors="ignore").encode()
                    await exchange.close_socket(_UNEXPECTED.to_bytes(2, "big") + reason)
                    return
                last = playing.talk.items[playing.index - 1][1].at
                continue
            await self._pause(item.at - last)
            last = item.at
            if isinstance(item, Said):
                binary = item.body is not None and item.body.base64 is not UNSET
                data = self._outwards(write_body(item.body))
                await exchange.send_frame(data, BINARY if binary else TEXT)
            elif item.cut:
                exchange.cut()
                return
            else:
                await exchange.close_socket((item.code or 1000).to_bytes(2, "big"))
                return
        await exchange.close_socket(answering=True)

    def _note_unheard(self, playing: Playing) -> str:
        recorded = playing.talk.frames[len(playing.heard) - 1 :]
        different = body_differences(recorded[0], playing.heard[-1]) if recorded else []
        told = f"this was not recorded on the websocket; nearest is {playing.talk}"
        told += "".join(f", but {problem}" for problem in different[:3])
        self.unknown.append(told)
        logger.warning("%s", told)
        return told

    # --- saying -----------------------------------------------------------------

    async def _pause(self, seconds: float) -> None:
        if self._pauses > 0 and seconds > 0:
            await asyncio.sleep(seconds * self._pauses)

    def _outwards(self, data: bytes) -> bytes:
        return data.replace(ADDRESS.encode(), self._here.encode())

    def _headers(self, answer: Answered) -> list[tuple[str, str]]:
        headers = [(k, v.replace(ADDRESS, self._here)) for k, v in answer.headers.items()]
        return headers + [("set-cookie", cookie_for_here(cookie)) for cookie in answer.cookies]
