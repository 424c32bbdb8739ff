"""Films, sounds and bodies."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from PIL import Image

from tests.tasks_live.doing import do, meadow, pixels, sound_file, sound_of

pytestmark = pytest.mark.servers


def frames_of(content: bytes, folder) -> list[np.ndarray]:
    cv2 = pytest.importorskip("cv2")
    path = folder / "film.mp4"
    path.write_bytes(content)
    film, frames = cv2.VideoCapture(str(path)), []
    while True:
        more, frame = film.read()
        if not more:
            return frames
        frames.append(frame[:, :, ::-1].astype(int))


async def test_a_sentence_becomes_a_film(today, tmp_path):
    """Observed: so many frames of such a size, in which something red moves to the right."""
    made = await do(
        today("video"),
        "text-to-video",
        prompt="a red ball jumps",
        width=300,
        height=200,
        duration=1,
        seed=3,
    )
    frames = frames_of(await made.files[0].read(), tmp_path)
    assert len(frames) == 12
    assert frames[0].shape == (192, 288, 3)  # the nearest multiples of 32
    assert len(made.notes) >= 2
    red = [(f[:, :, 0] > 150) & (f[:, :, 1] < 100) for f in frames]
    middles = [np.argwhere(mask)[:, 1].mean() for mask in red]
    assert middles == sorted(middles)
    assert middles[-1] - middles[0] > 100
    assert made.value[1] == 3


async def test_a_picture_becomes_a_film(today, tmp_path):
    """Observed: it begins with the picture, and goes nearer."""
    made = await do(
        today("video"), "image-to-video", image=meadow(), width=256, height=192, duration=1
    )
    frames = frames_of(await made.files[0].read(), tmp_path)
    begin = pixels(meadow().resize((256, 192)))
    assert np.abs(frames[0] - begin).mean() < 12
    red = [((f[:, :, 0] > 150) & (f[:, :, 1] < 100)).sum() for f in frames]
    assert red[-1] > 1.5 * red[0]


async def test_a_description_becomes_a_sound(anywhen):
    """Observed: its length is what was asked for, its pitch what was described."""
    made = await do(anywhen("music"), "text-to-audio", prompt="a low tone", duration=2, seed=4)
    rate, samples = await sound_of(made)
    assert len(samples) == 2 * rate
    assert np.abs(np.fft.rfft(samples)).argmax() / 2 == pytest.approx(110, abs=1)


async def test_the_same_seed_plays_the_same_tune(anywhen):
    """Ours: and another seed another one."""
    tunes = [
        await (await do(anywhen("music"), "text-to-audio", prompt="a tune", seed=seed))
        .files[0]
        .read()
        for seed in (8, 8, 9)
    ]
    assert tunes[0] == tunes[1] != tunes[2]


async def test_noise_is_taken_out_of_a_sound(anywhen):
    """Observed: the enhanced sound is the result, not what was removed."""
    rate = 16000
    clean = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    noisy = clean + np.random.default_rng(0).normal(0, 0.02, rate)
    made = await do(anywhen("denoise"), "audio-to-audio", audio=sound_file(rate, noisy))
    _, kept = await sound_of(made)
    assert len(kept) == rate
    assert np.square(kept - clean).mean() < np.square(noisy - clean).mean() / 4


async def test_a_picture_becomes_a_body_in_two_calls(anywhen):
    """Observed: one endpoint prepares into the session's state, the next makes the model."""
    ramp = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (256, 1))).convert("RGB")
    made = await do(anywhen("image_to_3d"), "image-to-3d", image=ramp)
    assert len(made.calls) >= 2
    content = await made.files[0].read()
    magic, version, length = struct.unpack_from("<4sII", content)
    assert (magic, version, length) == (b"glTF", 2, len(content))
    size = struct.unpack_from("<I", content, 12)[0]
    description = json.loads(content[20 : 20 + size])
    points = np.frombuffer(content, "<f4", 96 * 96 * 3, 28 + size).reshape(-1, 3)
    assert description["accessors"][0]["count"] == 96 * 96
    middle = points[np.abs(points[:, 1]) < 0.02]
    inner = middle[np.abs(middle[:, 0]) < 0.7]
    assert np.corrcoef(inner[:, 0], inner[:, 2])[0, 1] > 0.99  # brighter is higher
