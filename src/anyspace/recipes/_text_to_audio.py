"""Text to audio: a description goes in; music or sounds come out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _sound as sound
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Field, Kind, Media, Outcome, Shape, Task

__all__ = ["TEXT_TO_AUDIO"]

PROMPT: Final = Field(
    name="prompt",
    kind=Kind.TEXT,
    aliases=("text", "inputs", "description"),
    leads=True,
    words={
        1.0: """
            prompt | text prompt | input prompt | description | describe music |
            music description | describe your music | input text | text | music prompt |
            audio prompt | sound description | describe sound | caption | tag | tags |
            style prompt | genre | music style | prompt text | style of music | audio description |
            提示词 | 描述 | 音乐描述 | 风格描述 | 标签 | プロンプト | 説明 | テキスト | 프롬프트 |
            설명 | 텍스트 | descripcion | texto | invite | texte | beschreibung | описание |
            промпт | текст | descricao
            """,
        0.6: "query | message | input | idea | style | topic | mood",
    },
    never="""negative neg lyric lyrics reference ref path url token key model system voice
        speaker reverse seed title name negativo negatif 负 歌词 歌詞 가사""",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.3),
)

LYRICS: Final = Field(
    name="lyrics",
    kind=Kind.TEXT,
    words={
        1.0: """
            lyric | song lyric | lyric text | lyric prompt | lrc | 歌词 | 歌詞 | 가사 | letra |
            parole | liedtext | songtext | текст песни | слова песни
            """
    },
    never="path url model negative",
)

TEXT_TO_AUDIO: Final = Task(
    name="text-to-audio",
    fields=(
        PROMPT,
        diffusion.NEGATIVE_PROMPT,
        LYRICS,
        visual.DURATION,
        diffusion.MODEL,
        diffusion.SEED,
        diffusion.RANDOMIZE_SEED,
        diffusion.FIX_SEED,
        diffusion.GUIDANCE_SCALE,
        diffusion.NUM_INFERENCE_STEPS,
        sound.REFERENCE_AUDIO,
        dialogue.TEMPERATURE,
        dialogue.TOP_K,
        dialogue.TOP_P,
        diffusion.SCHEDULER,
    ),
    needs=("prompt",),
    proof="lyrics|duration",
    outcome=Outcome(
        media=Media.AUDIO,
        components={**sound.AUDIOS, "video": 0.6},
        foreign=frozenset(("model3d", "litmodel3d")),
        good=sound.AUDIO_GOOD,
        bad=sound.AUDIO_BAD,
    ),
    calls={
        1.0: """
            text to audio | text2audio | t2a | text to music | generate music | music generation |
            musicgen | text2music | generate sound | sound effect | generate song | make music |
            create music | compose | audio generation | sfx | text to sound
            """,
        0.7: "generate audio | audio | music | predict full | gen audio | song",
    },
    topic="""
        audio generator | music | song | melody | sound | sound effect | sfx | soundscape |
        text to audio | text2audio | audio generation | instrumental | beat | audioldm | audiogen |
        lyric | 音乐 | 歌曲 | 音效 | 旋律 | 音楽 | 曲 | 効果音 | 음악 | 노래 | musica |
        musique | musik | музыка | cancion | genre | bpm | track | composer | foley
        """,
    silent=0.5,
    modes="text to audio | text to music | music",
    others="""
        synthesize | synthesise | speaking | spoken | say | tts | text to speech | speech | speak |
        speaker | narrate | voice clone | cloning | transcribe | transcription | recognize |
        speech to text | denoise | separate | stem | translate | caption | voice conversion |
        video | film | movie | animate | 视频 | 動画 | 영상 | видео | inpaint |
        repaint | extend | retake | 语音合成 | 识别
        """,
)
