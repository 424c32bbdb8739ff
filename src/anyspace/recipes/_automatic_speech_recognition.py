"""Speech recognition: a recording goes in, what is said in it comes out as text."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _sound as sound
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["AUTOMATIC_SPEECH_RECOGNITION"]

AUTOMATIC_SPEECH_RECOGNITION: Final = Task(
    name="automatic-speech-recognition",
    fields=(
        sound.AUDIO,
        sound.LANGUAGE,
        sound.RECOGNITION_TASK,
        diffusion.MODEL,
        dialogue.TEMPERATURE,
    ),
    needs=("audio",),
    alone=True,
    outcome=Outcome(
        media=Media.TEXT,
        components=dialogue.TEXTS,
        foreign=dialogue.TEXT_FOREIGN,
        good=dialogue.TEXT_GOOD,
        bad=dialogue.TEXT_BAD,
    ),
    calls={
        1.0: """
            transcribe | transcription | asr | recognize | recognise | speech to text | stt |
            speech recognition | audio to text | transcribe audio | transcribe file |
            transcribe microphone | whisper | s2t | transcript
            """,
        0.7: "listen | audio | decode",
    },
    topic="""
        transcribe | transcription | transcript | asr | recognize | recognition | speech to text |
        stt | whisper | speech | subtitle | wav2vec | conformer | parakeet | canary | 识别 | 转录 |
        语音识别 | 转写 | 文字起こし | 音声認識 | 전사 | 음성 인식 | 받아쓰기 | transcribir |
        transcripcion | transcrire | transkribieren | spracherkennung | распознать |
        распознавание | транскрипция | transcrever
        """,
    silent=0.75,
    modes="transcribe | transcription | asr | speech recognition | speech to text | 语音识别",
    others="""
        translated | translation | text to speech | classify | classification | emotion |
        music caption | caption | describe | diarization | speaker | verify | verification |
        similarity | chat | chatbot | question | answer | voice clone | tts |
        language identification | detect | pitch | tempo | youtube | yt | separate | analyze |
        reference | enhance
        """,
)
