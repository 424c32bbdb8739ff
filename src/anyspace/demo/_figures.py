"""Outlines of animals, ships and houses, and how to put one on a picture.

An outline is written as points in a box 100 high, feet at the bottom. A curve
runs through them; a point with a ``!`` is a corner. Each part has a role, and
the role gets its colour when the figure is painted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from anyspace.demo._canvas import Canvas, Point
from anyspace.demo._colour import Colour, as_bytes, dyed, from_hex, lighter, mix, oklch

__all__ = ["ANIMALS", "Light", "coat", "place", "sprite"]

# Role and points of each part, from back to front.
_OUTLINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fox": """
            body 66,92 78,99 92,97 104,86 109,70 104,54 93,44! 93,56 88,66 80,72 70,76
            pale 109,70 104,54 93,44! 93,56 91,61 97,62 100,68 104,66
            body 36,38! 33,55 35,72 37,84 36,96 30,100! 68,100! 76,96 79,86 76,72 66,58 56,46 52,34!
            shade 44,100! 47,88 54,76 64,74 60,82 58,92 60,100!
            pale 30,37! 34,44 34,56 37,66 42,58 47,48 48,38!
            dark 36,84! 37,92 36,96 30,100! 43,100! 43,94 42,84!
            body 10,33 15,27 24,22 29,17! 28,2! 37,13! 46,2! 50,18 52,30 47,40 36,42 24,38 14,36
            pale 10,34 20,33 28,35 34,40 44,36 47,40! 38,43 26,40 14,37
            dark 30,13! 29,5! 34,13!
            dark 41,13! 45,5! 47,15!
            dark 8,33 11,31 13,33 11,36
            dark 27,26 30,24.5 32,27 29,28
        """,
        "cat": """
            body 60,88 72,96 84,92 90,78 88,64 94,56 100,62 101,76 96,92 82,102 64,100
            body 50,30 38,32 32,46 26,62 21,80 24,94 33,100! 67,100! 76,94 79,80 74,62 68,46 62,32
            body 50,8 41,10! 33,0! 29,14 28,26 34,36 50,40 66,36 72,26 71,14 67,0! 59,10!
            inner 35,5! 33,14 39,12!
            inner 65,5! 67,14 61,12!
        """,
        "dog": """
            body 70,90 82,88 94,78 99,64 103,63 103,74 96,88 82,98
            body 38,34! 34,54 36,72 38,86 37,96 31,100! 72,100! 80,96 82,84 78,70 68,56 58,44 54,30!
            shade 47,100! 50,88 57,78 67,76 63,84 61,92 63,100!
            pale 36,44 36,58 39,68 44,60 48,48 46,40
            body 9,28 12,23 24,20 30,10 40,5 50,9 55,20 53,34 44,41 32,39 22,38 12,36
            dark 7,26 12,24 14,28 10,31
            shade 44,9 53,10 59,20 60,33 55,40 49,34 46,22
            dark 28,20 31,18.5 33,21 30,22
        """,
        "wolf": """
            body 66,92 80,98 94,94 102,82 104,70 96,78 84,82 72,80
            body 34,40! 32,56 35,72 37,86 36,96 30,100! 70,100! 77,95 79,84 75,70 66,56 58,44 56,32!
            shade 45,100! 48,88 55,77 65,75 61,83 59,92 61,100!
            pale 33,40 34,54 37,66 42,58 46,46 42,38
            body 20,-4 25,-5 36,6 46,14! 58,9! 56,22 58,34 52,44 42,46 34,42 33,34 30,24 28,14 22,6
            dark 18,-5 23,-7 26,-3 22,0
        """,
        "rabbit": """
            body 45,30 38,22 33,8 34,-10 38,-16 43,-8 46,8 49,24
            body 55,30 62,22 67,8 66,-10 62,-16 57,-8 54,8 51,24
            inner 41,18 38,6 38,-6 41,2
            inner 59,18 62,6 62,-6 59,2
            body 50,44 36,48 25,62 21,80 25,94 35,100! 65,100! 75,94 79,80 75,62 64,48
            body 50,20 39,22 33,33 35,45 50,51 65,45 67,33 61,22
            pale 50,78 41,82 39,90 44,98 50,100 56,98 61,90 59,82
        """,
        "ship": """
            sail 47,8! 30,22 20,40 16,58! 46,62!
            sail 50,14! 66,26 74,44 76,60! 50,62!
            shade 47,8! 42,26 41,46 46,62!
            sail 79,30! 90,44 96,60! 79,62!
            dark 47.2,2! 49,2! 49.6,72! 46.6,72!
            dark 78.4,24! 79.6,24! 80,72! 78,72!
            flag 48,2! 54,3 60,1! 60,7! 54,9 48,8!
            body 2,64! 12,70 30,73 60,73 88,70 104,62! 100,76 92,90 82,98! 22,98! 12,88 6,76
            pale 5.5,74! 30,79 60,79 99.5,73! 98.5,77! 60,83 30,83 7,78!
        """,
        "house": """
            dark 68,18! 78,18! 78,44! 68,44!
            body 14,48! 86,48! 86,100! 14,100!
            roof 50,8! 98,52! 92,56! 50,20! 8,56! 2,52!
            roof 50,12! 90,50! 10,50!
            shade 43,66! 57,66! 57,100! 43,100!
            glow 23,62! 35,62! 35,78! 23,78!
            glow 65,62! 77,62! 77,78! 65,78!
            glow 45,30! 55,30! 55,42! 45,42!
        """,
        "lighthouse": """
            pale 41,26! 59,26! 66,100! 34,100!
            body 39.6,40! 60.4,40! 61.8,54! 38.2,54!
            body 37,68! 63,68! 64.4,82! 35.6,82!
            dark 36,22! 64,22! 64,27! 36,27!
            glow 42,10! 58,10! 58,22! 42,22!
            dark 49,10! 51,10! 51,22! 49,22!
            roof 40,11! 50,0! 60,11!
        """,
        "balloon": """
            body 50,0 33,3 19,14 14,30 20,48 34,64 43,76! 57,76! 66,64 80,48 86,30 81,14 67,3
            pale 50,0 40,6 34,16 32,30 35,48 42,64 46,76! 54,76! 58,64 65,48 68,30 66,16 60,6
            body 50,0 45,8 43,18 42,30 43,48 46,64 49,76! 51,76! 54,64 57,48 58,30 57,18 55,8
            dark 43,76! 44,76! 46.4,88! 45.6,88!
            dark 56,76! 57,76! 54.4,88! 53.6,88!
            roof 44,87! 56,87! 55,97 53,99 47,99 45,97
        """,
    }
)

ANIMALS: Final = frozenset({"fox", "cat", "dog", "wolf", "rabbit"})

# Own colours: body; then those roles that are not simply a darker body.
_COATS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "fox": {"body": "#d9692b", "pale": "#f7eee2", "dark": "#33201d"},
        "cat": {"body": "#3a3646", "inner": "#b98a92"},
        "dog": {"body": "#b5814f", "pale": "#f1e2cb", "dark": "#2d211f", "shade": "#8a5a34"},
        "wolf": {"body": "#6d7482", "pale": "#d6d9de", "dark": "#23262e"},
        "rabbit": {"body": "#a68b73", "pale": "#fbf6ee", "inner": "#e0aaa6"},
        "ship": {
            "body": "#5b3326",
            "sail": "#f6ecd8",
            "shade": "#dccbb0",
            "dark": "#33221d",
            "flag": "#c8372d",
            "pale": "#c99a5b",
        },
        "house": {"body": "#7a4a38", "roof": "#4b3038", "dark": "#3b2a2e", "shade": "#4a2c26"},
        "lighthouse": {"body": "#c7443a", "pale": "#f4ede2", "dark": "#2f2c35", "roof": "#8e2f2c"},
        "balloon": {"body": "#d6533e", "pale": "#f3d9a4", "dark": "#4a3a34", "roof": "#7a5233"},
    }
)
_FRAME: Final = (-8, -24, 118, 102)  # left, top, right, bottom of what the outlines reach
_FINE: Final = 4
_GLOW: Final = from_hex("#ffd88a")
_SHADES: Final[Mapping[str, str]] = MappingProxyType(
    {"white": "#f1eee9", "black": "#26242e", "grey": "#858a94", "brown": "#7b5238"}
)


@dataclass(frozen=True)
class Light:
    """How a figure is lit.

    Attributes:
        colour: Of the rim that the light draws along the figure's edge.
        rim: How strong that rim is, 0..1.
        from_left: The side it comes from.
    """

    colour: Colour
    rim: float
    from_left: bool


def coat(kind: str, colour: str = "") -> dict[str, Colour]:
    """Return each role's colour; `colour` (a hue or a shade's name) dyes the body."""
    own = {role: from_hex(text) for role, text in _COATS[kind].items()}
    body = _dyed_body(own["body"], colour)
    rest = {"body": body, "shade": lighter(body, -0.09), "dark": lighter(body, -0.3)}
    rest |= {"pale": lighter(body, 0.25), "inner": mix(body, (0.9, 0.6, 0.6), 0.5), "glow": _GLOW}
    if colour in _SHADES and kind in ANIMALS:
        own.pop("shade", None)
    return {**rest, **own, "body": body}


def _dyed_body(body: Colour, colour: str) -> Colour:
    if colour in _SHADES:
        return from_hex(_SHADES[colour])
    # A fox called red is fox red: only a little of the word goes into the natural colour.
    if colour and colour != "25":
        return dyed(lighter(body, 0.08), float(colour), 0.85)
    return mix(body, oklch(0.58, 0.19, 32), 0.35) if colour else body


def sprite(kind: str, height: int, colours: Mapping[str, Colour], flip: bool) -> Image.Image:
    """Return the figure as a picture of its own, transparent around it."""
    scale = _FINE * height / 100
    left, top, right, bottom = _FRAME
    size = (round((right - left) * scale), round((bottom - top) * scale))
    # Clear, but of the body's colour: what shrinking blends in at the edge is then no fringe.
    image = Image.new("RGBA", size, (*as_bytes(colours["body"]), 0))
    draw = ImageDraw.Draw(image)
    for role, outline in _parts(kind, flip):
        points = [((x - left) * scale, (y - top) * scale) for x, y in outline]
        draw.polygon(points, fill=(*as_bytes(colours[role]), 255))
    return image.reduce(_FINE)


def place(canvas: Canvas, figure: Image.Image, x: float, feet: float, light: Light) -> None:
    """Put a sprite on the canvas with its feet at (x, feet), lit from one side."""
    left, top, right, _ = _FRAME
    pixels = figure.width / (right - left)
    corner = (
        round(x * canvas.unit - (50 - left) * pixels),
        round(feet * canvas.unit - (100 - top) * pixels),
    )
    shape = figure.getchannel("A")
    shift = max(1, round(0.8 * pixels))
    towards = ImageChops.offset(shape, shift if light.from_left else -shift, shift)
    rim = ImageChops.subtract(shape, towards)
    canvas.image.paste(figure, corner, figure)
    canvas.image.paste(
        as_bytes(light.colour), corner, rim.point([round(v * light.rim) for v in range(256)])
    )


@cache
def _parts(kind: str, flip: bool) -> tuple[tuple[str, tuple[Point, ...]], ...]:
    """Return the parts of a figure, from back to front: role and smooth outline."""
    lines = [line.split() for line in _OUTLINES[kind].split("\n")]
    return tuple((words[0], tuple(_curve(words[1:], flip))) for words in lines if words)


def _curve(words: list[str], flip: bool) -> Iterator[Point]:
    """Run a Catmull-Rom curve through the points; corners are not rounded."""
    points = np.array([[float(n) for n in word.rstrip("!").split(",")] for word in words])
    if flip:
        points[:, 0] = 100 - points[:, 0]
    corner = [word.endswith("!") for word in words]
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    for this in range(len(words)):
        following = (this + 1) % len(words)
        p1, p2 = points[this], points[following]
        p0 = p1 if corner[this] else points[this - 1]
        p3 = p2 if corner[following] else points[(this + 2) % len(words)]
        curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        curve = 0.5 * (curve + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
        yield from map(tuple, curve.tolist())
