"""`Player`: an app that says what a transcript says.

**Which answer.** A request gets the answer that the same request got when it was
recorded; the same request again gets the next one. What changes nothing (a ``GET`` other
than the queue's) is answered again and again.

**Whose stream.** With its first job a session of the client takes the place of a
recorded session, and gets that session's stream. Where a job's data come only after its
stream was opened (up to 4.8), the data decide: two streams change places.

**When.** At once, or with the recorded pauses. Either way nothing is said of what a
client has not asked for yet: where the recorded client cancelled a job in the middle,
its stream waits for this client to do so too.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from msgspec import UNSET

from anyspace.testing._bodies import Body, read_body, write_body, write_event
from anyspace.testing._cleaning import ADDRESS, mask_text
from anyspace.testing._frames import BINARY, TEXT
from anyspace.testing._http import Exchange, Received
from anyspace.testing._local import LocalServer
from anyspace.testing._matching import (
    Talk,
    body_differences,
    differences,
    has_credentials,
    nearest,
    parse_talks,
    session_of,
)
from anyspace.testing._transcript import Answered, Asked, Ended, Said, Transcript

__all__ = ["Player", "TranscriptMismatch"]

logger = logging.getLogger("anyspace.testing")

_NOT_RECORDED: Final = 501
_UNEXPECTED: Final = 1011  # the close code of RFC 6455


class TranscriptMismatch(AssertionError):
    """What was asked is not what was recorded."""


class _Playing:
    """A stream or websocket that is being played."""

    def __init__(self, talk: Talk, session: str = "") -> None:
        self.talk = talk
        self.session = session  # the client's
        self.index = 0
        self.waits = False  # for a request of the client
        self.heard: list[Body | None] = []  # on a websocket


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
        self._talks: list[Talk] = []
        self._sessions: dict[str, str] = {}  # the client's: the recorded one
        self._events: dict[str, str] = {}  # as the client knows them: the recorded ones
        self._playing: list[_Playing] = []
        self._changed = asyncio.Condition()
        self.unknown: list[str] = []

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._here + self._transcript.root

    @property
    def unplayed(self) -> list[str]:
        """The recorded requests that were not asked; of those that change nothing, once is all."""
        asked = [talk.asked for talk in self._talks if talk.played and talk.repeats]
        return [
            str(talk)
            for talk in self._talks
            if not talk.played
            and not (talk.repeats and any(not differences(talk.asked, other) for other in asked))
        ]

    async def start(self) -> None:
        """Read the transcript and begin to serve, in the running loop.

        Raises:
            OSError: There is no such file.
            ValueError: It is no transcript.
        """
        source = self._source
        self._transcript = source if isinstance(source, Transcript) else Transcript.load(source)
        self._talks = parse_talks(self._transcript.records)
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
        talk = self._find(asked)
        if talk is not None:
            self._take(talk, asked)
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
        if body is not None and isinstance(body.json, dict):
            event = body.json.get("event_id")
            if isinstance(event, str) and event in self._events:
                body.json["event_id"] = self._events[event]
        return Asked(
            exchange=0,
            at=0.0,
            method=request.method,
            target=request.target,
            headers=request.headers,
            body=body,
            socket=request.headers.get("upgrade", "").lower() == "websocket",
        )

    def _find(self, asked: Asked) -> Talk | None:
        for loosely in (False, True):
            same = [
                talk
                for talk in self._talks
                if (not talk.played or talk.repeats)
                and not differences(talk.asked, asked, loosely=loosely)
            ]
            if same:
                return min(same, key=lambda talk: self._rank(talk, asked))
        return None

    def _rank(self, talk: Talk, asked: Asked) -> tuple[bool, bool, bool, bool, int]:
        """Of equal requests the next one is first; of those that were played, the last."""
        session = session_of(asked)
        bound = self._sessions.get(session)
        return (
            talk.played > 0,
            bound is not None and talk.session != bound,
            bound is None and talk.session in self._sessions.values(),
            has_credentials(talk.asked) != has_credentials(asked),
            talk.start if not talk.played else -talk.start,
        )

    def _take(self, talk: Talk, asked: Asked) -> None:
        talk.played += 1
        session = session_of(asked)
        if not session or not talk.session:
            return
        bound = self._sessions.get(session)
        if bound not in (None, talk.session):
            self._change_places(session, talk)
        self._sessions[session] = talk.session

    def _note_unknown(self, asked: Asked) -> str:
        what = f"{asked.method} {mask_text(asked.target)}"
        told = f"{what} was not recorded"
        if found := nearest(self._talks, asked):
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
            await self._stream(exchange, answer, _Playing(talk, session_of(asked)))
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

    async def _stream(self, exchange: Exchange, answer: Answered, playing: _Playing) -> None:
        headers = [*self._headers(answer), ("transfer-encoding", "chunked")]
        await exchange.send_head(answer.status, headers)
        self._playing.append(playing)
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
            self._playing.remove(playing)

    async def _next(self, playing: _Playing) -> Said | Ended | None:
        """The next item, once all that led to it has been asked; None after the last."""
        async with self._changed:
            playing.waits = True
            await self._changed.wait_for(lambda: not any(self._missing(playing)))
            playing.waits = False
        items = playing.talk.items
        if playing.index == len(items):
            return None
        item = items[playing.index][1]
        playing.index += 1
        return item if isinstance(item, Said) or item.by == "app" else None

    def _missing(self, playing: _Playing) -> Iterator[Talk]:
        """What has to be asked before the next item."""
        talk = playing.talk
        if playing.index == len(talk.items):
            return
        place, item = talk.items[playing.index]
        event = _event_of(item)
        for other in self._talks:
            if other.done or other is talk or other.asked.method != "POST":
                continue
            if other.session != talk.session or not talk.session:
                continue
            if talk.start < other.start < place or (event and _gave(other, event)):
                yield other

    def _change_places(self, session: str, talk: Talk) -> None:
        """Let the session's open stream go on as that of the recorded session of `talk`."""
        for playing in self._playing:
            if playing.session == session and not talk.asked.method == "GET" and playing.waits:
                wanted = self._stream_like(playing.talk, talk.session)
                if wanted is not None:
                    self._swap(playing, wanted)
                    playing.index = wanted.after(talk.start)
                    self._events[_event_of_talk(playing.talk)] = _event_of_talk(wanted)
                return

    def _stream_like(self, talk: Talk, session: str) -> Talk | None:
        for other in self._talks:
            if other.session == session and not differences(other.asked, talk.asked):
                return other
        return None

    def _swap(self, playing: _Playing, wanted: Talk) -> None:
        given, playing.talk = playing.talk, wanted
        for other in self._playing:
            if other is not playing and other.talk is wanted:
                other.talk = given
                return
        given.played -= 1
        wanted.played += 1

    # --- websockets -------------------------------------------------------------

    async def _converse(self, exchange: Exchange, asked: Asked) -> None:
        same = [t for t in self._talks if not t.played and not differences(t.asked, asked)]
        if not same:
            await exchange.respond(_NOT_RECORDED, {"detail": self._note_unknown(asked)})
            return
        playing = _Playing(same[0])
        playing.talk.played += 1
        self._playing.append(playing)
        try:
            await exchange.accept_socket()
            await self._play_socket(exchange, playing)
        finally:
            self._playing.remove(playing)

    async def _play_socket(self, exchange: Exchange, playing: _Playing) -> None:
        last = playing.talk.asked.at
        while playing.index < len(playing.talk.items):
            _, item = playing.talk.items[playing.index]
            playing.index += 1
            if item.by == "client":
                frame = await exchange.receive_frame()
                if frame is None or isinstance(item, Ended):
                    break
                playing.heard.append(read_body(frame))
                if not self._follow(playing):
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

    def _follow(self, playing: _Playing) -> bool:
        """Go on as the recorded conversation in which the client said the same so far."""
        if _heard_in(playing.talk, playing.heard):
            playing.index = playing.talk.after_frame(len(playing.heard))
            return True
        for talk in self._talks:
            same = talk.asked.socket and _heard_in(talk, playing.heard)
            if same and (not talk.played or self._can_give(talk, playing.talk)):
                self._swap(playing, talk)
                playing.index = talk.after_frame(len(playing.heard))
                return True
        return False

    def _can_give(self, talk: Talk, instead: Talk) -> bool:
        """Whoever plays a conversation could play another as well, by what was said so far."""
        return any(p.talk is talk and _heard_in(instead, p.heard) for p in self._playing)

    def _note_unheard(self, playing: _Playing) -> str:
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
        dropped = ("secure", "domain", "samesite")
        return headers + [
            ("set-cookie", _without(cookie, dropped.__contains__)) for cookie in answer.cookies
        ]


def _without(cookie: str, dropped: Callable[[str], bool]) -> str:
    first, *attributes = cookie.split(";")
    kept = [item for item in attributes if not dropped(item.strip().lower().partition("=")[0])]
    return ";".join([first, *kept])


def _heard_in(talk: Talk, heard: list[Body | None]) -> bool:
    """The client said the same in a recorded conversation, so far."""
    frames = talk.frames[: len(heard)]
    pairs = zip(frames, heard, strict=False)
    return len(frames) == len(heard) and not any(body_differences(*pair) for pair in pairs)


def _event_of(item: Said | Ended) -> str:
    if isinstance(item, Said) and item.body is not None and isinstance(item.body.json, dict):
        event = item.body.json.get("event_id")
        return event if isinstance(event, str) else ""
    return ""


def _event_of_talk(talk: Talk) -> str:
    return next(filter(None, (_event_of(item) for _, item in talk.items)), "")


def _gave(talk: Talk, event: str) -> bool:
    """A job's submission was answered with this event."""
    body = talk.answer.body if talk.answer is not None else None
    return body is not None and isinstance(body.json, dict) and body.json.get("event_id") == event
