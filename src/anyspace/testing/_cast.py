"""`Cast`: who plays what. Which recorded request stands for one that comes.

**Which answer.** A request gets the answer that the same request got when it was
recorded; the same request again gets the next one. What changes nothing (a ``GET`` other
than the queue's) is answered again and again.

**Whose stream.** With its first job a session of the client takes the place of a
recorded session, and gets that session's stream. Where a job's data come only after its
stream or websocket was opened (up to 4.8), the data decide: two of them change places.
A stream stays open, as Gradio's do, while its session has jobs whose end was not told: it
goes on as the session's next stream. A client that left it may come back to it.

**When.** Nothing is said of what a client has not asked for yet: where the recorded
client cancelled a job in the middle, its stream waits for this client to do so too.
"""

from __future__ import annotations

from collections.abc import Iterator

from anyspace.testing._bodies import Body
from anyspace.testing._matching import differences, has_credentials, same_so_far
from anyspace.testing._talks import Talk, session_of, text_in
from anyspace.testing._transcript import Asked, Ended, Said

__all__ = ["Cast", "Playing"]


class Playing:
    """A stream or websocket that is being played.

    Attributes:
        talk: The recorded one.
        session: The client's name of its session.
        index: Of the next item.
        waits: For a request of the client.
        heard: What the client said on a websocket so far.
    """

    def __init__(self, talk: Talk, session: str = "") -> None:
        self.talk = talk
        self.session = session
        self.index = talk.left or 0
        self.waits = False
        self.heard: list[Body | None] = []


class Cast:
    """The recorded requests of a transcript, and who of the living stands for whom.

    Args:
        talks: The recorded requests, in order.

    Attributes:
        playing: The streams and websockets that are open.
    """

    def __init__(self, talks: list[Talk]) -> None:
        self.talks = talks
        self.playing: list[Playing] = []
        self._sessions: dict[str, list[str]] = {}  # the client's: those it stands for
        self._events: dict[str, str] = {}  # as the client knows them: the recorded ones

    @property
    def unplayed(self) -> list[Talk]:
        """What was not asked; of requests that change nothing, once is all."""
        asked = [talk.asked for talk in self.talks if talk.played and talk.repeats]
        return [
            talk
            for talk in self.talks
            if not talk.played
            and not (talk.repeats and any(not differences(talk.asked, other) for other in asked))
        ]

    def find(self, asked: Asked) -> Talk | None:
        """Choose the recorded request that this is, and count it as played."""
        self._translate(asked)
        for loosely in (False, True):
            same = [
                talk
                for talk in self.talks
                if (not talk.played or talk.repeats or talk.left is not None)
                and not differences(talk.asked, asked, loosely=loosely)
            ]
            if same:
                talk = min(same, key=lambda talk: self._rank(talk, asked))
                talk.played += 1
                self._take_place(session_of(asked), talk)
                return talk
        return None

    def missing(self, playing: Playing) -> Iterator[Talk]:
        """What has to be asked before the next item is said."""
        talk = playing.talk
        if not talk.session or playing.index == len(talk.items):
            return
        place, item = talk.items[playing.index]
        event = text_in([item.body], "event_id") if isinstance(item, Said) else ""
        for other in self.talks:
            if other.done or other.asked.method != "POST" or other.session != talk.session:
                continue
            if talk.start < other.start < place or (event and other.gave(event)):
                yield other

    def go_on(self, playing: Playing) -> None:
        """Where a stream would end though a job waits for the next one, be the next one."""
        items = playing.talk.items[playing.index :]
        if not items or not all(_closes(item) for _, item in items):
            return
        sessions = self._sessions.get(playing.session, ())
        for talk in self.talks:
            if talk.played or talk.session not in sessions:
                continue
            waiting = any(job.done and talk.event and job.gave(talk.event) for job in self.talks)
            if waiting and not differences(talk.asked, playing.talk.asked):
                talk.played += 1
                playing.talk, playing.index = talk, 0
                return

    def follow(self, playing: Playing) -> bool:
        """Go on as a recorded websocket on which the client said the same so far.

        Returns:
            There is one.
        """
        heard = playing.heard
        if not same_so_far(playing.talk, heard):
            for talk in self.talks:
                if talk.asked.socket and same_so_far(talk, heard) and self._free(talk, playing):
                    self._swap(playing, talk)
                    break
            else:
                return False
        playing.index = playing.talk.after_frame(len(heard))
        return True

    def _translate(self, asked: Asked) -> None:
        if asked.body is not None and isinstance(asked.body.json, dict):
            event = asked.body.json.get("event_id")
            if isinstance(event, str) and event in self._events:
                asked.body.json["event_id"] = self._events[event]

    def _rank(self, talk: Talk, asked: Asked) -> tuple[bool, bool, bool, bool, int]:
        """Of equal requests the next one is first; of those that were played, the last."""
        bound = self._sessions.get(session_of(asked), [])
        others = [name for names in self._sessions.values() for name in names if names is not bound]
        return (
            bool(bound) and talk.session not in bound,
            talk.played > 0,
            talk.session in others,
            has_credentials(talk.asked) != has_credentials(asked),
            talk.start if not talk.played else -talk.start,
        )

    def _take_place(self, session: str, talk: Talk) -> None:
        if not session or not talk.session:
            return
        bound = self._sessions.setdefault(session, [])
        if talk.session in bound:
            return
        if talk.asked.method == "POST" and self._change_places(session, talk):
            bound.clear()
        bound.append(talk.session)

    def _change_places(self, session: str, talk: Talk) -> bool:
        """Let the stream that waits for data go on as the one that got those of `talk`."""
        for playing in self.playing:
            if playing.session != session or not playing.waits:
                continue
            for wanted in self.talks:
                same = not differences(wanted.asked, playing.talk.asked)
                if same and wanted.session == talk.session and wanted.start < talk.start:
                    self._events[playing.talk.event] = wanted.event
                    self._swap(playing, wanted)
                    playing.index = wanted.after(talk.start)
                    return True
        return False

    def _free(self, talk: Talk, playing: Playing) -> bool:
        """Nobody plays it, or one who could as well play the other by what was said so far."""
        if not talk.played:
            return True
        return any(
            other.talk is talk and same_so_far(playing.talk, other.heard) for other in self.playing
        )

    def _swap(self, playing: Playing, wanted: Talk) -> None:
        given, playing.talk = playing.talk, wanted
        for other in self.playing:
            if other is not playing and other.talk is wanted:
                other.talk = given
                return
        given.played -= 1
        wanted.played += 1


def _closes(item: Said | Ended) -> bool:
    """It is the orderly end of a stream."""
    if isinstance(item, Ended):
        return item.by == "app" and not item.cut
    return text_in([item.body], "msg") == "close_stream"
