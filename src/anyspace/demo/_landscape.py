"""The first painter: land in layers under a sky, each layer further away and paler.

A picture is a list of layers, painted from back to front. Every random number
comes from generators that the prompt and the seed alone decide, and every
length is in units of the shorter side, so a prompt and a seed are one
composition at every size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from PIL import Image

from anyspace.demo import _air, _flora, _land, _props, _sky
from anyspace.demo._figures import ANIMALS
from anyspace.demo._passes import Layer, OnPass, in_passes
from anyspace.demo._scene import Scene
from anyspace.demo._stage import Stage, set_stage

__all__ = ["motif", "paint_landscape", "weather"]

_GROUNDED: Final = ANIMALS | {"flower", "blossom"}


def paint_landscape(
    scene: Scene, seed: int, size: tuple[int, int], *, steps: int = 4, on_pass: OnPass = None
) -> Image.Image:
    """Paint a scene.

    Args:
        scene: What to paint.
        seed: Which of the scene's pictures.
        size: Width and height in pixels.
        steps: How much detail, and in how many passes.
        on_pass: Called before each pass with its number from 0 and how many there are.
    """
    stage = set_stage(scene, str(seed), size, steps)
    falling = [partial(layer, stage) for layer in weather(stage)]
    layers: list[Layer] = [*motif(stage), *falling, partial(_air.finish, stage)]
    in_passes(layers, steps, on_pass)
    return stage.canvas.image


def motif(stage: Stage) -> Iterator[Layer]:
    """Yield the layers of what there is to see, from back to front, in clear air."""
    yield from (partial(layer, stage) for layer in _heavens(stage))
    yield from _middle(stage)
    yield from _foreground(stage)


def _heavens(stage: Stage) -> Iterator[Callable[[Stage], None]]:
    overcast = bool(stage.scene.weather & {"rain", "mist"})
    yield _sky.sky
    if stage.hour == "night" or "star" in stage.scene.weather:
        yield _sky.stars
    if not overcast or stage.scene.lights:
        yield _sky.disc
    yield _sky.clouds
    if _props.figures(stage, ("bird",)) or (stage.hour != "night" and not overcast):
        yield _sky.birds
    yield _props.balloons


def _middle(stage: Stage) -> Iterator[Layer]:
    """Yield the land, or the water, between the sky and our feet."""
    places = stage.scene.places
    wet = "sea" in places or ("lake" not in places and bool(_props.figures(stage, ("ship",))))
    if "mountain" in places:
        yield partial(_land.mountains, stage)
    if wet:
        yield partial(_land.water, stage)
        yield partial(_props.ship, stage)
    elif "city" in places:
        yield from _waterfront(stage)
    else:
        yield from _hills(stage)
    if "lake" not in places:
        yield partial(_props.house, stage, stage.horizon + 0.1)
    yield partial(_props.lighthouse, stage, stage.horizon + 0.18)


def _waterfront(stage: Stage) -> Iterator[Layer]:
    shore = stage.horizon + 0.13
    yield partial(_land.hill, stage, 0.05)
    yield partial(_land.city, stage, shore)
    yield partial(_land.reflect, stage, shore)


def _hills(stage: Stage) -> Iterator[Layer]:
    """Yield ranges of hills, more of them with more detail, wooded in a forest."""
    count = 3 + min(stage.detail, 12) // 3
    lake = "lake" in stage.scene.places
    trees = bool(stage.scene.places & {"forest", "snow"})
    for index in range(count):
        nearness = (index + 0.2) / count * (0.4 if lake else 0.9)
        yield partial(_land.hill, stage, nearness, trees=trees and index > 0)
        if "mist" in stage.scene.weather or ("forest" in stage.scene.places and index % 2):
            yield partial(_air.mist, stage, stage.horizon + 0.3 * nearness)
    if lake:
        shore = stage.horizon + 0.14
        yield partial(_props.house, stage, shore - 0.004)
        yield partial(_land.reflect, stage, shore)


def _foreground(stage: Stage) -> Iterator[Layer]:
    """Yield the ground at our feet and what is on it, unless that is open water."""
    open_water = bool(stage.scene.places & {"sea", "lake", "city"})
    if open_water and not _props.figures(stage, _GROUNDED):
        return
    yield partial(_ground, stage)


def _ground(stage: Stage) -> None:
    xs, line = _land.bank(stage)
    _flora.blossom_tree(stage, xs, line)
    if not stage.scene.places & {"snow", "desert"}:
        _flora.grass(stage, xs, line)
    _props.animals(stage, xs, line)
    _flora.flowers(stage, xs, line)


def weather(stage: Stage) -> Iterator[Callable[[Stage], None]]:
    """Yield what hangs or falls in the air."""
    if "snow" in stage.scene.weather:
        yield _air.snow
    if "rain" in stage.scene.weather:
        yield _air.rain
    if stage.hour == "night" and "forest" in stage.scene.places:
        yield _air.fireflies
    if _props.figures(stage, ("blossom",)):
        yield _air.petals
