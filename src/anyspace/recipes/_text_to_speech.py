"""Text to speech: a text goes in and comes back spoken."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _sound as sound
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["TEXT_TO_SPEECH"]

TEXT_TO_SPEECH: Final = Task(
    name="text-to-speech",
    fields=(
        sound.SPOKEN_TEXT,
        sound.VOICE,
        sound.LANGUAGE,
        sound.REFERENCE_AUDIO,
        sound.REFERENCE_TEXT,
        sound.SPEED,
        sound.TEMPERATURE,
        diffusion.SEED,
        diffusion.RANDOMIZE_SEED,
        diffusion.FIX_SEED,
        diffusion.MODEL,
    ),
    needs=("text",),
    proof="voice|reference_text|speed",
    outcome=Outcome(
        media=Media.AUDIO,
        components=sound.AUDIOS,
        foreign=frozenset(("model3d", "litmodel3d")),
        good=sound.AUDIO_GOOD,
        bad=sound.AUDIO_BAD,
    ),
    calls={
        1.0: """
            text to speech | tts | synthesize | synthesise | synthesized | synthesised |
            synthesis | speak | generate speech | generate audio | text2speech | t2s | say |
            generate tts | voice clone | clone voice | speech synthesis | gen voice |
            tts generate | basic tts | infer tts | clone | narrate | read aloud | generate voice |
            vc
            """,
        0.7: "audio | speech | voice | gen audio",
    },
    topic="""
        text to speech | tts | speech | speak | speaker | voice | synthesize | synthesised |
        synthesized | synthesise | synthesis | narrate | narration | talk | pronounce | 语音 |
        合成 | 语音合成 | 音色 | 说话人 | 音声合成 | 音声 | 読み上げ | 음성 | 음성 합성 | voz |
        hablar | voix | parler | stimme | sprechen | sprache | голос | речь | озвучить | озвучка |
        fala
        """,
    unlike="""
        second total | duration second | audio length | music length | negative prompt | lyric |
        instrumental | bpm | melody | genre | diffusion step | 歌词 | 歌詞 | 가사
        """,
    silent=0.55,
    modes="text to speech | tts | t2st | 语音合成",
    others="""
        music | song | melody | sound effect | sfx | soundscape | lyric | transcribe |
        transcription | recognize | recognition | asr | speech to text | denoise | separate |
        stem | translate | convert voice | voice conversion | caption | text to audio | audioldm |
        musicgen | audiogen | design prompt | batch | 音乐 | 歌曲 | 识别 | 音楽 | 음악
        """,
)
