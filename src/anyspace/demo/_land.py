"""The lower half: hills, mountains, forests, cities and water."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from anyspace.demo._canvas import Point, Shape, box
from anyspace.demo._colour import Array, Colour, from_hex, lighter, mix, ramp
from anyspace.demo._stage import Random, Stage, ridge_line

__all__ = ["bank", "city", "hill", "mountains", "reflect", "water"]

_WHITE: Final = (1.0, 1.0, 1.0)
_LAMPLIGHT: Final = from_hex("#ffdd9a")


def hill(stage: Stage, nearness: float, *, trees: bool = False) -> None:
    """Lay one range of hills across the picture; 0 is at the horizon, 1 at our feet."""
    canvas, dice = stage.canvas, stage.dice("hill", round(nearness, 3))
    xs = np.linspace(-0.02, canvas.wide + 0.02, 260)
    base = stage.horizon + (canvas.tall * 0.93 - stage.horizon) * nearness
    swell = 0.05 - 0.014 * nearness
    line = base - swell * ridge_line(dice, xs, 0.9 + 0.5 * (1 - nearness), 0.42)
    if "desert" in stage.scene.places:
        line = base - 1.5 * swell * _dunes(dice, xs)
    _spread(stage, xs, line, nearness)
    if trees:
        _forest(stage, xs, line, nearness)


def bank(stage: Stage) -> tuple[Array, Array]:
    """Lay the ground at our feet and return its line, for things to stand on."""
    canvas, dice = stage.canvas, stage.dice("bank")
    xs = np.linspace(-0.02, canvas.wide + 0.02, 260)
    line = canvas.tall - 0.135 - 0.028 * ridge_line(dice, xs, 0.55, 0.35)
    _spread(stage, xs, line, 1.0)
    return xs, line


def _spread(stage: Stage, xs: Array, line: Array, nearness: float) -> None:
    """Fill the land under a line, fading into mist downwards."""
    canvas = stage.canvas
    outline = [*zip(xs, line, strict=True), (xs[-1], canvas.tall), (xs[0], canvas.tall)]
    top, bottom = float(line.min()), float(line.max()) + 0.17
    canvas.cut(outline, canvas.gradient(stage.land(nearness), stage.mist(nearness), top, bottom))


def _dunes(dice: Random, xs: Array) -> Array:
    """Return a line with sharp crests and long backs."""
    phase = (xs * dice.uniform(0.7, 1.2) + dice.random()) % 1
    crest = np.where(phase < 0.7, phase / 0.7, (1 - phase) / 0.3) ** 1.3
    return crest * 0.9 + 0.3 * ridge_line(dice, xs, 0.5, 0.3)


def _forest(stage: Stage, xs: Array, line: Array, nearness: float) -> None:
    """Plant firs along a line, larger when near, their feet in the mist."""
    canvas, dice = stage.canvas, stage.dice("forest", round(nearness, 3))
    height = 0.06 + 0.3 * nearness**1.3
    step = height * (0.26 + 0.1 * nearness)
    places = np.arange(xs[0], xs[-1], step)
    places = places + dice.normal(0, step * 0.35, places.shape)
    feet = np.interp(places, xs, line) + height * 0.06
    sizes = height * dice.uniform(0.5, 1.15, places.shape)
    firs = [_fir(dice, *at) for at in zip(places, feet, sizes, strict=True)]
    colour, top = stage.wood(nearness), float(line.min()) - height * 0.7
    misty = mix(colour, stage.mist(nearness), 0.7)
    fill = canvas.gradient(colour, misty, top, float(line.max()) + 0.02)
    canvas.lay(canvas.mask(firs), fill)


def _fir(dice: Random, x: float, foot: float, height: float) -> Shape:
    """Return one fir: tiers of hanging branches."""
    tiers = 7
    level = np.arange(1, tiers + 1) / tiers
    sides = []
    for side in (-1, 1):
        reach = side * height * 0.21 * level**0.9 * dice.uniform(0.75, 1.1, tiers)
        down = foot - height * (1 - level * 0.97)
        tips = zip(x + reach, down + height * 0.025, strict=True)
        notches = zip(x + reach * 0.45, down - height * 0.015, strict=True)
        sides.append([point for pair in zip(tips, notches, strict=True) for point in pair])
    left, right = sides
    return Shape([(x, foot - height), *right, *reversed(left)])


class _Peak(NamedTuple):
    x: float
    tall: float
    half: float  # of its width


def mountains(stage: Stage) -> None:
    """Raise two ranges with a lit and a shaded side, the far one with snow on top."""
    for index, (height, nearness) in enumerate(((0.33, 0.1), (0.22, 0.35))):
        peaks = sorted(_peaks(stage, height), key=lambda peak: peak.tall)
        for number, peak in enumerate(peaks):
            dice = stage.dice("peak", index, number)
            _raise_peak(stage, dice, peak, stage.land(nearness), is_white=index == 0)


def _peaks(stage: Stage, height: float) -> Iterator[_Peak]:
    dice, x = stage.dice("mountains", height), -0.1
    while x < stage.canvas.wide + 0.2:
        tall = height * dice.uniform(0.55, 1.15)
        yield _Peak(x, tall, tall * dice.uniform(0.95, 1.25))
        x += tall * dice.uniform(0.7, 1.1)


def _raise_peak(stage: Stage, dice: Random, peak: _Peak, body: Colour, *, is_white: bool) -> None:
    canvas, foot = stage.canvas, stage.horizon + 0.05
    top = (peak.x, foot - peak.tall)
    flanks = [_flank(dice, top, (peak.x + side * peak.half, foot)) for side in (-1, 1)]
    spine = _flank(dice, top, (peak.x + peak.half * dice.uniform(-0.25, 0.25), foot))
    colours = [mix(body, stage.palette.light, 0.28), body]
    for flank, colour in zip(flanks, colours[:: 1 if stage.from_left else -1], strict=True):
        misty = mix(colour, stage.palette.low, 0.75)
        fill = canvas.gradient(colour, misty, foot - peak.tall * 0.6, foot)
        canvas.cut([*flank, *reversed(spine)], fill)
    if is_white:
        snow = mix(mix(body, stage.palette.light, 0.75), _WHITE, 0.35)
        canvas.cut(_cap(dice, flanks, peak.tall), snow)


def _flank(dice: Random, top: Point, foot: Point) -> list[Point]:
    """Return a jagged way down from a peak."""
    t = np.linspace(0, 1, 14)
    sway = dice.normal(0, 0.045, t.shape) * np.sin(t * np.pi) * abs(top[1] - foot[1])
    xs = top[0] + (foot[0] - top[0]) * t + sway
    return [*zip(xs, top[1] + (foot[1] - top[1]) * t, strict=True)]


def _cap(dice: Random, flanks: Sequence[list[Point]], tall: float) -> list[Point]:
    """Return the outline of the snow on a peak, with a ragged lower edge."""
    left, right = (flank[:5] for flank in flanks)
    t = np.linspace(0, 1, 9)[1:-1]
    xs = left[-1][0] + (right[-1][0] - left[-1][0]) * t
    edge = left[-1][1] + tall * 0.09 * (np.arange(7) % 2 * 2 - 1) * dice.uniform(0.4, 1, 7)
    return [*left, *zip(xs, edge, strict=True), *reversed(right)]


class _House(NamedTuple):
    left: float
    top: float
    right: float


def city(stage: Stage, shore: float) -> None:
    """Build a skyline in three rows, with light in the windows when it is late."""
    canvas = stage.canvas
    for row, nearness in enumerate((0.12, 0.4, 0.8)):
        dice, colour = stage.dice("city", row), stage.land(nearness)
        houses = [*_houses(dice, canvas.wide, shore, 0.44 - 0.1 * row)]
        walls = [box(house.left, house.top, house.right, shore) for house in houses]
        roofs = [
            box(house.left + 0.03, house.top - 0.03, house.right - 0.02, house.top)
            for house in houses
            if house.right - house.left > 0.06
        ]
        misty = mix(colour, stage.palette.low, 0.3)
        fill = canvas.gradient(colour, misty, shore - 0.4, shore)
        canvas.lay(canvas.mask([*walls, *roofs]), fill)
        if row:
            windows = canvas.mask(_windows(stage, dice, houses, shore))
            canvas.lay(windows, _LAMPLIGHT, 0.9)


def _houses(dice: Random, wide: float, shore: float, height: float) -> Iterator[_House]:
    """Yield the buildings of one row, the tallest in the middle."""
    x = -0.02
    while x < wide:
        width = dice.uniform(0.035, 0.095)
        middle = float(np.exp(-(((x / wide - 0.5) / 0.36) ** 2)))
        tall = height * dice.uniform(0.3, 1.0) * (0.45 + 0.55 * middle)
        yield _House(x, shore - tall, x + width)
        x += width + dice.choice((0.0, 0.006, 0.02))


def _windows(stage: Stage, dice: Random, houses: list[_House], shore: float) -> Iterator[Shape]:
    lit = {"night": 0.5, "sunset": 0.35, "dawn": 0.2, "day": 0.12}[stage.hour]
    for house in houses:
        for x in np.arange(house.left + 0.007, house.right - 0.009, 0.0125):
            for y in np.arange(house.top + 0.012, shore - 0.01, 0.017):
                if dice.random() < lit:
                    yield box(x, y, x + 0.006, y + 0.0085, int(dice.integers(110, 256)))


def water(stage: Stage) -> None:
    """Fill everything below the horizon with sea, and let the light lie on it."""
    canvas, colours = stage.canvas, stage.palette
    near = mix(colours.water, colours.near, 0.25)
    span = stage.horizon / canvas.tall
    stops = [(span, mix(colours.low, colours.water, 0.25)), (span + 0.12, colours.water)]
    fill = canvas.rows(ramp([*stops, (1.0, near)], canvas.image.height))
    canvas.cut(box(0, stage.horizon, canvas.wide, canvas.tall).points, fill)
    _waves(stage, stage.horizon)
    _glitter(stage, stage.horizon)


def _waves(stage: Stage, shore: float) -> None:
    """Draw crests, small and close together far away, long and apart near by."""
    canvas, dice = stage.canvas, stage.dice("waves")
    count = int((70 + 12 * min(stage.detail, 16)) * canvas.wide)
    dark = lighter(stage.palette.water, -0.12)
    for colour, opacity in ((stage.palette.low, 0.22), (dark, 0.4)):
        crests = []
        for near in dice.random(count) ** 1.5:
            at = (dice.random() * canvas.wide, shore + 0.004 + near * (canvas.tall - shore))
            length = (0.015 + 0.11 * near) * dice.uniform(0.6, 1.6)
            crests.append(_crest(*at, length, 0.0008 + 0.0042 * near))
        canvas.lay(canvas.mask(crests), colour, opacity)


def _glitter(stage: Stage, shore: float) -> None:
    """Lay a path of light on the water under the sun or the moon."""
    canvas, dice = stage.canvas, stage.dice("glitter")
    crests = []
    for near in dice.random(170) ** 1.3:
        x = stage.light[0] + dice.normal(0, 0.015 + 0.06 * near)
        y = shore + 0.003 + near * (canvas.tall - shore)
        length = (0.012 + 0.05 * near) * dice.uniform(0.5, 1.4)
        crests.append(_crest(x, y, length, 0.001 + 0.0042 * near))
    canvas.lay(canvas.mask(crests), stage.palette.light, 0.8)


def _crest(x: float, y: float, length: float, thick: float) -> Shape:
    """Return a lying lens, flatter below."""
    t = np.linspace(-1, 1, 9)
    swell = thick * (1 - t**2)
    across = np.concatenate([t, t[::-1]]) * length
    return Shape([*zip(x + across, y + np.concatenate([-swell, 0.7 * swell]), strict=True)])


def reflect(stage: Stage, shore: float) -> None:
    """Turn everything below the shore into still water that mirrors what is above."""
    canvas = stage.canvas
    line = round(shore * canvas.unit)
    width, depth = canvas.image.width, canvas.image.height - line
    above = canvas.image.crop((0, max(0, line - depth), width, line))
    mirror = np.asarray(ImageOps.flip(above).resize((width, depth)))
    rippled = _ripple(mirror, canvas.unit, stage.dice("ripple"))
    canvas.image.paste(Image.fromarray(rippled), (0, line))
    deep = canvas.gradient(stage.palette.water, stage.palette.near, shore, canvas.tall)
    canvas.lay(canvas.mask([box(0, shore, canvas.wide, canvas.tall)]), deep, 0.36)
    _waves(stage, shore)


def _ripple(mirror: Array, unit: float, dice: Random) -> Array:
    """Shift each row a little to the side, more the nearer it is."""
    height, width = mirror.shape[:2]
    y = np.arange(height) / unit
    waves = np.zeros(height)
    for _ in range(3):
        speed, start = dice.uniform(20, 45), dice.uniform(0, 6)
        waves += np.sin(2 * np.pi * y * speed / (0.6 + y) + start)
    shift = (waves * unit * (0.001 + 0.0045 * y)).astype(int)
    columns = np.clip(np.arange(width)[None, :] + shift[:, None], 0, width - 1)
    return mirror[np.arange(height)[:, None], columns]
