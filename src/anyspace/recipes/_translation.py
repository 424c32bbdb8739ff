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

SOURCE_LANGUAGE: Final = Field(
    name="source_language",
    kind=Kind.LANGUAGE,
    aliases=("src_lang", "source_lang"),
    words={
        1.0: """
            source language | src lang | source lang | from language | input language | source |
            src language | language from | translate from | from lang | original language |
            source lang code | src | from | 源语言 | 原语言 | 源语種 | 来源语言 | 输入语言 |
            原文语言 | 翻訳元 | 翻訳元言語 | 入力言語 | 元の言語 | ソース言語 | 원본 언어 |
            출발 언어 | 소스 언어 | 입력 언어 | idioma origen | lengua origen | idioma fuente |
            langue source | langue origine | quellsprache | ausgangssprache | исходный язык |
            язык оригинала | idioma origem | с языка
            """,
        0.6: "language 1 | lang1",
    },
    never="target output text tgt",
    shape=Shape(reason="its choices are languages", choices="languages", score=0.5),
)

TARGET_LANGUAGE: Final = Field(
    name="target_language",
    kind=Kind.LANGUAGE,
    aliases=("tgt_lang", "target_lang", "language"),
    words={
        1.0: """
            target language | tgt lang | target lang | to language | output language | target |
            destination language | language to | translate into | to lang | tgt language |
            dest lang | tgt | dst lang | into language | target lang code | translation language |
            to | 目标语言 | 目標語言 | 输出语言 | 译文语言 | 翻訳先 | 翻訳先言語 | 出力言語 |
            ターゲット言語 | 대상 언어 | 도착 언어 | 목표 언어 | 출력 언어 | 번역 언어 |
            idioma destino | lengua destino | idioma objetivo | langue cible | langue destination |
            zielsprache | целевой язык | язык перевода | на язык
            """,
        0.75: """
            language | lang | 语言 | 言語 | 언어 | idioma | langue | sprache | язык | direction |
            language pair | language 2 | lang2
            """,
    },
    never="source input text src detect",
    shape=Shape(reason="its choices are languages", choices="languages", score=0.49),
)

TRANSLATION: Final = Task(
    name="translation",
    fields=(
        TEXT,
        SOURCE_LANGUAGE,
        TARGET_LANGUAGE,
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
