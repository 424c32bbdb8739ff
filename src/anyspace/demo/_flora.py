"""What grows at our feet: grass, flowers, and a tree in blossom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from anyspace.demo._canvas import Point, Shape, dot
from anyspace.demo._colour import Array, Colour, from_hex, lighter, mix, oklch
from anyspace.demo._props import figures
from anyspace.demo._scene import Figure
from anyspace.demo._stage import Random, Stage

__all__ = ["blossom_tree", "flowers", "grass"]

_WOOD: Final = from_hex("#3d2a2c")
_STEM: Final = from_hex("#4f8a4a")
_HEART: Final = from_hex("#ffe08a")
_FLOWER_HUES: Final = (20.0, 350.0, 85.0, 310.0)


def grass(stage: Stage, xs: Array, line: Array) -> None:
    """Grow blades along the edge of the ground."""
    canvas, dice = stage.canvas, stage.dice("grass")
    blades = []
    for _ in range(int((260 + 40 * min(stage.detail, 12)) * canvas.wide)):
        x = dice.random() * canvas.wide
        y = float(np.interp(x, xs, line)) + 0.006
        tall, bend = 0.014 + 0.03 * dice.random() ** 3, dice.normal(0, 0.007)
        middle, tip = (x + bend * 0.3, y - tall * 0.6), (x + bend, y - tall)
        blades.append(Shape([(x - 0.0016, y), middle, tip, (x + 0.0016, y)]))
    canvas.lay(canvas.mask(blades), stage.palette.near)


def flowers(stage: Stage, xs: Array, line: Array) -> None:
    """Plant flowers in three rows, the nearest last and largest."""
    for figure in figures(stage, ("flower",)):
        dice = stage.dice("flowers")
        for size in (0.010, 0.017, 0.028):
            count = int(stage.canvas.wide * 0.62 / size)
            x = dice.random(count) * stage.canvas.wide
            y = np.interp(x, xs, line) - 0.03 + dice.random(count) * 0.05 + (size - 0.01) * 5
            _flower_row(stage, _hues(dice, figure, count), np.stack([x, y], axis=-1), size)


def _hues(dice: Random, figure: Figure, count: int) -> Array:
    own = (float(figure.colour),) if figure.colour.isdigit() else _FLOWER_HUES
    return dice.choice(own, count)


def _flower_row(stage: Stage, hues: Array, heads: Array, size: float) -> None:
    canvas = stage.canvas
    stems = canvas.mask(_stem(x, y, size) for x, y in heads)
    canvas.lay(stems, mix(stage.palette.near, _STEM, 0.35))
    for hue in np.unique(hues):
        petals = [petal for x, y in heads[hues == hue] for petal in _petals(x, y, size)]
        canvas.lay(canvas.mask(petals), stage.lit(oklch(0.68, 0.2, float(hue))), 0.95)
    canvas.lay(canvas.mask(dot(x, y, size * 0.26) for x, y in heads), stage.lit(_HEART))


def _stem(x: float, y: float, size: float) -> Shape:
    half = size / 14
    down = [(x + half, y), (x + size * 0.3 + half, y + size * 3), (x + half, y + size * 8)]
    return Shape([*down, *((left - 2 * half, top) for left, top in reversed(down))])


def _petals(x: float, y: float, size: float) -> Iterator[Shape]:
    for turn in np.arange(5) * 2 * np.pi / 5 + x * 40:
        out = size * 0.5
        yield dot(x + out * np.cos(turn), y + out * 0.8 * np.sin(turn), size * 0.42)


class _Limb(NamedTuple):
    start: Point
    end: Point
    level: int  # 1 is a twig


def blossom_tree(stage: Stage, xs: Array, line: Array) -> None:
    """Grow one broad tree at the side, in blossom."""
    for figure in figures(stage, ("blossom",)):
        canvas, dice = stage.canvas, stage.dice("tree")
        x = canvas.wide * (0.82 if stage.from_left else 0.18)
        root = (x, float(np.interp(x, xs, line)) + 0.02)
        limbs = _limbs(dice, root, -np.pi / 2, 0.18, 5)
        canvas.lay(canvas.mask(_branch(limb) for limb in limbs), stage.lit(_WOOD))
        hue = float(figure.colour) if figure.colour.isdigit() else 355.0
        tips = [limb.end for limb in limbs if limb.level <= 2]
        _crown(stage, dice, tips, oklch(0.78, 0.11, hue))


def _limbs(dice: Random, start: Point, turn: float, length: float, level: int) -> list[_Limb]:
    """Return branches that fork until they are twigs."""
    end = (start[0] + length * np.cos(turn), start[1] + length * np.sin(turn))
    limbs = [_Limb(start, end, level)]
    if level > 1:
        for side in (-1, 1):
            bend = turn + side * dice.uniform(0.22, 0.62)
            limbs += _limbs(dice, end, bend, length * dice.uniform(0.66, 0.86), level - 1)
    return limbs


def _branch(limb: _Limb) -> Shape:
    """Return a branch that thins out to where the next ones begin."""
    (x, y), (tip_x, tip_y) = limb.start, limb.end
    length = np.hypot(tip_x - x, tip_y - y)
    across, down = (y - tip_y) / length, (tip_x - x) / length
    thick, thin = 0.0011 * limb.level**1.8, 0.0011 * (limb.level - 0.7) ** 1.8
    foot = [(x + side * thick * across, y + side * thick * down) for side in (-1, 1)]
    top = [(tip_x + side * thin * across, tip_y + side * thin * down) for side in (1, -1)]
    return Shape([*foot, *top])


def _crown(stage: Stage, dice: Random, tips: list[Point], colour: Colour) -> None:
    """Cover the twigs with blossom: dark clusters behind, light ones towards the sun."""
    canvas, side = stage.canvas, -1 if stage.from_left else 1
    for tone, count, size in ((-0.14, 10, 0.02), (0.0, 14, 0.014), (0.1, 14, 0.008)):
        lift = tone * 0.12
        clusters = [
            dot(x + dx + side * lift, y + dy - lift, size * dice.uniform(0.5, 1.2))
            for x, y in tips
            for dx, dy in dice.normal(0, 0.03, (count, 2))
        ]
        canvas.lay(canvas.mask(clusters), stage.lit(lighter(colour, tone)), 0.92)
