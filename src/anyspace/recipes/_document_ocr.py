"""OCR: a picture of text or a document goes in, the text comes out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _sound as sound
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Field, Kind, Media, Outcome, Shape, Task

__all__ = ["DOCUMENT_OCR"]

DOCUMENT: Final = Field(
    name="document",
    kind=Kind.DOCUMENT,
    aliases=("file", "pdf"),
    leads=True,
    words={
        1.0: """
            document | pdf | pdf file | file | document file | upload pdf | upload document |
            upload file | input file | pdf document | doc | file path | file upload | page | 文件 |
            文档 | 上传文件 | 上传PDF | ファイル | 文書 | 파일 | 문서 | archivo | documento |
            fichier | datei | dokument | файл | документ | arquivo
            """,
    },
    never="output result download config mask generated",
    shape=Shape(reason="it takes a file", score=0.45),
)

DOCUMENT_OCR: Final = Task(
    name="document-ocr",
    fields=(
        visual.IMAGE,
        DOCUMENT,
        sound.LANGUAGE,
        dialogue.QUESTION,
        diffusion.MODEL,
        *dialogue.SAMPLING,
    ),
    needs=("image|document",),
    alone=True,
    outcome=Outcome(
        media=Media.TEXT,
        components={**dialogue.TEXTS, "dataframe": 0.9},
        foreign=dialogue.TEXT_FOREIGN,
        good=dialogue.TEXT_GOOD,
        bad=dialogue.TEXT_BAD,
    ),
    calls={
        1.0: """
            ocr | recognize | recognise | read text | extract text | extract | text recognition |
            image to text | parse | parse document | pdf to markdown | to markdown | run ocr |
            ocr image | process document | convert | parse doc | perform ocr | read | process pdf
            """,
        0.7: "process image | inference | transcribe | process file | ocr demo | image2latex",
    },
    topic="""
        ocr | recognition | text recognition | extract text | extracted text | recognized text |
        read text | handwriting | handwritten | document | pdf | markdown | latex | trocr |
        easyocr | paddleocr | tesseract | 识别 | 文字识别 | 文档 | 提取文字 | 文字認識 | 読み取り |
        認識 | 인식 | 문자 인식 | 텍스트 추출 | 문서 | reconocimiento | extraer texto |
        reconnaissance | texterkennung | распознавание текста | документ | reconhecimento
        """,
    silent=0.3,
    modes="""
        ocr | text recognition | free ocr | ocr with region | extract text | read text | markdown |
        plain text ocr
        """,
    others="""
        caption | classify | classification | detect | detection | describe | face | emotion |
        speech | audio | chat | chatbot | summarize | translate | question | vqa | embedding |
        similarity | index | video | speech recognition | face recognition | emotion recognition |
        plant | pose | object
        """,
)
