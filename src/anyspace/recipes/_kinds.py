"""Which widgets can take which sort of value, and how well."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from anyspace.recipes._task import Kind
from anyspace.schema import Parameter

__all__ = ["fit", "is_file", "number_in", "takes_image"]

_FILES: Final = frozenset(
    """image imageeditor sketchpad paint imagemask imageslider gallery annotatedimage video
    playablevideo audio microphone model3d file uploadbutton""".split()
)
_PICTURES: Final = frozenset(
    "image imageeditor sketchpad paint imagemask imageslider gallery annotatedimage".split()
)
_IMAGE_ENDINGS: Final = frozenset((".png", ".jpg", ".jpeg", ".webp"))
_TEXTS: Final = frozenset(("textbox", "textarea", "text", "code", "markdown", ""))
_NUMBER: Final = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")
_YES_NO: Final = frozenset(("yes", "no", "true", "false", "on", "off", "enable", "disable"))


def is_file(parameter: Parameter) -> bool:
    """Tell whether it takes a file. Before 4.0 the type was plain text, so ask the widget."""
    return parameter.component in _FILES or (
        parameter.takes_file and parameter.component != "multimodaltextbox"
    )


def takes_image(parameter: Parameter) -> float:
    """Say how well a picture fits it."""
    if parameter.component in _PICTURES:
        return 1.0
    if not is_file(parameter) or parameter.component in ("video", "audio", "model3d"):
        return 0.0
    if any("image" in kind or kind in _IMAGE_ENDINGS for kind in parameter.file_types):
        return 0.9
    return 0.0 if parameter.file_types else 0.7


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
    if kind is Kind.IMAGE:
        return takes_image(parameter)
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
    labels = {str(choice.value).lower() for choice in parameter.choices or ()}
    return 0.7 if len(labels) == 2 and labels <= _YES_NO else 0.0


def _fit_choice(parameter: Parameter) -> float:
    if parameter.choices is not None:
        # "2-Step", "4-Step": amounts rather than names.
        amounts = all(number_in(choice.value) is not None for choice in parameter.choices)
        return 0.5 if amounts else 1.0
    return 0.6 if _is_text(parameter) else 0.0


def _fit_size(parameter: Parameter) -> float:
    if parameter.choices is not None:
        return 1.0
    largest = parameter.maximum if parameter.maximum is not None else number_in(parameter.default)
    if _is_number(parameter):
        return 0.5 if largest is not None and largest >= 256 else 0.0
    return _fit_choice(parameter)


_FITS: Final[Mapping[Kind, Callable[[Parameter], float]]] = {
    Kind.TEXT: _fit_text,
    Kind.INTEGER: _fit_number,
    Kind.NUMBER: _fit_number,
    Kind.SWITCH: _fit_switch,
    Kind.CHOICE: _fit_choice,
    Kind.SIZE: _fit_size,
}
