"""Endpoints of many trades, and the choice that makes them do one."""

from __future__ import annotations

import pytest

from anyspace import recipes
from tests.recipes.apps import app, choice, endpoint, gives, image, text

TRADES = ["Caption", "Detailed Caption", "Object Detection", "OCR", "Segmentation"]


def reader(*parameters, task="document-ocr", outputs=None):
    outputs = outputs or [gives("textbox", "Output")]
    made = endpoint("/process_image", [image("image", "Picture"), *parameters], outputs)
    return recipes.bind(app(made), task)


def test_the_choice_that_names_the_task_is_sent_along():
    """Observed: one endpoint describes, reads and detects, by a dropdown."""
    binding = reader(choice("task_prompt", "Task", TRADES))

    assert binding.constants == {"task_prompt": "OCR"}
    assert binding.arguments({"image": 1}).kwargs == {"image": 1, "task_prompt": "OCR"}
    assert "  task_prompt = 'OCR': it does this task" in binding.explain()
    assert "left alone" not in binding.explain()
    assert binding.score >= 0.5


def test_a_caller_may_choose_another():
    """Ours: what is said outright goes before what is found."""
    binding = reader(choice("task_prompt", "Task", TRADES))

    assert binding.arguments({"image": 1, "task_prompt": "Caption"}).kwargs["task_prompt"] == (
        "Caption"
    )
    stated = recipes.bind(
        app(binding.endpoint), "document-ocr", overrides={"language": "task_prompt"}
    )
    assert stated.constants == {}


def test_a_default_that_names_the_task_is_left_alone():
    """Observed: most such apps describe unless told otherwise."""
    binding = reader(choice("task_prompt", "Task", TRADES), task="image-to-text")

    assert binding.constants == {}
    assert binding.score >= 0.5


def test_modes_of_other_tasks_only_speak_against_it():
    """Observed: the same dropdown has no entry for questions."""
    binding = reader(
        text("text", "Question"),
        choice("task_prompt", "Task", TRADES[2:]),
        task="visual-question-answering",
    )

    assert "its modes are all of other tasks" in binding.reasons


@pytest.mark.parametrize(
    "listed",
    [
        choice("model", "Model", ["plain", "reader-ocr-large"]),
        choice("model", "Model", [f"ocr {i}" for i in range(99)]),
        choice("kinds", "Task", ["OCR", "Caption"], multiple=True, default=["Caption"]),
    ],
)
def test_lists_of_things_are_no_modes(listed):
    """Observed: names of models and styles that have a task's word in them."""
    assert reader(listed).constants == {}


def test_outside_of_modes_only_the_very_word_counts():
    """Ours: a choice that is the task's own name needs no label to say so."""
    assert reader(choice("what", "", ["Boxes", "OCR"])).constants == {"what": "OCR"}


def test_a_trade_may_say_more_than_the_tasks_word():
    """Observed: "OCR (plain)", "OCR with region"."""
    binding = reader(choice("mode", "Mode", ["Caption it", "OCR (plain)"]))

    assert binding.constants == {"mode": "OCR (plain)"}


def test_a_trade_that_starts_from_what_has_to_be_said_is_not_chosen():
    """Observed: "Region to Segmentation" wants the region, as text."""
    listed = ["Caption", "Object Detection", "Region to Segmentation"]

    pictures = [gives("image", "Output")]
    binding = reader(choice("task", "Task", listed), task="image-segmentation", outputs=pictures)
    whole = reader(
        choice("task", "Task", [*listed, "Segmentation"]),
        task="image-segmentation",
        outputs=pictures,
    )

    assert binding.constants == {}
    assert whole.constants == {"task": "Segmentation"}
