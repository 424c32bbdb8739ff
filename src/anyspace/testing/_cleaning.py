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

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus

import msgspec
from msgspec import UNSET

from anyspace.testing._bodies import Body, Part
from anyspace.testing._transcript import Answered, Asked, Record, Said

__all__ = ["ADDRESS", "MARK", "clean", "mask_text", "mask_value"]

MARK: Final = "REDACTED"
ADDRESS: Final = "http://app.invalid"  # RFC 2606: nobody's

_HARMLESS: Final = frozenset({"accept", "content-type", "range", "x-gradio-user"})
_NOISE: Final = frozenset(
    {"host", "accept-encoding", "accept-language", "connection", "content-length", "keep-alive"}
    | {"origin", "referer", "transfer-encoding", "upgrade", "user-agent", "cache-control", "pragma"}
)
_KEPT_OF_ANSWERS: Final = frozenset(
    {"accept-ranges", "content-disposition", "content-encoding", "content-range", "content-type"}
    | {"location", "ratelimit", "retry-after", "www-authenticate"}
    | {"x-error-code", "x-error-message", "x-proxied-replica"}
)
_TELLING: Final = re.compile(r"auth|token|cookie|key|secret|session|passw|sign", re.I)

# Keys of JSON, fields of forms and parameters of queries whose values are secrets.
_SECRET_NAMES: Final = (
    "password",
    "oauth_token",
    "access_token",
    "refresh_token",
    "id_token",
    "hf_token",
    "api_key",
    "apikey",
    "client_secret",
    "authorization",
    "x-hf-authorization",
    "x_hf_authorization",
    "x-ip-token",
    "x_ip_token",
    "x-zerogpu-token",
    "__sign",
)
_IN_QUERIES: Final = re.compile(
    rf"((?:^|[?&;])(?:{'|'.join(_SECRET_NAMES)}|token)=)[^&#\s\"'<>\\]+", re.I
)
_LOOKS: Final = re.compile(
    r"\bhf_[A-Za-z0-9]{16,}|\bsk-[\w-]{20,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|(?<=\bBearer )[\w.~+/=-]{8,}"
)
_SHORTEST: Final = 12  # of what is looked for everywhere; a shorter value may be a word
_SHORTEST_PASSWORD: Final = 6

_MADE_UP: Final = {"session_hash": "session", "event_id": "event", "upload_id": "upload"}
_RANDOM: Final = re.compile(r"(?=.*\d)[\w-]{8,}")  # what no person would call a session

Change = Callable[[str, str], str]


def clean(records: list[Record], addresses: Iterable[str], secrets: Iterable[str]) -> list[Record]:
    """Take out what has no place in a file.

    Args:
        records: As they were heard, with all headers.
        addresses: Origins that mean the app itself.
        secrets: Values that the user knows to be secret.
    """
    change = _changer(addresses, {*secrets, *_secrets_in(records)}, _made_up(records))
    return [_cleaned(record, change) for record in records]


def mask_text(text: str) -> str:
    """Take out of a text what is known by its name or its looks."""
    return _LOOKS.sub(MARK, _IN_QUERIES.sub(rf"\1{MARK}", text))


def mask_value(key: str, value: Any) -> Any:
    """Take out of a JSON value what is known by its name or its looks."""
    return _changed(value, lambda name, text: _masked(name, mask_text(text)), key)


# --- changing --------------------------------------------------------------------


def _changer(addresses: Iterable[str], secrets: set[str], made_up: dict[str, str]) -> Change:
    wanted = dict.fromkeys(addresses, ADDRESS) | made_up
    for secret in secrets:
        wanted |= dict.fromkeys(_spellings(secret), MARK)
    longest_first = sorted(filter(None, wanted), key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def change(key: str, text: str) -> str:
        return _masked(key, mask_text(known.sub(lambda match: wanted[match[0]], text)))

    return change


def _masked(key: str, text: str) -> str:
    return MARK if text and key.lower() in _SECRET_NAMES else text


def _spellings(secret: str) -> set[str]:
    """How a value may stand in text of other kinds."""
    in_bytes = secret.encode(errors="replace").decode("latin-1")  # as `_clean_body` sees them
    in_urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    return {secret, in_bytes, *in_urls, json.dumps(secret)[1:-1], html.escape(secret)}


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
            cookies=[_without_value(cookie) for cookie in record.cookies],
            body=_clean_body(record.body, change),
        )
    if isinstance(record, Said):
        return msgspec.structs.replace(record, body=_clean_body(record.body, change))
    return record


def _header(name: str, value: str) -> str:
    if name in _NOISE or name.startswith("sec-"):
        return ""
    if name == "content-type":  # the boundary is another in every run
        return re.sub(r";\s*boundary=.*", "", value)
    return value if name in _HARMLESS else MARK


def _without_value(cookie: str) -> str:
    pair, semicolon, attributes = cookie.partition(";")
    kept = [item for item in attributes.split(";") if "expires" not in item.lower()]
    return f"{pair.partition('=')[0]}={MARK}{semicolon}{';'.join(kept)}"


def _clean_body(body: Body | None, change: Change, key: str = "") -> Body | None:
    if body is None:
        return None
    changed = Body()
    if body.json is not UNSET:
        changed.json = _changed(body.json, change, key)
    if body.text is not UNSET:
        changed.text = change(key, body.text)
    if body.form is not UNSET:
        changed.form = [_clean_part(part, change) for part in body.form]
    if body.base64 is not UNSET:
        changed.base64 = change("", body.base64.decode("latin-1")).encode("latin-1")
    return changed


def _clean_part(part: Part, change: Change) -> Part:
    return msgspec.structs.replace(part, body=_clean_body(part.body, change, part.name))


def _changed(value: Any, change: Change, key: str = "") -> Any:
    if isinstance(value, str):
        return change(key, value)
    if isinstance(value, list):
        return [_changed(item, change, key) for item in value]
    if isinstance(value, dict):
        return {change("", name): _changed(item, change, name) for name, item in value.items()}
    return value


# --- finding ---------------------------------------------------------------------


def _secrets_in(records: list[Record]) -> Iterator[str]:
    for record in records:
        if isinstance(record, Asked):
            for name, value in record.headers.items():
                if _TELLING.search(name) and name not in _HARMLESS and name not in _NOISE:
                    yield from _credentials(name, value)
            query = record.target.partition("?")[2]
            yield from _named(parse_qsl(query))
        elif isinstance(record, Answered):
            for cookie in record.cookies:
                yield from _credentials("cookie", cookie.partition(";")[0])
        if isinstance(record, Asked | Answered | Said):
            yield from _named(_strings(record.body))


def _credentials(name: str, value: str) -> Iterator[str]:
    """The secret parts of a header."""
    if name == "cookie":
        parts = [pair.partition("=")[2].strip() for pair in value.split(";")]
    else:
        parts = [value, value.partition(" ")[2]]  # the scheme is none
    for part in parts:
        if len(part) >= _SHORTEST:
            yield part
            yield unquote_plus(part)


def _named(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in pairs:
        if name.lower() in _SECRET_NAMES:
            shortest = _SHORTEST_PASSWORD if name.lower() == "password" else _SHORTEST
            if len(value) >= shortest:
                yield value


def _strings(body: Body | None, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a body that has a name."""
    if body is None:
        return
    if body.json is not UNSET:
        yield from _strings_in(body.json, key)
    if body.text is not UNSET:
        yield key, body.text
        if "=" in body.text[:100] and "\n" not in body.text:  # a form
            yield from parse_qsl(body.text)
    if body.form is not UNSET:
        for part in body.form:
            yield from _strings(part.body, part.name)


def _strings_in(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for item in value:
            yield from _strings_in(item, key)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _strings_in(item, name)


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
