"""The upper half: sky, stars, sun and moon, clouds, and what flies."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from anyspace.demo._canvas import Shape, dot, ellipse
from anyspace.demo._colour import from_hex, lighter, mix, ramp
from anyspace.demo._stage import Stage, noise

__all__ = ["birds", "clouds", "disc", "sky", "stars"]

_BIRD: Final = from_hex("#1c1c26")


def sky(stage: Stage) -> None:
    """Cover everything with the sky, brightest around the sun or the moon."""
    canvas, colours = stage.canvas, stage.palette
    end = stage.horizon / canvas.tall
    stops = [(0.0, colours.top), (end * 0.55, colours.middle), (end, colours.low)]
    rows = ramp([*stops, (1.0, colours.low)], canvas.image.height)[:, None, :]
    xs, ys = canvas.grid()
    away = np.hypot(xs - stage.light[0], ys - stage.light[1])
    reach, strength = (0.22, 0.4) if stage.hour == "night" else (0.3, 0.62)
    glow = (strength * np.exp(-away / reach))[..., None]
    dither = stage.dice("sky").random((*away.shape, 1), np.float32)
    light = np.array(colours.light, np.float32)
    painted = (rows + (light - rows) * glow) * 255 + dither
    canvas.image.paste(Image.fromarray(np.clip(painted, 0, 255).astype(np.uint8)))


def stars(stage: Stage) -> None:
    """Scatter stars, the larger ones with rays, and the great ones with a halo."""
    canvas, dice = stage.canvas, stage.dice("stars")
    light = lighter(stage.palette.light, 0.02)
    shapes = []
    for _ in range(int((130 + 12 * min(stage.detail, 20)) * canvas.wide * canvas.tall)):
        # Fewer stars towards the horizon, and few large ones.
        x, y = dice.random() * canvas.wide, dice.random() ** 1.4 * stage.horizon
        shapes += _star(x, y, 0.0007 + 0.0021 * dice.random() ** 4, int(dice.integers(90, 256)))
    canvas.lay(canvas.mask(shapes), light)
    halos = canvas.mask((dot(x, y, 0.03) for x, y in stage.great_stars), blur=0.014)
    canvas.lay(halos, light, 0.5)
    canvas.lay(canvas.mask(dot(x, y, 0.008) for x, y in stage.great_stars), light)


def _star(x: float, y: float, size: float, ink: int) -> list[Shape]:
    if size < 0.0023:
        return [dot(x, y, size, ink)]
    rays = ((size * 5, size / 3), (size / 3, size * 5))
    return [*(ellipse(x, y, *ray, ink // 2) for ray in rays), dot(x, y, size, ink)]


def disc(stage: Stage) -> None:
    """Set the sun or the moon into the sky, with the haze around it."""
    canvas, (x, y) = stage.canvas, stage.light
    is_large = bool(stage.scene.lights) or stage.hour == "sunset"
    radius = 0.09 if is_large else 0.062
    halo = canvas.mask([dot(x, y, radius * 1.25)], blur=radius * 0.7)
    canvas.lay(halo, stage.palette.light, 0.45)
    canvas.lay(canvas.mask([dot(x, y, radius)]), stage.palette.light)
    if "moon" in stage.scene.lights or stage.hour == "night":
        _craters(stage, radius)


def _craters(stage: Stage, radius: float) -> None:
    canvas, (x, y), dice = stage.canvas, stage.light, stage.dice("craters")
    shapes = []
    for _ in range(9):
        turn, out = dice.uniform(0, 2 * np.pi), radius * dice.uniform(0.05, 0.72)
        size = radius * dice.uniform(0.07, 0.24) * (1.1 - out / radius)
        shapes.append(dot(x + out * np.cos(turn), y + out * np.sin(turn), size))
    grey = mix(stage.palette.light, stage.palette.middle, 0.5)
    canvas.lay(canvas.mask(shapes, blur=radius * 0.05), grey, 0.3)


def clouds(stage: Stage) -> None:
    """Draw long clouds, lit by the sun from below or above."""
    canvas, dice, colours = stage.canvas, stage.dice("clouds"), stage.palette
    height, width = (max(8, side // 4) for side in reversed(canvas.image.size))
    cells = (max(2, round(9 * canvas.tall)), max(2, round(1.8 * canvas.wide)))
    field = noise(dice, (height, width), cells, 4 + min(2, stage.detail // 4))
    # Clouds thin out overhead and above the horizon.
    rise = np.linspace(0, canvas.tall / stage.horizon, height, dtype=np.float32)[:, None]
    place = np.clip(np.sin(np.clip(rise, 0, 1) * np.pi), 0, 1) ** 0.7
    is_heavy = bool(stage.scene.weather & {"rain", "mist"})
    cover = np.clip((field - (0.42 if is_heavy else 0.53)) * 5.5, 0, 1) * place
    strength = {"day": 0.8, "dawn": 0.6, "sunset": 0.6, "night": 0.22}[stage.hour]
    shade = canvas.soft_mask(np.roll(cover, height // 90 + 1, axis=0))
    canvas.lay(shade, mix(colours.middle, colours.far, 0.5), strength * 0.45)
    high, low = (mix(colour, colours.light, 0.4) for colour in (colours.middle, colours.low))
    canvas.lay(canvas.soft_mask(cover), canvas.gradient(high, low, 0, stage.horizon), strength)


def birds(stage: Stage) -> None:
    """Let a small flock pass by the light."""
    canvas, dice = stage.canvas, stage.dice("birds")
    is_asked_for = any(figure.kind == "bird" for figure in stage.scene.figures)
    count, size = (11, 0.03) if is_asked_for else (5, 0.015)
    side = 1 if stage.from_left else -1
    x = stage.light[0] + side * dice.uniform(0.05, 0.2)
    y = stage.light[1] + dice.uniform(-0.1, 0.02)
    wings = []
    for _ in range(count):
        at = (x + dice.normal(0, size * 3.2), y + dice.normal(0, size * 1.6))
        wings += _wings(*at, size * dice.uniform(0.6, 1.1), dice.uniform(0.25, 0.5))
    canvas.lay(canvas.mask(wings), mix(stage.palette.near, _BIRD, 0.5), 0.85)


def _wings(x: float, y: float, span: float, lift: float) -> list[Shape]:
    """Return two wings: each an arc that is thick at the body and thin at the tip."""
    t = np.linspace(0, 1, 10)
    upper = y - span * lift * np.sin(t * np.pi * 0.8)
    height = np.concatenate([upper, (upper + span * 0.14 * (1 - t))[::-1]])
    out = span * np.concatenate([t, t[::-1]])
    return [Shape([*zip(x + side * out, height, strict=True)]) for side in (-1, 1)]
