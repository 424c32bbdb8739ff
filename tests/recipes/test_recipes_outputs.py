"""Which output is the picture, and the files inside its value."""

import pytest

from anyspace import recipes
from anyspace.schema import OutputField
from tests.recipes.apps import Picture, app, endpoint, gives, image, number, text, widget

# A component of the app's own, of which only its JSON type is known.
CUSTOM = OutputField(label="", component="imagebox", json_type={}, gives_file=True)
A, B, C = (Picture(f"{name}.webp") for name in "abc")


def output_of(*outputs, parameters=()):
    made = endpoint("/generate", [text("prompt", "Prompt"), *parameters], list(outputs))
    return recipes.bind(app(made), "text-to-image").output.index


@pytest.mark.parametrize(
    ("outputs", "index"),
    [
        ([gives("image", "Result"), gives("slider", "Seed")], 0),
        ([gives("textbox", "Log"), gives("gallery", "Gallery")], 1),
        ([gives("image", "Depth map"), gives("image", "RGB image")], 1),
        ([gives("image", "Plain-text"), gives("image", "Rich-text")], 1),
        ([gives("gallery", "History"), gives("image", "")], 1),
        ([gives("file", "Download"), gives("image", "")], 1),
        ([gives("json", "Metadata"), gives("image", "x")], 1),
        ([gives("image", "GIF"), gives("image", "Stills")], 0),
        ([gives("textbox", "Seed"), gives("html", "Pictures")], 1),
        ([gives("textbox"), CUSTOM], 1),
    ],
)
def test_the_final_picture_is_chosen_by_widget_and_label(outputs, index):
    """Observed layouts: seeds, masks, previews and downloads beside the result."""
    assert output_of(*outputs) == index


def test_an_input_given_back_comes_second():
    """Observed: a canvas that is drawn on and returned."""
    canvas = image("canvas", "Pad", required=False)

    assert output_of(gives("image", "Pad"), gives("image", "New"), parameters=[canvas]) == 1


@pytest.mark.parametrize(
    "outputs",
    [
        [gives("textbox")],
        [gives("video"), gives("file", "Download")],
        [OutputField(label="Chat", component="chatbot", json_type={}, gives_file=True)],
    ],
)
def test_some_outputs_hold_no_picture(outputs):
    """Observed: a film and its download; a chat whose messages may hold files."""
    made = endpoint("/generate", [text("prompt")], outputs)

    assert recipes.rank(app(made), "text-to-image") == []


@pytest.mark.parametrize(
    ("value", "files"),
    [
        (A, [A]),
        ([{"image": A, "caption": None}, {"image": B, "caption": "b"}], [A, B]),
        ([(A, "caption"), (B, None)], [A, B]),
        ((A, B), [A, B]),
        ({"background": A, "layers": [B], "composite": C}, [A, B, C]),
        ([[A], "text", 3, None, {"a": {"b": [C]}}], [A, C]),
        ("a.webp", []),
        (None, []),
    ],
)
def test_files_are_found_however_deep_in_order(value, files):
    """Observed values: images, galleries, image sliders, image editors."""
    assert recipes.find_files(value) == files


def test_pictures_come_from_the_output_that_was_bound():
    """Observed: a gallery first, then the file to download."""
    made = endpoint("/run", [text("prompt")], [gives("textbox"), gives("gallery", "Result")])
    binding = recipes.bind(app(made), "text-to-image")

    assert recipes.find_images(binding.output, ["log", [{"image": A, "caption": None}]]) == [A]


def test_other_outputs_are_asked_when_that_one_is_empty():
    """Observed: apps that fill one widget or the other, depending on a setting."""
    assert recipes.find_images(0, [None, [B], [C]]) == [B]
    assert recipes.find_images(5, [None, A]) == [A]
    assert recipes.find_images(0, [None, 7]) == []


@pytest.mark.parametrize(
    ("name", "mime_type", "picture"),
    [
        ("a.webp", "image/webp", True),
        ("a.mp4", "video/mp4", False),
        ("a.png", "", True),
        ("a.zip", "", False),
        ("a.png", "application/octet-stream", True),
        ("image", "", True),
    ],
)
def test_a_picture_is_told_by_its_type_or_its_ending(name, mime_type, picture):
    """Observed: files without a type, and archives in the same output."""
    file = Picture(name, mime_type)

    assert recipes.find_images(0, [[file]]) == ([file] if picture else [])


def test_a_component_that_nobody_knows_is_no_result():
    """Ours: an output without files and without a known widget is passed over."""
    made = endpoint("/generate", [text("prompt"), widget("x")], [gives("plot", "Result")])

    assert recipes.rank(app(made), "text-to-image") == []


@pytest.mark.parametrize(
    "label", ["Sin fondo", "Ohne Hintergrund", "Sans fond", "Без фона", "Sem fundo", "배경 제거"]
)
def test_a_cut_out_is_told_from_its_mask_in_every_language(label):
    """Apps show the mask first; who asks for the subject wants the picture."""
    outputs = [gives("image", "Mask"), gives("image", label)]
    found = recipes.bind(app(endpoint("/run", [image("imagen")], outputs)), "image-segmentation")
    assert found.output.index == 1


def test_text_beside_a_picture_that_was_made_is_no_answer():
    """Observed: makers of pictures that tell the seed they used."""
    scores = []
    for label in ("Seed used", "Generated text"):
        outputs = [gives("image", "Generated Image"), gives("textbox", label)]
        asked = [text("prompt", "Prompt"), number("max_new_tokens", "Max tokens", 512)]
        made = app(endpoint("/generate", asked, outputs))
        scores.append(recipes.bind(made, "text-generation", endpoint="/generate").score)

    assert scores[0] < 0.5 < scores[1]


def test_an_unlabelled_box_beside_a_conversation_is_the_one_that_was_typed_in():
    """Observed: chats give back the emptied box, and then the conversation."""
    talk = endpoint(
        "/respond",
        [text("message", "Message"), widget("history", "Chatbot", "chatbot")],
        [gives("textbox"), gives("chatbot")],
    )

    assert recipes.bind(app(talk), "chat-completion").output.index == 1


def test_a_picture_before_a_solid_is_on_the_way_to_it():
    """Observed: makers of solids show first what they cut out."""
    solid = endpoint(
        "/run",
        [image("image", "Image")],
        [gives("image", "Processed image"), gives("model3d", "Solid")],
    )

    assert recipes.bind(app(solid), "image-to-3d").score >= 0.5
    for task in ("image-to-image", "image-segmentation"):
        assert all(other.score < 0.5 for other in recipes.rank(app(solid), task))


def test_a_conversation_holds_a_picture_only_where_the_name_says_so():
    """Observed: pages that draw into the chat."""
    draw = endpoint("/generate_image", [text("prompt", "Prompt")], [gives("chatbot", "Chat")])
    talk = endpoint("/respond", [text("prompt", "Prompt")], [gives("chatbot", "Chat")])

    assert recipes.bind(app(draw), "text-to-image").output.component == "chatbot"
    assert recipes.rank(app(talk), "text-to-image") == []


@pytest.mark.parametrize(
    ("on_the_way", "result"),
    [
        ("预处理结果", "生成结果"),
        ("中间结果", "最终结果"),
        ("前処理画像", "生成画像"),
        ("元画像", "変換後"),
        ("전처리 이미지", "결과 이미지"),
        ("Imagen preprocesada", "Imagen generada"),
        ("Image prétraitée", "Résultat"),
        ("Maske", "Bearbeitetes Bild"),
        ("Исходное изображение", "Результат"),
        ("Pré-visualização", "Imagem gerada"),
        ("Preprocessed image", "Result"),
        ("Low-res", "High-res"),
        ("Stage 1", "Stage 2"),
        ("Base image", "Refined image"),
        ("Image with boxes", "Result image"),
    ],
)
@pytest.mark.parametrize("task", ["text-to-image", "image-to-image"])
def test_what_is_shown_on_the_way_is_told_from_the_result_in_every_language(
    task, on_the_way, result
):
    """Ours: in whichever order they come."""
    asked = [text("prompt", "Prompt"), *([image("image", "Image")] if "image-to" in task else [])]

    for labels in ((on_the_way, result), (result, on_the_way)):
        made = endpoint("/run", asked, [gives("image", label) for label in labels])
        chosen = recipes.bind(app(made), task, endpoint="/run").output
        assert chosen.label == result
