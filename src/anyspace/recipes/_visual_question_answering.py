"""Visual question answering: a picture and a question go in, an answer comes out."""

from __future__ import annotations

from typing import Final

from anyspace.recipes import _dialogue as dialogue
from anyspace.recipes import _diffusion as diffusion
from anyspace.recipes import _visual as visual
from anyspace.recipes._task import Media, Outcome, Task

__all__ = ["VISUAL_QUESTION_ANSWERING"]

VISUAL_QUESTION_ANSWERING: Final = Task(
    name="visual-question-answering",
    fields=(
        visual.IMAGE,
        dialogue.QUESTION,
        dialogue.HISTORY,
        dialogue.SYSTEM_PROMPT,
        *dialogue.SAMPLING,
        diffusion.MODEL,
        diffusion.SEED,
    ),
    needs=("image", "question"),
    outcome=Outcome(
        media=Media.TEXT,
        components=dialogue.TEXTS,
        foreign=dialogue.TEXT_FOREIGN,
        good=dialogue.TEXT_GOOD,
        bad=dialogue.TEXT_BAD,
    ),
    calls={
        1.0: """
            vqa | visual question answering | answer question | answer | ask | image question |
            chat | multimodal | multimodal understanding | ask image | image inference |
            image chat | qwen inference | describe | generate image | process image | respond |
            bot streaming | bot | understand | model inference | answer image | query image
            """,
        0.7: "caption | inspect | analyze | stream",
    },
    topic="""
        vqa | question | question answering | answer | ask | query | multimodal | vision |
        vision language | vlm | llava | chat | understanding | describe | 问答 | 问题 | 质问 |
        質問 | 질문 | pregunta | frage | вопрос | pergunta | response | instruct
        """,
    silent=0.8,
    modes="vqa | question answering | visual question answering | text vqa | docvqa",
    others="""
        ocr | segment | segmentation | detect | detection | generate prompt | text to image |
        txt2img | edit | edit image | video inference | video | classify | embedding | similarity |
        retrieve | search | index | point | phrase grounding | 视频
        """,
)
