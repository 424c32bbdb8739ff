"""Values written in JavaScript: literals, and calls of functions with literals in them.

Enough for what DevTools copy as ``fetch`` and for what people write with @gradio/client; no
JavaScript is run. What is not a literal becomes an `Unknown`.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from anyspace._errors import UsageError
from anyspace.capture._call import FileHere

__all__ = ["Unknown", "arguments_at"]

_SPACE: Final = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.S)
_NUMBER: Final = re.compile(r"[+-]?(?:0x[0-9a-f]+|(?:\d[\d_]*)?\.?\d+(?:e[+-]?\d+)?|\d+\.)", re.I)
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*(?:\s*\??\.\s*[A-Za-z_$][\w$]*)*")
_KEY: Final = re.compile(r"[A-Za-z_$][\w$]*")
_WORDS: Final = {"true": True, "false": False, "null": None, "undefined": None}
_FILES: Final = ("handle_file", "handleFile", "env.gradio.handle_file")
_OPENERS: Final = {"(": ")", "[": "]", "{": "}"}
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_CODES: Final = re.compile(r"u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})", re.I)
_MAX_DEPTH: Final = 100


class Unknown(NamedTuple):
    """Something that only running the code would tell: its text."""

    text: str


def arguments_at(text: str, at: int) -> list[Any]:
    """Read the arguments of a call.

    Args:
        text: The code.
        at: Where the opening parenthesis stands.

    Raises:
        UsageError: It breaks off.
    """
    return _Reader(text, at)._list(")", 0)


class _Reader:
    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at

    def _next(self) -> str:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        if self._at >= len(self._text):
            raise UsageError("the code breaks off inside a call")
        return self._text[self._at]

    def _value(self, depth: int) -> Any:
        """One value; what follows it up to a comma makes it unknown."""
        if depth > _MAX_DEPTH:
            raise UsageError("the code is nested too deeply")
        char, start = self._next(), self._at
        value = self._literal(char, depth)
        if self._next() not in ",)]}:":
            self._skip()
            value = Unknown(self._text[start : self._at].strip())
        return value

    def _literal(self, char: str, depth: int) -> Any:
        if char in "\"'`":
            return self._string(char)
        if char == "[":
            return self._list("]", depth + 1)
        if char == "{":
            return self._object(depth + 1)
        number = _NUMBER.match(self._text, self._at)
        if number:
            self._at = number.end()
            return _number(number[0].replace("_", ""))
        name = _NAME.match(self._text, self._at)
        if not name:
            self._at += 0 if char in ",)]}:" else 1
            return Unknown(char)
        self._at = name.end()
        if name[0] in ("await", "new"):
            return Unknown(name[0])
        if name[0] in _WORDS:
            return _WORDS[name[0]]
        if self._next() == "(":
            return self._called(name[0], depth)
        return Unknown(name[0])

    def _called(self, name: str, depth: int) -> Any:
        arguments = self._list(")", depth + 1)
        first = arguments[0] if arguments else None
        if name == "JSON.stringify" and not isinstance(first, Unknown):
            return json.dumps(first, default=_unknown_text)
        if name in _FILES and isinstance(first, str):
            is_url = first.startswith(("http://", "https://", "data:"))
            return FileHere(url=first) if is_url else FileHere(path=first)
        return Unknown(f"{name}(…)")

    def _list(self, end: str, depth: int) -> list[Any]:
        self._at += 1
        values = []
        while self._next() != end:
            values.append(self._value(depth))
            self._step(end)
        self._at += 1
        return values

    def _step(self, end: str) -> None:
        """Go over the comma behind an item; only the end may stand there instead."""
        char = self._next()
        if char == ",":
            self._at += 1
        elif char != end:
            raise UsageError(f"the code has {char!r} where a comma belongs")

    def _object(self, depth: int) -> dict[str, Any]:
        self._at += 1
        found: dict[str, Any] = {}
        while self._next() != "}":
            start = self._at
            key = self._key()
            if key is None:  # ...spread, or [computed]: its value is not known
                self._skip()
            elif self._next() == ":":
                self._at += 1
                found[key] = self._value(depth)
            else:  # { width } is the variable of that name
                self._skip()
                found[key] = Unknown(self._text[start : self._at].strip())
            self._step("}")
        self._at += 1
        return found

    def _key(self) -> str | None:
        char = self._text[self._at]
        if char in "\"'":
            return str(self._string(char))
        found = _KEY.match(self._text, self._at) or _NUMBER.match(self._text, self._at)
        if not found:
            return None
        self._at = found.end()
        return found[0]

    def _string(self, quote: str) -> str | Unknown:
        start = self._at
        self._at += 1
        parts: list[str] = []
        known = True
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == quote:
                self._at += 1
                text = "".join(parts)
                joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
                return joined if known else Unknown(self._text[start : self._at])
            known = known and not (quote == "`" and self._text.startswith("${", self._at))
            parts.append(self._escaped() if char == "\\" else char)
            self._at += char != "\\"
        raise UsageError("the code breaks off inside a text")

    def _escaped(self) -> str:
        self._at += 1
        code = _CODES.match(self._text, self._at)
        if code:
            self._at = code.end()
            number = int(code[1] or code[2] or code[3], 16)
            return chr(number) if number <= 0x10FFFF else "\ufffd"
        char = self._text[self._at : self._at + 1]
        self._at += 1
        return "" if char == "\n" else _ESCAPES.get(char, char)

    def _skip(self) -> None:
        """Go on to the comma or bracket that ends an expression."""
        open_brackets: list[str] = []
        while True:
            char = self._next()
            if char in "\"'`":
                self._string(char)
                continue
            if not open_brackets and char in ",)]}":
                return
            if char in _OPENERS:
                open_brackets.append(_OPENERS[char])
            elif open_brackets and char == open_brackets[-1]:
                open_brackets.pop()
            self._at += 1


def _number(text: str) -> int | float:
    if text.lower().lstrip("+-").startswith("0x"):
        return int(text, 16)
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)


def _unknown_text(value: Any) -> Any:
    """A file or a variable inside a body: what stood there."""
    return value.address if isinstance(value, FileHere) else str(value)
