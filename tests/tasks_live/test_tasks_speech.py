"""Text to speech and back: eSpeak NG speaks, PocketSphinx listens, through the task functions."""

from __future__ import annotations

import difflib

import pytest

from tests.tasks_live.doing import do, sound_of

pytestmark = pytest.mark.servers

# What PocketSphinx's own model understands of what eSpeak NG says, which is never twice the
# same to the last sample: a word may be misheard.
SENTENCES = [
    "we are going to see the president of the united states",
    "i want to talk about the government",
    "one two three four five",
]


@pytest.mark.parametrize("sentence", SENTENCES)
async def test_what_one_app_says_another_understands(today, sentence):
    """Observed: text to sound to text, from two apps that know nothing of each other."""
    spoken = await do(today("text_to_speech"), "text-to-speech", text=sentence, voice="Emma")
    sound = await spoken.files[0].read()
    heard = await do(today("speech_recognition"), "automatic-speech-recognition", audio=sound)
    alike = difflib.SequenceMatcher(a=heard.text.split(), b=sentence.split()).ratio()
    assert alike >= 0.75, heard.text


async def test_a_voice_is_found_by_its_plain_name(today):
    """Ours: the app's choice is called "🚹 Edward", and its value otherwise."""
    tts = today("text_to_speech")
    emma = await do(tts, "text-to-speech", text="hello world", voice="Emma")
    edward = await do(tts, "text-to-speech", text="hello world", voice="edward")
    assert edward.arguments["voice"] == "edward"
    assert emma.arguments["voice"] == "f5"
    assert await emma.files[0].read() != await edward.files[0].read()


async def test_twice_the_speed_takes_about_half_the_time(today):
    """Ours: the speed is brought into the app's range, and that is said."""
    tts, text = today("text_to_speech"), "there are many people in the world"
    rate, slow = await sound_of(await do(tts, "text-to-speech", text=text, speed=1))
    quick = await do(tts, "text-to-speech", text=text, speed=9)
    assert quick.arguments["speed"] == 2
    assert quick.notes
    _, fast = await sound_of(quick)
    assert 0.4 < len(fast) / len(slow) < 0.65
    assert len(slow) / rate > 1


async def test_a_language_is_found_by_its_code(today):
    """Observed: the app's own pronunciation of "Wasser" is German then."""
    tts = today("text_to_speech")
    german = await do(tts, "text-to-speech", text="Wasser", language="de")
    english = await do(tts, "text-to-speech", text="Wasser", language="English")
    assert german.arguments["language"] == "German"
    assert german.value[1].startswith("v")
    assert english.value[1].startswith("w")


async def test_labels_may_be_in_another_alphabet(today):
    """Observed: a Chinese app; the language is chosen by its code, the words are understood."""
    spoken = await do(today("narrator"), "text-to-speech", text=SENTENCES[0], language="en")
    assert spoken.arguments["语种"] == "英语"
    sound = await spoken.files[0].read()
    heard = await do(today("speech_recognition"), "automatic-speech-recognition", audio=sound)
    assert heard.text == SENTENCES[0]
