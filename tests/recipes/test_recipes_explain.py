"""What a binding says of itself."""

from __future__ import annotations

import pytest

from anyspace import recipes
from tests.recipes import apps
from tests.recipes.apps import (
    TASK,
    fit,
    image,
    number,
    text,
)


def test_a_binding_explains_itself():
    """Ours: a user who does not trust the match can see why it was made."""
    lines = recipes.bind(apps.midjourney(), TASK).explain().splitlines()

    assert lines[0].startswith("text-to-image → /run (score 0.9")
    assert '  prompt → prompt: the name "prompt" and the label "Prompt"; as given' in lines
    assert any("in steps of 8" in line for line in lines)
    assert any(line.endswith("off when seed is given") for line in lines)
    assert any(line.endswith("on when negative_prompt is given") for line in lines)
    assert any(line.endswith("the nearest of 6 choices") for line in lines)
    assert '  because output 0 "Result" is a gallery, named like a result' in lines


def test_it_names_what_was_left_alone_and_what_to_heed():
    """Ours: warnings and unbound parameters are part of the explanation."""
    lines = fit(number("eta"), image("image")).explain().splitlines()

    assert "  left alone: eta" in lines
    assert any(line.startswith("  but image takes a file") for line in lines)


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        (number("seed"), "as given"),
        (number("seed", minimum=3), "wrapped into 3 to …"),
        (number("seed", maximum=9), "wrapped into … to 9"),
        (text("seed", "", "-1"), "as text"),
    ],
)
def test_what_becomes_of_a_number_is_said(parameter, words):
    """Ours: in words, for the explanation."""
    assert fit(parameter).find("seed").transform == words


def test_a_field_that_is_not_bound_is_not_found():
    """Ours: `find` answers None rather than raising."""
    assert fit().find("seed") is None
