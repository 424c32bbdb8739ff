"""A request copied as cURL."""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import quote_plus

from anyspace._errors import UsageError
from anyspace.capture._exchange import Exchange
from anyspace.capture._shell import is_cmd, split_bash, split_cmd

__all__ = ["read_curl"]

_DATA: Final = frozenset(
    "-d --data --data-raw --data-binary --data-ascii --data-urlencode --json".split()
)
# Options with a value that say nothing we want to know.
_WITH_VALUE: Final = frozenset(
    """-A --user-agent -b --cookie -e --referer -o --output -x --proxy -m --max-time -c --cookie-jar
    --connect-timeout --retry -w --write-out --cacert --cert --key -F --form -T --upload-file
    --resolve -E --interface --limit-rate -r --range -K --config --form-string""".split()
)
_CLUSTERS: Final = frozenset("sSLkfivNgG#Ojln46aq0")  # short options without a value


def read_curl(text: str) -> Exchange:
    """Read a command as DevTools copy it, for bash or for cmd, or as people write it.

    Raises:
        UsageError: It is no request of curl.
    """
    text = text.strip().removeprefix("$ ")
    words = split_cmd(text) if is_cmd(text) else split_bash(text)
    while words and words[0] not in ("curl", "curl.exe"):
        words.pop(0)
    if not words:
        raise UsageError("that is no curl command")
    return _Command(words[1:]).exchange()


class _Command:
    def __init__(self, words: list[str]) -> None:
        self._url = ""
        self._method = ""
        self._headers: list[tuple[str, str]] = []
        self._data: list[str] = []
        self._in_query = False
        self._words = iter(words)
        for word in self._words:
            self._read(word)

    def exchange(self) -> Exchange:
        if not self._url:
            raise UsageError("the curl command names no address")
        url = self._url if "://" in self._url else f"http://{self._url}"
        body: bytes | None = "&".join(self._data).encode() if self._data else None
        if body is not None and self._in_query:
            url += f"{'&' if '?' in url else '?'}{body.decode()}"
            body = None
        method = self._method or ("GET" if body is None else "POST")
        return Exchange(method=method.upper(), url=url, sent=self._headers, body=body)

    def _read(self, word: str) -> None:
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            self._option(name, value if equals else None)
        elif word.startswith("-") and len(word) > 1:
            self._short(word)
        else:
            self._url = self._url or word

    def _short(self, word: str) -> None:
        """Short options, which may stand together: ``-sSXPOST``."""
        for at, letter in enumerate(word[1:], 1):
            if letter not in _CLUSTERS:
                self._option(f"-{letter}", word[at + 1 :] or None)
                return
            self._in_query = self._in_query or letter == "G"

    def _option(self, name: str, value: str | None) -> None:
        if name in ("-X", "--request"):
            self._method = self._value(value)
        elif name in ("-H", "--header"):
            key, _, content = self._value(value).partition(":")
            self._headers.append((key.strip(), content.strip()))
        elif name in ("-u", "--user"):
            login = base64.b64encode(self._value(value).encode()).decode()
            self._headers.append(("authorization", f"Basic {login}"))
        elif name == "--url":
            self._url = self._value(value)
        elif name == "--get":
            self._in_query = True
        elif name in _DATA:
            self._data.append(_read_data(name, self._value(value)))
        elif name in _WITH_VALUE:
            self._value(value)

    def _value(self, value: str | None) -> str:
        found = value if value is not None else next(self._words, None)
        if found is None:
            raise UsageError("the curl command breaks off after an option")
        return found


def _read_data(name: str, value: str) -> str:
    if name == "--data-urlencode":
        key, equals, content = value.partition("=")
        return f"{key}={quote_plus(content)}" if equals and key else quote_plus(content or key)
    if value.startswith("@") and name != "--data-raw":
        raise UsageError(
            f"the curl command sends the file {value[1:]}; paste what is in it instead"
        )
    return value
