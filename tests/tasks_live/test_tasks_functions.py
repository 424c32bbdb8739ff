"""The functions named after tasks, as a script calls them: one line, an address, a result.

What they return is what ``huggingface_hub.InferenceClient`` returns.
"""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

import anyspace
from anyspace import BindingWarning
from tests.tasks_live.doing import disc_mask, meadow, page, pixels, shapes, sound_file

pytestmark = pytest.mark.servers

SENTENCE = "we are going to see the president of the united states"


# The app has a tab for the microphone and one for a file, and both do the same.
@pytest.mark.filterwarnings("ignore:.*fits nearly as well")
def test_speech_and_recognition(today):
    """Observed: bytes of a WAV file, and its text."""
    sound = anyspace.text_to_speech(SENTENCE, model=today("text_to_speech"))
    heard = anyspace.automatic_speech_recognition(sound, model=today("speech_recognition"))
    assert heard.text == SENTENCE


def test_a_drawing_and_its_description(today):
    """Observed: the picture that one app draws another one describes."""
    model = today("text_to_image")
    picture = anyspace.text_to_image("a blue square", model=model, seed=5)
    told = anyspace.image_to_text(picture, model=today("visual_questions"))
    assert told.generated_text == "a white picture with 1 blue on it"


def test_a_question_about_a_picture(today):
    """Observed: a list of answers, the best first."""
    answers = anyspace.visual_question_answering(
        shapes(), "How many shapes are there?", model=today("visual_questions")
    )
    assert answers[0].answer == "3"


def test_a_page_is_read(today):
    """Observed: plain text."""
    text = anyspace.document_ocr(page("Invoice 2041"), model=today("document_ocr"))
    assert text == "Invoice 2041"


def test_changed_pictures(today):
    """Observed: edited, enlarged, freed of its background; what gives way is warned of."""
    grey = anyspace.image_to_image(meadow(), "make it gray", model=today("image_editing"))
    assert np.ptp(pixels(grey), axis=2).mean() < 2
    with pytest.warns(BindingWarning, match="upscale"):
        large = anyspace.image_upscaling(meadow(), upscale=9, model=today("upscaling"))
    assert large.size == (960, 720)
    cut = anyspace.remove_background(meadow(), model=today("background_removal"))
    assert cut.getchannel("A").getpixel((0, 0)) == 0
    (found,) = anyspace.image_segmentation(meadow(), model=today("background_removal"))
    truth = np.asarray(disc_mask()) > 128
    assert ((np.asarray(found.mask) > 128) == truth).mean() > 0.97


def test_films_and_bodies(today):
    """Observed: bytes of an MP4 and of a GLB file."""
    film = anyspace.text_to_video("a red ball", model=today("video"), duration=0.5)
    assert film[4:8] == b"ftyp"
    film = anyspace.image_to_video(meadow(), model=today("video"), duration=0.5)
    assert film[4:8] == b"ftyp"
    assert anyspace.image_to_3d(meadow(), model=today("image_to_3d"))[:4] == b"glTF"


def test_sounds(today):
    """Observed: music as bytes; what an app makes of a sound with its bytes and type."""
    music = anyspace.text_to_audio("a low tone", model=today("music"), duration=1)
    with wave.open(io.BytesIO(music)) as sound:
        assert sound.getnframes() == sound.getframerate()
    noise = sound_file(8000, np.random.default_rng(0).uniform(-0.5, 0.5, 8000))
    enhanced = anyspace.audio_to_audio(noise, model=today("denoise"))
    assert enhanced[0].blob[:4] == b"RIFF"
    assert enhanced[0].content_type.startswith("audio/")


def test_texts_and_numbers(today):
    """Observed: translation, summary, vector."""
    model = today("translation")
    translated = anyspace.translation("thank you", model=model, src_lang="en", tgt_lang="es")
    assert translated.translation_text == "gracias"
    article = "Foxes are red. Foxes live in holes. It rained. Many foxes hunt at night."
    summary = anyspace.summarization(article, model=today("summarization"))
    assert summary.summary_text == article
    vector = anyspace.feature_extraction("the red fox", model=today("embeddings"))
    assert np.linalg.norm(vector) == pytest.approx(1)
    text = anyspace.text_generation(
        "the fox", model=today("text_generation"), max_new_tokens=5, seed=1
    )
    assert text


@pytest.mark.parametrize("app", ["chat", "chat_blocks"])
def test_a_conversation(today, app):
    """Observed: the hub's own classes, whole and as a stream."""
    with anyspace.TaskClient(today(app)) as client:
        messages = [
            {"role": "system", "content": "Use capitals only."},
            {"role": "user", "content": "count to 4"},
        ]
        answer = client.chat_completion(messages)
        assert answer.choices[0].message.content == "1 2 3 4"
        pieces = client.chat_completion([{"role": "user", "content": "2 + 2"}], stream=True)
        assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == "2 + 2 = 4"
