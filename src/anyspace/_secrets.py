"""What is secret in HTTP traffic, and how it is taken out of what is kept or shown.

Values that say by their name what they are (``password``, ``oauth_token``, ``__sign=``…)
are secrets, and so is what looks like a token of Hugging Face or a JWT. Whatever was seen
to be a secret once has to be looked for in all the rest, because apps repeat what they
were told.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote_plus

__all__ = [
    "HARMLESS_HEADERS",
    "MARK",
    "NOISE_HEADERS",
    "Change",
    "change_value",
    "changer",
    "credentials_of",
    "mask_text",
    "secrets_in_header",
    "secrets_named",
    "strings_in",
    "without_value",
]

MARK: Final = "REDACTED"

HARMLESS_HEADERS: Final = frozenset({"accept", "content-type", "range", "x-gradio-user"})
NOISE_HEADERS: Final = frozenset(
    {"host", "accept-encoding", "accept-language", "connection", "content-length", "keep-alive"}
    | {"origin", "referer", "transfer-encoding", "upgrade", "user-agent", "cache-control", "pragma"}
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

Change = Callable[[str, str], str]
"""Makes of a text, and of the name that it stands under, the text to keep."""


def mask_text(text: str) -> str:
    """Take out of a text what is known by its name or its looks."""
    return _LOOKS.sub(MARK, _IN_QUERIES.sub(rf"\1{MARK}", text))


def changer(wanted: dict[str, str], secrets: Iterable[str]) -> Change:
    """Make what takes secrets out of texts, and puts other texts in the place of some.

    Args:
        wanted: What else is replaced, and by what.
        secrets: Values to be looked for, however they are spelled.
    """
    wanted = dict(wanted)
    for secret in secrets:
        wanted |= dict.fromkeys(_spellings(secret), MARK)
    longest_first = sorted(filter(None, wanted), key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def change(key: str, text: str) -> str:
        return _masked(key, mask_text(known.sub(lambda match: wanted[match[0]], text)))

    return change


def change_value(value: Any, change: Change, key: str = "") -> Any:
    """Change every text in a JSON value, names included."""
    if isinstance(value, str):
        return change(key, value)
    if isinstance(value, list):
        return [change_value(item, change, key) for item in value]
    if isinstance(value, dict):
        return {change("", name): change_value(item, change, name) for name, item in value.items()}
    return value


def secrets_in_header(name: str, value: str) -> Iterator[str]:
    """The secrets in a header of a request, going by its name."""
    known = name in HARMLESS_HEADERS or name in NOISE_HEADERS
    if _TELLING.search(name) and not known:
        yield from credentials_of(name, value)


def credentials_of(name: str, value: str) -> Iterator[str]:
    """The secret parts of a header."""
    if name == "cookie":
        parts = [pair.partition("=")[2].strip() for pair in value.split(";")]
    else:
        parts = [value, value.partition(" ")[2]]  # the scheme is none
    for part in parts:
        if len(part) >= _SHORTEST:
            yield part
            yield unquote_plus(part)


def secrets_named(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The secrets among texts, going by the names that they stand under."""
    for name, value in pairs:
        if name.lower() in _SECRET_NAMES:
            shortest = _SHORTEST_PASSWORD if name.lower() == "password" else _SHORTEST
            if len(value) >= shortest:
                yield value


def strings_in(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a JSON value, with the name that it stands under."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item, key)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from strings_in(item, name)


def without_value(cookie: str) -> str:
    """A ``Set-Cookie`` without the cookie's value, and without the day it ends."""
    pair, semicolon, attributes = cookie.partition(";")
    kept = [item for item in attributes.split(";") if "expires" not in item.lower()]
    return f"{pair.partition('=')[0]}={MARK}{semicolon}{';'.join(kept)}"


def _masked(key: str, text: str) -> str:
    return MARK if text and key.lower() in _SECRET_NAMES else text


def _spellings(secret: str) -> set[str]:
    """How a value may stand in text of other kinds."""
    in_bytes = secret.encode(errors="replace").decode("latin-1")  # as `_clean_body` sees them
    in_urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    return {secret, in_bytes, *in_urls, json.dumps(secret)[1:-1], html.escape(secret)}
