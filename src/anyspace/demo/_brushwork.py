"""The second painter: the same world in brush strokes that follow its outlines.

It first sets the scene small and plain, as the landscape painter would, and
then covers the canvas with strokes, broad ones first. A stroke takes its colour
from the small picture and its way from the flow of `anyspace.demo._flow`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from anyspace.demo._colour import Array, graded
from anyspace.demo._flow import Flow, find_flow, outlines
from anyspace.demo._landscape import motif, weather
from anyspace.demo._passes import Layer, OnPass, in_passes
from anyspace.demo._scene import Scene
from anyspace.demo._stage import Stage, set_stage

__all__ = ["PASSES", "STYLES", "Style", "paint_brushwork"]

_SKETCH: Final = 512  # pixels on the shorter side of the small picture
PASSES: Final = 4


@dataclass(frozen=True)
class Style:
    """How the colours and strokes of a picture are treated.

    Attributes:
        saturation: Of the colours; 1 leaves them.
        contrast: Between light and dark; 1 leaves it.
        stroke: Size of the strokes.
        jitter: How much neighbouring strokes differ in colour.
        relief: How thick the paint is.
        drawing: How much of the plain picture shows through, 0..1.
        teal: How far shadows go to teal and lights to orange, as in films.
        flat: Steps of lightness, 0 for no steps.
    """

    saturation: float = 1.0
    contrast: float = 1.0
    stroke: float = 1.0
    jitter: float = 1.0
    relief: float = 0.6
    drawing: float = 0.15
    teal: float = 0.0
    flat: int = 0


STYLES: Final[Mapping[str, Style]] = MappingProxyType(
    {
        "2560 x 1440": Style(saturation=1.2, contrast=1.05, stroke=0.9, drawing=0.2),
        "Photo": Style(stroke=0.5, jitter=0.5, relief=0.2, drawing=0.5),
        "Cinematic": Style(contrast=1.14, teal=1.7, drawing=0.25),
        "Anime": Style(saturation=1.4, stroke=1.3, jitter=0.4, relief=0.1, drawing=0.45, flat=9),
        "3D Model": Style(saturation=1.12, stroke=1.5, jitter=0.8, relief=2.0, drawing=0.1),
        "(No style)": Style(),
    }
)


@dataclass(frozen=True)
class _Brush:
    """One size of brush: lengths in units, strokes per square unit, and where it is used."""

    width: float
    length: float
    density: int
    jitter: float
    everywhere: float  # chance of a stroke where there is no outline
    outlines: float  # and how much more on one


_BRUSHES: Final = (
    _Brush(0.034, 0.20, 700, 10, 1.0, 0.0),
    _Brush(0.017, 0.12, 3600, 13, 0.35, 1.0),
    _Brush(0.0085, 0.065, 9000, 12, 0.35, 1.0),
    _Brush(0.0048, 0.032, 9000, 8, -0.1, 1.2),
    _Brush(0.0030, 0.018, 12000, 5, -0.45, 1.4),
)


class _Easel:
    """One picture while it is painted in strokes."""

    def __init__(self, stage: Stage, sketch: Stage, style: Style) -> None:
        self.stage = stage
        self.sketch = sketch
        self.style = style
        self._fine = 2 if min(stage.canvas.image.size) <= 1280 else 1
        self._flow: Flow | None = None
        self._paint = Image.new("RGB", (1, 1))

    def ground(self) -> None:
        """Wash the canvas with the colours of the small picture, out of focus."""
        picture = self.sketch.canvas.image
        self._flow = find_flow(picture, self.stage)
        width, height = self.stage.canvas.image.size
        wash = picture.filter(ImageFilter.GaussianBlur(9))
        self._paint = wash.resize((width * self._fine, height * self._fine))

    def brush(self, brush: _Brush) -> None:
        """Cover the canvas with the strokes of one brush."""
        flow = self._flow
        assert flow is not None, "the ground comes first"
        dice, canvas = self.stage.dice("brush", brush.width), self.stage.canvas
        starts = dice.random((int(brush.density * canvas.wide * canvas.tall), 2))
        starts = starts * (canvas.wide, canvas.tall)
        edges = flow.edges[flow.cell(starts)]
        kept = dice.random(len(starts)) < brush.everywhere + brush.outlines * edges
        starts, edges = starts[kept], edges[kept]
        scale = self.style.stroke * dice.uniform(0.6, 1.25, len(starts))
        paths = flow.trace(starts, brush.length * scale * (1 - 0.6 * edges))
        shapes = outlines(paths, brush.width * scale * (1 - 0.4 * edges))
        self._stroke(shapes, self._colours(paths[:, 5], brush, dice))

    def _colours(self, places: Array, brush: _Brush, dice: np.random.Generator) -> Array:
        """Return each stroke's colour: the small picture's, not quite."""
        pixels = np.asarray(self.sketch.canvas.image, np.float32)
        height, width = pixels.shape[:2]
        at = (places * self.sketch.canvas.unit).astype(int)
        colours = pixels[np.clip(at[:, 1], 0, height - 1), np.clip(at[:, 0], 0, width - 1)]
        jitter = brush.jitter * self.style.jitter
        lighter = dice.normal(0, jitter, (len(places), 1))
        return colours + lighter + dice.normal(0, jitter * 0.35, colours.shape)

    def _stroke(self, shapes: Array, colours: Array) -> None:
        draw = ImageDraw.Draw(self._paint)
        points = (shapes * self.stage.canvas.unit * self._fine).reshape(len(shapes), -1)
        inks = np.clip(colours, 0, 255).astype(int).tolist()
        for outline, ink in zip(points.tolist(), inks, strict=True):
            draw.polygon(outline, fill=tuple(ink))

    def varnish(self, guidance: float) -> None:
        """Let the drawing show through, light the paint from above, grade the colours."""
        canvas, style = self.stage.canvas, self.style
        paint = self._paint.reduce(self._fine) if self._fine > 1 else self._paint
        drawing = self.sketch.canvas.image.resize(canvas.image.size, Image.Resampling.BICUBIC)
        picture = Image.blend(paint, drawing, style.drawing)
        pixels = np.asarray(picture, np.float32) + _relief(paint, canvas.unit, style.relief)
        pixels = _toned(pixels, style)
        # 6 is what the page offers, and leaves the colours as the style has them.
        saturation = style.saturation * (1 + 0.045 * (guidance - 6))
        pixels = graded(pixels, saturation, style.contrast * (1 + 0.012 * (guidance - 6)))
        canvas.image.paste(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))

    def sign(self) -> None:
        """Let it snow or rain on the picture, and sign."""
        for layer in weather(self.stage):
            layer(self.stage)
        self.stage.canvas.sign()


def paint_brushwork(
    scene: Scene,
    seed: str,
    size: tuple[int, int],
    *,
    style: Style,
    guidance: float = 6.0,
    on_pass: OnPass = None,
) -> Image.Image:
    """Paint a scene in brush strokes.

    Args:
        scene: What to paint.
        seed: Which of the scene's pictures.
        size: Width and height in pixels.
        style: How to treat colours and strokes.
        guidance: More of it is more colour and contrast; 6 is neutral.
        on_pass: Called before each pass with its number from 0 and how many there are.
    """
    scale = min(1.0, _SKETCH / min(size))
    small = (max(8, round(size[0] * scale)), max(8, round(size[1] * scale)))
    sketch = set_stage(scene, seed, small, detail=3)
    easel = _Easel(set_stage(scene, seed, size, detail=3), sketch, style)
    strokes = [partial(easel.brush, brush) for brush in _BRUSHES]
    layers: list[Layer] = [*motif(sketch), easel.ground, *strokes]
    layers += [partial(easel.varnish, guidance), easel.sign]
    in_passes(layers, PASSES, on_pass)
    return easel.stage.canvas.image


def _relief(paint: Image.Image, unit: float, strength: float) -> Array:
    """Return how much lighter or darker each pixel gets from light upon thick paint."""
    grey = paint.convert("L").filter(ImageFilter.GaussianBlur(unit / 1400))
    height = np.asarray(grey, np.float32)
    step = max(1, round(unit / 700))
    slope = np.zeros_like(height)
    slope[step:, step:] = height[step:, step:] - height[:-step, :-step]
    return np.clip(slope, -40, 40)[..., None] * np.float32(strength)


def _toned(pixels: Array, style: Style) -> Array:
    """Flatten the lights into steps, and turn shadows teal and lights orange."""
    light = pixels.mean(axis=-1, keepdims=True)
    if style.flat:
        step = 255 / style.flat
        pixels = pixels + (np.round(light / step) * step - light) * 0.6
    if style.teal:
        warmth = np.clip((light - 110) / 110, -1, 1) * style.teal
        pixels = pixels + warmth * np.array((16, 1, -20), np.float32)
    return pixels
