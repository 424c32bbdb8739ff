"""What changes from one Space to another. The rules are ours."""

from __future__ import annotations

import msgspec
import pytest

from anyspace.recipes import bind, compare
from tests.recipes import apps
from tests.recipes.apps import choice, number, slider, switch, text

TASK = "text-to-image"


def swap(before, after):
    """Compare two apps with one endpoint of these parameters each."""
    one = apps.app(apps.endpoint("/infer", before, [apps.gives("image", "Result")]))
    other = apps.app(apps.endpoint("/run", after, [apps.gives("gallery", "Result")]))
    return compare(bind(one, TASK), bind(other, TASK))


def told(found):
    return {
        (c.before, c.after): (c.change, {e.kind: e.text for e in c.effects})
        for c in found.arguments
    }


def test_arguments_are_matched_by_what_they_are_for():
    """The field first; then the name, then the label, for what no field covers."""
    found = told(
        swap(
            [text("prompt", "Prompt"), text("sauce", "Sauce", ""), text("a", "Same label", "")],
            [text("text", "Prompt"), text("sauce", "Other", ""), text("b", "Same Label", "")],
        )
    )
    assert found == {
        ("prompt", "text"): ("renamed", {}),
        ("sauce", "sauce"): ("kept", {}),
        ("a", "b"): ("renamed", {}),
    }


def test_what_only_one_of_them_has_is_dropped_or_added():
    """With what the new one does when it is left out."""
    found = told(
        swap(
            [
                text("prompt", "Prompt"),
                slider("steps", "Number of inference steps", 1, 50, 1, 4),
                slider("width", "Width", 256, 2048, 32, 1024),
            ],
            [text("prompt", "Prompt"), choice("style", "Style", ["Photo", "Oil"])],
        )
    )
    assert found[("", "style")] == ("added", {"default": "default 'Photo'"})
    assert found[("steps", "")] == ("dropped", {})
    assert found[("width", "")] == ("dropped", {})


def test_a_parameter_that_must_be_given_is_told():
    """The old calls will not do."""
    found = told(swap([text("prompt", "Prompt")], [text("prompt", "Prompt"), text("x", "Thing")]))
    assert found[("", "x")] == ("added", {"default": "required"})


@pytest.mark.parametrize(
    ("before", "after", "effects"),
    [
        ((256, 2048, 32, 1024), (512, 2048, 32, 1024), {"clamped": "range 256..2048 → 512..2048"}),
        ((256, 2048, 32, 1024), (256, 1024, 32, 1024), {"clamped": "range 256..2048 → 256..1024"}),
        ((256, 1024, 32, 1024), (128, 2048, 32, 1024), {}),
        ((256, 2048, 32, 1024), (256, 2048, 8, 1024), {"stepped": "in steps of 8, not 32"}),
        ((256, 2048, 32, 1024), (256, 2048, 32, 512), {"default": "default 1024 → 512"}),
    ],
)
def test_ranges_steps_and_defaults_are_compared(before, after, effects):
    """Only what narrows a range is told of it."""
    found = swap(
        [text("prompt", "Prompt"), slider("width", "Width", *before)],
        [text("prompt", "Prompt"), slider("width", "Width", *after)],
    )
    assert told(found)[("width", "width")] == ("kept", effects)


def test_a_range_that_was_open_is_told():
    """A number box takes any number, a slider does not."""
    found = swap(
        [
            text("prompt", "Prompt"),
            msgspec.structs.replace(number("width", "Width", 64), step=None),
        ],
        [text("prompt", "Prompt"), slider("width", "Width", 16, 512, 16, 64)],
    )
    assert told(found)[("width", "width")][1] == {
        "clamped": "range any → 16..512",
        "stepped": "in steps of 16",
    }


def test_other_choices_are_told_with_those_that_are_gone():
    """A few of them; long lists are cut short."""
    many = [f"style {number}" for number in range(9)]
    found = swap(
        [text("prompt", "Prompt"), choice("style", "Style", ["Photo", "style 1"])],
        [text("prompt", "Prompt"), choice("style", "Style", many)],
    )
    effects = told(found)[("style", "style")][1]
    shown = "one of style 0, style 1, style 2, style 3, style 4, style 5 and 3 more"
    assert effects["choices"] == f"{shown}; without Photo"


def test_another_kind_of_value_is_told():
    """And what was required before, and is not any more."""
    found = swap(
        [text("prompt", "Prompt"), text("seed", "Seed")],
        [text("prompt", "Prompt"), number("seed", "Seed", 0)],
    )
    assert told(found)[("seed", "seed")][1] == {
        "retyped": "a textbox (string) → number (number)",
        "stepped": "in steps of 1",
        "default": "required → 0",
    }


@pytest.mark.parametrize(
    ("before", "after", "resized"),
    [
        (
            [slider("width", "Width", 1, 9, 1, 5), slider("height", "Height", 1, 9, 1, 5)],
            [choice("ratio", "Aspect ratio", ["1:1", "16:9"])],
            {("width", "ratio"), ("height", "ratio")},
        ),
        (
            [choice("ratio", "Aspect ratio", ["1:1", "16:9"])],
            [slider("width", "Width", 1, 9, 1, 5), slider("height", "Height", 1, 9, 1, 5)],
            {("ratio", "width, height")},
        ),
    ],
)
def test_a_size_is_said_in_other_terms(before, after, resized):
    """A ratio for width and height, and the other way round."""
    found = swap([text("prompt", "Prompt"), *before], [text("prompt", "Prompt"), *after])
    assert {places for places, (change, _) in told(found).items() if change == "resized"} == resized


def test_nothing_changes_but_the_address():
    """Also when only the help texts differ."""
    parameters = [text("prompt", "Prompt"), switch("fast", "Fast")]
    app = apps.app(apps.endpoint("/infer", parameters, [apps.gives("image", "Result")]))
    assert compare(bind(app, TASK), bind(app, TASK)).same
    assert not swap(parameters, parameters).same


def test_long_defaults_are_cut_short():
    """Negative prompts fill pages."""
    found = swap(
        [text("prompt", "Prompt")], [text("prompt", "Prompt"), text("x", "X", "long " * 99)]
    )
    (effect,) = told(found)[("", "x")][1].values()
    assert len(effect) < 80
    assert effect.endswith("…")
