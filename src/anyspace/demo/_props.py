"""What stands in a landscape: animals, ships, houses and balloons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from anyspace.demo._canvas import Shape, box, dot, ellipse
from anyspace.demo._colour import Array, from_hex, lighter, mix
from anyspace.demo._figures import ANIMALS, Light, coat, place, sprite
from anyspace.demo._scene import Figure
from anyspace.demo._stage import Stage

__all__ = ["animals", "balloons", "figures", "house", "lighthouse", "ship"]

_WHITE: Final = (1.0, 1.0, 1.0)
_LAMPLIGHT: Final = from_hex("#ffd88a")


def figures(stage: Stage, kinds: Iterable[str]) -> list[Figure]:
    """Return those of the scene's figures that are of some kinds."""
    wanted = frozenset(kinds)
    return [figure for figure in stage.scene.figures if figure.kind in wanted]


def _away(stage: Stage) -> int:
    """Return the direction that leads away from the light: 1 is to the right."""
    return 1 if stage.from_left else -1


def _stand(stage: Stage, figure: Figure, x: float, feet: float, height: float) -> None:
    """Paint a figure facing the light."""
    colours = {
        role: colour if role == "glow" else stage.lit(colour)
        for role, colour in coat(figure.kind, figure.colour).items()
    }
    pixels = max(8, round(height * stage.canvas.unit))
    image = sprite(figure.kind, pixels, colours, flip=not stage.from_left)
    rim = {"day": 0.35, "dawn": 0.55, "sunset": 0.65, "night": 0.6}[stage.hour]
    place(stage.canvas, image, x, feet, Light(stage.palette.light, rim, stage.from_left))


def animals(stage: Stage, xs: Array, line: Array) -> None:
    """Sit the animals on the ground at our feet, away from the light and looking at it."""
    found = figures(stage, ANIMALS)[:4]
    # A tree in blossom wants the outer side for itself.
    first = -0.1 if figures(stage, ("blossom",)) else 0.13
    for index, figure in enumerate(found):
        height = 0.36 - 0.05 * min(2, len(found) - 1)
        x = stage.canvas.wide / 2 + _away(stage) * (first - (0.0, 0.3, 0.16, 0.44)[index])
        feet = float(np.interp(x, xs, line)) + 0.02
        _contact(stage, x, feet, height)
        _stand(stage, figure, x, feet, height)


def _contact(stage: Stage, x: float, feet: float, height: float) -> None:
    """Darken the ground where something sits on it."""
    canvas = stage.canvas
    shadow = canvas.mask([ellipse(x, feet, height * 0.42, 0.012)], blur=0.012)
    canvas.lay(shadow, lighter(stage.palette.near, -0.16), 0.55)


def ship(stage: Stage) -> None:
    """Let ships sail, each with its shadow on the water and a wave at its bow."""
    canvas, feet = stage.canvas, stage.horizon + 0.115
    deep = lighter(mix(stage.palette.water, stage.palette.near, 0.5), -0.1)
    for figure in figures(stage, ("ship",)):
        x = canvas.wide / 2 + _away(stage) * 0.1
        canvas.lay(canvas.mask([ellipse(x, feet, 0.15, 0.02)], blur=0.008), deep, 0.75)
        _stand(stage, figure, x, feet, 0.34)
        dice = stage.dice("bow")
        foam = []
        for _ in range(26):
            out, down = dice.normal(0, 0.085), dice.uniform(-0.004, 0.012)
            foam.append(ellipse(x + out, feet + down, dice.uniform(0.01, 0.04), 0.0022))
        canvas.lay(canvas.mask(foam), mix(stage.palette.low, _WHITE, 0.4), 0.7)


def house(stage: Stage, ground: float) -> None:
    """Put a house on the middle ground, with smoke, and a glow about it when it is late."""
    canvas = stage.canvas
    for figure in figures(stage, ("house",)):
        x = canvas.wide * (0.5 + 0.24 * _away(stage))
        if stage.hour != "day":
            glow = canvas.mask([dot(x, ground - 0.05, 0.09)], blur=0.05)
            canvas.lay(glow, _LAMPLIGHT, 0.4)
        mound = canvas.mask([ellipse(x, ground + 0.004, 0.15, 0.012)])
        canvas.lay(mound, stage.land(0.4))
        _smoke(stage, x + 0.045 * _away(stage), ground - 0.155)
        _stand(stage, figure, x, ground, 0.19)


def _smoke(stage: Stage, x: float, y: float) -> None:
    canvas, dice = stage.canvas, stage.dice("smoke")
    puffs = []
    for rise in np.linspace(0, 0.93, 14):
        drift = 0.07 * rise**1.5 + dice.normal(0, 0.004)
        size, ink = 0.006 + 0.018 * rise, int(190 * (1 - rise))
        puffs.append(dot(x + drift, y - 0.2 * rise, size, ink))
    canvas.lay(canvas.mask(puffs, blur=0.007), mix(stage.palette.low, _WHITE, 0.5), 0.7)


def lighthouse(stage: Stage, ground: float) -> None:
    """Raise a lighthouse on a headland; its beam turns when it is late."""
    for figure in figures(stage, ("lighthouse",)):
        x = stage.canvas.wide * (0.5 + 0.24 * _away(stage))
        if stage.hour != "day":
            _beam(stage, x, ground - 0.35)
        _headland(stage, x, ground)
        _stand(stage, figure, x, ground, 0.42)


def _beam(stage: Stage, x: float, lamp: float) -> None:
    canvas, far = stage.canvas, x - 1.2 * _away(stage)
    beam = Shape([(x, lamp - 0.008), (far, lamp - 0.2), (far, lamp - 0.02)], 120)
    canvas.lay(canvas.mask([beam, dot(x, lamp, 0.035)], blur=0.012), _LAMPLIGHT, 0.6)


def _headland(stage: Stage, x: float, ground: float) -> None:
    """Let rock rise out of the water and run on to the edge of the picture."""
    dice, canvas, side = stage.dice("rock"), stage.canvas, _away(stage)
    t = np.linspace(0, 1, 30)
    fall = np.clip(0.3 - t, 0, 1) / 0.3
    line = ground - 0.012 + 0.3 * fall**1.6 + dice.normal(0, 0.004, t.shape)
    across = x + side * (t - 0.42) * 0.95
    edge = box(across[0], ground, x + side, canvas.tall).points
    colour = mix(stage.palette.near, stage.palette.far, 0.2)
    fill = canvas.gradient(colour, stage.palette.near, ground, canvas.tall)
    canvas.cut([*zip(across, line, strict=True), *edge[2:]], fill)


def balloons(stage: Stage) -> None:
    """Let balloons float, the asked-for one large and two small ones far away."""
    middle, away = stage.canvas.wide / 2, _away(stage)
    for figure in figures(stage, ("balloon",)):
        for hue, x, y, height in (("195", 0.28, 0.42, 0.1), ("85", -0.32, 0.62, 0.07)):
            other = Figure("balloon", hue)
            _stand(stage, other, middle + away * x, stage.horizon * y, height)
        _stand(stage, figure, middle + away * 0.1, stage.horizon * 0.72, 0.32)
