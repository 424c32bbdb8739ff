"""Summarization: a long text goes in, a short one comes out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _sound as sound
from anyspace.recipes._task import Field, Kind, Media, Outcome, Shape, Task

__all__ = ["SUMMARIZATION"]

TEXT: Final = Field(
    name="text",
    kind=Kind.TEXT,
    aliases=("inputs", "input", "prompt"),
    leads=True,
    words={
        1.0: """
            text | input text | article | document | text summarize | source text | long text |
            text input | content | passage | input | paragraph | input article | original text |
            article text | news | text to summarize | full text | input document | story |
            transcript | dialogue | 文本 | 输入文本 | 文章 | 原文 | 长文本 | テキスト |
            入力テキスト | 記事 | 텍스트 | 입력 텍스트 | 본문 | 기사 | texto | articulo |
            texto resumir | texte | texte resumer | eingabetext | artikel | текст | статья |
            исходный текст | artigo
            """,
        0.7: """
            prompt | message | query | sentence | abstract | 输入 | 入力 | 입력 | entrada |
            eingabe | ввод | body
            """,
    },
    never="target output system language lang key token model url question title summary",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.35),
)

MIN_LENGTH: Final = Field(
    name="min_length",
    kind=Kind.INTEGER,
    words={
        1.0: """
            min length | minimum length | min len | min token | min new token | minimum token |
            minimum summary length | min summary length | min word | minimum word | 最小长度 |
            最短长度 | 最小文字数 | 최소 길이 | longitud minima | longueur minimale |
            mindestlange | минимальная длина | comprimento minimo
            """,
    },
    never="max maximum",
)

LENGTH: Final = Field(
    name="length",
    kind=Kind.CHOICE,
    words={
        1.0: """
            summary length | length | summary type | summary style | length summary | 摘要长度 |
            要約の長さ | 요약 길이 | longitud | longitud resumen | longueur | longueur resume |
            lange | lange zusammenfassung | длина | длина резюме | comprimento | tamanho resumo
            """
    },
    never="max min maximum minimum beam penalty",
)

DOCUMENT: Final = Field(
    name="document",
    kind=Kind.DOCUMENT,
    words={
        1.0: """
            file | document | pdf | upload file | upload document | upload pdf | 文件 | ファイル |
            파일 | archivo | fichier | datei | файл | arquivo
            """
    },
    never="output result",
    insists=0.6,
)

SUMMARIZATION: Final = Task(
    name="summarization",
    fields=(
        TEXT,
        dialogue.MAX_TOKENS,
        MIN_LENGTH,
        LENGTH,
        diffusion.MODEL,
        sound.LANGUAGE,
        DOCUMENT,
    ),
    needs=("text",),
    proof="min_length",
    outcome=Outcome(
        media=Media.TEXT,
        components=dialogue.TEXTS,
        foreign=dialogue.TEXT_FOREIGN,
        good=dialogue.TEXT_GOOD,
        bad=dialogue.TEXT_BAD,
    ),
    calls={
        1.0: """
            summarize | summarise | summary | summarization | summarizer | tldr | get summary |
            generate summary | summarize text | abstract
            """,
        0.6: "shorten | condense | generate headline",
    },
    topic="""
        summarize | summarise | summary | summarization | summarizer | summarized | tldr | tl dr |
        headline | key point | 摘要 | 总结 | 概括 | 要約 | まとめ | 요약 | resumir | resumen |
        resumidor | resume | resumer | zusammenfassen | zusammenfassung | резюме | суммаризация |
        краткое содержание | сводка | resumo
        """,
    silent=0.2,
    modes="summarize | summary | summarization | abstractive",
    others="""
        translate | translation | chat | chatbot | caption | ocr | transcribe | tts | paraphrase |
        grammar | sentiment | classify | question answering | video | youtube | audio | url |
        website
        """,
)
