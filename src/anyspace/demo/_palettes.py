"""Which colours a scene has: the sky of its hour, the land of its place, its dyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Final

from anyspace.demo._colour import Colour, dyed, from_hex, lighter, mix, oklch
from anyspace.demo._scene import Scene

__all__ = ["HOURS", "Palette", "mix_palette"]


@dataclass(frozen=True)
class Palette:
    """The colours of one picture.

    Attributes:
        top: The sky overhead.
        middle: The sky halfway down.
        low: The sky at the horizon, also the colour of mist.
        light: The sun or the moon, and what it touches.
        far: Land in the distance.
        near: Land at our feet.
        water: Deep water.
    """

    top: Colour
    middle: Colour
    low: Colour
    light: Colour
    far: Colour
    near: Colour
    water: Colour


def _palette(colours: str) -> Palette:
    return Palette(*map(from_hex, colours.split()))


HOURS: Final[Mapping[str, Palette]] = MappingProxyType(
    {
        "day": _palette("#4a8fd0 #93c6ea #f4ecd6 #fffbe8 #7fa6b8 #2c5346 #1f5f86"),
        "dawn": _palette("#4c5c93 #c58fa8 #ffdcb4 #fff0cf #8c86a8 #2d3450 #3e5680"),
        "sunset": _palette("#31265c #c4527a #ffb066 #fff0b8 #85446f #241a38 #4a2c66"),
        "night": _palette("#050a20 #142352 #3f5a94 #eef3ff #26396b #070d20 #0a1838"),
    }
)

# Far and near land by day, in the order in which they win when a prompt names several.
_LANDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "snow": ("#a9bfd6", "#f4f7fb"),
        "desert": ("#d9a679", "#9a5230"),
        "forest": ("#6f9c96", "#12342e"),
        "city": ("#7d8fa8", "#1f2736"),
        "meadow": ("#93b59a", "#3f6b35"),
        "mountain": ("#8aa2bd", "#2b4a4a"),
    }
)


def mix_palette(scene: Scene, hour: str) -> Palette:
    """Return the colours of a scene at an hour."""
    palette = HOURS[hour] if scene.is_known else _own(HOURS[hour], scene.hue)
    if "rain" in scene.weather or "mist" in scene.weather:
        palette = _overcast(palette, hour)
    palette = _landed(palette, scene, hour)
    for hue in scene.dyes:
        palette = _dyed(palette, hue)
    return palette


def _own(base: Palette, hue: float) -> Palette:
    """Colours for a prompt that says nothing about colours: a family around its own hue."""
    return Palette(
        top=mix(base.top, oklch(0.36, 0.13, hue), 0.8),
        middle=mix(base.middle, oklch(0.64, 0.15, hue + 28), 0.8),
        low=mix(base.low, oklch(0.89, 0.09, hue + 62), 0.75),
        light=mix(base.light, oklch(0.97, 0.04, hue + 75), 0.6),
        far=mix(base.far, oklch(0.58, 0.09, hue + 12), 0.8),
        near=mix(base.near, oklch(0.24, 0.06, hue - 22), 0.85),
        water=mix(base.water, oklch(0.38, 0.09, hue - 5), 0.8),
    )


def _overcast(palette: Palette, hour: str) -> Palette:
    """Draw the colour out of the sky, as cloud does."""
    greys = {"top": "#55636f", "middle": "#8b98a3", "low": "#c3cbd0", "water": "#3d5560"}
    darker = -0.36 if hour == "night" else 0.0
    dull = {
        name: mix(getattr(palette, name), lighter(from_hex(grey), darker), 0.58)
        for name, grey in greys.items()
    }
    return replace(palette, **dull)


def _landed(palette: Palette, scene: Scene, hour: str) -> Palette:
    """Give the land the colours of the place, in the light of the hour."""
    land = next((pair for place, pair in _LANDS.items() if place in scene.places), None)
    if land is None:
        return palette
    far, near = map(from_hex, land)
    # How much of the hour's own colour lies over the land: at night nearly everything is blue.
    shade = {"day": 0.1, "dawn": 0.5, "sunset": 0.6, "night": 0.78}[hour]
    if "desert" in scene.places:
        shade *= 0.6
    if "snow" in scene.places:
        # Snow has no colour but the sky's.
        blue = mix(palette.middle, palette.top, 0.35)
        near = mix(near, blue, {"day": 0.16, "dawn": 0.3, "sunset": 0.4, "night": 0.72}[hour])
        return replace(palette, far=mix(far, palette.far, shade), near=near)
    return replace(palette, far=mix(far, palette.far, shade), near=mix(near, palette.near, shade))


def _dyed(palette: Palette, hue: float) -> Palette:
    strength = {"low": 0.55, "light": 0.25, "near": 0.7}
    colours = {
        field.name: dyed(getattr(palette, field.name), hue, strength.get(field.name, 0.75))
        for field in fields(palette)
    }
    return Palette(**colours)
