"""Short ways to have a task done, and to look at what came of it."""

from __future__ import annotations

import asyncio
import io
import wave
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from anyspace import AsyncClient
from anyspace.tasks import TaskResult, run_task


async def do(model: str, task: str, *, on_update: Any = None, **values: Any) -> TaskResult:
    """Have an app do a task; by nothing but its address and the task's own fields."""
    async with asyncio.timeout(60), AsyncClient(model) as client:
        made = await run_task(client, task, values, on_update=on_update)
        for file in made.files:
            await file.read()  # while the client is there
        return made


async def sound_of(made: TaskResult) -> tuple[int, np.ndarray]:
    """The rate and the samples of a sound, as numbers from -1 to 1."""
    with wave.open(io.BytesIO(await made.files[0].read())) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
        return sound.getframerate(), samples.reshape(-1, sound.getnchannels()).mean(axis=1) / 32768


def sound_file(rate: int, samples: np.ndarray) -> bytes:
    """Numbers from -1 to 1 as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes((samples * 32767).astype(np.int16).tobytes())
    return buffer.getvalue()


def pixels(image: Image.Image) -> np.ndarray:
    """Colours as numbers that may be subtracted."""
    return np.asarray(image.convert("RGB")).astype(int)


def meadow(size: tuple[int, int] = (240, 180)) -> Image.Image:
    """A light field with a red disc in its middle."""
    width, height = size
    rows = np.linspace(170, 230, height)[:, None]
    noise = np.random.default_rng(0).integers(0, 12, (height, width))
    field = np.stack([rows - 60 + noise, rows + noise, rows - 90 + noise], -1)
    image = Image.fromarray(field.clip(0, 255).astype(np.uint8))
    ImageDraw.Draw(image).ellipse(disc(size), fill=(200, 30, 30))
    return image


def disc(size: tuple[int, int] = (240, 180)) -> list[int]:
    """Where the meadow's disc is."""
    width, height = size
    radius = height // 4
    return [
        width // 2 - radius,
        height // 2 - radius,
        width // 2 + radius,
        height // 2 + radius,
    ]


def disc_mask(size: tuple[int, int] = (240, 180), wider: int = 0) -> Image.Image:
    """White where the disc is, black elsewhere."""
    left, top, right, bottom = disc(size)
    mask = Image.new("L", size)
    box = [left - wider, top - wider, right + wider, bottom + wider]
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask


def page(*lines: str) -> Image.Image:
    """Lines of black text on white."""
    image = Image.new("RGB", (520, 40 + 70 * len(lines)), "white")
    pencil, font = ImageDraw.Draw(image), ImageFont.load_default(36)
    for i, line in enumerate(lines):
        pencil.text((20, 20 + 70 * i), line, font=font, fill="black")
    return image


def shapes() -> Image.Image:
    """Two red discs and a blue square on white."""
    image = Image.new("RGB", (300, 200), "white")
    pencil = ImageDraw.Draw(image)
    pencil.ellipse([20, 20, 80, 80], fill=(220, 30, 30))
    pencil.ellipse([200, 110, 270, 180], fill=(220, 30, 30))
    pencil.rectangle([120, 60, 180, 120], fill=(40, 70, 220))
    return image
