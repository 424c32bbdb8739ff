"""Translation: a text goes in and comes back in another language."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes._task import Field, Kind, Media, Outcome, Shape, Task

__all__ = ["TRANSLATION"]

TEXT: Final = Field(
    name="text",
    kind=Kind.TEXT,
    aliases=("inputs", "input", "prompt"),
    leads=True,
    words={
        1.0: """
            text | input text | source text | text translate | text input | original text |
            sentence | input sentence | source | text to translate | input | src text | content |
            phrase | 文本 | 原文 | 输入文本 | 源文本 | 待翻译文本 | テキスト | 入力テキスト |
            텍스트 | 원문 | 입력 텍스트 | texto | texto original | texto traducir | texte |
            texte source | texte traduire | eingabetext | quelltext | текст | исходный текст |
            текст перевода | texto origem
            """,
        0.7: "prompt | message | query | 输入 | 入力 | 입력 | entrada | eingabe | ввод | paragraph",
    },
    never="target output translated system language lang key token model file url context glossary",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.35),
)

TRANSLATION: Final = Task(
    name="translation",
    fields=(
        TEXT,
        dialogue.SOURCE_LANGUAGE,
        dialogue.TARGET_LANGUAGE,
        diffusion.MODEL,
        *dialogue.SAMPLING,
    ),
    needs=("text",),
    expects="target_language",
    proof="target_language",
    outcome=Outcome(
        media=Media.TEXT,
        components=dialogue.TEXTS,
        foreign=dialogue.TEXT_FOREIGN,
        good=dialogue.TEXT_GOOD,
        bad=dialogue.TEXT_BAD,
    ),
    calls={
        1.0: """
            translate | translation | translator | translate text | t2tt | text translation | nmt |
            mt | run t2tt
            """,
        0.6: "convert | t2t",
    },
    topic="""
        translate | translation | translated | translator | nllb | opus mt | t2tt |
        source language | target language | 翻译 | 译文 | 翻譯 | 翻訳 | 번역 | traducir |
        traduccion | traductor | traduire | traduction | ubersetzen | ubersetzung | ubersetzer |
        перевод | перевести | переводчик | traduzir | traducao
        """,
    silent=0.2,
    modes="translate | translation | t2tt | text to text translation",
    others="""
        summarize | summary | chat | chatbot | caption | ocr | transcribe | speech to text | tts |
        detect language | language detection | grammar | paraphrase | prompt | sentiment | speech |
        audio | image | sign language | transliterate
        """,
)
