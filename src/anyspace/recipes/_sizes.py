"""Sizes and ratios in the words of choices: ``"1024 × 768 (4:3)"``, ``"16:9"``, ``"Square"``."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any, Final

import msgspec

from anyspace.recipes._words import speaks
from anyspace.schema import Parameter

__all__ = [
    "Size",
    "distance",
    "in_megapixels",
    "measure_of",
    "megapixels",
    "of_pixels",
    "parse_size",
    "rewrite_size",
]

_PAIR: Final = re.compile(r"(?<!\d)(\d{2,5})(?:\s*[x×✕✖*]\s*|\s+)(\d{2,5})(?!\d)", re.IGNORECASE)
_RATIO: Final = re.compile(
    r"(?<![\d.])(\d{1,2}(?:\.\d+)?)\s*[:：∶/x×]\s*(\d{1,2}(?:\.\d+)?)(?![\d.])"
)
_BARE_RATIO: Final = re.compile(r"(?<!\d)(\d{1,2})_(\d{1,2})(?!\d)")  # portrait_16_9
_LONE: Final = re.compile(r"(?<![\w.])(\d{3,5})\s*(?:px|pixels)?(?![\w.])", re.IGNORECASE)
_LINES: Final = re.compile(r"(?<![\w.])(\d{3,4})\s*[pP]\b")
_MEGA: Final = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:mpx?\b|m(?:ega)?[\s-]?pixels?\b|百万像素|メガピクセル|메가픽셀)",
    re.IGNORECASE,
)
_KILO: Final = re.compile(r"(?<![\w.])(\d)\s*k\b", re.IGNORECASE)

_MEGAPIXELS: Final = "megapixel | mp | mpx | mega pixel | 百万像素 | メガピクセル | 메가픽셀"
_MEGA_SIDE: Final = 1024  # what apps call a megapixel is a square of this side
_FILM: Final = Fraction(16, 9)  # the shape that "720p" and its like come in
_FULL_HD: Final = "full hd | fullhd | fhd"

# Orientation without numbers; each word with the commonest ratio that is meant by it.
_ORIENTATIONS: Final = (
    (1.0, "square quadrat carré cuadrad квадрат 方 스퀘어 정사각"),
    (4 / 3, "landscape horizontal paysage querformat paisagem альбом 横 橫 가로"),
    (3 / 4, "portrait vertical hochformat retrato портрет 竖 豎 縦 纵 세로"),
)


class Size(msgspec.Struct, frozen=True):
    """A size as far as it is known.

    Attributes:
        width: Pixels, None when unknown.
        height: Pixels, None when unknown.
        ratio: Width divided by height, None when unknown.
    """

    width: float | None = None
    height: float | None = None
    ratio: float | None = None

    def __str__(self) -> str:
        if self.width is not None and self.height is not None:
            return f"{self.width:g}x{self.height:g}"
        if self.width is not None:
            return f"width {self.width:g}"
        if self.height is not None:
            return f"height {self.height:g}"
        shape = Fraction(self.ratio or 1.0).limit_denominator(100)
        return f"{shape.numerator}:{shape.denominator}"


def of_pixels(width: float | None, height: float | None) -> Size:
    """Make a size of whichever sides are known."""
    return Size(width, height, width / height if width and height else None)


def in_megapixels(parameter: Parameter) -> bool:
    """Tell whether its numbers count megapixels."""
    return speaks(f"{parameter.name} {parameter.label}", _MEGAPIXELS)


def megapixels(size: Size) -> float | None:
    """Say how many megapixels a size has, as apps count them; None when it is unknown."""
    if size.width is None or size.height is None:
        return None
    return round(size.width * size.height / _MEGA_SIDE**2, 2)


def parse_size(text: Any, *, mega: bool = False) -> Size | None:
    """Read a size or ratio from a choice; None when the text speaks of neither.

    Args:
        text: The choice, or what a caller said.
        mega: A bare number counts megapixels.

    >>> parse_size("1024 × 768 (4:3)").width
    1024
    >>> parse_size("Widescreen (16:9)").ratio
    1.7777777777777777
    """
    if isinstance(text, Size):
        return text
    text = str(text)
    size = _numbers(text) or _area(text, mega=mega) or _lone(text)
    return _upright(text, size) if size is not None else _orientation(text)


def measure_of(text: Any) -> str:
    """Tell what a text surely is: ``"pixels"``, ``"ratios"`` or neither (``""``)."""
    size = _numbers(str(text))
    if size is None:
        return ""
    return "pixels" if size.width else "ratios"


def _numbers(text: str) -> Size | None:
    pair = _PAIR.search(text)
    if pair and int(pair[1]) and int(pair[2]):
        return of_pixels(int(pair[1]), int(pair[2]))
    ratio = _RATIO.search(text)
    if ratio and float(ratio[1]) and float(ratio[2]):
        return Size(ratio=float(ratio[1]) / float(ratio[2]))
    return None


def _area(text: str, *, mega: bool) -> Size | None:
    found = _MEGA.search(text)
    many = float(found[1]) if found else 0.0
    if mega and not many:
        try:
            many = float(text)
        except ValueError:
            return None
    side = round(math.sqrt(many) * _MEGA_SIDE) if 0 < many < _MEGA_SIDE else 0
    return Size(side, side) if side else None


def _lone(text: str) -> Size | None:
    lines = _LINES.search(text)
    high = int(lines[1]) if lines else 1080 if speaks(text, _FULL_HD) else 0
    if high:
        # Its area is known, but apps make it upright as well.
        return Size(round(high * _FILM), high)
    kilo = _KILO.search(text)
    lone = _LONE.search(text)
    side = int(kilo[1]) * 1024 if kilo else int(lone[1]) if lone else 0
    if side:
        # One number tells how large a picture is and nothing of its shape.
        return Size(side, side)
    bare = _BARE_RATIO.search(text)
    if bare and int(bare[1]) and int(bare[2]) and (_orientation(text) or bare[0] == text):
        return Size(ratio=int(bare[1]) / int(bare[2]))
    return None


def _upright(text: str, size: Size) -> Size:
    """Turn a ratio the way the words say: "Portrait (4:3)" is higher than wide."""
    said = _orientation(text) if size.ratio and size.width is None else None
    if said is None or not size.ratio or (said.ratio or 1.0) == 1.0:
        return size
    turned = ((said.ratio or 1.0) > 1.0) != (size.ratio > 1.0)
    return Size(ratio=1 / size.ratio) if turned else size


def _orientation(text: str) -> Size | None:
    lowered = text.lower()
    for ratio, words in _ORIENTATIONS:
        if any(word in lowered for word in words.split()):
            return Size(ratio=ratio)
    return None


def distance(wanted: Size, offered: Size) -> float | None:
    """Say how far apart two sizes are; None when they have nothing to compare.

    Shape counts for more than area: a wide picture of half the pixels is nearer to
    what was asked for than a square one.
    """
    parts = []
    if wanted.ratio and offered.ratio:
        parts.append(2 * abs(math.log(wanted.ratio / offered.ratio)))
    if wanted.width and wanted.height and offered.width and offered.height:
        area = wanted.width * wanted.height / (offered.width * offered.height)
        parts.append(abs(math.log(area)) / 2)
    elif not parts:
        sides = ((wanted.width, offered.width), (wanted.height, offered.height))
        parts = [abs(math.log(mine / other)) for mine, other in sides if mine and other]
    return sum(parts) if parts else None


def rewrite_size(template: Any, size: Size) -> str:
    """Write a size the way the app writes its own: ``"720*1280"`` or ``"720x1280"``."""
    pair = _PAIR.search(template) if isinstance(template, str) else None
    if pair is None or size.width is None or size.height is None:
        return str(size)
    between = pair.string[pair.end(1) : pair.start(2)]
    return f"{size.width:g}{between}{size.height:g}"
