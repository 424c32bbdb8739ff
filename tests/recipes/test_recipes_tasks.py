"""Which tasks there are, and what happens with one that there is not."""

import pytest

from anyspace import recipes
from anyspace._errors import BindingError
from anyspace.recipes._arguments import lay_out
from anyspace.recipes._task import Field, Kind, Media, Outcome, Task
from tests.recipes import apps


def test_tasks_are_named_as_on_the_hub():
    """Ours: a Space's pipeline tag is the key."""
    assert "text-to-image" in recipes.task_names()


def test_fields_are_named_as_in_the_hubs_client():
    """huggingface_hub.InferenceClient.text_to_image; moving over should be an import."""
    theirs = {"prompt", "negative_prompt", "height", "width", "num_inference_steps"}
    theirs |= {"guidance_scale", "model", "scheduler", "seed"}

    assert theirs <= set(recipes.field_names("text-to-image"))


def test_a_field_is_known_by_its_aliases_too():
    """Ours: callers come with the words of other libraries."""
    assert recipes.field_for("chat-completion", "max_new_tokens") == "max_tokens"
    assert recipes.field_for("chat-completion", "max_tokens") == "max_tokens"
    assert recipes.field_for("chat-completion", "colour") is None


def test_what_a_task_makes_is_known_beforehand():
    """For who describes it before any Space is asked."""
    assert recipes.result_media("text-to-image") is recipes.Media.IMAGE
    assert recipes.result_media("translation") is recipes.Media.TEXT


@pytest.mark.parametrize(
    ("task", "hint"),
    [("text2image", "did you mean text-to-image?"), ("cooking", "there is one for text-to-image")],
)
def test_an_unknown_task_is_refused_with_the_nearest(task, hint):
    """Ours: the same words from `bind` and `field_names`."""
    with pytest.raises(BindingError) as caught:
        recipes.bind(apps.flux(), task)

    assert hint in str(caught.value)
    with pytest.raises(BindingError):
        recipes.field_names(task)


def test_a_task_without_sizes_is_laid_out_without_them():
    """Ours: the engine knows tasks only by their data."""
    said = Field(name="text", kind=Kind.TEXT, words={1.0: "text"})
    outcome = Outcome(
        media=Media.AUDIO, components={"audio": 1.0}, foreign=frozenset(), good="", bad=""
    )
    task = Task(
        name="speech",
        fields=(said,),
        needs=("text",),
        outcome=outcome,
        calls={1.0: "speak"},
        others="",
    )
    speak = apps.endpoint("/speak", [apps.text("line")], [apps.gives("audio")])

    assert lay_out(task, speak, {"text": 0}, {"text": "hello"}).kwargs == {"line": "hello"}


def test_a_field_tells_what_sort_of_value_it_holds():
    """Ours: command lines and forms are made from it."""
    assert recipes.field_kind("image-to-image", "image") is recipes.Kind.IMAGE
    assert recipes.field_kind("text-to-image", "seed") is recipes.Kind.INTEGER
