"""Sizes that a caller gives, in the terms of an app that asks otherwise."""

from __future__ import annotations

import pytest

from anyspace import recipes
from tests.recipes import apps
from tests.recipes.apps import (
    TASK,
    choice,
    fit,
    sent,
    slider,
    text,
)


def test_sides_become_the_nearest_size_on_offer():
    """Observed: one dropdown "1024 × 768 (4:3)" instead of two sliders."""
    offered = ["1024 × 1024 (1:1)", "1344 × 768 (16:9)", "768 × 1344 (9:16)"]
    arguments = sent(fit(choice("size", "Resolution", offered)), width=1920, height=1080)

    assert arguments.kwargs["size"] == "1344 × 768 (16:9)"
    assert arguments.notes == (
        "resolution 1920x1080 → '1344 × 768 (16:9)': the nearest this Space offers",
    )


def test_sides_become_the_nearest_ratio_on_offer():
    """Observed: a radio of ratios instead of two sliders."""
    binding = fit(choice("ratio", "Aspect ratio", ["1:1", "16:9", "9:16"]))

    assert sent(binding, width=512, height=512).notes == (
        "aspect_ratio 512x512 → '1:1': the nearest this Space offers",
    )
    assert sent(binding, width=1080, height=1920).kwargs["ratio"] == "9:16"


def test_a_size_that_is_on_offer_exactly_needs_no_note():
    """Ours: a note says that something changed."""
    binding = fit(choice("size", "Resolution", ["512*512", "1024*1024"]))

    assert sent(binding, width=1024, height=1024).notes == ()


def test_one_side_alone_is_compared_alone():
    """Ours: what is not said cannot be wrong."""
    binding = fit(choice("size", "Resolution", ["512x768", "1024x768"]))

    assert sent(binding, width=1000).kwargs["size"] == "1024x768"
    assert sent(binding, height=768).kwargs["size"] == "512x768"


def test_one_side_says_nothing_about_a_ratio():
    """Ours: better the app's default than a guess."""
    arguments = sent(fit(choice("ratio", "Aspect ratio", ["1:1", "16:9"])), width=1000)

    assert arguments.kwargs == {"prompt": "a fox"}
    assert "aspect_ratio width 1000 is not offered" in arguments.notes[0]


def test_without_any_size_field_each_side_is_noted():
    """Ours: nothing is dropped in silence."""
    assert sent(fit(), width=512, height=512).notes == (
        "width is not offered by this Space and was left out",
        "height is not offered by this Space and was left out",
    )


def test_a_ratio_becomes_sides_of_the_usual_area():
    """Ours: as many pixels as the app makes by default."""
    arguments = sent(recipes.bind(apps.flux(), TASK), aspect_ratio="16:9")

    assert (arguments.kwargs["width"], arguments.kwargs["height"]) == (1376, 768)
    assert arguments.notes[0] == "aspect_ratio 16:9 → width 1368, height 768"


def test_a_resolution_becomes_sides():
    """Ours: OpenAI's callers say "1024x512"."""
    arguments = sent(recipes.bind(apps.flux(), TASK), resolution="1024x512")

    assert (arguments.kwargs["width"], arguments.kwargs["height"]) == (1024, 512)


def test_a_ratio_is_looked_for_among_sizes():
    """Ours: each says what the other asks."""
    binding = fit(choice("size", "Resolution", ["1024x1024", "1344x768"]))

    assert sent(binding, aspect_ratio="16:9").kwargs["size"] == "1344x768"


@pytest.mark.parametrize("value", ["huge", "16:9"])
def test_a_size_that_cannot_be_said_otherwise_is_noted(value):
    """Ours: no size in the text, or nowhere to put it."""
    assert sent(fit(), aspect_ratio=value).notes == (
        "aspect_ratio is not offered by this Space and was left out",
    )


def test_own_sides_are_set_free_where_the_ratio_rules_them():
    """Observed: width and height count only when the aspect ratio says "Custom"."""
    ratio = choice("aspect_ratio", "Aspect ratio", ["1024 x 1024", "896 x 1152", "Custom"])
    sides = slider("width", "", 256, 2048, 8, 1024), slider("height", "", 256, 2048, 8, 1024)

    arguments = sent(fit(ratio, *sides), width=512, height=768)

    assert arguments.kwargs["aspect_ratio"] == "Custom"
    assert arguments.notes == ("aspect_ratio → 'Custom': so that width and height count",)


def test_a_size_may_be_a_box_of_text_or_one_number():
    """Observed: "720*1280" typed by hand, and a slider "Image size"."""
    box = fit(text("size", "Image size", "720*1280"))
    one = fit(slider("size", "Image size", 256, 1024, 64, 512))

    assert sent(box, width=512, height=640).kwargs["size"] == "512*640"
    assert sent(box, resolution="large").kwargs["size"] == "large"
    assert sent(one, width=512, height=640).kwargs["size"] == 640
    assert sent(one, resolution="16:9").notes == (
        "resolution 16:9 was left out: this Space takes one number",
    )


def test_a_size_word_is_taken_as_a_choice():
    """Observed: sizes with names."""
    binding = fit(choice("size", "Image size", ["small", "large"]))

    assert sent(binding, resolution="Large").kwargs["size"] == "large"
    assert sent(binding, resolution="larg").kwargs["size"] == "large"
    assert "is not offered" in sent(binding, resolution="512x512").notes[0]


@pytest.mark.parametrize(
    "offered", [["0.25", "1", "2"], ["0.25 MP", "1 MP", "2 MP"], ["0.25MP", "1MP", "2MP"]]
)
def test_a_size_becomes_the_nearest_of_a_list_of_megapixels(offered):
    """Observed: the area is chosen, and the shape beside it or not at all."""
    binding = fit(choice("megapixels", "Megapixels", offered))

    assert sent(binding, width=1440, height=1440).kwargs["megapixels"] == offered[2]
    assert sent(binding, width=512, height=512).kwargs["megapixels"] == offered[0]
    assert sent(binding, width=512, height=512).notes == ()
    assert sent(binding, width=600, height=600).notes == (
        f"resolution 600x600 → {offered[0]!r}: the nearest this Space offers",
    )
    assert sent(binding, resolution="1 MP").kwargs["megapixels"] == offered[1]


def test_a_size_becomes_a_number_of_megapixels():
    """Observed: a slider from 0.25 to 4."""
    binding = fit(slider("mp", "Megapixels", 0.25, 4, 0.25, 1))
    arguments = sent(binding, width=1440, height=1440)

    assert arguments.kwargs["mp"] == 2
    assert arguments.notes == ("resolution 1440x1440 → 2 megapixels",)
    assert sent(binding, resolution=0.5).kwargs["mp"] == 0.5
    assert sent(binding, aspect_ratio="16:9").notes == (
        "resolution 16:9 was left out: this Space takes megapixels",
    )


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(["0.25", "1", "2"], "2"), (["720p", "1080p"], "1080p"), (["512", "1024", "1536"], "1536")],
)
def test_a_size_is_said_as_an_area_and_a_shape_where_the_app_asks_for_both(offered, chosen):
    """Observed: films come in "720p" and "16:9"; pictures in megapixels and a ratio."""
    area = choice("area", "Megapixels" if offered[0] == "0.25" else "Resolution", offered)
    ratio = choice("ratio", "Aspect ratio", ["1:1", "16:9", "9:16"])

    for order in ((area, ratio), (ratio, area)):
        for given in ({"width": 1920, "height": 1080}, {"resolution": "1920x1080"}):
            kwargs = sent(fit(*order), **given).kwargs
            assert (kwargs["area"], kwargs["ratio"]) == (chosen, "16:9")
    assert "ratio" not in sent(fit(area, ratio), width=512).kwargs
    assert "area" not in sent(fit(area, ratio), aspect_ratio="16:9").kwargs
    assert "ratio" not in sent(fit(area, ratio), resolution=offered[0]).kwargs


def test_a_preset_is_chosen_by_the_shape_that_its_name_tells():
    """Observed: presets as services name them; the words say which side is up."""
    presets = ["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_16_9"]
    binding = fit(choice("image_size", "Image Size", presets))

    assert sent(binding, width=1080, height=1920).kwargs["image_size"] == "portrait_16_9"
    assert sent(binding, width=768, height=1024).kwargs["image_size"] == "portrait_4_3"
    assert sent(binding, aspect_ratio="16:9").kwargs["image_size"] == "landscape_16_9"
    assert sent(binding, width=640, height=640).kwargs["image_size"] == "square_hd"
