"""Scenes: what a painter reads in a prompt."""

import pytest

from anyspace.demo._scene import Figure, read_scene


def test_known_words_set_hour_place_weather_and_figures():
    """Ours: the lexicon's aspects, on a prompt that has one word of each."""
    scene = read_scene("A ship on the snowy sea, at sunset")

    assert scene.hour == "sunset"
    assert scene.places == {"sea", "snow"}
    assert scene.weather == {"snow"}
    assert scene.figures == (Figure("ship"),)


@pytest.mark.parametrize(
    ("prompt", "figure", "dyes"),
    [
        ("a red fox in snow", Figure("fox", "25"), ()),
        ("a fox in a red forest", Figure("fox"), (25.0,)),
        ("a black and golden cat", Figure("cat", "85"), ()),
        ("a grey wolf", Figure("wolf", "grey"), ()),
    ],
)
def test_a_colour_dyes_the_figure_that_follows_it_or_else_the_picture(prompt, figure, dyes):
    """Ours: a colour belongs to a figure at most two words later."""
    scene = read_scene(prompt)

    assert scene.figures == (figure,)
    assert scene.dyes == dyes


@pytest.mark.parametrize("prompt", ["foxes", "two foxes", "FOX", "a fox,", "fox fox"])
def test_plurals_capitals_and_repeats_make_no_difference(prompt):
    """Ours: a word is looked up in lower case, also without its plural ending, and once."""
    assert read_scene(prompt).figures == (Figure("fox"),)


def test_irregular_plurals_in_y_are_found():
    """Found by looking at a picture: "poppies in a meadow" had no flowers."""
    assert read_scene("poppies in a meadow").figures == (Figure("flower"),)


def test_the_negative_prompt_takes_out_what_it_names():
    """Ours, after what a negative prompt means to diffusion models."""
    scene = read_scene("a fox in snow at night", "(foxes:1.3), snow, deformed")

    assert scene.figures == ()
    assert scene.places == scene.weather == frozenset()
    assert scene.hour == "night"


def test_an_unknown_prompt_has_a_hue_that_stays():
    """Ours: taken from a hash that is the same on every run, unlike Python's own hash()."""
    scene = read_scene("kubernetes")

    assert not scene.is_known
    assert scene.hue == 357
    assert read_scene("  Kubernetes! ").hue == scene.hue


@pytest.mark.parametrize("prompt", ["", "   ", "🦊", "!!!", "狐狸在雪中", "a" * 10_000])
def test_any_text_at_all_is_a_scene(prompt):
    """Ours: a prompt comes from strangers."""
    assert 0 <= read_scene(prompt).hue < 360
