"""Every task as a method: what is sent, and what comes back, as from InferenceClient."""

from __future__ import annotations

import base64
import io
import sys
import warnings
from typing import Annotated, Any

import huggingface_hub
import numpy
import pytest
from PIL import Image

import anyspace
from anyspace import AppError, BindingWarning, TaskClient
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace

Picture = Annotated[FakeFile, "image"]
Sound = Annotated[FakeFile, "audio"]
Film = Annotated[FakeFile, "video"]
Solid = Annotated[FakeFile, {"type": "model3d", "label": "Result"}]


def png(colour: Any = "red", size: tuple[int, int] = (8, 6), mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def serve():
    """Serve endpoints, and give a client that knows where."""
    opened: list[Any] = []

    def start(*endpoints: FakeEndpoint, **config: Any) -> TaskClient:
        app = FakeSpace(list(endpoints), config=config)
        app.__enter__()
        opened.append(app)
        client = TaskClient(app.url)
        opened.append(client)
        return client

    yield start
    for thing in reversed(opened):
        thing.__exit__(None, None, None)


@pytest.fixture
def cat(tmp_path):
    place = tmp_path / "cat.png"
    place.write_bytes(png("black"))
    return place


def on(name: str, function: Any, *outputs: Any) -> FakeEndpoint:
    return FakeEndpoint(name=name, function=function, outputs=outputs or None)


got: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_so_far():
    got.clear()


# --- pictures -----------------------------------------------------------------------


def test_a_text_becomes_a_picture(serve):
    """PIL, as theirs."""

    def infer(prompt: str, width: int = 1, height: int = 1, seed: int = 0) -> Picture:
        return FakeFile("a.png", png(size=(width, height)))

    picture = serve(on("/infer", infer)).text_to_image("a fox", width=16, height=8, seed=1)
    assert isinstance(picture, Image.Image)
    assert picture.size == (16, 8)


@pytest.mark.parametrize("form", ["path", "text", "bytes", "open", "picture", "file", "data"])
def test_a_picture_may_be_given_in_every_form(serve, cat, form):
    """Theirs: a path, also as text, a URL, bytes, an open file, a picture."""

    def edit(image: Picture, prompt: str) -> Picture:
        got.append(Image.open(io.BytesIO(image.content)).size)
        return FakeFile("a.png", png())

    client = serve(on("/edit", edit))
    with cat.open("rb") as handle:
        forms = {
            "path": cat,
            "text": str(cat),
            "bytes": cat.read_bytes(),
            "open": handle,
            "picture": Image.new("RGB", (8, 6)),
            "file": anyspace.file(str(cat)),
            "data": "data:image/png;base64," + base64.b64encode(png()).decode(),
        }
        assert client.image_to_image(forms[form], "a hat").size == (8, 6)
    assert got == [(8, 6)]


def test_the_size_of_a_changed_picture_is_given_as_theirs(serve, cat):
    """`target_size` has the width and the height."""

    def edit(image: Picture, prompt: str, width: int = 1, height: int = 1) -> Picture:
        return FakeFile("a.png", png(size=(width, height)))

    client = serve(on("/edit", edit))
    target = huggingface_hub.ImageToImageTargetSize(width=12, height=34)
    assert client.image_to_image(cat, "x", target_size=target).size == (12, 34)
    assert client.image_to_image(cat, "x", target_size={"width": 5, "height": 6}).size == (5, 6)


def test_several_pictures_may_be_given_where_one_is_asked_for(serve, cat):
    """As many as the Space takes; the others are left out with a warning."""

    def edit(image: Picture, prompt: str) -> Picture:
        got.append(image.name)
        return FakeFile("a.png", png())

    with pytest.warns(BindingWarning, match="image takes one file: 1 more were left out"):
        serve(on("/edit", edit)).image_to_image([str(cat), cat], "x")
    assert got == ["cat.png"]


def test_a_part_of_a_picture_is_painted_over(serve, cat):
    """The mask is the task's own, so it is a method of ours."""

    def inpaint(image: Picture, mask: Picture, prompt: str) -> Picture:
        got.append((image.name, mask.name, prompt))
        return FakeFile("a.png", png())

    assert serve(on("/inpaint", inpaint)).inpainting(cat, png(), "a hat").size == (8, 6)
    assert got[0][0] == "cat.png"
    assert got[0][2] == "a hat"


def test_a_picture_is_made_larger(serve, cat):
    """Ours."""

    def upscale(image: Picture, scale: int = 2) -> Picture:
        picture = Image.open(io.BytesIO(image.content))
        return FakeFile("a.png", png(size=(picture.width * scale, picture.height * scale)))

    assert serve(on("/upscale", upscale)).image_upscaling(cat, upscale=4).size == (32, 24)


def test_what_stands_in_a_picture_comes_with_labels_and_masks(serve, cat):
    """An annotated picture has one of each for every find."""
    masks = [png(255, mode="L"), png(0, mode="L")]

    def segment(image: Picture) -> Any:
        found = [
            {"image": FakeFile(f"{label}.png", mask), "label": label}
            for label, mask in zip(["cat", "sofa"], masks, strict=True)
        ]
        return {"image": FakeFile("all.png", png()), "annotations": found}

    found = serve(on("/segment", segment, "annotatedimage")).image_segmentation(cat)
    assert [one.label for one in found] == ["cat", "sofa"]
    assert [one.mask.getextrema() for one in found] == [(255, 255), (0, 0)]
    assert {type(one) for one in found} == {huggingface_hub.ImageSegmentationOutputElement}
    assert found[0].score is None


def test_masks_come_in_pairs_before_gradio_4(serve, cat):
    """Read from Gradio 3.50: a list of the picture and of its marked parts."""

    def segment(image: Picture) -> Any:
        marked = [[FakeFile("cat.png", png(255, mode="L")), "cat"], []]
        return [FakeFile("all.png", png()), marked]

    (found,) = serve(on("/segment", segment, "annotatedimage")).image_segmentation(cat)
    assert (found.label, found.mask.getextrema()) == ("cat", (255, 255))


@pytest.mark.parametrize(
    ("mask", "extrema"),
    [
        (png((9, 9, 9, 0), mode="RGBA"), (0, 0)),
        (png((255, 255, 255, 255), mode="RGBA"), (255, 255)),
        (png((0, 0, 0, 255), mode="RGBA"), (0, 0)),
    ],
)
def test_a_mask_may_be_told_by_what_is_not_transparent(serve, cat, mask, extrema):
    """Unless all of it is opaque: then its brightness says it."""

    def segment(image: Picture) -> Any:
        found = [{"image": FakeFile("cat.png", mask), "label": "cat"}]
        return {"image": FakeFile("all.png", png()), "annotations": found}

    (found,) = serve(on("/segment", segment, "annotatedimage")).image_segmentation(cat)
    assert found.mask.getextrema() == extrema


def test_several_masks_are_told_apart_by_their_names(serve, cat):
    """Where the page has one label for all of them."""

    def segment(image: Picture) -> Any:
        return [FakeFile("left_eye.png", png()), FakeFile("image.png", png())]

    found = serve(on("/segment", segment, "gallery")).image_segmentation(cat)
    assert [one.label for one in found] == ["left eye", "Output 0"]


def test_a_cut_out_picture_has_its_opaque_part_as_the_mask(serve, cat):
    """Background removers give the thing itself."""

    def remove_background(image: Picture) -> Picture:
        return FakeFile("a.png", png((255, 0, 0, 128), mode="RGBA"))

    client = serve(on("/remove_background", remove_background))
    (found,) = client.image_segmentation(cat)
    assert (found.mask.mode, found.mask.getextrema()) == ("L", (128, 128))
    assert client.remove_background(cat).mode == "RGBA"


def test_a_picture_becomes_a_solid(serve, cat):
    """Bytes, mostly of a .glb."""

    def image_to_3d(image: Picture, seed: int = 0) -> Any:
        return FakeFile("a.glb", b"glTF")

    outputs = [{"type": "model3d", "label": "Result"}]
    assert serve(on("/image_to_3d", image_to_3d, *outputs)).image_to_3d(cat, seed=3) == b"glTF"


# --- films and sounds ---------------------------------------------------------------


def test_a_text_becomes_a_film(serve):
    """Bytes, as theirs; their list of negative prompts is one text here."""

    def generate_video(prompt: str, negative_prompt: str = "", num_frames: int = 8) -> Any:
        got.append((negative_prompt, num_frames))
        return FakeFile("a.mp4", b"film")

    client = serve(on("/generate_video", generate_video, "video"))
    film = client.text_to_video("waves", negative_prompt=["text", "blur"], num_frames=16)
    assert film == b"film"
    assert got == [("text, blur", 16)]


def test_a_picture_begins_to_move(serve, cat):
    """Bytes, as theirs."""

    def image_to_video(image: Picture, prompt: str = "", seed: int = 0) -> Any:
        got.append((prompt, seed))
        return FakeFile("a.mp4", b"film")

    client = serve(on("/image_to_video", image_to_video, "video"))
    assert client.image_to_video(cat, prompt="waves", seed=5) == b"film"
    assert got == [("waves", 5)]


def test_a_text_is_said_with_a_voice(serve):
    """`voice` is ours; what no Space offers is left out with a warning."""

    def tts(text: str, voice: str = "Anna", speed: float = 1.0) -> Sound:
        got.append((text, voice, speed))
        return FakeFile("a.wav", b"RIFF")

    voices = {"type": "dropdown", "choices": [["Anna", "Anna"], ["Bert", "Bert"]]}
    endpoint = FakeEndpoint(
        name="/tts", function=tts, inputs=["textbox", voices, "number"], outputs=["audio"]
    )
    client = serve(endpoint)
    with pytest.warns(BindingWarning, match="num_beams is not offered by this Space"):
        sound = client.text_to_speech("hello", voice="bert", speed=2, num_beams=3)
    assert sound == b"RIFF"
    assert got == [("hello", "Bert", 2)]


def test_a_text_becomes_music(serve):
    """Ours."""

    def generate_music(prompt: str, duration: float = 10) -> Sound:
        got.append((prompt, duration))
        return FakeFile("a.wav", b"RIFF")

    client = serve(on("/generate_music", generate_music))
    assert client.text_to_audio("calm piano", duration=5) == b"RIFF"
    assert got == [("calm piano", 5)]


def test_a_recording_is_changed(serve):
    """With bytes, type and label, as theirs."""

    def denoise(audio: Sound) -> Any:
        return FakeFile("clean.wav", audio.content[::-1])

    outputs = [{"type": "audio", "label": "Output 0"}]
    (sound,) = serve(on("/denoise", denoise, *outputs)).audio_to_audio(b"RIFF1234WAVE")
    assert type(sound) is huggingface_hub.AudioToAudioOutputElement
    assert sound.blob == b"EVAW4321FFIR"
    assert sound.content_type.startswith("audio/")
    assert sound.label == "Output 0"


def test_what_is_said_is_written_down(serve):
    """The hub's own class."""

    def transcribe(audio: Sound, language: str = "English") -> str:
        got.append(language)
        return "hello world"

    heard = serve(on("/transcribe", transcribe)).automatic_speech_recognition(
        b"RIFF1234WAVE", language="English"
    )
    assert type(heard) is huggingface_hub.AutomaticSpeechRecognitionOutput
    assert (heard.text, heard.chunks) == ("hello world", None)


# --- reading ------------------------------------------------------------------------


def test_a_picture_is_described(serve, cat):
    """The hub's own class."""
    described = serve(on("/caption", _say(image=Picture))).image_to_text(cat)
    assert type(described) is huggingface_hub.ImageToTextOutput
    assert described.generated_text == "words"


def _say(**annotations: Any) -> Any:
    def answer(image, question="") -> str:
        got.append(question)
        return "words"

    def describe(image) -> str:
        return "words"

    function = answer if "question" in annotations else describe
    function.__annotations__.update(annotations)
    return function


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("visual_question_answering", huggingface_hub.VisualQuestionAnsweringOutputElement),
        ("document_question_answering", huggingface_hub.DocumentQuestionAnsweringOutputElement),
    ],
)
def test_a_question_about_a_picture_is_answered(serve, cat, method, kind):
    """One answer, without a score."""
    client = serve(on("/answer_question", _say(image=Picture, question=str)))
    (answer,) = getattr(client, method)(cat, "what is it?")
    assert type(answer) is kind
    assert (answer.answer, answer.score) == ("words", None)
    assert got == ["what is it?"]


@pytest.mark.parametrize("page", ["image", "file"])
def test_a_page_is_read_wherever_the_space_takes_it(serve, cat, page):
    """Ours: as a picture, or as a document."""

    def ocr(page) -> str:
        got.append(page.name)
        return "Dear Ada"

    ocr.__annotations__["page"] = Annotated[FakeFile, {"type": page, "label": "Document"}]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BindingWarning)
        assert serve(on("/ocr", ocr)).document_ocr(cat) == "Dear Ada"
    assert got == ["cat.png"]


def test_a_text_is_translated_between_languages_in_any_spelling(serve):
    """Their `src_lang` and `tgt_lang`, in the app's own words."""

    def translate(text: str, source: str = "English", target: str = "French") -> str:
        got.append((source, target))
        return "Hallo"

    languages = {"type": "dropdown", "choices": [[n, n] for n in ("English", "French", "German")]}
    endpoint = FakeEndpoint(
        name="/translate", function=translate, inputs=["textbox", languages, languages]
    )
    translated = serve(endpoint).translation("Hello", src_lang="en", tgt_lang="deu_Latn")
    assert type(translated) is huggingface_hub.TranslationOutput
    assert translated.translation_text == "Hallo"
    assert got == [("English", "German")]


def test_a_text_is_summed_up(serve):
    """`generate_parameters` are wishes: what the app has not is left out with a warning."""

    def summarize(text: str, max_length: int = 50) -> str:
        got.append(max_length)
        return "short"

    client = serve(on("/summarize", summarize))
    more = {"max_length": 20, "early_stopping": True}
    with pytest.warns(BindingWarning, match="early_stopping is not offered"):
        summed = client.summarization("long text", generate_parameters=more)
    assert type(summed) is huggingface_hub.SummarizationOutput
    assert summed.summary_text == "short"
    assert got == [20]


def test_texts_become_numbers(serve):
    """float32, as theirs; several texts are stacked."""

    def embed(text: str) -> Any:
        return [float(len(text)), 0.5]

    client = serve(on("/embed", embed, "json"))
    one, two = client.feature_extraction("abc"), client.feature_extraction(["a", "bb"])
    assert one.dtype == numpy.float32
    assert one.tolist() == [3.0, 0.5]
    assert two.tolist() == [[1.0, 0.5], [2.0, 0.5]]


def test_of_several_texts_the_first_failure_is_told(serve):
    """And the other calls are given up."""

    def embed(text: str) -> Any:
        raise ValueError(f"no {text}")

    with pytest.raises(AppError, match="no a"):
        serve(on("/embed", embed, "json")).feature_extraction(["a"])


def test_numbers_need_numpy(serve, monkeypatch):
    """As theirs, with the words to install it; nothing is sent."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ImportError, match="pip install numpy"):
        TaskClient("http://127.0.0.1:1").feature_extraction("a")


# --- options ------------------------------------------------------------------------


def draw(prompt: str, lora: float = 1.0, steps: int = 4) -> Picture:
    got.append((prompt, lora, steps))
    return FakeFile("a.png", png())


def test_an_endpoints_own_parameters_go_by_name(serve):
    """In `extra_body`, as in theirs, and as plain keywords."""
    client = serve(on("/infer", draw))
    client.text_to_image("a", extra_body={"lora": 0.5})
    client.text_to_image("b", lora=0.25)
    assert [(prompt, lora) for prompt, lora, _ in got] == [("a", 0.5), ("b", 0.25)]


def test_the_endpoint_and_where_a_field_goes_can_be_said(serve):
    """For each call, or for the client."""

    def other(words: str, level: int = 1) -> Picture:
        got.append((words, level))
        return FakeFile("a.png", png())

    client = serve(on("/infer", draw), on("/other", other))
    stated = {"prompt": "words", "num_inference_steps": "level"}
    client.text_to_image("a", num_inference_steps=7, endpoint="/other", parameters=stated)
    client.text_to_image("b")
    with TaskClient(client.model, endpoint="/other", parameters=stated) as another:
        another.text_to_image("c", num_inference_steps=8)
    assert got == [("a", 7), ("b", 1.0, 4), ("c", 8)]


def test_a_call_has_its_own_timeout_headers_and_token(serve):
    """They are the call's, and the connection of another token is another one."""
    client = serve(on("/infer", draw))
    client.text_to_image("a", timeout=30, headers={"x-mine": "1"}, token="hf_other")
    assert len(got) == 1
    (kept,) = client._client._clients
    assert kept[:2] == (client.model, "hf_other")


def test_warnings_point_at_the_line_that_called(serve):
    """Ours: not into this package, and not into the thread that does the work."""
    client = serve(on("/infer", draw))
    for call in (client.text_to_image, anyspace.text_to_image):
        with pytest.warns(BindingWarning, match="http.*: width is not offered") as told:
            call("a", width=3, model=client.model)
        assert [warning.filename for warning in told] == [__file__]


async def test_warnings_of_asynchronous_calls_do_too(serve):
    """Of methods and of functions."""
    url = serve(on("/infer", draw)).model
    async with anyspace.AsyncTaskClient(url) as client:
        for call in (client.text_to_image, anyspace.async_text_to_image):
            with pytest.warns(BindingWarning, match="width is not offered") as told:
                await call("a", width=3, model=url)
            assert [warning.filename for warning in told] == [__file__]
