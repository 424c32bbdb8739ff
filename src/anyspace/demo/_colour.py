"""Colours that mix as paint does.

Everything is mixed in OKLab (Björn Ottosson, 2020), where equal steps look
equal: a ramp from blue to orange passes through rose and not through mud.
A colour is three numbers from 0 to 1, in sRGB.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Any, Final, TypeAlias

import numpy as np

__all__ = [
    "Array",
    "Colour",
    "as_bytes",
    "dyed",
    "from_hex",
    "graded",
    "lighter",
    "mix",
    "oklch",
    "ramp",
    "to_lab",
    "to_rgb",
]

Array: TypeAlias = Any  # numpy.ndarray of float32, without asking numpy to be there for mypy
Colour: TypeAlias = tuple[float, float, float]

_TO_LMS: Final = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB: Final = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def to_lab(rgb: Array) -> Array:
    """Turn sRGB, in the last axis, into OKLab."""
    rgb = np.asarray(rgb, dtype=np.float32)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ np.array(_TO_LMS, np.float32).T) @ np.array(_TO_LAB, np.float32).T


def to_rgb(lab: Array) -> Array:
    """Turn OKLab, in the last axis, into sRGB, clipped to what a screen can show."""
    lms = np.asarray(lab, dtype=np.float32) @ np.linalg.inv(np.array(_TO_LAB)).T
    linear = np.clip(lms**3 @ np.linalg.inv(np.array(_TO_LMS)).T, 0, 1)
    curved = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, curved).astype(np.float32)


def from_hex(text: str) -> Colour:
    """Read ``"#rrggbb"``."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def as_bytes(colour: Colour) -> tuple[int, int, int]:
    """Return the colour as Pillow wants it."""
    red, green, blue = (round(255 * min(max(part, 0.0), 1.0)) for part in colour)
    return red, green, blue


def oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Make a colour from lightness 0..1, chroma 0..0.3 and a hue in degrees."""
    angle = radians(hue)
    return _colour(to_rgb((lightness, chroma * cos(angle), chroma * sin(angle))))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Mix two colours; `share` is how much of the other."""
    return _colour(to_rgb(to_lab(one) * (1 - share) + to_lab(other) * share))


def lighter(colour: Colour, by: float) -> Colour:
    """Return the colour with its lightness moved by -1..1."""
    lightness, a, b = to_lab(colour)
    return _colour(to_rgb((min(max(lightness + by, 0), 1), a, b)))


def dyed(colour: Colour, hue: float, strength: float) -> Colour:
    """Return the colour moved towards a hue, as bright as it was."""
    lightness, a, b = (float(part) for part in to_lab(colour))
    chroma, own = hypot(a, b), degrees(atan2(b, a))
    turn = (hue - own + 180) % 360 - 180
    # Grey has no hue to turn, so it is given some colour: little where it is very light or dark.
    floor = 0.13 * strength * min(1.0, 4 * lightness * (1 - lightness))
    return oklch(lightness, max(chroma, floor), own + turn * strength)


def ramp(stops: Sequence[tuple[float, Colour]], count: int) -> Array:
    """Return `count` colours along stops of (position 0..1, colour), as a count x 3 array."""
    where = np.linspace(0, 1, count)
    lab = to_lab([colour for _, colour in stops])
    places = [place for place, _ in stops]
    parts = [np.interp(where, places, lab[:, channel]) for channel in range(3)]
    return to_rgb(np.stack(parts, axis=-1))


def graded(rgb: Array, saturation: float, contrast: float) -> Array:
    """Return a picture (0..255 floats) with more or less colour and contrast."""
    grey = rgb @ np.array((0.299, 0.587, 0.114), np.float32)
    vivid = grey[..., None] + (rgb - grey[..., None]) * np.float32(saturation)
    return (vivid - 118) * np.float32(contrast) + 118


def _colour(rgb: Array) -> Colour:
    red, green, blue = (float(part) for part in rgb)
    return red, green, blue
