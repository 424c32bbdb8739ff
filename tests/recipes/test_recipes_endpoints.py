"""Which endpoint of an app does the task, and what speaks for and against each."""

from __future__ import annotations

import pytest

from anyspace import recipes
from anyspace._errors import BindingError
from anyspace.schema import Visibility
from tests.recipes import apps
from tests.recipes.apps import (
    TASK,
    app,
    bound,
    endpoint,
    fit,
    gives,
    image,
    number,
    slider,
    text,
    widget,
)


def test_the_one_that_makes_pictures_of_text_is_found_among_clutter():
    """Observed: apps expose sliders that change sliders, previews and example loaders."""
    binding = recipes.bind(apps.cluttered(), TASK)

    assert binding.endpoint.name == "/generate_image"
    assert binding.score > 0.9


def test_all_that_could_serve_are_ranked_with_the_best_first():
    """Ours: the pool falls back along this list."""
    ranked = [b.endpoint.name for b in recipes.rank(apps.cluttered(), TASK)]

    assert ranked[0] == "/generate_image"
    assert set(ranked[1:]) == {"/update_preview", "/load_example", "/edit_image"}


def test_an_app_without_any_says_what_was_missing():
    """Ours: the error names the nearest endpoint first, and why it is out."""
    with pytest.raises(BindingError) as caught:
        recipes.bind(apps.speech(), TASK)

    assert caught.value.candidates == (
        ("/remove_background", "no parameter takes the prompt"),
        ("/speak", "no output can hold the result"),
    )
    assert "/remove_background: no parameter takes the prompt" in str(caught.value)


def test_an_app_without_endpoints_says_so():
    """Ours: Gradio serves apps that are only a page."""
    with pytest.raises(BindingError, match="the app has none that can be called"):
        recipes.bind(app(), TASK)


def test_an_endpoint_number_stands_for_a_name_before_gradio_4():
    """Observed: apps of Gradio 3 whose endpoints have no names."""
    binding = recipes.bind(apps.gradio_3(), TASK)

    assert binding.endpoint.name == "1"
    assert bound(binding) == {
        "prompt": "enter_your_prompt",
        "negative_prompt": "negative_prompt",
        "num_inference_steps": "sampling_steps",
        "seed": "seed",
    }


def test_one_that_wants_a_picture_is_not_relied_on():
    """Observed: image editors have a prompt and give a picture, too."""
    editor = [image("image", "Image"), text("prompt", "Prompt"), number("steps", default=20)]
    binding = recipes.bind(app(endpoint("/infer", editor, [gives("image")])), TASK)

    assert binding.score < 0.5
    assert binding.warnings == (
        "image takes a file and has no default: none is sent unless it is given",
    )


@pytest.mark.parametrize(
    ("extra", "least"),
    [
        (image("image", "Image (optional)"), 0.6),
        (image("image", "Image", required=False), 0.6),
        (image("image", "Image"), 0.4),
    ],
)
def test_a_picture_that_may_be_left_out_weighs_little(extra, least):
    """Observed: one endpoint for both, where the picture switches to editing."""
    sizes = (
        slider("width", "Width", 256, 2048, 8, 1024),
        slider("height", "", 256, 2048, 8, 1024),
    )
    binding = fit(*sizes, extra)

    assert least < binding.score < fit(*sizes).score
    assert binding.find("image").parameter == "image"


def test_the_gallery_of_earlier_results_is_no_wanted_picture():
    """Observed: the result gallery is also an input, so that new pictures are added."""
    history = image("gallery", "Results", component="gallery", required=False, default=[])
    outputs = [gives("gallery", "Results")]

    assert fit(history, outputs=outputs).score > 0.8


def test_the_words_of_another_task_count_against_it():
    """Observed: an "Edit" button on an endpoint whose parameters are those of a generator."""
    edits = fit(triggers=(("button", "Edit image", "click"),))

    assert edits.score < fit().score
    assert '"Edit image" speaks of another task' in edits.reasons


def test_a_film_with_frames_beside_it_is_not_relied_on():
    """Observed: video apps return the film first, then frames and downloads."""
    binding = fit(outputs=[gives("video"), gives("file"), gives("imageslider", "Frames")])

    assert binding.output.index == 2
    assert binding.score < 0.5


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            {"visibility": Visibility.UNDOCUMENTED},
            "the app leaves it out of its documentation",
        ),
        ({"streaming": True}, "each call is one piece of a stream"),
        (
            {"triggers": (("slider", "Seed", "change"),)},
            'it runs by itself (slider "Seed", change)',
        ),
        ({"triggers": (("app", "", "load"),)}, "it runs by itself (app, load)"),
        ({"triggers": (("button", "Clear", "click"),)}, 'the button "Clear" runs it'),
        ({"triggers": (("dataset", "", "click"),)}, "clicking an example runs it"),
        ({"api_name": "/clear"}, "its name /clear is one of housekeeping"),
    ],
)
def test_what_speaks_against_an_endpoint_is_said(more, why):
    """Ours: every factor of the score leaves its reason."""
    made = endpoint("/infer", [text("prompt")], [gives("image")])
    parameters = {"api_name": "/infer", "fn_index": 0, "parameters": made.parameters}
    worse = type(made)(**{**parameters, "outputs": made.outputs, "triggers": apps.RUN, **more})

    binding = recipes.bind(app(worse), TASK)

    assert why in binding.reasons
    assert binding.score < recipes.bind(app(made), TASK).score


@pytest.mark.parametrize(
    ("trigger", "why"),
    [
        (("button", "✨", "click"), 'the button "✨" runs it'),
        (("textbox", "Prompt", "submit"), "pressing Enter in a text box runs it"),
    ],
)
def test_what_runs_it_is_said(trigger, why):
    """Ours: a button without words and the Enter key both start work."""
    assert why in fit(triggers=(trigger,)).reasons


def test_a_step_in_a_chain_is_neither_good_nor_bad():
    """Observed: the work is often done in a ``.then()`` after a button."""
    chained = fit(triggers=(("app", "", "then"),))

    assert fit(triggers=(("dataset", "", "click"),)).score < chained.score < fit().score


def test_an_unnamed_endpoint_comes_after_a_named_twin():
    """Ours: numbers change with the app's next edit, names seldom."""
    parameters, outputs = [text("prompt")], [gives("image")]
    unnamed = endpoint("", parameters, outputs, fn_index=3, visibility=Visibility.UNNAMED)
    named = endpoint("/run_2", parameters, outputs)

    assert recipes.bind(app(unnamed, named), TASK).endpoint.name == "/run_2"


def test_a_name_of_work_and_housekeeping_still_counts():
    """Observed: handlers called update_and_generate."""
    binding = recipes.bind(
        app(endpoint("/update_and_generate", [text("prompt")], [gives("image")])), TASK
    )

    assert "its name /update_and_generate speaks of the task" in binding.reasons


def test_a_name_that_says_nothing_is_passed_over():
    """Observed: apps whose handler is a lambda."""
    binding = recipes.bind(app(endpoint("/lambda", [text("prompt")], [gives("image")])), TASK)

    assert binding.score > 0.5
    assert not any("its name" in reason for reason in binding.reasons)


def test_a_near_rival_is_warned_of_but_not_a_twin():
    """Observed: the same call wired twice; and two models on one page."""
    outputs, seed = [gives("image")], number("seed", default=1)
    first = endpoint("/run", [text("prompt"), seed], outputs)
    twin = endpoint("/run_1", [text("prompt"), seed], outputs)
    rival = endpoint("/run_2", [text("prompt"), number("steps", default=4)], outputs)
    worse = endpoint("/run_3", [text("prompt")], outputs)

    binding = recipes.bind(app(first, twin, rival, worse), TASK)

    assert binding.endpoint.name == "/run"
    assert binding.warnings == (f"/run_2 fits nearly as well ({binding.score:.2f})",)


def test_an_app_that_wants_a_token_is_warned_of():
    """Ours: from Gradio 6.21 an endpoint says whose quota it uses."""
    assert fit(oauth_token="required").warnings == ("it wants the caller's own token",)


def test_an_endpoint_that_hardly_fits_is_taken_only_by_name():
    """Ours: nobody should get an example loader by surprise."""
    loader = endpoint(
        "/load_example",
        [widget("param_0", "", "dataset"), text("prompt")],
        [gives("image")],
        triggers=(("dataset", "", "click"),),
    )

    with pytest.raises(BindingError, match=r"the nearest is /load_example: score 0\.0"):
        recipes.bind(app(loader), TASK)
    assert recipes.bind(app(loader), TASK, endpoint="/load_example").score < 0.15


def test_a_file_or_text_that_the_caller_has_is_no_obstacle():
    """Observed: makers of portraits, which do nothing without a face."""
    plain = endpoint("/generate_image", [text("prompt", "Prompt")], [gives("image", "Result")])
    face = endpoint(
        "/generate_portrait",
        [text("prompt", "Prompt"), image("face_image", "Face image")],
        [gives("image", "Result")],
        fn_index=1,
    )
    both = app(plain, face)

    assert recipes.bind(both, TASK).endpoint is plain
    assert recipes.bind(app(face), TASK).score < 0.5
    assert recipes.bind(both, TASK, wants=["prompt", "image"]).endpoint is face
    assert recipes.bind(app(face), TASK, wants=["prompt", "image"]).score >= 0.5
    ask = endpoint(
        "/describe", [image("image", "Image"), text("question", "Question")], [gives("textbox")]
    )
    silent, asking = (
        recipes.bind(app(ask), "image-to-text", wants=wants).score
        for wants in (["image"], ["image", "question"])
    )
    assert silent < asking
