"""The generations of the Gradio wire, one row of facts each.

An app names its generation in the ``protocol`` field of ``/config`` (none there
means ``ws``, as on 3.x). Everything that differs between generations is a column
of this table or a border in `Wire`; code elsewhere asks `generation.sends_edits`
and never compares names.

Versions are those whose server was seen to speak the generation first.
"""

from __future__ import annotations

import ast
import re
from enum import Enum
from typing import Final

import msgspec

from anyspace._errors import RemoteProtocolError, UnsupportedGeneration

__all__ = [
    "GENERATIONS",
    "NEWEST",
    "Entrance",
    "FileStyle",
    "Generation",
    "Wire",
    "generation_named",
]


class Entrance(Enum):
    """How a job enters the app's queue."""

    SOCKET = "a websocket for each job, on which the app asks for the data"
    STREAM = "the GET that opens the job's event stream, on which the app asks for the data"
    POST = "a POST with the data; a stream of the session tells the rest"


class FileStyle(Enum):
    """How files are written among the data."""

    NAMED = "{name, data, is_file}, and pictures as base64 text"
    UNMARKED = "{path, orig_name…}, told from other mappings by the endpoint's description"
    MARKED = "{path, orig_name…, meta} with a mark in meta"


class Generation(msgspec.Struct, frozen=True):
    """What one generation of the wire does.

    Attributes:
        name: The word in ``/config``.
        since: The first Gradio version that spoke it.
        entrance: How a job enters the queue.
        shares_stream: One stream carries all jobs of a session, told apart by event id.
        sends_edits: After the first partial output come edits to it, not whole values.
        announces_close: A ``close_stream`` message comes before the stream ends.
    """

    name: str
    since: str
    entrance: Entrance
    shares_stream: bool
    sends_edits: bool
    announces_close: bool


# fmt: off
GENERATIONS: Final = {
    row.name: row
    for row in (
        #          name        since     entrance         shares edits  closes
        Generation("ws",       "3.0.0",  Entrance.SOCKET, False, False, False),
        Generation("sse",      "4.0.0",  Entrance.STREAM, False, False, False),
        Generation("sse_v1",   "4.9.0",  Entrance.POST,   True,  False, False),
        Generation("sse_v2",   "4.17.0", Entrance.POST,   True,  True,  False),
        Generation("sse_v2.1", "4.21.0", Entrance.POST,   True,  True,  False),
        Generation("sse_v3",   "4.22.0", Entrance.POST,   True,  True,  True),
    )
}
# fmt: on

NEWEST: Final = GENERATIONS["sse_v3"]

# Borders inside a generation, by Gradio version.
# 3.0 to 3.5 have other queues, but run every function at once for who asks over HTTP.
QUEUES_SINCE: Final = (3, 6)
CALLS_SINCE: Final = (4, 20)
WATCHES_SINCE: Final = (4, 25)
CANCEL_SINCE: Final = (4, 31)
MARKS_SINCE: Final = (4, 21)
QUOTES_UNTIL: Final = (5, 50)  # seen quoted on 5.0.2
HEARTBEATS_SINCE: Final = (4, 4)  # 4.0 to 4.3 send one and no more


def generation_named(name: str | None) -> tuple[Generation, bool]:
    """Find the generation an app says it speaks.

    Returns:
        The generation, and whether it is known. An unknown name is taken for the
        newest generation: so far each new one kept the previous one's requests.
    """
    known = GENERATIONS.get(name or "ws")
    return (known, True) if known else (NEWEST, False)


_PREFIX: Final = re.compile(r"(/[\w.~-]+)*/?", re.A)


class Wire(msgspec.Struct, frozen=True):
    """How to speak to one app: its generation and what its version adds.

    Attributes:
        generation: The row of the table.
        known: False when the app named a generation newer than this table.
        prefix: What stands before every API path (``"/gradio_api"`` from 5.0, else ``""``).
        version: The app's Gradio version as it says it, ``""`` when it does not.
        files: How files are written among the data.
        cancels: There is a ``/cancel`` route (4.31 and later).
        heartbeats: Streams have signs of life while nothing happens (4.4 and later).
        queues: Jobs go through the app's queue; before 3.6 its queue was another one, and
            calls over HTTP pass it by.
        calls: There are ``/call`` routes (4.20 and later).
        watches: The app wants to see a stream of ``/heartbeat`` as long as a session
            lives, and cleans up behind it (4.25 and later, where it has something to).
    """

    generation: Generation
    known: bool
    prefix: str
    version: str
    files: FileStyle
    cancels: bool
    heartbeats: bool
    queues: bool = True
    calls: bool = False
    watches: bool = False

    @classmethod
    def negotiate(
        cls, protocol: str | None, version: str, prefix: str, *, has_sessions: bool = False
    ) -> Wire:
        """Choose how to speak from what ``/config`` says.

        Args:
            protocol: Its ``protocol``.
            version: Its ``version``.
            prefix: Its ``api_prefix``.
            has_sessions: Its ``connect_heartbeat``: something is kept for a session.

        Raises:
            UnsupportedGeneration: The app is older than Gradio 3.
            RemoteProtocolError: The prefix is no path.
        """
        if not _PREFIX.fullmatch(prefix):
            # "@evil.example" behind a host's name would make it a user's name.
            raise RemoteProtocolError(f"the app's api_prefix is no path: {prefix[:80]!r}")
        numbers = version_tuple(version)
        if numbers < (3,):
            raise UnsupportedGeneration(
                f"the app runs Gradio {version}; anyspace speaks to Gradio 3.0 and later"
            )
        generation, known = generation_named(protocol)
        if generation.entrance is Entrance.SOCKET:
            files = FileStyle.NAMED
        else:
            files = FileStyle.MARKED if numbers >= MARKS_SINCE else FileStyle.UNMARKED
        return cls(
            generation=generation,
            known=known,
            prefix=prefix.rstrip("/"),
            version=version,
            files=files,
            cancels=generation.entrance is Entrance.POST and numbers >= CANCEL_SINCE,
            heartbeats=generation.entrance is not Entrance.SOCKET and numbers >= HEARTBEATS_SINCE,
            queues=numbers >= QUEUES_SINCE,
            calls=numbers >= CALLS_SINCE,
            watches=has_sessions and numbers >= WATCHES_SINCE,
        )

    def plain_error(self, message: str | None) -> str:
        """The app's words as its author wrote them.

        The message of a ``gr.Error`` was sent quoted, as Python shows text: seen up to
        5.0.2, and no more on 5.50.0.

        >>> Wire.negotiate("sse_v3", "4.44.1", "").plain_error("'no picture'")
        'no picture'
        """
        if message is None:
            return ""
        if version_tuple(self.version) < QUOTES_UNTIL and message[:1] in ("'", '"'):
            try:
                unquoted = ast.literal_eval(message)
            except (ValueError, SyntaxError):
                return message
            return unquoted if isinstance(unquoted, str) else message
        return message


def version_tuple(version: str) -> tuple[int, ...]:
    """Order Gradio versions; an unknown one counts as the newest.

    >>> version_tuple("4.31.0b1") >= (4, 31)
    True
    """
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
    return tuple(int(n or 0) for n in numbers.groups()) if numbers else (999,)
