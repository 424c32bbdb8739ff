"""Audio to audio: a recording goes in and comes back cleaned, taken apart or in another voice."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _sound as sound
from anyspace.recipes._task import Field, Kind, Media, Outcome, Task

__all__ = ["AUDIO_TO_AUDIO"]

PITCH: Final = Field(
    name="pitch",
    kind=Kind.NUMBER,
    words={
        1.0: """
            pitch | pitch shift | transpose | key shift | semitone | key | semitone shift |
            pitch change | f0 up key | transposition | 变调 | 音高 | 升降调 | ピッチ | キー |
            피치 | tono | hauteur | tonhohe | тон | высота тона
            """,
    },
    never="api method algorithm extraction file guidance",
)

AUDIO_TO_AUDIO: Final = Task(
    name="audio-to-audio",
    fields=(
        sound.AUDIO,
        sound.REFERENCE_AUDIO,
        sound.VOICE,
        dialogue.SOURCE_LANGUAGE,
        dialogue.TARGET_LANGUAGE,
        PITCH,
        diffusion.MODEL,
        diffusion.SEED,
        diffusion.RANDOMIZE_SEED,
        diffusion.GUIDANCE_SCALE,
        diffusion.NUM_INFERENCE_STEPS,
    ),
    needs=("audio",),
    outcome=Outcome(
        media=Media.AUDIO,
        components=sound.AUDIOS,
        foreign=frozenset(("model3d", "litmodel3d")),
        good=sound.AUDIO_GOOD,
        bad=sound.AUDIO_BAD,
    ),
    calls={
        1.0: """
            separate | separation | convert voice | voice conversion | denoise | enhance |
            enhance audio | isolate | vocal remover | convert | demucs | stem |
            speech enhancement | audio to audio | speech to speech | s2s | vc | voice changer |
            change voice | remove vocal | clean audio | master | remix | super resolution | s2st |
            remove noise | noise reduction
            """,
        0.7: "audio | translate | clean | transform | voice",
    },
    topic="""
        translated speech | speech translation | separate | separation | separator |
        source separation | stem | vocal | accompaniment | instrumental | denoise | denoised |
        noise | enhance | enhancement | enhanced | voice conversion | convert | converted |
        voice changer | rvc | speech to speech | s2st | demucs | isolate | remix | audio to audio |
        dubbing | cloned | mastering | clean | restore | 人声 | 分离 | 伴奏 | 降噪 | 变声 | 转换 |
        分離 | 変換 | ノイズ | 분리 | 변환 | 잡음 | separar | convertir | separer | trennen |
        разделить | преобразование | separador
        """,
    silent=0.7,
    modes="speech to speech | s2st | voice conversion | enhance",
    others="""
        transcribe | transcription | recognition | asr | tts | text to speech | synthesize |
        caption | classify | record | load audio | trim | clone voice | melody | musicgen
        """,
)
