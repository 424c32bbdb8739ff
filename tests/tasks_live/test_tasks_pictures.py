"""Pictures in, pictures and words out."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from anyspace.tasks import Preview
from tests.tasks_live.doing import disc_mask, do, meadow, page, pixels, shapes

pytestmark = pytest.mark.servers


async def test_what_is_written_on_a_page_is_read(today):
    """Observed: RapidOCR reads both lines; the task gives the text, not the boxes."""
    lines = ("Invoice 2041", "Total: 318 EUR")
    made = await do(today("document_ocr"), "document-ocr", image=page(*lines))
    assert made.text.splitlines() == list(lines)


async def test_an_empty_page_has_no_text(today):
    """Ours: no text is a result, and no failure."""
    made = await do(today("document_ocr"), "document-ocr", image=page(""))
    assert made.text == ""


async def test_a_picture_grows_and_stays_the_same(anywhen):
    """Observed: an old app shows a picture, a new one a slider of before and after."""
    small = meadow((60, 45))
    made = await do(anywhen("upscaling"), "image-upscaling", image=small, upscale=4)
    large = await made.files[0].image()
    assert large.size == (240, 180)
    assert np.abs(pixels(large.resize(small.size)) - pixels(small)).mean() < 6


async def test_the_nearest_factor_is_taken_and_said(anywhen):
    """Ours: the app knows two, three and four times."""
    small = meadow((60, 45))
    made = await do(anywhen("upscaling"), "image-upscaling", image=small, upscale=8)
    assert (await made.files[0].image()).size == (240, 180)
    assert any("8" in note for note in made.notes)


async def test_the_subject_is_told_from_its_background(today):
    """Observed: grabCut finds the disc; what is around it is transparent."""
    made = await do(today("background_removal"), "image-segmentation", image=meadow())
    cut = await made.files[0].image()
    found = np.asarray(cut.convert("RGBA"))[:, :, 3] > 128
    truth = np.asarray(disc_mask()) > 128
    assert (found & truth).sum() / (found | truth).sum() > 0.95


async def test_the_cut_out_is_told_from_its_mask(anywhen):
    """Observed: the mask comes first, in Spanish; the result is the picture with alpha."""
    made = await do(anywhen("cutout"), "image-segmentation", image=meadow())
    cut = await made.files[0].image()
    assert cut.mode == "RGBA"
    found, truth = np.asarray(cut)[:, :, 3] > 128, np.asarray(disc_mask()) > 128
    assert (found & truth).sum() / (found | truth).sum() > 0.9
    assert (pixels(cut)[truth][:, 0] > 150).mean() > 0.95  # the disc's own red


def painted(mask: Image.Image) -> Image.Image:
    """The mask as an editor's layer: white where it is, transparent elsewhere."""
    layer = Image.new("RGBA", mask.size)
    layer.paste((255, 255, 255, 255), mask=mask)
    return layer


FORMS = pytest.mark.parametrize(
    "form",
    [
        pytest.param(painted, id="layer"),
        pytest.param(lambda mask: mask, id="black-and-white"),
    ],
)


@FORMS
async def test_what_the_mask_covers_is_painted_over(today, form):
    """Observed: the disc is gone, what is far from it is as it was."""
    mask = disc_mask(wider=6)
    made = await do(today("inpainting"), "inpainting", image=meadow(), mask=form(mask))
    result, before = pixels(await made.files[0].image()), pixels(meadow())
    covered = np.asarray(mask) > 0
    assert (result[covered][:, 1] > result[covered][:, 0]).mean() > 0.9  # green, not red
    assert (result[~covered] == before[~covered]).all()


@FORMS
async def test_what_the_mask_covers_becomes_what_the_prompt_says(anywhen, form):
    """Observed: a sketch on 3.50, an editor on 4.44, a mask editor on 6."""
    mask = disc_mask()
    made = await do(
        anywhen("fill_with_words"),
        "inpainting",
        image=meadow(),
        mask=form(mask),
        prompt="blue sky",
        seed=3,
    )
    result, before = pixels(await made.files[0].image()), pixels(meadow())
    inside, outside = np.asarray(mask) > 0, np.asarray(disc_mask(wider=4)) == 0
    assert np.abs(result[inside].mean(axis=0) - (120, 180, 240)).max() < 15
    assert np.abs(result[outside] - before[outside]).mean() < 6
    assert made.value[1] == 3


async def test_a_picture_inside_html_is_found(anywhen):
    """Observed: the image is in the page's source as base64; size and style are choices."""
    made = await do(
        anywhen("poster"), "text-to-image", prompt="Fox", width=800, height=450, style="cyberpunk"
    )
    picture = await made.files[0].image()
    assert picture.size == (768, 432)
    assert np.abs(pixels(picture)[:40].mean(axis=(0, 1)) - (20, 10, 60)).max() < 12


async def test_an_instruction_changes_the_picture(anywhen):
    """Observed: grey means that the three colours are one."""
    made = await do(
        anywhen("image_editing"), "image-to-image", image=meadow(), prompt="Make it gray", seed=7
    )
    result = pixels(await made.files[0].image())
    assert np.abs(result - result.mean(axis=2, keepdims=True)).mean() < 2
    assert made.value[1] == 7


async def test_a_seed_is_honoured_and_its_absence_is_chance(anywhen):
    """Ours: a given seed turns the app's randomize switch off, none leaves it on."""
    task = anywhen("image_editing"), "image-to-image"
    same = {"image": meadow(), "prompt": "invert"}
    first, second, other = [
        pixels(await (await do(*task, **same, seed=seed)).files[0].image()) for seed in (5, 5, 6)
    ]
    assert (first == second).all()
    assert (first != other).any()
    chance = {(await do(*task, **same)).value[1] for _ in range(2)}
    assert len(chance) == 2


async def test_the_apps_own_words_come_through(anywhen):
    """Observed: gr.Error's message."""
    with pytest.raises(Exception, match="I do not know how to: dance"):
        await do(anywhen("image_editing"), "image-to-image", image=meadow(), prompt="dance")


async def test_several_pictures_of_a_sentence_with_previews(anywhen):
    """Observed: a generator into a gallery; width and height choose the nearest aspect."""
    seen = []
    made = await do(
        anywhen("text_to_image"),
        "text-to-image",
        prompt="a red square",
        width=1280,
        height=720,
        num_images=3,
        seed=11,
        num_inference_steps=4,
        on_update=seen.append,
    )
    pictures = [await file.image() for file in made.files]
    assert [picture.size for picture in pictures] == [(640, 360)] * 3
    for picture in pictures:
        colours = pixels(picture).reshape(-1, 3)
        painted = colours[colours.min(axis=1) < 128]
        assert np.abs(painted.mean(axis=0) - (220, 30, 30)).max() < 25
    assert any("1280" in note for note in made.notes)
    previews = [update for update in seen if isinstance(update, Preview)]
    assert len(previews) >= 2
    assert len(previews[0].files) == 3


async def test_more_pictures_than_the_app_makes_at_once_are_several_runs(anywhen):
    """Ours: the app makes four at most; every run has a seed of its own."""
    made = await do(
        anywhen("text_to_image"), "text-to-image", prompt="blue circle", num_images=6, seed=1
    )
    assert len(made.files) >= 6
    assert len({call.arguments["seed"] for call in made.calls}) == len(made.calls) == 2


async def test_a_picture_is_described(anywhen):
    """Observed: the tab for captions, not the one for questions."""
    made = await do(anywhen("visual_questions"), "image-to-text", image=shapes())
    assert made.text == "a white picture with 2 red and 1 blue on it"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many red circles are there?", "2"),
        ("What is the colour of the background?", "white"),
        ("Is there anything green?", "no"),
    ],
)
async def test_a_question_about_a_picture_is_answered(anywhen, question, answer):
    """Observed on every version."""
    app = anywhen("visual_questions")
    made = await do(app, "visual-question-answering", image=shapes(), question=question)
    assert made.text == answer
