"""What has no place in a file is taken out of a recording before it is written.

* **Secrets** become `MARK`. Of a request's headers only those known to be harmless keep
  their values. Values that say by their name what they are (``password``,
  ``oauth_token``, ``__sign=``…) go, wherever they stand; so does what looks like a token
  of Hugging Face or a JWT. Whatever was seen to be a secret once is looked for in all the
  rest, because apps repeat what they were told.
* **Names made up for one run** (sessions, events, uploads) become ``session-1``,
  ``event-1``…, so that recording the same again changes little in the file.
* **The app's address** becomes `ADDRESS`: whoever plays the recording puts its own there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from msgspec import UNSET

from anyspace._secrets import (
    HARMLESS_HEADERS,
    MARK,
    NOISE_HEADERS,
    Change,
    change_value,
    changer,
    credentials_of,
    secrets_in_header,
    secrets_named,
    strings_in,
    without_value,
)
from anyspace.testing._bodies import Body, Part
from anyspace.testing._transcript import Answered, Asked, Record, Said

__all__ = ["ADDRESS", "clean"]

ADDRESS: Final = "http://app.invalid"  # RFC 2606: nobody's

_KEPT_OF_ANSWERS: Final = frozenset(
    {"accept-ranges", "content-disposition", "content-encoding", "content-range", "content-type"}
    | {"location", "ratelimit", "retry-after", "www-authenticate"}
    | {"x-error-code", "x-error-message", "x-proxied-replica"}
)
_MADE_UP: Final = {"session_hash": "session", "event_id": "event", "upload_id": "upload"}
_RANDOM: Final = re.compile(r"(?=.*\d)[\w-]{8,}")  # what no person would call a session


def clean(records: list[Record], addresses: Iterable[str], secrets: Iterable[str]) -> list[Record]:
    """Take out what has no place in a file.

    Args:
        records: As they were heard, with all headers.
        addresses: Origins that mean the app itself.
        secrets: Values that the user knows to be secret.
    """
    wanted = dict.fromkeys(addresses, ADDRESS) | _made_up(records)
    change = changer(wanted, {*secrets, *_secrets_in(records)})
    return [_cleaned(record, change) for record in records]


# --- changing --------------------------------------------------------------------


def _cleaned(record: Record, change: Change) -> Record:
    if isinstance(record, Asked):
        headers = {name: _header(name, value) for name, value in record.headers.items()}
        return msgspec.structs.replace(
            record,
            target=change("", record.target),
            headers={k: change(k, v) for k, v in headers.items() if v},
            body=_clean_body(record.body, change),
        )
    if isinstance(record, Answered):
        kept = {k: v for k, v in record.headers.items() if k in _KEPT_OF_ANSWERS}
        return msgspec.structs.replace(
            record,
            headers={k: change("", v) for k, v in kept.items()},
            cookies=[without_value(cookie) for cookie in record.cookies],
            body=_clean_body(record.body, change),
        )
    if isinstance(record, Said):
        return msgspec.structs.replace(record, body=_clean_body(record.body, change))
    return record


def _header(name: str, value: str) -> str:
    if name in NOISE_HEADERS or name.startswith("sec-"):
        return ""
    if name == "content-type":  # the boundary is another in every run
        return re.sub(r";\s*boundary=.*", "", value)
    return value if name in HARMLESS_HEADERS else MARK


def _clean_body(body: Body | None, change: Change, key: str = "") -> Body | None:
    if body is None:
        return None
    changed = Body()
    if body.json is not UNSET:
        changed.json = change_value(body.json, change, key)
    if body.text is not UNSET:
        changed.text = change(key, body.text)
    if body.form is not UNSET:
        changed.form = [_clean_part(part, change) for part in body.form]
    if body.base64 is not UNSET:
        changed.base64 = change("", body.base64.decode("latin-1")).encode("latin-1")
    return changed


def _clean_part(part: Part, change: Change) -> Part:
    return msgspec.structs.replace(part, body=_clean_body(part.body, change, part.name))


# --- finding ---------------------------------------------------------------------


def _secrets_in(records: list[Record]) -> Iterator[str]:
    for record in records:
        if isinstance(record, Asked):
            for name, value in record.headers.items():
                yield from secrets_in_header(name, value)
            query = record.target.partition("?")[2]
            yield from secrets_named(parse_qsl(query))
        elif isinstance(record, Answered):
            for cookie in record.cookies:
                yield from credentials_of("cookie", cookie.partition(";")[0])
        if isinstance(record, Asked | Answered | Said):
            yield from secrets_named(_strings(record.body))


def _strings(body: Body | None, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a body that has a name."""
    if body is None:
        return
    if body.json is not UNSET:
        yield from strings_in(body.json, key)
    if body.text is not UNSET:
        yield key, body.text
        if "=" in body.text[:100] and "\n" not in body.text:  # a form
            yield from parse_qsl(body.text)
    if body.form is not UNSET:
        for part in body.form:
            yield from _strings(part.body, part.name)


def _made_up(records: list[Record]) -> dict[str, str]:
    """New names for those that were made up, numbered as they came."""
    names: dict[str, str] = {}
    counts = dict.fromkeys(_MADE_UP.values(), 0)
    for record in records:
        found: list[tuple[str, str]] = []
        if isinstance(record, Asked):
            found += parse_qsl(record.target.partition("?")[2])
        if isinstance(record, Asked | Answered | Said):
            found += _strings(record.body)
        for key, value in found:
            kind = _MADE_UP.get(key)
            if kind and value not in names and _RANDOM.fullmatch(value):
                counts[kind] += 1
                names[value] = f"{kind}-{counts[kind]}"
    return names
