"""Bindings as a whole: whatever is asked and whatever the app, the call is one it takes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace import recipes
from anyspace.schema import fit_arguments
from tests.recipes import apps
from tests.recipes.apps import TASK

APPS = [apps.flux(), apps.midjourney(), apps.chinese(), apps.gradio_3(), apps.cluttered()]

numbers = st.integers(-10, 2**70) | st.floats(-10, 1e9)
sizes = st.sampled_from(["16:9", "1024x768", "square", "2K", "auto", "x"])
values = st.fixed_dictionaries(
    {"prompt": st.text()},
    optional={
        "negative_prompt": st.text(),
        "width": numbers,
        "height": numbers,
        "seed": numbers,
        "num_inference_steps": numbers,
        "guidance_scale": numbers,
        "num_images": numbers,
        "randomize_seed": st.booleans(),
        "style": st.text(),
        "model": st.text(),
        "aspect_ratio": sizes,
        "resolution": sizes,
    },
)
words = st.text(max_size=12) | st.sampled_from(
    ["prompt", "Negative prompt", "seed", "Width", "高度", "steps", "Style", "image", "(", "a / b"]
)
kinds = st.sampled_from(
    [
        lambda name, label: apps.text(name, label, ""),
        lambda name, label: apps.number(name, label),
        lambda name, label: apps.slider(name, label, 0.5, 9, 0.5, None),
        lambda name, label: apps.switch(name, label, None),
        lambda name, label: apps.choice(name, label, ["1:1", "8-Step", 3]),
        lambda name, label: apps.image(name, label),
    ]
)


@pytest.mark.parametrize("described", APPS)
@given(values=values)
def test_what_is_laid_out_is_what_the_app_takes(described, values):
    """Ours: ranges, steps, choices and types hold for any value of the right kind."""
    binding = recipes.bind(described, TASK)

    arguments = binding.arguments(values)

    fit_arguments(binding.endpoint, (), arguments.kwargs)


@given(st.lists(st.tuples(kinds, words), max_size=8), values)
def test_no_endpoint_is_too_strange_to_judge(widgets, values):
    """Ours: strange labels are no reason to fail; each parameter goes to one field."""
    parameters = [kind(f"p{i}", label) for i, (kind, label) in enumerate(widgets)]
    described = apps.app(apps.endpoint("/run", parameters, [apps.gives("image")]))

    for binding in recipes.rank(described, TASK):
        taken = [bound.position for bound in binding.bound]
        assert len(set(taken)) == len(taken)
        assert 0 <= binding.score <= 1
        fit_arguments(binding.endpoint, (), binding.arguments(values).kwargs)


def test_a_binding_can_be_written_as_json():
    """Ours: the command line prints it with ``--json``."""
    binding = recipes.bind(apps.midjourney(), TASK)

    assert msgspec.json.decode(msgspec.json.encode(binding))["task"] == TASK
