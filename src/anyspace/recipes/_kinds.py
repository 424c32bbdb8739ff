"""Which widgets can take which sort of value, and how well."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from anyspace.recipes._sizes import in_megapixels
from anyspace.recipes._task import FILE_KINDS, Kind
from anyspace.recipes._words import speaks
from anyspace.schema import Choice, Parameter

__all__ = [
    "EDITORS",
    "fit",
    "holds_both",
    "is_drawn",
    "is_file",
    "is_roomy",
    "lets_in",
    "number_in",
    "takes_file_of",
]

_FILES: Final = frozenset(
    """image imageeditor sketchpad paint imagemask imageslider gallery annotatedimage video
    playablevideo audio microphone model3d file uploadbutton""".split()
)
_PICTURES: Final = frozenset(
    "image imageeditor sketchpad paint imagemask imageslider gallery annotatedimage".split()
)
EDITORS: Final = frozenset("imageeditor sketchpad paint imagemask".split())
"""Widgets whose value is a picture with layers painted over it."""

_ROOMY: Final = EDITORS | {"multimodaltextbox", "chatbot"}

_MADE_FOR: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.IMAGE: _PICTURES,
    Kind.MASK: _PICTURES,
    Kind.AUDIO: frozenset(("audio", "microphone")),
    Kind.VIDEO: frozenset(("video", "playablevideo")),
    Kind.DOCUMENT: frozenset(("pdf",)),
}
_ENDINGS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.IMAGE: frozenset(("image", ".png", ".jpg", ".jpeg", ".webp")),
    Kind.MASK: frozenset(("image", ".png", ".jpg", ".jpeg", ".webp")),
    Kind.AUDIO: frozenset(("audio", ".wav", ".mp3", ".flac", ".m4a", ".ogg")),
    Kind.VIDEO: frozenset(("video", ".mp4", ".mov", ".webm", ".avi")),
    Kind.DOCUMENT: frozenset(("file", "text", ".pdf", ".txt", ".docx", ".md")),
}
# Files may come with what is said, but a conversation is no file.
_CONVERSATIONS: Final = frozenset(("multimodaltextbox", "chatbot"))
_UPLOADS: Final = frozenset(("file", "uploadbutton"))
_TEXT_KINDS: Final = frozenset((Kind.TEXT,))
_TEXTS: Final = frozenset(("textbox", "textarea", "text", "code", "markdown", ""))
_NUMBER: Final = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")
_LISTS: Final = frozenset(("dropdown", "radio"))
_DRAWN: Final = """
random | randomize | randomise | auto | 随机 | 隨機 | ランダム | 랜덤 | 무작위 | aleatorio |
aleatoria | aleatoire | zufallig | случайный | случайно
"""
_KEPT: Final = """
fixed | fix | manual | custom | static | 固定 | 手动 | 手動 | 고정 | fijo | fija | fixe | fest |
фиксированный | fixo | fixa
"""
_SWITCHED: Final = 2  # choices that a list has which stands for a switch
_YES_NO: Final = frozenset(("yes", "no", "true", "false", "on", "off", "enable", "disable"))


def is_drawn(choice: Choice) -> bool | None:
    """Tell whether a choice has the seed drawn (True) or kept (False); None for neither."""
    if speaks(choice.label, _DRAWN):
        return True
    return False if speaks(choice.label, _KEPT) else None


def is_file(parameter: Parameter) -> bool:
    """Tell whether it takes a file. Before 4.0 the type was plain text, so ask the widget."""
    return parameter.component in _FILES or (
        parameter.takes_file and parameter.component not in _CONVERSATIONS
    )


def takes_file_of(kind: Kind, parameter: Parameter) -> float:
    """Say how well a file of this kind fits it."""
    if parameter.component in _MADE_FOR[kind]:
        return 1.0
    if not is_file(parameter):
        return 0.0
    if parameter.component in _FILES and parameter.component not in _UPLOADS:
        return 0.0
    if not parameter.file_types:
        return 1.0 if kind is Kind.DOCUMENT else 0.7
    wanted = _ENDINGS[kind]
    return 0.9 if any(t.lower().partition("/")[0] in wanted for t in parameter.file_types) else 0.0


def is_roomy(parameter: Parameter) -> bool:
    """Tell whether its widget may take two values at once; see `holds_both`."""
    return parameter.component in _ROOMY or parameter.mode == "sketch"


def holds_both(parameter: Parameter, kind: Kind, other: Kind) -> bool:
    """Tell whether one widget takes a value of each kind: a picture with its mask, a text
    with its files, a conversation that the next message closes.
    """
    kinds = {kind, other}
    if parameter.component == "multimodaltextbox":
        files = kinds - _TEXT_KINDS
        return len(files) == 1 and files <= FILE_KINDS and lets_in(parameter, *files)
    if kinds == {Kind.IMAGE, Kind.MASK}:
        return parameter.component in EDITORS or parameter.mode == "sketch"
    return kinds == {Kind.TEXT, Kind.HISTORY} and parameter.component == "chatbot"


def lets_in(parameter: Parameter, kind: Kind) -> bool:
    """Tell whether a message may come with files of this kind."""
    types = parameter.file_types
    return not types or any(t.lower().partition("/")[0] in _ENDINGS[kind] for t in types)


def number_in(value: Any) -> float | None:
    """Read the one number that a choice or default stands for (``"8-Step"`` → 8)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str):
        return None
    found = _NUMBER.findall(value)
    if len(found) != 1:
        return None
    return float(found[0]) if "." in found[0] else int(found[0])


def fit(kind: Kind, parameter: Parameter) -> float:
    """Say how well a value of this kind fits the parameter: 0 not at all, 1 made for it."""
    if kind in FILE_KINDS:
        return takes_file_of(kind, parameter)
    if is_file(parameter):
        return 0.0
    return _FITS[kind](parameter)


def _type_of(parameter: Parameter) -> str:
    kind = parameter.json_type.get("type")
    return kind if isinstance(kind, str) else ""


def _is_text(parameter: Parameter) -> bool:
    if parameter.component not in _TEXTS:
        return False
    return _type_of(parameter) in ("string", "") and parameter.choices is None


def _is_switch(parameter: Parameter) -> bool:
    return parameter.component == "checkbox" or _type_of(parameter) == "boolean"


def _is_number(parameter: Parameter) -> bool:
    return parameter.component in ("slider", "number") or (
        _type_of(parameter) in ("number", "integer") and parameter.choices is None
    )


def _fit_text(parameter: Parameter) -> float:
    if _is_text(parameter):
        return 1.0
    if parameter.component == "multimodaltextbox":
        return 0.8
    return 0.6 if parameter.open_choices else 0.0


def _fit_number(parameter: Parameter) -> float:
    if _is_switch(parameter):
        return 0.0
    if _is_number(parameter):
        return 1.0
    if parameter.choices is None and parameter.component in _LISTS:
        return 0.5
    if parameter.choices:
        numbers = [number_in(choice.value) for choice in parameter.choices]
        if None in numbers:
            return 0.0
        plain = all(str(n) == str(c.value) for n, c in zip(numbers, parameter.choices, strict=True))
        return 0.9 if plain else 0.6
    if _is_text(parameter):
        # Some apps keep a seed in a text box, with "-1" in it.
        return 0.4 if number_in(parameter.default) is None else 0.85
    return 0.0


def _fit_switch(parameter: Parameter) -> float:
    if _is_switch(parameter):
        return 1.0
    choices = parameter.choices or ()
    if len(choices) != _SWITCHED:
        return 0.0
    labels = {str(choice.value).lower() for choice in choices}
    return 0.7 if labels <= _YES_NO or {is_drawn(c) for c in choices} == {True, False} else 0.0


def _fit_choice(parameter: Parameter) -> float:
    if parameter.choices is None and parameter.component in _LISTS:
        return 0.95  # an old app's /info does not tell what is on offer
    if parameter.choices is not None:
        # "2-Step", "4-Step": amounts rather than names.
        amounts = all(number_in(choice.value) is not None for choice in parameter.choices)
        return 0.5 if amounts else 1.0
    return 0.6 if _is_text(parameter) else 0.0


def _fit_history(parameter: Parameter) -> float:
    if parameter.component == "chatbot":
        return 1.0
    if parameter.component in ("json", "api", "") and _type_of(parameter) in (
        "array",
        "object",
        "",
    ):
        return 0.7
    return 0.0


def _fit_size(parameter: Parameter) -> float:
    if parameter.choices is not None or parameter.component in _LISTS:
        return 1.0
    largest = parameter.maximum if parameter.maximum is not None else number_in(parameter.default)
    if _is_number(parameter):
        wide = largest is not None and largest >= 256
        return 0.5 if wide or in_megapixels(parameter) else 0.0
    return _fit_choice(parameter)


_FITS: Final[Mapping[Kind, Callable[[Parameter], float]]] = {
    Kind.TEXT: _fit_text,
    Kind.INTEGER: _fit_number,
    Kind.NUMBER: _fit_number,
    Kind.SWITCH: _fit_switch,
    Kind.CHOICE: _fit_choice,
    Kind.LANGUAGE: _fit_choice,
    Kind.SIZE: _fit_size,
    Kind.HISTORY: _fit_history,
}
