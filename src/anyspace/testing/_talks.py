"""`Talk`: one recorded request with all that followed from it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

import msgspec

from anyspace.testing._bodies import Body
from anyspace.testing._transcript import Answered, Asked, Ended, Record, Said

__all__ = ["Talk", "parse_talks", "session_of", "text_in"]


class Talk(msgspec.Struct, eq=False):
    """One recorded request with all that followed from it.

    Attributes:
        asked: The request.
        start: Its place among the records.
        answer: None when there was none.
        items: What was said on its stream or websocket, and its end; each with its place.
        session: The session it belongs to, ``""`` when to none.
        played: How often it was asked while playing.
        done: The answer has been given at least once.
        left: The index of the item at which a client left its stream, None if none did.
    """

    asked: Asked
    start: int
    answer: Answered | None = None
    items: list[tuple[int, Said | Ended]] = []
    session: str = ""
    played: int = 0
    done: bool = False
    left: int | None = None

    @property
    def repeats(self) -> bool:
        """Asking again changes nothing, so the answer may be given again."""
        path = self.asked.target.partition("?")[0]
        if self.asked.socket or path.endswith(("/queue/join", "/queue/data")):
            return False
        return self.asked.method in ("GET", "HEAD") or path.endswith("/login")

    @property
    def frames(self) -> list[Body | None]:
        """What the client said on a websocket."""
        return [said.body for _, said in self.items if isinstance(said, Said) and _by_client(said)]

    def after(self, place: int) -> int:
        """The index of the first item that came later."""
        return sum(1 for at, _ in self.items if at < place)

    def after_frame(self, count: int) -> int:
        """The index of the item that followed the client's first `count` frames."""
        for index, (_, item) in enumerate(self.items):
            if not count:
                return index
            count -= isinstance(item, Said) and _by_client(item)
        return len(self.items)

    @property
    def event(self) -> str:
        """The event that its stream tells of first."""
        return text_in([item.body for _, item in self.items if isinstance(item, Said)], "event_id")

    def gave(self, event: str) -> bool:
        """It is the submission of the job that got this event."""
        return self.answer is not None and text_in([self.answer.body], "event_id") == event

    def __str__(self) -> str:
        return f"request {self.asked.exchange}, {self.asked.method} {self.asked.target}"


def parse_talks(records: Sequence[Record]) -> list[Talk]:
    """Sort records by the request they belong to.

    Raises:
        ValueError: One belongs to none.
    """
    talks: dict[int, Talk] = {}
    for place, record in enumerate(records):
        if isinstance(record, Asked):
            talks[record.exchange] = Talk(record, place)
            continue
        talk = talks.get(record.exchange)
        if talk is None:
            raise ValueError(f"a record belongs to request {record.exchange}, which is not there")
        if isinstance(record, Answered):
            talk.answer = record
        else:
            talk.items.append((place, record))
    found = list(talks.values())
    _find_sessions(found)
    return found


def _find_sessions(talks: list[Talk]) -> None:
    owners: dict[str, str] = {}  # of events
    for talk in talks:
        talk.session = session_of(talk.asked) or text_in(talk.frames, "session_hash")
        bodies = [item.body for _, item in talk.items if isinstance(item, Said)]
        if talk.answer is not None:
            bodies.append(talk.answer.body)
        for body in bodies:
            if talk.session and (event := text_in([body], "event_id")):
                owners.setdefault(event, talk.session)
    for talk in talks:
        talk.session = talk.session or owners.get(text_in([talk.asked.body], "event_id"), "")


def session_of(asked: Asked) -> str:
    """The session that a request names."""
    query = dict(parse_qsl(asked.target.partition("?")[2]))
    return query.get("session_hash") or text_in([asked.body], "session_hash")


def text_in(bodies: Sequence[Body | None], key: str) -> str:
    """The first text under a key of a JSON body; ``""`` without one."""
    for body in bodies:
        if body is not None and isinstance(body.json, dict):
            value = body.json.get(key)
            if isinstance(value, str):
                return value
    return ""


def _by_client(said: Said) -> bool:
    return said.by == "client"
