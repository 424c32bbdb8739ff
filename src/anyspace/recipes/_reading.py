"""Read the text or the numbers out of whatever an app wraps them in."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from anyspace.schema import FileValue

__all__ = ["find_numbers", "find_text"]

_ANSWER_KEYS: Final = """
    generated_text translation_text summary_text text transcription transcript answer response
    output result content caption message translation summary label value data
""".split()
_TAG: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<br\s*/?>|</p>|<[^>]+>", re.DOTALL | re.I)


def find_text(value: Any) -> str:
    """Read the text of a result: a transcript, the last answer of a chat, a label.

    A chat may be pairs or messages, with content as text or in blocks; of a mapping the
    entry that is named like an answer counts; HTML gives what a reader would see.
    """
    if isinstance(value, str):
        return _seen(value)
    if isinstance(value, bool) or value is None or isinstance(value, FileValue):
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return _text_of_mapping(value)
    if isinstance(value, list | tuple):
        return _text_of_list(value)
    return ""


def _seen(text: str) -> str:
    if "<" not in text or not _TAG.search(text):
        return text
    breaks = _TAG.sub(lambda m: "\n" if m[0].lower().startswith(("<br", "</p")) else "", text)
    return html.unescape(breaks).strip()


def _text_of_mapping(value: Mapping[str, Any]) -> str:
    if "role" in value:
        return find_text(value.get("content"))
    if {"token", "class_or_confidence"} <= value.keys():
        return str(value["token"])
    if value.get("type") == "text":
        return find_text(value.get("text"))
    for key in _ANSWER_KEYS:
        if value.get(key) not in (None, "", [], {}):
            text = find_text(value[key])
            if text:
                return text
    return ""


def _text_of_list(value: Sequence[Any]) -> str:
    if all(isinstance(turn, Mapping) and "role" in turn for turn in value):
        return _text_of_turns(value)
    if all(isinstance(turn, list | tuple) and len(turn) == 2 for turn in value):
        return _text_of_pairs(value)
    parts = [find_text(item) for item in value]
    return "\n".join(part for part in parts if part)


def _text_of_turns(turns: Sequence[Mapping[str, Any]]) -> str:
    """The last thing that was answered; ``""`` while the user has the last word."""
    asked = [number for number, turn in enumerate(turns) if turn["role"] == "user"]
    said = turns[asked[-1] + 1 if asked else 0 :]
    # The app may add what it thinks or which tools it used as turns of their own, and
    # what it made as a turn without words.
    answers = [turn for turn in said if not (turn.get("metadata") or {}).get("title")]
    texts = (find_text(turn) for turn in reversed(answers or said))
    return next((text for text in texts if text), "")


def _text_of_pairs(value: Sequence[Any]) -> str:
    """The last answer; pairs of a text and its label (or None) are one marked text."""
    if all(isinstance(pair[0], str) and _is_mark(pair[1]) for pair in value[:-1]) and (
        value[-1][1] is None or isinstance(value[-1][1], int | float)
    ):
        return "".join(str(pair[0]) for pair in value if pair[0] is not None)
    return find_text(value[-1][1])


def _is_mark(label: Any) -> bool:
    return label is None or isinstance(label, int | float)


def find_numbers(value: Any) -> Any:
    """Find the first list of numbers, nested or not; None when there is none."""
    if isinstance(value, str):
        try:
            return find_numbers(json.loads(value))
        except (ValueError, RecursionError):
            return None
    if isinstance(value, Mapping):
        found = (find_numbers(item) for item in value.values())
        return next((numbers for numbers in found if numbers is not None), None)
    if isinstance(value, list | tuple) and value:
        first = value[0]
        if isinstance(first, int | float) and not isinstance(first, bool):
            return list(value)
        if isinstance(first, list | tuple) and find_numbers(first) is not None:
            return list(value)
        return next((n for n in map(find_numbers, value) if n is not None), None)
    return None
