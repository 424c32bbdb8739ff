"""Painters: the prompt and the seed decide the picture, and nothing else does."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="the painters need numpy, which anyspace[demo] brings")

from anyspace.demo._brushwork import PASSES, STYLES, paint_brushwork
from anyspace.demo._landscape import paint_landscape
from anyspace.demo._scene import read_scene

ROOT = Path(__file__).parents[2]
SIZE = (96, 80)


def landscape(prompt="a red fox in snow", seed=1, size=SIZE, negative="", **more):
    return paint_landscape(read_scene(prompt, negative), seed, size, **more)


def brushwork(prompt="a red fox in snow", seed=1, size=SIZE, negative="", style="Photo", **more):
    scene = read_scene(prompt, negative)
    return paint_brushwork(scene, str(seed), size, style=STYLES[style], **more)


PAINTERS = [landscape, brushwork]

# Between them, these reach every layer of a landscape.
PROMPTS = [
    "",
    "kubernetes",
    "a red fox and a white rabbit in snow",
    "a ship on the sea at sunset",
    "a black cat under the moon in a forest",
    "a lighthouse in a storm at night",
    "tokyo at night in the rain",
    "starry night over a cabin by a misty mountain lake",
    "a balloon and birds over the golden desert",
    "pink cherry tree, purple tulips and a dog",
    "daisies, a wolf at dawn",
]


@pytest.mark.parametrize("paint", PAINTERS)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_same_prompt_seed_and_size_give_the_same_pixels(paint, prompt):
    """Ours: a demonstration that can be repeated."""
    assert paint(prompt).tobytes() == paint(prompt).tobytes()


@pytest.mark.parametrize("paint", PAINTERS)
def test_another_process_paints_the_same_pixels(paint):
    """Ours: Python's own hash() differs by process, so it must not be used anywhere."""
    code = (
        "import hashlib; from tests.demo.test_demo_painters import brushwork, landscape;"
        f"print(hashlib.sha256({paint.__name__}().tobytes()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout
        for _ in range(2)
    }

    assert len(seen) == 1


@pytest.mark.parametrize("paint", PAINTERS)
def test_another_prompt_or_seed_gives_another_picture(paint):
    """Ours: the prompt and the seed decide the picture."""
    pictures = [
        paint("a red fox in snow", 1),
        paint("a red fox in snow", 2),
        paint("a blue fox in snow", 1),
        paint("terraform", 1),
        paint("kubernetes", 1),
    ]

    assert len({picture.tobytes() for picture in pictures}) == len(pictures)


@pytest.mark.parametrize("paint", PAINTERS)
@pytest.mark.parametrize("size", [(256, 256), (96, 200), (331, 64), (17, 23)])
def test_width_and_height_are_honoured_to_the_pixel(paint, size):
    """Ours. The last size is far below what the pages allow."""
    picture = paint("a ship on the sea", size=size)

    assert picture.size == size
    assert picture.mode == "RGB"


@pytest.mark.parametrize("paint", PAINTERS)
def test_the_negative_prompt_changes_the_picture_only_when_it_names_something(paint):
    """Ours: a negative prompt of quality words is on every page and must do no harm."""
    plain = paint("a fox in snow").tobytes()

    assert paint("a fox in snow", negative="deformed, ugly, text").tobytes() == plain
    assert paint("a fox in snow", negative="fox").tobytes() != plain


def test_more_steps_add_detail_to_the_same_composition():
    """Ours: each layer has its own dice, so the sun stays where it is."""
    few, many = (landscape("hills at sunset", steps=steps, size=(64, 64)) for steps in (1, 24))
    brightest = [
        max(range(64 * 40), key=lambda i: sum(picture.getpixel((i % 64, i // 64))))
        for picture in (few, many)
    ]

    assert few.tobytes() != many.tobytes()
    assert abs(brightest[0] % 64 - brightest[1] % 64) < 16


@pytest.mark.parametrize("steps", [1, 4, 50])
def test_a_landscape_reports_each_of_its_steps_once(steps):
    """Ours: the progress bar counts the steps that the page asks for."""
    seen = []
    landscape(steps=steps, on_pass=lambda number, passes: seen.append((number, passes)))

    assert seen == [(number, steps) for number in range(steps)]


def test_brushwork_reports_its_passes():
    """Ours: that Space has no parameter for steps, so the painter has a number of its own."""
    seen = []
    brushwork(on_pass=lambda number, passes: seen.append((number, passes)))

    assert seen == [(number, PASSES) for number in range(PASSES)]


def test_every_style_treats_the_picture_in_its_own_way():
    """Ours: the style changes the picture."""
    assert len({brushwork(style=style).tobytes() for style in STYLES}) == len(STYLES)


def colourfulness(picture):
    pixels = list(picture.resize((16, 16)).convert("HSV").split()[1].tobytes())
    return sum(pixels) / len(pixels)


def test_more_guidance_is_more_colour():
    """Ours: guidance_scale affects saturation."""
    weak, neutral, strong = (
        colourfulness(brushwork("sunset", guidance=guidance)) for guidance in (0.1, 6, 20)
    )

    assert weak < neutral < strong


def test_the_two_painters_do_not_paint_alike():
    """Ours: two visibly different styles. Strokes make many more edges than hills do."""

    def edges(picture):
        grey = list(picture.convert("L").tobytes())
        return sum(abs(a - b) for a, b in pairwise(grey)) / len(grey)

    size = (256, 256)
    smooth = landscape("hills", size=size)
    rough = brushwork("hills", size=size, style="2560 x 1440")

    assert edges(rough) > 2 * edges(smooth)
