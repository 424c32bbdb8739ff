"""Which recorded request a request is, and which it is nearest to.

What is made up anew in every run (sessions, uploads, boundaries) does not count; nor does
a key of a JSON body that is null here and absent there. Where the recording says
`MARK`, anything may stand.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from msgspec import UNSET

from anyspace._secrets import MARK, mask_text
from anyspace.testing._bodies import Body, Part
from anyspace.testing._talks import Talk
from anyspace.testing._transcript import Asked

__all__ = ["body_differences", "differences", "has_credentials", "nearest", "same_so_far"]

_MADE_UP: Final = frozenset({"session_hash", "upload_id"})
# Clients ask the same `/info` in words of their own.
_HABITS: Final = frozenset({"all_endpoints", "serialize"})
_CREDENTIALS: Final = ("authorization", "x-hf-authorization", "cookie")
_SHOWN: Final = 60


def has_credentials(asked: Asked) -> bool:
    """It says who asks."""
    return any(name in asked.headers for name in _CREDENTIALS)


def differences(recorded: Asked, asked: Asked, *, loosely: bool = False) -> list[str]:
    """Say what is different; nothing if it is the same request.

    Args:
        recorded: As it stands in the transcript.
        asked: As it came.
        loosely: Do not count how a client asks for the description of endpoints.
    """
    found = []
    if (recorded.method, recorded.socket) != (asked.method, asked.socket):
        found.append(f"the method was {recorded.method}")
    path, query = _parts(recorded.target, loosely)
    other_path, other_query = _parts(asked.target, loosely)
    if not _same_text(path, other_path):
        found.append(f"the path was {path}")
    for name in sorted(query.keys() | other_query.keys()):
        was, now = query.get(name), other_query.get(name)
        if was is None or now is None or not _same_text(was, now):
            found.append(f"{name} in the query was {_show(was)} and is {_show(now)}")
    if recorded.headers.get("range") != asked.headers.get("range"):
        found.append("another range of bytes is wanted")
    ignored = _MADE_UP
    if path.endswith("/queue/data"):  # 4.0 to 4.8: the app's name for the stream it is sent to
        ignored |= {"event_id"}
    return [*found, *body_differences(recorded.body, asked.body, ignored)]


def body_differences(
    recorded: Body | None, asked: Body | None, ignored: frozenset[str] = _MADE_UP
) -> list[str]:
    """Say what is different between two bodies."""
    if recorded is None or asked is None:
        return [] if recorded is asked else ["one has no body"]
    if recorded.json is not UNSET and asked.json is not UNSET:
        was, now = _without_nulls(recorded.json), _without_nulls(asked.json)
        return list(_json_differences(was, now, "", ignored))
    if isinstance(recorded.text, str) and isinstance(asked.text, str):
        if _same_text(recorded.text, asked.text):
            return []
        return [f"the body was {_show(recorded.text)} and is {_show(asked.text)}"]
    if isinstance(recorded.form, list) and isinstance(asked.form, list):
        return list(_form_differences(recorded.form, asked.form))
    return [] if recorded == asked else ["the bodies have other bytes"]


def same_so_far(talk: Talk, heard: Sequence[Body | None]) -> bool:
    """The client said the same on a recorded websocket, as far as it has spoken."""
    frames = talk.frames[: len(heard)]
    pairs = zip(frames, heard, strict=False)
    return len(frames) == len(heard) and not any(body_differences(*pair) for pair in pairs)


def _parts(target: str, loosely: bool) -> tuple[str, dict[str, str]]:
    path, _, query = target.partition("?")
    ignored = _MADE_UP | (_HABITS if loosely else frozenset())
    values = {k: v for k, v in parse_qsl(query, keep_blank_values=True) if k not in ignored}
    return re.sub(r"(/heartbeat/)[^/]+$", r"\1…", unquote(path)), values


def _same_text(recorded: str, asked: str) -> bool:
    if MARK not in recorded:
        return recorded == asked
    pattern = ".*".join(map(re.escape, recorded.split(MARK)))
    return re.fullmatch(pattern, asked, re.DOTALL) is not None


def _without_nulls(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if item is not None}


def _json_differences(
    recorded: Any, asked: Any, where: str, ignored: frozenset[str]
) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for key in sorted((recorded.keys() | asked.keys()) - ignored):
            place = f"{where}.{key}" if where else key
            if key in recorded and key in asked:
                yield from _json_differences(recorded[key], asked[key], place, ignored)
            else:
                was, now = recorded.get(key), asked.get(key)
                yield f"{place} was {_show(was)} and is {_show(now)}"
    elif isinstance(recorded, list) and isinstance(asked, list) and len(recorded) == len(asked):
        for index, pair in enumerate(zip(recorded, asked, strict=True)):
            yield from _json_differences(*pair, f"{where}[{index}]", ignored)
    elif not _same_value(recorded, asked):
        yield f"{where or 'the body'} was {_show(recorded)} and is {_show(asked)}"


def _same_value(recorded: Any, asked: Any) -> bool:
    if isinstance(recorded, str) and isinstance(asked, str):
        return _same_text(recorded, asked)
    if isinstance(recorded, bool) or isinstance(asked, bool):
        return recorded is asked
    return bool(recorded == asked)


def _form_differences(recorded: list[Part], asked: list[Part]) -> Iterator[str]:
    if len(recorded) != len(asked):
        yield f"the form had {len(recorded)} parts and has {len(asked)}"
        return
    for was, now in zip(recorded, asked, strict=True):
        if (was.name, was.filename) != (now.name, now.filename):
            yield f"{_show(was.filename or was.name)} was sent, and now {_show(now.filename)}"
        elif body_differences(was.body, now.body):
            yield f"{_show(was.filename or was.name)} has another content"


def _show(value: Any) -> str:
    text = "absent" if value is None else mask_text(repr(value))
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def nearest(talks: Sequence[Talk], asked: Asked) -> tuple[Talk, list[str]] | None:
    """The recorded request that is most like one, and what is different."""
    if not talks:
        return None

    def distance(talk: Talk) -> tuple[bool, float, int]:
        here, there = (f"{a.method} {a.target.partition('?')[0]}" for a in (talk.asked, asked))
        alike = difflib.SequenceMatcher(None, here, there).ratio()
        return here != there, -alike, len(differences(talk.asked, asked))

    best = min(talks, key=distance)
    return best, differences(best.asked, asked)
