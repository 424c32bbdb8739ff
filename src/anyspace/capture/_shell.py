"""Words of a command line, as bash and as Windows' cmd read them.

DevTools copy requests as cURL in both forms. Only what they write (and what people write by
hand) is read: quotes, escapes and line continuations; no variables, no pipes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from anyspace._errors import UsageError

__all__ = ["is_cmd", "split_bash", "split_cmd"]

_SIMPLE: Final = dict(zip("nrtabfveE0", "\n\r\t\a\b\f\v\x1b\x1b\0", strict=True))
_NUMBERS: Final = re.compile(r"u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|x([0-9A-Fa-f]{1,2})")
_IN_DOUBLE: Final = '\\"$`'
_ENDS: Final = frozenset(";|&<>")


def is_cmd(text: str) -> bool:
    """Tell whether a command is written for Windows: it escapes with carets."""
    return '^"' in text or re.search(r"\^\r?\n", text) is not None


def split_bash(text: str) -> list[str]:
    """Split a command as bash does.

    Raises:
        UsageError: A quote is not closed.
    """
    return _Bash(text).words()


def split_cmd(text: str) -> list[str]:
    r"""Split a command as cmd and the C runtime of Windows do together.

    Chrome doubles every backslash and writes ``\"`` for a quote, so both are undone
    everywhere, which the C runtime itself does before quotes only.

    Raises:
        UsageError: A quote is not closed.
    """
    return _Cmd(text).words()


class _Words:
    """Collects words; `_take` reads what begins at the current place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._word: list[str] | None = None
        self._found: list[str] = []

    def words(self) -> list[str]:
        while self._at < len(self._text):
            if not self._take(self._text[self._at]):
                break
        self._end()
        return self._found

    def _take(self, char: str) -> bool:
        raise NotImplementedError

    def _add(self, text: str, width: int) -> bool:
        self._word = [] if self._word is None else self._word
        self._word.append(text)
        self._at += width
        return True

    def _end(self) -> bool:
        if self._word is not None:
            self._found.append("".join(self._word))
        self._word = None
        self._at += 1
        return True

    def _quoted(self, end: str, read: Callable[[], None]) -> bool:
        """Read up to the closing quote."""
        start = self._at
        self._add("", 0)
        while self._at < len(self._text):
            if self._text.startswith(end, self._at):
                return self._add("", len(end))
            read()
        raise UsageError(f"the command breaks off inside the quote {self._text[start:][:20]!r}…")

    def _plain(self) -> None:
        self._add(self._text[self._at], 1)


class _Bash(_Words):
    def _take(self, char: str) -> bool:
        following = self._text[self._at + 1 : self._at + 2]
        if char == "\\":
            if following == "\r" and self._text[self._at + 2 : self._at + 3] == "\n":
                self._at += 3
                return True
            if following == "\n":
                self._at += 2
                return True
            return self._add(following, 2)
        if char == "'":
            self._at += 1
            return self._quoted("'", self._plain)
        if char == '"':
            self._at += 1
            return self._quoted('"', self._double)
        if char == "$" and following == "'":
            self._at += 2
            return self._quoted("'", self._ansi)
        if char.isspace():
            return self._end()
        # A second command, or where the output goes, is no part of the request.
        return char not in _ENDS and self._add(char, 1)

    def _double(self) -> None:
        char, following = self._text[self._at], self._text[self._at + 1 : self._at + 2]
        if char == "\\" and following == "\n":
            self._at += 2
        elif char == "\\" and following and following in _IN_DOUBLE:
            self._add(following, 2)
        else:
            self._add(char, 1)

    def _ansi(self) -> None:
        if self._text[self._at] != "\\":
            return self._plain()
        self._at += 1
        found = _NUMBERS.match(self._text, self._at)
        if found:
            number = int(found[1] or found[2] or found[3], 16)
            self._add(chr(number) if number <= 0x10FFFF else "\ufffd", len(found[0]))
        else:
            following = self._text[self._at : self._at + 1]
            self._add(_SIMPLE.get(following, following), 1)
        return None


class _Cmd(_Words):
    def __init__(self, text: str) -> None:
        super().__init__(text.replace("\r\n", "\n").replace("\r", "\n"))

    def _take(self, char: str) -> bool:
        if self._text.startswith("^\n", self._at):
            self._at += 2
            return True
        if self._text.startswith('^"', self._at):
            self._at += 2
            return self._quoted('^"', self._careted)
        if char == '"':
            self._at += 1
            return self._quoted('"', self._in_quotes)
        if char == "^":
            return self._add(self._text[self._at + 1 : self._at + 2], 2)
        if char == "\\" and self._text[self._at + 1 : self._at + 2] in ("\\", '"'):
            return self._add(self._text[self._at + 1], 2)
        if char.isspace():
            return self._end()
        return char not in _ENDS and self._add(char, 1)

    def _careted(self) -> None:
        r"""Inside ``^"``: a caret makes the next character plain, then ``\\`` and ``\"`` are read.

        A line's end is written as a caret and two line ends.
        """
        if self._text.startswith("^\n\n", self._at):
            self._add("\n", 3)
            return
        first, width = self._uncaret(self._at)
        if first != "\\":
            self._add(first, width)
            return
        second, more = self._uncaret(self._at + width)
        if second in ("\\", '"'):
            self._add(second, width + more)
        else:
            self._add(first, width)

    def _uncaret(self, at: int) -> tuple[str, int]:
        if self._text[at : at + 1] == "^" and at + 1 < len(self._text):
            return self._text[at + 1], 2
        return self._text[at : at + 1], 1

    def _in_quotes(self) -> None:
        char, following = self._text[self._at], self._text[self._at + 1 : self._at + 2]
        if char == "\\" and following in ("\\", '"') and following:
            self._add(following, 2)
        elif self._text.startswith('"^\n\n"', self._at):  # how Chrome wrote a line's end once
            self._add("\n", 5)
        else:
            self._add(char, 1)
