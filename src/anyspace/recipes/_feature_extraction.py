"""Feature extraction: a text or a picture goes in, its vector comes out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Field, Kind, Media, Outcome, Shape, Task

__all__ = ["FEATURE_EXTRACTION"]

TEXT: Final = Field(
    name="text",
    kind=Kind.TEXT,
    aliases=("inputs", "input", "sentences"),
    leads=True,
    words={
        1.0: """
            text | input text | sentence | input | text input | query | texts | document |
            content | passage | prompt | 文本 | 输入文本 | 句子 | テキスト | 文 | 텍스트 | 문장 |
            texto | frase | texte | phrase | satz | текст | предложение
            """,
    },
    never="model key token system language file path",
    shape=Shape(reason="it takes text and nothing names it otherwise", score=0.35),
)

FEATURE_EXTRACTION: Final = Task(
    name="feature-extraction",
    fields=(
        TEXT,
        visual.IMAGE,
        diffusion.MODEL,
    ),
    needs=("text|image",),
    outcome=Outcome(
        media=Media.DATA,
        components={
            "json": 1.0,
            "dataframe": 0.9,
            "textbox": 0.6,
            "text": 0.6,
            "code": 0.6,
            "file": 0.5,
            "numpy": 0.9,
            "label": 0.3,
        },
        foreign=frozenset(("video", "audio", "model3d", "chatbot", "image")),
        good="""
            embedding | vector | feature | result | output | representation | 向量 | 嵌入 | 特征 |
            埋め込み | ベクトル | 임베딩 | 벡터 | эмбеддинг | вектор
            """,
        bad="log | status | time | error | info | tokens | caption | shape",
    ),
    calls={
        1.0: """
            embed | embedding | encode | get embedding | feature extraction | extract feature |
            vectorize | compute embedding | embed text | generate embedding | embed image
            """,
        0.6: "feature | vector",
    },
    topic="""
        embed | embedding | vector | encode | encoder | feature extraction | feature vector |
        sentence transformer | 向量 | 嵌入 | 特征 | 埋め込み | ベクトル | 임베딩 | 벡터 |
        эмбеддинг | вектор
        """,
    silent=0.15,
    modes="embedding | feature extraction",
    others="""
        search | similarity | classify | classification | generate | chat | translate | summarize |
        cluster | visualize | retrieve | train | caption | compare | decode | speaker
        """,
)
