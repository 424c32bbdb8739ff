"""Image to text: a picture goes in, what it shows comes out in words."""

from __future__ import annotations

from typing import Final

import msgspec

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Field, Kind, Media, Outcome, Task

__all__ = ["IMAGE_TO_TEXT"]

# One that must be asked something answers questions rather than describes.
QUESTION: Final = msgspec.structs.replace(dialogue.QUESTION, leads=False, insists=0.6)

DETAIL: Final = Field(
    name="style",
    kind=Kind.CHOICE,
    words={
        1.0: """
            caption type | caption style | caption length | detail level | mode | task |
            description type | task prompt | type | 描述类型 | 任务 | タスク | 작업
            """,
        0.7: "length | detail | caption detail | 长度 | 長さ | 길이 | longitud | longueur | lange",
    },
    never="model decoding sampling device file",
)

IMAGE_TO_TEXT: Final = Task(
    name="image-to-text",
    fields=(
        visual.IMAGE,
        diffusion.MODEL,
        QUESTION,
        DETAIL,
        *dialogue.SAMPLING,
    ),
    needs=("image",),
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
            caption | captioning | describe | image to text | img2txt | image2text | i2t |
            describe image | generate caption | caption image | interrogate | image caption |
            image captioning | tag | tagger | generate description | image to prompt | blip |
            get caption | generate captions
            """,
        0.7: "answer | analyze | process image | ocr | inspect",
    },
    topic="""
        caption | captioning | describe | description | image to text | img2txt | image2text |
        interrogate | interrogator | tag | tagger | image to prompt | alt text | vision language |
        vlm | 描述 | 图像描述 | 图片描述 | 标签 | 反推 | キャプション | 説明 | タグ | 캡션 | 설명 |
        태그 | describir | descripcion | decrire | legende | beschreiben | beschreibung | описать |
        описание | подпись | descrever | blip
        """,
    silent=0.6,
    modes="""
        more detailed caption | detailed caption | caption | captioning | description |
        descriptive | describe
        """,
    others="""
        classify | classification | classifier | detect | detection | ocr | read text |
        text recognition | face | age | emotion | nsfw | similarity | embedding | chat | chatbot |
        question | translate | prompt to image | text to image | txt2img | video | metadata |
        exif | qr | barcode | segment | count | info | estimate | document | pdf | latex | math |
        search | 识别 | 分类 | 分類 | 문자
        """,
)
