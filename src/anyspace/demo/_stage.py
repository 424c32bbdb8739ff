"""What every layer of a landscape needs to know, and the noise it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import hypot
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
from PIL import Image

from anyspace.demo._canvas import Canvas, Point
from anyspace.demo._colour import Array, Colour, from_hex, mix
from anyspace.demo._palettes import Palette, mix_palette
from anyspace.demo._scene import Scene, digest

__all__ = ["Random", "Stage", "noise", "ridge_line", "roll_dice", "set_stage"]

Random: TypeAlias = Any  # numpy.random.Generator


_FIR: Final = from_hex("#26434d")

# Where a prompt plays that names neither a place nor a figure.
_SETTINGS: Final = ("", "mountain", "mountain lake", "lake", "forest", "sea", "meadow", "desert")

# What white becomes in the light of each hour.
_LAMPS: Final[Mapping[str, Colour]] = MappingProxyType(
    {
        "day": (1.0, 1.0, 1.0),
        "dawn": (0.98, 0.89, 0.87),
        "sunset": (1.0, 0.84, 0.73),
        "night": (0.42, 0.50, 0.76),
    }
)


@dataclass(frozen=True)
class Stage:
    """One picture's canvas and everything that was decided about it.

    Attributes:
        canvas: What is painted on.
        scene: What is painted.
        palette: With which colours.
        hour: "day", "dawn", "sunset" or "night".
        seed: Which of the prompt's pictures this is.
        detail: How much is put in: 1 and up.
        horizon: Height, in units from the top, where the sky ends.
        light: Where the sun or the moon stands.
    """

    canvas: Canvas
    scene: Scene
    palette: Palette
    hour: str
    seed: str
    detail: int
    horizon: float
    light: Point

    def dice(self, *purpose: object) -> Random:
        """Return a generator for one purpose.

        Each layer has its own, so that more detail in one moves nothing in another.
        """
        return roll_dice(self.scene.text, self.seed, *purpose)

    @property
    def great_stars(self) -> list[Point]:
        """Where the brightest stars stand, in a scene that asks for stars."""
        if "star" not in self.scene.weather:
            return []
        dice, wide = self.dice("great stars"), self.canvas.wide
        count = int(3 + 5 * wide)
        xs = (np.arange(count) + dice.uniform(0.15, 0.85, count)) / count * wide
        ys = dice.uniform(0.06, 0.6, count) * self.horizon
        places = zip(xs.tolist(), ys.tolist(), strict=True)
        return [place for place in places if _distance(place, self.light) > 0.2]

    @property
    def from_left(self) -> bool:
        """Whether the light stands in the left half."""
        return self.light[0] < self.canvas.wide / 2

    def land(self, nearness: float) -> Colour:
        """Return the colour of land between the horizon (0) and our feet (1)."""
        veiled = mix(self.palette.low, self.palette.far, 0.35 + 0.65 * min(1, nearness * 2))
        return mix(veiled, self.palette.near, nearness)

    def mist(self, nearness: float) -> Colour:
        """Return the colour into which land fades at its foot."""
        return mix(self.land(nearness), self.palette.low, 0.55 * (1 - nearness) + 0.08)

    def wood(self, nearness: float) -> Colour:
        """Return the colour of trees: dark even where the land is white."""
        if "snow" not in self.scene.places:
            return self.land(nearness)
        return mix(
            mix(self.palette.low, self.palette.far, 0.7), self.lit(_FIR), min(1.0, 0.2 + nearness)
        )

    def lit(self, colour: Colour) -> Colour:
        """Return a thing's colour in the light of the hour."""
        red, green, blue = (
            part * lamp for part, lamp in zip(colour, _LAMPS[self.hour], strict=True)
        )
        return mix((red, green, blue), self.palette.near, 0.08)


def _distance(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def roll_dice(*purpose: object) -> Random:
    """Return a random generator that its arguments alone decide."""
    return np.random.default_rng(int(digest(*purpose), 16))


def set_stage(scene: Scene, seed: str, size: tuple[int, int], detail: int) -> Stage:
    """Decide what the prompt leaves open: the hour, the horizon, where the light stands."""
    canvas = Canvas(*size)
    dice = roll_dice(scene.text, seed, "stage")
    hour = scene.hour or str(dice.choice(("day", "dawn", "sunset")))
    horizon = (0.56 if "sea" in scene.places else 0.6) * canvas.tall + dice.uniform(-0.03, 0.03)
    side = dice.choice((-1, 1)) * dice.uniform(0.14, 0.24)
    rise = {"day": 0.42, "dawn": 0.2, "sunset": 0.11, "night": 0.4}[hour]
    light = (canvas.wide / 2 + side * canvas.wide, horizon - rise * min(1.15, canvas.tall))
    palette = mix_palette(scene, hour)
    # Chosen after the colours: a prompt without a known word keeps the colours of its own hash.
    if not scene.places and not scene.figures:
        scene = replace(scene, places=frozenset(str(dice.choice(_SETTINGS)).split()))
    return Stage(canvas, scene, palette, hour, seed, detail, horizon, light)


def noise(dice: Random, shape: tuple[int, int], cells: tuple[int, int], octaves: int) -> Array:
    """Return smooth noise of about 0..1, from `cells` (rows, columns) of random numbers."""
    total = np.zeros(shape, np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        rows, columns = (side * 2**octave + 3 for side in cells)
        grid = Image.fromarray(dice.random((rows, columns), np.float32))
        # The outermost cells are left out: there, the noise would run straight at the edge.
        inside = (1, 1, columns - 1, rows - 1)
        wide = grid.resize((shape[1], shape[0]), Image.Resampling.BICUBIC, inside)
        total += weight * np.asarray(wide)
        sum_of_weights += weight
        weight *= 0.5
    return total / np.float32(sum_of_weights)


def ridge_line(dice: Random, xs: Array, waves: float, rough: float, octaves: int = 5) -> Array:
    """Return heights of about -1..1 along xs: long waves, with smaller ones upon them."""
    heights = np.zeros_like(xs)
    strength = 1.0
    for _ in range(octaves):
        heights += strength * np.sin(xs * waves * 2 * np.pi + dice.uniform(0, 2 * np.pi))
        waves *= dice.uniform(1.7, 2.3)
        strength *= rough
    return heights * (1 - rough)
