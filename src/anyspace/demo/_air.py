"""What is in the air between us and the landscape, and the last touches."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from anyspace.demo._canvas import Shape, dot, ellipse
from anyspace.demo._colour import from_hex, mix, oklch
from anyspace.demo._stage import Stage, noise

__all__ = ["finish", "fireflies", "mist", "petals", "rain", "snow"]

_WHITE: Final = (1.0, 1.0, 1.0)
_FIREFLY: Final = from_hex("#ffe68a")

# How many per square unit, how large, how soft and how opaque: far, middle, near.
_FLAKES: Final = (
    (520, 0.0021, 0.0, 0.75),
    (150, 0.0042, 0.0012, 0.85),
    (34, 0.0095, 0.0042, 0.8),
)


def snow(stage: Stage) -> None:
    """Let snow fall: many small flakes far away, a few large soft ones near by."""
    canvas, dice = stage.canvas, stage.dice("snow")
    for density, size, blur, opacity in _FLAKES:
        flakes = [
            dot(x * canvas.wide, y * canvas.tall, size * dice.uniform(0.5, 1.2))
            for x, y in dice.random((int(density * canvas.wide * canvas.tall), 2))
        ]
        canvas.lay(canvas.mask(flakes, blur), _WHITE, opacity)


def rain(stage: Stage) -> None:
    """Draw slanting streaks, many thin ones far away and some longer ones near by."""
    canvas, dice = stage.canvas, stage.dice("rain")
    white = mix(stage.palette.low, _WHITE, 0.5)
    for density, length, width, opacity in ((420, 0.05, 0.0011, 0.3), (130, 0.11, 0.002, 0.38)):
        streaks = []
        for _ in range(int(density * canvas.wide * canvas.tall)):
            x, y = dice.random(2) * (canvas.wide + 0.2, canvas.tall + 0.1) - (0.1, 0.1)
            fall = length * dice.uniform(0.6, 1.3)
            foot, low = x - fall * 0.22, y + fall
            streaks.append(Shape([(x, y), (foot - width, low), (foot + width, low)]))
        canvas.lay(canvas.mask(streaks), white, opacity)


def mist(stage: Stage, height: float) -> None:
    """Lay one bank of mist across the land."""
    canvas, dice = stage.canvas, stage.dice("mist", round(height, 2))
    rows, columns = (max(8, side // 8) for side in reversed(canvas.image.size))
    field = noise(dice, (rows, columns), (3, max(2, round(2 * canvas.wide))), 3)
    ys = np.linspace(0, canvas.tall, rows, dtype=np.float32)[:, None]
    veil = np.exp(-(((ys - height) / 0.06) ** 2)) * (0.28 + 0.72 * field)
    colour = mix(stage.palette.low, stage.palette.light, 0.3)
    canvas.lay(canvas.soft_mask(veil), colour, 0.85)


def fireflies(stage: Stage) -> None:
    """Let a few lights hang among the trees at night."""
    canvas, dice = stage.canvas, stage.dice("fireflies")
    flies = [
        (
            dice.random() * canvas.wide,
            canvas.tall - 0.06 - dice.random() ** 1.5 * 0.36,
            0.0022 * dice.uniform(0.6, 1.5),
        )
        for _ in range(int(26 * canvas.wide))
    ]
    halos = canvas.mask((dot(x, y, size * 4.5) for x, y, size in flies), blur=0.006)
    canvas.lay(halos, _FIREFLY, 0.75)
    canvas.lay(canvas.mask(dot(*fly) for fly in flies), _FIREFLY)


def petals(stage: Stage) -> None:
    """Let petals drift through the picture."""
    canvas, dice = stage.canvas, stage.dice("petals")
    fallen = []
    for _ in range(int(60 * canvas.wide * canvas.tall)):
        x, y = dice.random(2) * (canvas.wide, canvas.tall)
        wide, tall = dice.uniform(0.002, 0.006, 2)
        fallen.append(ellipse(x, y, wide, tall, int(dice.integers(130, 256))))
    canvas.lay(canvas.mask(fallen), stage.lit(oklch(0.84, 0.09, 355)), 0.9)


def finish(stage: Stage) -> None:
    """Darken the corners a little, add a breath of grain, and sign."""
    canvas = stage.canvas
    xs, ys = canvas.grid()
    away = ((xs / canvas.wide - 0.5) ** 2 + (ys / canvas.tall - 0.5) ** 2) * 2
    shade = (1 - 0.2 * away**1.5)[..., None]
    grain = stage.dice("grain").normal(0, 1.3, (*away.shape, 1)).astype(np.float32)
    pixels = np.asarray(canvas.image, np.float32) * shade + grain
    canvas.image.paste(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))
    canvas.sign()
