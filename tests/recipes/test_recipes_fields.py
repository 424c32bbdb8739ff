"""Which parameter takes which field of a task, by words, widget, range and place."""

from __future__ import annotations

import pytest

from anyspace import recipes
from anyspace._errors import BindingError
from tests.recipes import apps
from tests.recipes.apps import (
    MAX_SEED,
    TASK,
    app,
    bound,
    choice,
    endpoint,
    fit,
    gives,
    image,
    number,
    sent,
    slider,
    switch,
    text,
    widget,
)


def test_the_app_of_one_picture_is_bound_by_its_names():
    """Observed: the commonest text-to-image layout there is."""
    binding = recipes.bind(apps.flux(), TASK)

    assert bound(binding) == {
        name: name
        for name in (
            "prompt",
            "seed",
            "randomize_seed",
            "width",
            "height",
            "num_inference_steps",
        )
    }
    assert (binding.endpoint.name, binding.output.index) == ("/infer", 0)
    assert binding.score > 0.9


def test_a_style_that_looks_like_a_size_is_a_style():
    """Observed: a radio of style names, one of them "2560 x 1440"."""
    binding = recipes.bind(apps.midjourney(), TASK)

    assert bound(binding)["style"] == "style"
    assert "resolution" not in bound(binding)
    assert binding.endpoint.name == "/run"


def test_labels_in_chinese_are_read():
    """Observed: a handler with ``*args`` has no names to go by."""
    assert bound(recipes.bind(apps.chinese(), TASK)) == {
        "prompt": "param_0",
        "negative_prompt": "param_1",
        "width": "param_2",
        "height": "param_3",
        "num_inference_steps": "param_4",
        "guidance_scale": "param_5",
        "seed": "param_6",
        "num_images": "param_7",
        "style": "param_8",
    }


@pytest.mark.parametrize(
    "labels",
    [
        "プロンプト|ネガティブプロンプト|幅|高さ|ステップ数|シードをランダムにする",
        "프롬프트|네거티브 프롬프트|너비|높이|추론 단계 수|랜덤 시드",
        "Escribe tu prompt|Prompt negativo|Ancho|Alto|Número de pasos|Semilla aleatoria",
        "Description de l'image|Prompt négatif|Largeur|Hauteur|Nombre d'étapes|Graine aléatoire",
        "Bildbeschreibung|Negativer Prompt|Breite|Höhe|Anzahl der Schritte|Zufälliger Seed",
        "Введите промпт|Негативный промпт|Ширина|Высота|Количество шагов|Случайный сид",
        "Descrição da imagem|Prompt negativo|Largura|Altura|Passos|Semente aleatória",
    ],
)
def test_labels_in_other_languages_are_read(labels):
    """Observed: pages are labelled in their makers' language."""
    prompt, negative, width, height, steps, randomize = labels.split("|")
    made = endpoint(
        "/f",
        [
            text("param_0", negative, ""),
            text("param_1", prompt),
            slider("param_2", height, 256, 2048, 8, 512),
            slider("param_3", width, 256, 2048, 8, 512),
            slider("param_4", steps, 1, 50, 1, 20),
            switch("param_5", randomize),
        ],
        [gives("image")],
    )

    assert bound(recipes.bind(app(made), TASK)) == {
        "negative_prompt": "param_0",
        "prompt": "param_1",
        "height": "param_2",
        "width": "param_3",
        "num_inference_steps": "param_4",
        "randomize_seed": "param_5",
    }


def test_what_only_resembles_a_field_is_left_alone():
    """Observed: second models, control nets and refiners repeat the words."""
    binding = fit(
        text("prompt_2", "Prompt 2", ""),
        text("appended_negative", "Appended negative prompts", ""),
        slider("style_strength", "Style strength (%)", 0, 100, 1, 20),
        slider("control_guidance_start", "", 0, 1, 0.1, 0),
        slider("num_inference_steps_refiner", "", 1, 50, 1, 20),
        slider("adapter_scale", "Adapter scale", 0, 2, 0.1, 1),
        text("api_key", "API key", ""),
    )

    assert bound(binding) == {"prompt": "prompt"}


def test_the_first_of_two_models_takes_the_common_fields():
    """Observed: a base model and a refiner, a prior and a decoder."""
    binding = fit(
        slider("prior_guidance_scale", "", 0, 20, 0.1, 4),
        slider("decoder_guidance_scale", "", 0, 20, 0.1, 0),
    )

    assert bound(binding)["guidance_scale"] == "prior_guidance_scale"


def test_widgets_without_words_are_known_by_their_range():
    """Observed: hidden and unlabelled widgets of older apps."""
    binding = fit(
        slider("param_1", "parameter_11", 256, 2048, 64, 1024),
        slider("param_2", "parameter_12", 256, 2048, 64, 1024),
        slider("param_3", "parameter_13", 0, MAX_SEED, 1, 0),
        choice("param_4", "parameter_14", ["1:1", "16:9", "auto"]),
        choice("param_5", "parameter_15", ["512x512", "1024x1024"]),
        slider("param_6", "parameter_16", 0, 1, 0.1, 1),
        number("param_7", "parameter_17", 3),
        choice("param_8", "parameter_18", ["one", "two"]),
        image("param_9", "parameter_19", required=False),
    )

    assert bound(binding) == {
        "prompt": "prompt",
        "width": "param_1",
        "height": "param_2",
        "seed": "param_3",
        "aspect_ratio": "param_4",
        "resolution": "param_5",
        "image": "param_9",
    }
    assert binding.find("seed").reason == "it looks like a seed"


def test_a_sentence_for_a_label_is_read_to_its_first_stop():
    """Observed: labels that explain, in brackets or after a full stop."""
    made = endpoint(
        "/f",
        [
            text("param_0", "(Optional) Positive prompt", ""),
            text("param_1", "Prompt. You can let the model find keywords, or give them below"),
            slider("param_2", "Scale of classifier-free guidance", 1, 13, 0.5, 7.5),
            text("param_3", "Seed (-1 for random)", "-1"),
        ],
        [gives("gallery")],
    )

    assert bound(recipes.bind(app(made), TASK)) == {
        "prompt": "param_1",
        "guidance_scale": "param_2",
        "seed": "param_3",
    }


def test_hints_and_help_speak_where_name_and_label_are_silent():
    """Observed: boxes with ``show_label=False`` and a placeholder."""
    made = endpoint(
        "/f",
        [
            text("param_0", "Box", placeholder="Your prompt", info="A prompt in English"),
            text("param_9", "Box", "", placeholder="blurry, a negative prompt", info="Negative"),
            widget("param_1", "Amount", "slider", {"type": "number"}, 4, minimum=1, maximum=8,
                   info="The number of images"),
            widget("param_2", "More (seed)", "number", {"type": "number"}, 4),
        ],
        [gives("image")],
    )  # fmt: skip
    binding = recipes.bind(app(made), TASK)

    assert bound(binding) == {
        "prompt": "param_0",
        "negative_prompt": "param_9",
        "num_images": "param_1",
        "seed": "param_2",
    }
    assert binding.find("prompt").reason == "the hint in its box"
    assert binding.find("num_images").reason == "its help text"
    assert binding.find("seed").reason == 'its label says "(seed)"'


def test_the_only_box_is_the_prompt_whatever_it_is_called():
    """Observed: one box, named after the developer's mood."""
    made = endpoint("/generate", [text("x", "Your wish")], [gives("image", "Result")])

    assert bound(recipes.bind(app(made), TASK)) == {"prompt": "x"}


def test_a_box_for_something_else_is_not_the_prompt():
    """Ours: nothing that is named a token, a path or a system prompt is asked with."""
    made = endpoint("/generate", [text("hf_token", "Token")], [gives("image", "Result")])

    with pytest.raises(BindingError, match="no parameter takes the prompt"):
        recipes.bind(app(made), TASK)


def test_an_unusual_range_weakens_a_claim():
    """Observed: a slider "Width" of 0 to 1 is a share, not pixels."""
    binding = fit(
        slider("width", "Width", 0, 1, 0.1, 1),
        slider("custom_width", "Width", 64, 2048, 8, 512),
    )

    assert bound(binding)["width"] == "custom_width"
    assert "its range is unusual" in fit(slider("width", "", 0, 1, 0.1, 1)).find("width").reason


def test_choices_of_amounts_are_steps_and_not_models():
    """Observed: "Select inference steps" picks a distilled checkpoint."""
    ckpt = choice("ckpt", "Select inference steps", ["1-Step", "2-Step", "4-Step", "8-Step"])

    assert bound(fit(ckpt))["num_inference_steps"] == "ckpt"


def test_what_the_caller_states_stands():
    """Ours: the engine may err, the caller need not."""
    made = app(
        endpoint("/a", [text("prompt"), text("caption_2", "Caption", "")], [gives("image")]),
        endpoint("/b", [text("prompt")], [gives("image")]),
    )
    binding = recipes.bind(made, TASK, overrides={"prompt": "caption_2"})

    assert bound(binding) == {"prompt": "caption_2"}
    assert binding.find("prompt").reason == "you said so"


def test_a_field_stated_onto_a_strange_widget_does_what_it_can():
    """Ours: the caller's word goes before the widget's type."""
    made = app(
        endpoint("/a", [text("prompt"), choice("size", "", ["small", "large"])], [gives("image")])
    )
    binding = recipes.bind(made, TASK, overrides={"width": "size"})

    assert sent(binding, width=512).notes == (
        "width 512 is not offered by this Space and was left out; it has 'small', 'large'",
    )


@pytest.mark.parametrize(
    ("more", "takes"),
    [
        ({"component": "image"}, True),
        ({"component": "gallery"}, True),
        ({"component": "file", "file_types": ("image",)}, True),
        ({"component": "file", "file_types": (".png", ".jpg")}, True),
        ({"component": "file"}, True),
        ({"component": "file", "file_types": (".safetensors",)}, False),
        ({"component": "audio"}, False),
        ({"component": "textbox", "takes_file": False, "json_type": {"type": "string"}}, False),
    ],
)
def test_a_picture_goes_where_one_is_taken(more, takes):
    """Observed: pictures uploaded as files, and files that are no pictures."""
    binding = fit(image("image", "Image", required=False, default=None, **more))

    assert (binding.find("image") is not None) is takes


@pytest.mark.parametrize(
    ("parameter", "takes"),
    [
        (number("seed"), True),
        (choice("seed", "", [1, 2, 3]), True),
        (choice("seed", "", ["1", "2"]), True),
        (choice("seed", "", ["low", "high"]), False),
        (choice("seed", "", [True, False]), False),
        (choice("seed", "", [None, [1]]), False),
        (text("seed", "", "-1"), True),
        (text("seed", "", ""), True),
        (switch("seed"), False),
        (image("seed", required=False), False),
        (widget("seed", component="chatbot"), False),
    ],
)
def test_a_number_goes_where_one_is_taken(parameter, takes):
    """Observed: seeds and sizes in sliders, boxes, dropdowns and text boxes."""
    assert (fit(parameter).find("seed") is not None) is takes


@pytest.mark.parametrize(
    ("parameter", "takes"),
    [
        (switch("randomize_seed"), True),
        (choice("randomize_seed", "", ["On", "Off"]), True),
        (choice("randomize_seed", "", ["On", "Off", "Auto"]), False),
        (number("randomize_seed"), False),
    ],
)
def test_a_switch_goes_where_one_is_taken(parameter, takes):
    """Observed: checkboxes and radios of yes and no."""
    assert (fit(parameter).find("randomize_seed") is not None) is takes


@pytest.mark.parametrize(
    ("parameter", "takes"),
    [
        (widget("prompt", component="multimodaltextbox", takes_file=True), True),
        (choice("prompt", "Prompt", ["a cat", "a dog"], open_choices=True), True),
        (choice("prompt", "Prompt", ["a cat", "a dog"]), False),
        (slider("prompt", "Prompt", 0, 1, 1, 0), False),
    ],
)
def test_a_prompt_goes_where_text_is_taken(parameter, takes):
    """Observed: chat boxes that take files, and dropdowns that can be typed in."""
    ranked = recipes.rank(app(endpoint("/infer", [parameter], [gives("image")])), TASK)

    assert bool(ranked) is takes


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"promt": "prompt"}, "has no field 'promt'; did you mean prompt?"),
        ({"xyz": "prompt"}, "has no field 'xyz'; it has prompt, negative_prompt"),
        ({"prompt": "promt"}, "it has no parameter 'promt'; did you mean prompt?"),
        ({"prompt": "xyz"}, "it has no parameter 'xyz'; it takes prompt, seed"),
        ({"width": "seed", "height": "seed"}, "width and height cannot both go to seed"),
    ],
)
def test_an_override_that_names_nothing_is_refused(overrides, message):
    """Ours: the nearest name is offered."""
    with pytest.raises(BindingError) as caught:
        recipes.bind(apps.flux(), TASK, overrides=overrides)

    assert message in str(caught.value)


# --- words against each other -------------------------------------------------------


def test_a_label_of_several_words_counts_for_more_than_a_careless_name():
    """Observed on Spaces for trying clothes on: guidance is called image_scale."""
    binding = fit(
        text("prompt", "Prompt"),
        slider("image_scale", "Guidance scale", 1, 5, 0.1, 2),
        slider("lora_scale", "Scale", 0, 20, 0.1, 1),
    )

    assert bound(binding)["guidance_scale"] == "image_scale"


def test_a_list_without_its_choices_is_a_choice_all_the_same():
    """Observed up to 3.50.2: /info does not tell what a radio offers."""
    blank = {"default": None, "json_type": {"type": "string"}}
    binding = fit(
        text("prompt", "Prompt"),
        widget("style", "Style", "dropdown", **blank),
        widget("steps", "Steps", "radio", **blank),
        widget("size", "Resolution", "dropdown", **blank),
    )

    assert bound(binding) == {
        "prompt": "prompt",
        "style": "style",
        "num_inference_steps": "steps",
        "resolution": "size",
    }


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Video Length (seconds)", "duration"),
        ("Video Length (frames)", "num_frames"),
    ],
)
def test_what_a_label_says_in_brackets_settles_a_draw(label, field):
    """Observed: a length in seconds or in frames, with the unit behind it."""
    film = app(
        endpoint(
            "/film",
            [text("prompt", "Prompt"), slider("param_1", label, 1, 120, 1, 49)],
            [gives("video", "Video")],
        )
    )

    binding = recipes.bind(film, "text-to-video")

    assert binding.find(field).parameter == "param_1"


@pytest.mark.parametrize("label", ["Votre voix", "Voice sample"])
def test_the_only_widget_for_what_is_needed_takes_it_whatever_else_it_could_be(label):
    """Observed: one recording goes in, and its label speaks of a voice."""
    voice = widget("param_0", label, "audio", {}, takes_file=True)
    made = app(
        endpoint("/convert", [voice, choice("voice", "Voice", ["Ann"])], [gives("audio", "Result")])
    )

    binding = recipes.bind(made, "audio-to-audio")

    assert bound(binding) == {"audio": "param_0", "voice": "voice"}


def test_the_clothes_are_not_the_person_who_wears_them():
    """Observed: fitting rooms, where the clothes may come first."""
    wear = app(
        endpoint(
            "/try_on",
            [image("garm_img", "Garment"), image("vton_img", "Model")],
            [gives("image", "Result")],
        )
    )

    assert bound(recipes.bind(wear, "image-to-image"))["image"] == "vton_img"
    cut = app(endpoint("/segment", [image("c", "Clothes image")], [gives("image", "Result")]))
    assert bound(recipes.bind(cut, "image-segmentation")) == {"image": "c"}


@pytest.mark.parametrize(
    "other",
    [
        slider("variation", "Variation", 0, 1, 0.05, 0.3),
        slider("color_variation", "Color variation", 0, 10, 0.5, 1),
        slider("variation_strength", "Variation strength", 0, 10, 1, 1),
        slider("output_quality", "Output quality", 1, 100, 1, 90),
    ],
)
def test_what_is_no_whole_number_is_no_number_of_pictures(other):
    """Ours: to ask for two pictures must not change their quality."""
    assert fit(other).find("num_images") is None
    assert fit(slider("v", "Variations", 1, 4, 1, 1)).find("num_images").parameter == "v"


def test_steps_that_a_careless_page_counts_in_tenths_are_steps():
    """Observed: sliders that were given no step of their own."""
    careless = slider("steps", "Steps", 1, 50, 0.1, 20)

    assert fit(careless).find("num_inference_steps").parameter == "steps"
