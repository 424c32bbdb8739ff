"""A canvas in units of its shorter side, and the shapes that are drawn on it.

A picture 512 wide and 1024 high is 1 unit wide and 2 high, so that a shape is
written down once and comes out alike at every size. Shapes are drawn as masks,
larger than needed, and shrunk: that is what smooths their edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageStat

from anyspace.demo._colour import Array, Colour, as_bytes, ramp
from anyspace.demo._facts import NOTICE

__all__ = ["Canvas", "Point", "Shape", "box", "dot", "ellipse"]

Point: TypeAlias = tuple[float, float]

_LARGE: Final = 1_500_000  # pixels; above, twice as fine is fine enough


class Shape(NamedTuple):
    """Something to draw on a mask.

    Attributes:
        points: The corners; of something round, the upper left and the lower right.
        ink: How opaque it is, 0..255.
        is_round: Whether it is an ellipse.
    """

    points: Sequence[Point]
    ink: int = 255
    is_round: bool = False

    def draw(self, pen: ImageDraw.ImageDraw, scale: float) -> None:
        """Draw it on a mask that has `scale` pixels to the unit."""
        scaled = [(x * scale, y * scale) for x, y in self.points]
        if self.is_round:
            pen.ellipse(scaled, fill=self.ink)
        else:
            pen.polygon(scaled, fill=self.ink)


def ellipse(x: float, y: float, wide: float, tall: float, ink: int = 255) -> Shape:
    """Return an ellipse around (x, y) with the given half axes."""
    return Shape([(x - wide, y - tall), (x + wide, y + tall)], ink, is_round=True)


def dot(x: float, y: float, radius: float, ink: int = 255) -> Shape:
    """Return a circle around (x, y)."""
    return ellipse(x, y, radius, radius, ink)


def box(left: float, top: float, right: float, bottom: float, ink: int = 255) -> Shape:
    """Return an upright rectangle."""
    return Shape([(left, top), (right, top), (right, bottom), (left, bottom)], ink)


class Canvas:
    """The picture while it is painted.

    Attributes:
        unit: Pixels per unit: the shorter side.
        wide: Width in units.
        tall: Height in units.
        image: What has been painted so far.
    """

    def __init__(self, width: int, height: int) -> None:
        self.unit = float(min(width, height))
        self.wide = width / self.unit
        self.tall = height / self.unit
        self.image = Image.new("RGB", (width, height))
        self._fine = 2 if width * height > _LARGE else 3

    def grid(self, coarse: int = 1) -> tuple[Array, Array]:
        """Return x (one row) and y (one column), in units, of every coarse-th pixel."""
        width, height = (max(2, side // coarse) for side in self.image.size)
        xs = np.linspace(0, self.wide, width, dtype=np.float32)[None, :]
        ys = np.linspace(0, self.tall, height, dtype=np.float32)[:, None]
        return xs, ys

    def mask(self, shapes: Iterable[Shape], blur: float = 0.0) -> Image.Image:
        """Return a mask of some shapes, blurred by so many units."""
        # What is blurred needs no fine edge.
        fine = 1 if blur else self._fine
        mask = Image.new("L", (self.image.width * fine, self.image.height * fine))
        pen = ImageDraw.Draw(mask)
        for shape in shapes:
            shape.draw(pen, self.unit * fine)
        if blur:
            return mask.filter(ImageFilter.GaussianBlur(blur * self.unit))
        return mask.reduce(fine)

    def soft_mask(self, values: Array) -> Image.Image:
        """Return a mask from an array of 0..1, which may be coarser than the canvas."""
        coarse = Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))
        return coarse.resize(self.image.size, Image.Resampling.BICUBIC)

    def lay(self, mask: Image.Image, fill: Colour | Image.Image, opacity: float = 1.0) -> None:
        """Paint through a mask with one colour or with another picture."""
        if opacity < 1:
            mask = mask.point([round(level * opacity) for level in range(256)])
        self.image.paste(fill if isinstance(fill, Image.Image) else as_bytes(fill), None, mask)

    def cut(self, outline: Sequence[Point], fill: Colour | Image.Image) -> None:
        """Paint inside an outline, touching only the part of the canvas that it covers."""
        xs, ys = ([point[axis] * self.unit for point in outline] for axis in (0, 1))
        left, top = max(0, int(min(xs)) - 1), max(0, int(min(ys)) - 1)
        right = min(self.image.width, int(max(xs)) + 2)
        bottom = min(self.image.height, int(max(ys)) + 2)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", ((right - left) * self._fine, (bottom - top) * self._fine))
        moved = [(x - left / self.unit, y - top / self.unit) for x, y in outline]
        Shape(moved).draw(ImageDraw.Draw(mask), self.unit * self._fine)
        part = as_bytes(fill) if isinstance(fill, tuple) else fill.crop((left, top, right, bottom))
        self.image.paste(part, (left, top), mask.reduce(self._fine))

    def gradient(
        self, top: Colour, bottom: Colour, start: float = 0.0, end: float | None = None
    ) -> Image.Image:
        """Return a picture that goes from one colour to the other between two heights."""
        end = self.tall if end is None else end
        span = (max(start / self.tall, 0.0), min(max(end, start + 1e-3) / self.tall, 1.0))
        stops = [(span[0], top), (span[1], bottom)]
        return self.rows(ramp(stops, self.image.height))

    def rows(self, colours: Array) -> Image.Image:
        """Return a picture with one colour (0..1) per row, dithered against banding."""
        height, width = len(colours), 64
        noise = np.random.default_rng(height).random((height, width, 1), np.float32)
        strip = np.clip(colours[:, None, :] * 255 + noise, 0, 255).astype(np.uint8)
        return Image.fromarray(np.tile(strip, (1, self.image.width // width + 1, 1))).crop(
            (0, 0, *self.image.size)
        )

    def sign(self) -> None:
        """Write, small and in the corner, that no model was at work."""
        size = max(9.0, self.unit / 78)
        right, bottom = self.image.width - size, self.image.height - size * 0.8
        ground = self.image.crop(
            (int(right - 20 * size), int(bottom - size), int(right), int(bottom))
        )
        is_bright = ImageStat.Stat(ground.convert("L")).mean[0] > 140
        ink = (20, 20, 28, 150) if is_bright else (255, 255, 255, 150)
        font = ImageFont.load_default(size)
        layer = ImageDraw.Draw(self.image, "RGBA")
        layer.text((right, bottom), NOTICE, fill=ink, font=font, anchor="rs")
