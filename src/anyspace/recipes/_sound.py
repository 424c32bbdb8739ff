"""Fields of tasks around speech and sound, and the words apps use for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from anyspace.recipes._task import Field, Kind, Shape

__all__ = [
    "AUDIO",
    "AUDIOS",
    "AUDIO_BAD",
    "AUDIO_GOOD",
    "LANGUAGE",
    "RECOGNITION_TASK",
    "REFERENCE_AUDIO",
    "REFERENCE_TEXT",
    "SPEED",
    "SPOKEN_TEXT",
    "TEMPERATURE",
    "VOICE",
]

SPOKEN_TEXT: Final = Field(
    name="text",
    kind=Kind.TEXT,
    aliases=("prompt", "input", "inputs"),
    leads=True,
    words={
        1.0: """
            text | input text | text input | text generate | text synthesize | text prompt |
            gen text | target text | text speech | tts text | text read | text speak |
            speech text | input text prompt | script | sentence | text convert | text say |
            what say | speak | 文本 | 输入文本 | 合成文本 | 文字 | 要合成的文本 | 目标文本 |
            需要合成的文本 | 待合成文本 | テキスト | 入力テキスト | 読み上げるテキスト |
            合成テキスト | 텍스트 | 입력 텍스트 | texto | texto entrada | texte | texte entree |
            texte lire | текст | входной текст | eingabetext
            """,
        0.85: """
            prompt | transcript | content | story | paragraph | words | message | dialogue |
            dialog | lyric | phrase | 内容 | 台词 | セリフ | 対話 | 대사 | inhalt | frase | satz
            """,
        0.6: "input | query | description | 输入 | 入力 | 입력 | entrada | eingabe | ввод",
    },
    never="""reference ref negative style instruct instruction speaker voice file path url
        system emotion 参考 参照 参考文本 참조 风格 seed token key gpt language transcription
        prompted sample""",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.3),
)

VOICE: Final = Field(
    name="voice",
    kind=Kind.CHOICE,
    words={
        1.0: """
            voice | speaker | voice name | speaker name | speaker id | voice preset | voice id |
            voice style | speaker voice | narrator | preset voice | voice actor | singer |
            voice selection | voice option | voice character | character voice | history prompt |
            speaker embedding | acoustic prompt | tts voice | voicepack | voice model | 音色 |
            声音 | 说话人 | 发音人 | 角色 | 人物 | 语音 | 話者 | ボイス | 声 | 声の種類 | 音声 |
            キャラクター | 목소리 | 음성 | 화자 | voz | hablante | voix | locuteur | stimme |
            sprecher | голос | диктор | спикер | говорящий | чтец | locutor | narrador
            """,
        0.6: """
            spk | spkr | character | actor | persona | avatar | person | accent | preset | gender |
            history
            """,
    },
    never="""reference clone cloning conversion volume speed strength cleanup use enable mode type 2
        second model_type number num rate pitch similarity""",
)

LANGUAGE: Final = Field(
    name="language",
    kind=Kind.LANGUAGE,
    aliases=("lang",),
    words={
        1.0: """
            language | lang | language code | text language | spoken language | source language |
            audio language | speech language | input language | language id | lang code |
            target language | output language | language text | transcription language |
            tts language | src lang | source lang | src language | spoken in | 语言 | 语种 |
            文本语言 | 音频语言 | 語言 | 言語 | 언어 | idioma | lengua | langue | sprache | язык |
            lingua
            """,
        0.6: "locale | accent | dialect | 方言",
    },
    never="""model prompt reference auto detect ui interface tokenizer translate correction
        enable use diarization 参考 参照 참조""",
    shape=Shape(reason="its choices are languages", choices="languages", score=0.6),
)

REFERENCE_AUDIO: Final = Field(
    name="reference_audio",
    kind=Kind.AUDIO,
    aliases=("reference", "speaker_audio", "voice_sample"),
    words={
        1.0: """
            reference audio | ref audio | audio prompt | prompt audio | speaker audio |
            audio reference | prompt speech | reference speech | reference voice | voice sample |
            speaker reference | audio sample | voice clone | clone voice | prompt wav | ref wav |
            speaker wav | reference speaker | voice reference | sample audio | upload voice |
            voice upload | audio prompt path | reference | speaker sample | target voice |
            conditioning audio | 参考音频 | 参考语音 | 参考声音 | 提示音频 | 音色参考音频 |
            参考音色 | 上传参考音频 | 参照音声 | リファレンス音声 | 参照オーディオ | 참조 오디오 |
            참조 음성 | 레퍼런스 오디오 | audio referencia | voz referencia | audio de reference |
            voix reference | referenzaudio | referenzstimme | эталонное аудио | референсное аудио |
            образец голоса
            """,
        0.75: """
            audio | voice | speaker | speech | input audio | upload audio | audio file |
            audio input | prompt | sample | wav | clone | record | 音频 | 音声 | 오디오 | 음성 |
            голос | аудио | stimme | voz | voix
            """,
        0.5: "microphone | mic | file | upload",
    },
    never="use output generated result emotion style emo background music second video mix 情感",
    shape=Shape(reason="it takes a recording", score=0.4),
    insists=0.9,
)

REFERENCE_TEXT: Final = Field(
    name="reference_text",
    kind=Kind.TEXT,
    aliases=("ref_text", "prompt_text"),
    words={
        1.0: """
            reference text | ref text | prompt text | reference transcript | reference audio text |
            text reference | transcript reference audio | reference transcription |
            prompt transcript | audio transcript | speaker text | voice transcript |
            text reference audio | transcript prompt | prompt audio text |
            reference audio transcript | transcript of audio | 参考文本 | 参考音频的文本 |
            参考音频文本 | 提示文本 | prompt文本 | 参考音频内容 | 参照テキスト |
            参照音声のテキスト | 참조 텍스트 | 참조 음성 텍스트 | texto referencia |
            texte reference | transcripcion audio referencia | referenztext | эталонный текст |
            текст образца
            """,
        0.7: "transcript | transcription | sample text",
    },
    never="target gen generate style negative",
)

SPEED: Final = Field(
    name="speed",
    kind=Kind.NUMBER,
    words={
        1.0: """
            speed | speech speed | speaking rate | speech rate | rate | speed factor |
            talking speed | speaking speed | voice speed | speed rate | length scale | tempo |
            pace | spd | speed multiplier | 语速 | 速度 | 倍速 | 話速 | スピード | 話す速度 | 속도 |
            말하기 속도 | 배속 | velocidad | vitesse | debit | geschwindigkeit |
            sprechgeschwindigkeit | скорость | скорость речи | velocidade
            """,
    },
    never="sample sampling learning frame bit fps mutation crossover pitch",
    span=(1, 400),
)

TEMPERATURE: Final = Field(
    name="temperature",
    kind=Kind.NUMBER,
    words={
        1.0: """
            temperature | temp | sampling temperature | generation temperature | text temperature |
            text temp | 温度 | 溫度 | 温度系数 | 采样温度 | 온도 | temperatura | temperatur |
            температура
            """,
    },
    never="fallback increment waveform wave file path dir",
    span=(0.1, 10),
)

AUDIO: Final = Field(
    name="audio",
    kind=Kind.AUDIO,
    aliases=("inputs", "file", "input_audio"),
    leads=True,
    words={
        1.0: """
            audio | input audio | audio input | upload audio | audio file | audio path | speech |
            recording | voice | sound | input speech | source audio | wav | music | song | track |
            audio upload | speech file | input file | vocal | audio record | input sound |
            noisy audio | source voice | original audio | input recording | speech input |
            audio source | input music | 音频 | 输入音频 | 上传音频 | 语音 | 录音 | 音頻 |
            待转换音频 | 源音频 | 音声 | 音声ファイル | 入力音声 | 録音 | オーディオ | 오디오 |
            음성 | 오디오 파일 | 녹음 | audio entrada | entrada audio | archivo audio |
            fichier audio | audio entree | enregistrement | audiodatei | aufnahme |
            sprachaufnahme | аудио | аудиофайл | запись | голос | arquivo audio
            """,
        0.75: """
            microphone | mic | record | upload | file | input | source | file upload | media |
            麦克风 | マイク | 마이크 | 上传 | アップロード | 업로드 | 파일 | microfono | mikrofon |
            микрофон | upload file
            """,
    },
    never="reference ref target output generated result prompt url link 参考 背景",
    shape=Shape(reason="it takes a recording", score=0.5),
)

RECOGNITION_TASK: Final = Field(
    name="task",
    kind=Kind.CHOICE,
    words={
        1.0: """
            task | task type | mode task | 任务 | タスク | 작업 | tarea | tache | aufgabe |
            задача | tarefa
            """,
        0.7: "mode | action | operation | 模式",
    },
    never="model language",
)

AUDIOS: Final[Mapping[str, float]] = {
    "audio": 1.0,
    "microphone": 1.0,
    "video": 0.45,  # a waveform that plays, before 4.0
    "file": 0.45,
    "html": 0.35,
    "downloadbutton": 0.3,
    "json": 0.15,
}
AUDIO_GOOD: Final = """
result | output | generated | audio | speech | sound | music | synthesized | voice | song |
final | output audio | generated audio | enhanced | converted | vocal | mix | 结果 | 输出 |
生成 | 音频 | 语音 | 合成 | 出力 | 結果 | 音声 | 결과 | 출력 | 오디오 | 음성 | resultado |
resultat | ergebnis | результат | аудио | saida | salida | sortie | ausgabe
"""
AUDIO_BAD: Final = """
input | reference | ref | original | source | noisy | used | waveform | visual | spectrogram |
preview | history | example | noise | log | prompt | download | 参考 | 输入 | 预览 | 入力 |
参照 | 입력 | 참조 | entrada | entree | eingabe
"""
