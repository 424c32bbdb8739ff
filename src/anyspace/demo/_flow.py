"""Which way a brush goes: along outlines where there are any, else with the wind.

A direction has no sign (a stroke may run either way), so directions are mixed as
doubled angles, as orientations are everywhere in image processing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from anyspace.demo._colour import Array
from anyspace.demo._stage import Stage, noise

__all__ = ["Flow", "find_flow", "outlines"]

_CELLS: Final = 160  # of the field, per unit


@dataclass(frozen=True)
class Flow:
    """A field of directions over a picture.

    Attributes:
        angles: The direction in each cell, in radians.
        edges: How much of an outline is in each cell, 0..1.
    """

    angles: Array
    edges: Array

    def cell(self, points: Array) -> tuple[Array, Array]:
        """Return the row and the column of each point."""
        rows, columns = self.angles.shape
        inside = np.clip((points * _CELLS).astype(int), 0, (columns - 1, rows - 1))
        return inside[:, 1], inside[:, 0]

    def trace(self, starts: Array, lengths: Array, steps: int = 10) -> Array:
        """Follow the field from each start; return count x (steps + 1) x 2 points."""
        points, before = [starts], np.zeros_like(starts)
        for _ in range(steps):
            angle = self.angles[self.cell(points[-1])]
            ahead = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
            # Either way is right; a stroke never turns back on itself.
            ahead[(ahead * before).sum(axis=-1) < 0] *= -1
            points.append(points[-1] + ahead * (lengths / steps)[:, None])
            before = ahead
        return np.stack(points, axis=1)


def find_flow(picture: Image.Image, stage: Stage) -> Flow:
    """Find the directions in a picture, with whirls around its light."""
    canvas = stage.canvas
    shape = (max(8, round(_CELLS * canvas.tall)), max(8, round(_CELLS * canvas.wide)))
    along, edges = _outlines_of(picture, shape)
    wind, whirl = _wind(stage, shape), _whirl(stage, shape)
    free = wind + whirl + 0.5  # a little of everything goes sideways: it calms the sky
    free /= np.abs(free) + 1e-6
    mixed = free * (1 - edges) + 1.5 * edges * along
    return Flow(np.angle(mixed) / 2, edges)


def _outlines_of(picture: Image.Image, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Return the direction along the outlines (as doubled angle) and their strength 0..1."""
    grey = picture.convert("L").resize(shape[::-1], Image.Resampling.BOX)
    down, right = np.gradient(np.asarray(grey.filter(ImageFilter.GaussianBlur(1)), np.float32))
    # The square of a gradient is its doubled angle; its negative points along the edge.
    tensor = -((right + 1j * down) ** 2)
    smooth = _smooth(tensor.real, 2) + 1j * _smooth(tensor.imag, 2)
    strength = np.abs(smooth)
    return smooth / (strength + 1e-6), strength / (strength + 6)


def _smooth(values: Array, cells: int) -> Array:
    rows, columns = values.shape
    image = Image.fromarray(values.astype(np.float32))
    small = (max(2, columns // cells // 2), max(2, rows // cells // 2))
    coarse = image.resize(small, Image.Resampling.BOX)
    return np.asarray(coarse.resize((columns, rows), Image.Resampling.BICUBIC))


def _wind(stage: Stage, shape: tuple[int, int]) -> Array:
    """Return the lines of equal height of some hills, as doubled angles."""
    cells = (max(2, round(2 * stage.canvas.tall)), max(2, round(2 * stage.canvas.wide)))
    down, right = np.gradient(noise(stage.dice("wind"), shape, cells, 2))
    wind = (down - 1j * right) ** 2
    return wind / (np.abs(wind) + 1e-9)


def _whirl(stage: Stage, shape: tuple[int, int]) -> Array:
    """Return circles around what shines in the sky, as doubled angles, weaker further away."""
    xs = np.linspace(0, stage.canvas.wide, shape[1])[None, :]
    ys = np.linspace(0, stage.canvas.tall, shape[0])[:, None]
    total = np.zeros(shape, np.complex64)
    for (x, y), reach in [(stage.light, 0.28), *((star, 0.08) for star in stage.great_stars)]:
        around = (xs - x + 1j * (ys - y)) ** 2
        total -= 1.6 * np.exp(-np.abs(around) / reach**2) * around / (np.abs(around) + 1e-9)
    return total


def outlines(paths: Array, widths: Array) -> Array:
    """Return each stroke's outline: it swells quickly and thins out to its end."""
    t = np.linspace(0, 1, paths.shape[1])
    profile = np.sin(np.pi * np.clip(t, 0.03, 1)) ** 0.55 * (1 - 0.35 * t) / 2
    ahead = np.gradient(paths, axis=1)
    across = np.stack([-ahead[..., 1], ahead[..., 0]], axis=-1)
    across /= np.linalg.norm(across, axis=-1, keepdims=True) + 1e-9
    offset = across * profile[None, :, None] * widths[:, None, None]
    return np.concatenate([paths + offset, (paths - offset)[:, ::-1]], axis=1)
