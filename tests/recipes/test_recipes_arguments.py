"""What is sent for a caller's values, and what is noted on the way."""

from __future__ import annotations

import pytest

from anyspace import recipes
from anyspace._errors import ArgumentError
from anyspace.schema import Choice
from tests.recipes import apps
from tests.recipes.apps import (
    MAX_SEED,
    TASK,
    bound,
    choice,
    fit,
    image,
    number,
    sent,
    slider,
    switch,
    text,
    widget,
)


def test_only_what_must_be_said_is_sent():
    """Ours: defaults stay the app's, so that its next edit counts."""
    assert sent(recipes.bind(apps.flux(), TASK)).kwargs == {
        "prompt": "a fox",
        "randomize_seed": True,
    }


def test_parameters_without_a_default_are_filled():
    """Ours: the wire wants a value for each; Gradio refuses a missing one."""
    binding = fit(
        image("photo", "Photo (optional)"),
        slider("eta", "Eta", 0.5, 1, 0.1, None),
        number("gamma", "Gamma"),
        choice("mood", "Mood", ["calm", "wild"], default=None, required=True),
        choice("tags", "Tags", ["a", "b"], default=None, required=True, multiple=True),
        switch("tile", "Tile", None),
        text("suffix", "Suffix"),
        widget("blob", "Blob", "json"),
    )

    assert sent(binding).kwargs == {
        "prompt": "a fox",
        "photo": None,
        "eta": 0.5,
        "gamma": 0,
        "mood": "calm",
        "tags": ["a"],
        "tile": False,
        "suffix": "",
        "blob": None,
    }


def test_a_seed_switches_its_randomiser_off():
    """Observed: with the randomiser on, the app draws its own seed whatever was sent."""
    assert sent(recipes.bind(apps.flux(), TASK), seed=7).kwargs == {
        "prompt": "a fox",
        "seed": 7,
        "randomize_seed": False,
    }


@pytest.mark.parametrize("seed", [None, -1])
def test_no_seed_switches_it_on(seed):
    """Ours: -1 is what most apps mean by "draw one"."""
    randomize = switch("randomize_seed", "", False)
    binding = fit(slider("seed", "Seed", 0, MAX_SEED, 1, 0), randomize)

    assert sent(binding, seed=seed).kwargs == {"prompt": "a fox", "randomize_seed": True}


def test_no_seed_leaves_the_default_where_there_is_no_switch():
    """Ours: the app's own default may well mean "draw one"."""
    assert sent(fit(number("seed", "Seed", -1))).kwargs == {"prompt": "a fox"}


def test_a_switch_that_keeps_the_seed_goes_the_other_way():
    """Observed: "Use fixed seed" instead of "Randomize seed"."""
    binding = fit(number("seed", "Seed", 0), switch("use_seed", "Use seed"))

    assert sent(binding, seed=3).kwargs["use_seed"] is True
    assert sent(binding).kwargs["use_seed"] is False


def test_the_caller_may_set_a_switch_himself():
    """Ours: what is said outright is never second-guessed."""
    kwargs = sent(recipes.bind(apps.flux(), TASK), seed=7, randomize_seed=True).kwargs

    assert kwargs["randomize_seed"] is True


def test_a_switch_may_be_a_choice_of_yes_and_no():
    """Observed: radios where others have a checkbox."""
    radio = choice("randomize_seed", "Randomize seed", ["Yes", "No"])
    binding = fit(number("seed", "Seed", 0), radio)

    assert sent(binding, seed=1).kwargs["randomize_seed"] == "No"
    assert sent(binding).kwargs["randomize_seed"] == "Yes"


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("seed_mode", ["Random", "Fixed"]),
        ("seed_mode", ["Custom seed", "Random seed"]),
        ("fix_seed", ["random", "fixed"]),
    ],
)
def test_a_switch_may_be_a_choice_of_ways(name, ways):
    """Observed: a list of "Random" and "Fixed" instead of a checkbox."""
    binding = fit(number("seed", "Seed", 1), choice(name, "Seed mode", ways))
    kept = next(way for way in ways if "andom" not in way)
    drawn = next(way for way in ways if "andom" in way)

    assert sent(binding, seed=7).kwargs[name] == kept
    assert sent(binding).kwargs[name] == drawn
    assert sent(binding, seed=7).draw is sent(binding).draw is None


def test_a_choice_that_does_not_say_whether_a_seed_is_drawn_is_no_switch():
    """Ours: two other choices say nothing of it."""
    binding = fit(number("seed", "Seed", 1), choice("seed_mode", "Seed mode", ["A", "B"]))

    assert bound(binding) == {"prompt": "prompt", "seed": "seed"}


def test_a_randomiser_without_a_seed_keeps_its_default():
    """Ours: there is nothing that it would override."""
    assert sent(fit(switch("randomize_seed", "Randomize seed", True)), seed=5).kwargs == {
        "prompt": "a fox"
    }


def test_a_negative_prompt_switches_its_box_on():
    """Observed: without the switch the app ignores the negative prompt."""
    made = fit(text("negative_prompt", "", ""), switch("use_negative_prompt"))

    assert sent(made, negative_prompt="blur").kwargs == {
        "prompt": "a fox",
        "negative_prompt": "blur",
        "use_negative_prompt": True,
    }
    assert "use_negative_prompt" not in sent(made).kwargs
    assert "use_negative_prompt" not in sent(made, negative_prompt="").kwargs


def test_a_seed_beyond_the_range_is_wrapped_into_it():
    """Ours: two different seeds should not become one."""
    arguments = sent(fit(slider("seed", "Seed", 0, 99, 1, 0)), seed=1234)

    assert arguments.kwargs["seed"] == 34
    assert arguments.notes == ("seed 1234 → 34: wrapped into what this Space takes",)


def test_a_seed_below_a_range_without_end_stops_there():
    """Ours: nothing to wrap into."""
    assert sent(fit(number("seed", "Seed", 5, minimum=5)), seed=1).kwargs["seed"] == 5


def test_a_seed_in_a_text_box_is_sent_as_text():
    """Observed: ``seed`` as a Textbox with "-1"."""
    assert sent(fit(text("seed", "Seed", "-1")), seed=42).kwargs["seed"] == "42"


@pytest.mark.parametrize(
    ("width", "expected", "note"),
    [
        (3000, 2048, "width 3000 → 2048: the largest this Space takes"),
        (100, 256, "width 100 → 256: the smallest this Space takes"),
        (1000, 992, "width 1000 → 992: this Space goes in steps of 32"),
        (1008, 1024, "width 1008 → 1024: this Space goes in steps of 32"),
        (512, 512, None),
        ("512", 512, None),
        (512.0, 512, None),
    ],
)
def test_a_side_is_brought_into_range_and_step(width, expected, note):
    """Ours: an app answers a value out of range with an error."""
    arguments = sent(recipes.bind(apps.flux(), TASK), width=width)

    assert arguments.kwargs["width"] == expected
    assert isinstance(arguments.kwargs["width"], int)
    assert arguments.notes == ((note,) if note else ())


def test_the_last_step_stays_below_the_maximum():
    """Ours: a maximum need not be a multiple of the step."""
    assert sent(fit(slider("width", "", 256, 1000, 64, 512)), width=1000).kwargs["width"] == 960


def test_guidance_keeps_its_fraction_and_whole_steps_make_whole_numbers():
    """Ours: 0.1 + 0.2 must not reach the app as 0.30000000000000004."""
    guidance = fit(slider("guidance_scale", "", 0.1, 20, 0.1, 6))
    whole = fit(slider("guidance_scale", "", 0, 20, 1, 6))

    assert sent(guidance, guidance_scale=0.30000001).kwargs["guidance_scale"] == 0.3
    assert sent(whole, guidance_scale=7.4).kwargs["guidance_scale"] == 7


def test_the_step_of_a_number_box_is_not_a_rule():
    """Observed: gr.Number says step=1 by default and takes 3.5 all the same."""
    assert sent(fit(number("guidance_scale", "", 3.0)), guidance_scale=4.5).kwargs == {
        "prompt": "a fox",
        "guidance_scale": 4.5,
    }


def test_whole_numbers_stay_whole_in_a_number_box():
    """Ours: half a step is no step."""
    arguments = sent(fit(number("steps", "Steps", 20)), num_inference_steps=9.6)

    assert arguments.kwargs["steps"] == 10
    assert arguments.notes == ("num_inference_steps 9.6 → 10: this Space takes whole numbers",)


def test_steps_on_offer_as_choices_take_the_nearest():
    """Observed: distilled models with 1, 2, 4 or 8 steps."""
    binding = fit(choice("ckpt", "Inference steps", ["1-Step", "4-Step", "8-Step"]))
    arguments = sent(binding, num_inference_steps=5)

    assert arguments.kwargs["ckpt"] == "4-Step"
    assert arguments.notes == ("num_inference_steps 5 → '4-Step': the nearest this Space offers",)
    assert sent(binding, num_inference_steps=8).notes == ()


def test_a_field_that_is_not_offered_is_noted():
    """Ours: nothing is dropped in silence."""
    assert sent(recipes.bind(apps.flux(), TASK), negative_prompt="blur").notes == (
        "negative_prompt is not offered by this Space and was left out",
    )


def test_one_picture_needs_no_note_where_one_is_what_comes():
    """Ours: callers say n=1 by habit."""
    binding = recipes.bind(apps.flux(), TASK)

    assert sent(binding, num_images=1).notes == ()
    assert sent(binding, num_images=1).runs == 1


def test_several_pictures_take_several_runs_where_one_is_what_comes():
    """Ours: nothing is run here, so the number of runs is left to the caller."""
    arguments = sent(recipes.bind(apps.flux(), TASK), num_images=2)

    assert arguments.runs == 2
    assert arguments.notes == ("num_images 2: it takes 2 runs, this Space makes 1 at a time",)


def test_several_pictures_go_to_the_slider_of_pictures():
    """Observed: num_images_per_prompt, batch size, number of outputs."""
    binding = fit(slider("num_images_per_prompt", "Number of images", 1, 4, 1, 1))

    assert sent(binding, num_images=3).kwargs["num_images_per_prompt"] == 3
    assert sent(binding, num_images=3).runs == 1


def test_more_pictures_than_the_slider_has_are_spread_evenly_over_runs():
    """Ours: nine of at most four are three times three, and not four, four and one."""
    binding = fit(slider("num_images_per_prompt", "Number of images", 1, 4, 1, 1))
    arguments = sent(binding, num_images=9)

    assert arguments.kwargs["num_images_per_prompt"] == 3
    assert arguments.runs == 3
    assert arguments.notes == ("num_images 9: it takes 3 runs, this Space makes 4 at a time",)


@pytest.mark.parametrize(
    ("count", "runs", "each", "note"),
    [
        (4, 1, "4", ()),
        (3, 1, "4", ("num_images 3 → 4: this Space makes 1, 2, 4 at a time",)),
        (
            9,
            3,
            "4",
            (
                "num_images 9: it takes 3 runs, this Space makes 4 at a time",
                "num_images 9 → 12: this Space makes 1, 2, 4 at a time",
            ),
        ),
    ],
)
def test_a_choice_of_amounts_gives_at_least_what_was_asked_for(count, runs, each, note):
    """Ours: fewer pictures than were asked for would be worse than more."""
    arguments = sent(fit(choice("n", "Number of images", ["1", "2", "4"])), num_images=count)

    assert (arguments.runs, arguments.kwargs["n"], arguments.notes) == (runs, each, note)


def test_several_styles_are_picked_where_several_may_be():
    """Observed: a group of checkboxes; elsewhere the first one counts."""
    group = choice("styles", "Styles", ["Anime", "Film"], multiple=True, default=[])
    one = choice("style", "Style", ["Anime", "Film"])

    assert sent(fit(group), style=["film", "Anime"]).kwargs["styles"] == ["Film", "Anime"]
    assert sent(fit(group), style=["film", "zzz"]).kwargs["styles"] == ["Film"]
    assert "zzz is not offered" in sent(fit(group), style=["film", "zzz"]).notes[0]
    assert "styles" not in sent(fit(group), style=["zzz"]).kwargs
    single = sent(fit(one), style=["film", "Anime"])
    assert single.kwargs["style"] == "Film"
    assert single.notes == ("style takes one here: 1 more were left out",)


@pytest.mark.parametrize(
    ("style", "expected", "note"),
    [
        ("Anime", "anime-v3", None),
        ("anime-v3", "anime-v3", None),
        ("ANIME", "anime-v3", None),
        ("animé", "anime-v3", None),
        ("oil", "Oil painting", "style oil → 'Oil painting': the nearest this Space offers"),
        (
            "oil pain",
            "Oil painting",
            "style oil pain → 'Oil painting': the nearest this Space offers",
        ),
    ],
)
def test_a_style_is_matched_to_a_choice(style, expected, note):
    """Ours: by value, by label, by its words, by its letters."""
    binding = fit(choice("style", "Style", ["Photo", Choice("Anime", "anime-v3"), "Oil painting"]))
    arguments = sent(binding, style=style)

    assert arguments.kwargs["style"] == expected
    assert arguments.notes == ((note,) if note else ())


@pytest.mark.parametrize("style", ["watercolour", "!!"])
def test_a_style_that_is_not_there_is_left_out_with_what_is(style):
    """Ours: the app would refuse it."""
    binding = fit(choice("style", "Style", [f"s{i}" for i in range(9)]))
    arguments = sent(binding, style=style)

    assert arguments.kwargs == {"prompt": "a fox"}
    assert arguments.notes == (
        f"style {style} is not offered by this Space and was left out; it has "
        "'s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7' and 1 more",
    )


def test_open_choices_take_anything():
    """Observed: dropdowns with ``allow_custom_value``, and model names in a text box."""
    lora = choice("style", "Style", ["a", "b"], open_choices=True)
    many = choice("style", "Style", ["a", "b"], open_choices=True, multiple=True)

    assert sent(fit(lora), style="watercolour").kwargs["style"] == "watercolour"
    assert sent(fit(many), style="watercolour").kwargs["style"] == ["watercolour"]
    assert sent(fit(many), style="b").kwargs["style"] == ["b"]
    assert sent(fit(text("model", "Model", "x")), model="y").kwargs["model"] == "y"


def test_a_picture_goes_through_as_it_is():
    """Ours: the client makes files, the binding does not."""
    picture = apps.Picture("cat.png")

    assert sent(fit(image("image", required=False)), image=picture).kwargs["image"] is picture


def test_a_parameter_without_a_field_may_be_given_by_its_own_name():
    """Ours: everything that an app offers can be reached."""
    binding = fit(slider("lora_scale", "LoRA scale", 0, 2, 0.1, 1))

    assert sent(binding, lora_scale=0.5).kwargs == {"prompt": "a fox", "lora_scale": 0.5}


def test_a_parameter_with_a_field_is_that_field_by_its_own_name():
    """Ours: who reads the app's page uses the app's names; its range holds all the same."""
    binding = fit(slider("n_steps", "Number of steps", 1, 50, 1, 4))

    assert binding.find("num_inference_steps").parameter == "n_steps"
    assert sent(binding, n_steps=99).kwargs == {"prompt": "a fox", "n_steps": 50}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"prompt": 3}, "prompt takes text, not int"),
        ({}, "prompt is missing"),
        ({"prompt": "x", "width": "wide"}, "width takes a number, not 'wide'"),
        ({"prompt": "x", "width": True}, "width takes a number, not True"),
        ({"prompt": "x", "width": float("nan")}, "width takes a number, not nan"),
        ({"prompt": "x", "randomize_seed": "yes"}, "randomize_seed takes True or False, not 'yes'"),
        ({"prompt": "x", "widht": 3}, "widht: no such field; did you mean width?"),
        ({"prompt": "x", "qqq": 3}, "qqq: no such field; there are prompt, negative_prompt"),
    ],
)  # fmt: skip
def test_values_and_names_that_cannot_be_are_refused_together(values, problem):
    """Ours: a wrong call is the caller's to mend, before anything is sent."""
    with pytest.raises(ArgumentError) as caught:
        recipes.bind(apps.flux(), TASK).arguments(values)

    assert problem in str(caught.value)
    assert caught.value.endpoint == "/infer"
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("low", "high", "asked", "expected"),
    [(0.5, 9.0, 0, 1), (1.0, 9.5, 9.5, 9), (0.2, 0.7, 0, 0.2), (1.0, 9.0, 4.4, 4)],
)
def test_rounding_never_leaves_the_range(low, high, asked, expected):
    """Ours, found by Hypothesis: half a step below the range rounds to the value below it."""
    box = number("width", "Width", minimum=low, maximum=high)
    assert sent(fit(box), width=asked).kwargs["width"] == expected
