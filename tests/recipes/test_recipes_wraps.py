"""What is put around a caller's files, whatever those are."""

from __future__ import annotations

from pathlib import Path

import pytest

from anyspace import recipes
from anyspace._errors import ArgumentError, BindingError
from tests.recipes.apps import FILE, app, choice, endpoint, gives, image, text, widget

CAT, DOG, HOLE = Path("cat.png"), Path("dog.png"), Path("hole.png")


def editing(*parameters, task="image-to-image", outputs=None):
    made = endpoint("/edit", list(parameters), outputs or [gives("image", "Result")])
    return recipes.bind(app(made), task)


def sent(binding, **values):
    return binding.arguments(values)


def test_a_picture_is_sent_as_it_is_where_one_is_taken():
    """Ours: what a file is, the client knows."""
    binding = editing(image("image", "Image"), text("prompt"))

    assert sent(binding, image=CAT, prompt="a hat").kwargs == {"image": CAT, "prompt": "a hat"}
    assert binding.find("image").transform == "as given"


def test_of_several_pictures_the_first_is_taken_where_one_fits():
    """Ours: and the others are not dropped in silence."""
    arguments = sent(editing(image("image", "Image")), image=[CAT, DOG])

    assert arguments.kwargs["image"] == CAT
    assert arguments.notes == ("image takes one file: 1 more were left out",)
    assert sent(editing(image("image", "Image")), image=[CAT]).notes == ()


@pytest.mark.parametrize("given", [CAT, [CAT, DOG]])
def test_a_gallery_takes_items(given):
    """Read from Gradio 4 to 6: a gallery's value is a list of pictures with captions."""
    binding = editing(image("images", "Images", component="gallery"))
    files = given if isinstance(given, list) else [given]

    assert sent(binding, image=given).kwargs["images"] == [
        {"image": file, "caption": None} for file in files
    ]
    assert binding.find("image").transform == "as an item of a gallery"
    item = {"image": CAT, "caption": "A cat"}
    assert sent(binding, image=[item]).kwargs["images"] == [item]


def test_several_files_go_in_a_list():
    """Observed: upload boxes for the photos of a face."""
    files = widget("files", "Upload images", "file", FILE, takes_file=True, file_count="multiple")
    binding = editing(files, text("prompt"))

    assert sent(binding, image=CAT, prompt="x").kwargs["files"] == [CAT]
    assert binding.find("image").transform == "in a list"


def test_an_editor_takes_a_background_and_the_mask_as_a_layer():
    """Read from Gradio 4.44 and 6: ``{"background", "layers", "composite"}``."""
    painted = image("editor", "Image", component="imageeditor")
    binding = editing(painted, text("prompt"), task="inpainting")
    arguments = sent(binding, image=CAT, mask=HOLE, prompt="grass")

    assert arguments.kwargs["editor"] == {
        "background": CAT,
        "layers": [HOLE],
        "composite": CAT,
    }
    assert arguments.notes == ()
    assert binding.find("mask").transform == "as a layer"
    assert binding.find("image").transform == "as the background of an editor"


def test_an_editor_without_a_mask_has_no_layers():
    """Read from Gradio 6."""
    arguments = sent(editing(image("editor", "Image", component="imageeditor")), image=CAT)

    assert arguments.kwargs["editor"] == {"background": CAT, "layers": [], "composite": CAT}
    assert arguments.notes == ()


def test_a_sketch_of_gradio_3_takes_picture_and_mask_together():
    """Read from 3.50.2: with ``tool="sketch"`` the value is ``{"image", "mask"}``."""
    sketch = image("image", "Image", mode="sketch")
    binding = editing(sketch, text("prompt"), task="inpainting")
    arguments = sent(binding, image=CAT, mask=HOLE)

    assert arguments.kwargs["image"] == {"image": CAT, "mask": HOLE}
    assert binding.find("mask").transform == "as the mask of a sketch"


def test_a_sketch_of_gradio_3_is_never_without_a_mask():
    """Read from 3.50.2: it fails on a missing one."""
    arguments = sent(editing(image("image", "Image", mode="sketch")), image=CAT)

    assert arguments.kwargs["image"] == {"image": CAT, "mask": CAT}
    assert arguments.notes == ("this Space wants a mask, so the picture itself is sent as one",)


def test_a_question_and_its_picture_share_a_message():
    """Observed: multimodal chats, whose one box takes text and files."""
    box = widget("message", "Message", "multimodaltextbox", {}, takes_file=True)
    binding = editing(box, task="visual-question-answering", outputs=[gives("textbox", "Response")])
    arguments = sent(binding, image=[CAT, DOG], question="Which is larger?")

    assert arguments.kwargs == {"message": {"text": "Which is larger?", "files": [CAT, DOG]}}
    assert binding.find("question").transform == "as the text of a message"
    assert binding.find("image").transform == "among the files of a message"


def test_a_message_alone_has_no_files():
    """Read from Gradio 6: the box wants both keys."""
    box = widget("message", "Message", "multimodaltextbox", {}, takes_file=True)
    binding = editing(box, task="chat-completion", outputs=[gives("chatbot", "Chat")])

    assert sent(binding, message="Hi").kwargs == {"message": {"text": "Hi", "files": []}}


def test_a_message_box_that_takes_no_pictures_is_not_asked_about_any():
    """Observed: boxes for recordings or documents."""
    more = {"takes_file": True, "file_types": (".pdf",)}
    box = widget("message", "Message", "multimodaltextbox", {}, **more)
    binding = editing(box, task="chat-completion", outputs=[gives("chatbot", "Chat")])

    assert binding.find("image") is None


def test_one_of_two_needed_fields_is_enough():
    """Ours: a page to be read may be a picture or a document."""
    page = widget("file", "PDF", "file", FILE, takes_file=True, file_types=(".pdf",))
    made = endpoint("/ocr", [page], [gives("textbox", "Text")])
    binding = recipes.bind(app(made), "document-ocr")

    assert sent(binding, document=Path("a.pdf")).kwargs == {"file": Path("a.pdf")}
    assert recipes.needed_fields("document-ocr") == (("image", "document"),)
    with pytest.raises(ArgumentError, match="image or document is missing"):
        sent(binding)


@pytest.mark.parametrize(
    ("choices", "value", "expected"),
    [
        (["English", "German"], "de", "German"),
        (["en", "de"], "German", "de"),
        (["eng_Latn", "deu_Latn"], "de", "deu_Latn"),
        (["english", "german"], "de-AT", "german"),
        (["🇺🇸 English (US)", "🇩🇪 German"], "deu", "🇩🇪 German"),
        (["英语", "德语"], "de", "德语"),
        (["英语", "德语"], "Deutsch", "德语"),
        (["English", "Mandarin Chinese"], "zh", "Mandarin Chinese"),
        (["English", "German"], "German", "German"),
    ],
)
def test_a_language_is_found_in_the_apps_own_words(choices, value, expected):
    """Observed lists: names, codes of ISO 639, of NLLB, of Whisper, in Chinese, with flags."""
    binding = speaking(choice("language", "Language", choices))
    arguments = sent(binding, text="x", language=value)

    assert arguments.kwargs["language"] == expected
    assert arguments.notes == ()


def speaking(*parameters):
    made = endpoint("/tts", [text("text"), *parameters], [gives("audio", "Speech")])
    return recipes.bind(app(made), "text-to-speech")


def test_a_language_that_is_not_offered_is_noted():
    """Ours: no other language is close enough."""
    arguments = sent(speaking(choice("language", "", ["en", "fr"])), text="x", language="de")

    assert "language" not in arguments.kwargs
    assert arguments.notes[0].startswith("language de is not offered")


def test_a_free_language_is_passed_on():
    """Observed: text boxes for a code, and lists that take other values."""
    free = choice("language", "", ["en", "fr"], open_choices=True)

    assert sent(speaking(free), text="x", language="de").kwargs["language"] == "de"
    assert sent(speaking(text("language")), text="x", language="de").kwargs["language"] == "de"
    odd = sent(speaking(choice("language", "", ["Auto", "en"])), text="x", language="auto")
    assert odd.kwargs["language"] == "Auto"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("en", "en"),
        ("EN_us", "en"),
        ("Français", "fr"),
        ("yue", "yue"),
        ("Klingon", None),
        ("法語", "fr"),
        ("德文", "de"),
        ("簡體中文", "zh"),
        ("繁体中文", "zh"),
        ("日語", "ja"),
        ("フランス語", "fr"),
        ("義大利語", "it"),
    ],
)
def test_languages_are_known_by_code_and_by_name(written, code):
    """ISO 639-1, else 639-3."""
    assert recipes.language_of(written) == code


def test_languages_alone_show_what_an_unnamed_list_is():
    """Observed: handlers with ``*args`` and no label."""
    listed = choice("param_1", "param_1", ["English", "German", "French"])

    assert speaking(listed).find("language").position == 1
    assert speaking(choice("param_1", "param_1", ["a1", "b2"])).find("language") is None


def test_a_widget_for_scans_and_documents_takes_whichever_is_given():
    """Observed: one box for "a PDF or an image"; a caller has the one or the other."""
    scan = widget(
        "file_path",
        "Upload a PDF or image",
        "file",
        FILE,
        takes_file=True,
        file_types=(".pdf", ".png"),
    )
    binding = editing(scan, task="document-ocr", outputs=[gives("textbox", "Text")])

    for given in ({"document": HOLE}, {"image": HOLE}):
        assert sent(binding, **given).kwargs == {"file_path": HOLE}
        assert sent(binding, **given).notes == ()
    both = sent(binding, document=CAT, image=DOG)
    assert both.kwargs == {"file_path": CAT}
    assert both.notes == ("file_path takes one file: 1 more were left out",)
    assert "file takes either" in {bound.reason for bound in binding.bound}


def test_a_widget_for_documents_alone_takes_no_scans():
    """Ours: what the app says of its files is heeded."""
    pdf = widget("pdf", "PDF", "file", FILE, takes_file=True, file_types=(".pdf",))
    binding = editing(pdf, task="document-ocr", outputs=[gives("textbox", "Text")])

    assert (binding.find("document").parameter, binding.find("image")) == ("pdf", None)


@pytest.mark.parametrize("label", ["", "Message", "Textbox", "Chat input"])
@pytest.mark.parametrize(
    ("task", "output", "given", "sent_"),
    [
        ("image-to-image", "image", {"image": CAT, "prompt": "x"}, {"text": "x", "files": [CAT]}),
        ("image-to-text", "textbox", {"image": CAT}, {"text": "", "files": [CAT]}),
        ("automatic-speech-recognition", "textbox", {"audio": CAT}, {"text": "", "files": [CAT]}),
        ("text-to-image", "image", {"prompt": "x"}, {"text": "x", "files": []}),
        ("text-to-speech", "audio", {"text": "x"}, {"text": "x", "files": []}),
    ],
)
def test_what_is_needed_is_found_in_a_message_whatever_it_is_called(
    label, task, output, given, sent_
):
    """Observed: one box for words and files is all that a page has."""
    box = widget("m", label, "multimodaltextbox", FILE)

    binding = editing(box, task=task, outputs=[gives(output, "Result")])

    assert sent(binding, **given).kwargs == {"m": sent_}


def test_a_file_does_not_come_with_a_message_that_takes_no_such_files():
    """Ours: the app says which files its messages may have."""
    sounds = widget("m", "Message", "multimodaltextbox", FILE, file_types=(".wav",))

    with pytest.raises(BindingError, match="no parameter takes the image"):
        editing(sounds, task="image-to-text", outputs=[gives("textbox", "Caption")])
