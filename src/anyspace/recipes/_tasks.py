"""Every task there is a recipe for. A new one is a file of data and a line here."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from typing import Final

from anyspace._errors import BindingError
from anyspace.recipes._audio_to_audio import AUDIO_TO_AUDIO
from anyspace.recipes._automatic_speech_recognition import AUTOMATIC_SPEECH_RECOGNITION
from anyspace.recipes._chat_completion import CHAT_COMPLETION
from anyspace.recipes._document_ocr import DOCUMENT_OCR
from anyspace.recipes._feature_extraction import FEATURE_EXTRACTION
from anyspace.recipes._image_segmentation import IMAGE_SEGMENTATION
from anyspace.recipes._image_to_3d import IMAGE_TO_3D
from anyspace.recipes._image_to_image import IMAGE_TO_IMAGE
from anyspace.recipes._image_to_text import IMAGE_TO_TEXT
from anyspace.recipes._image_to_video import IMAGE_TO_VIDEO
from anyspace.recipes._image_upscaling import IMAGE_UPSCALING
from anyspace.recipes._inpainting import INPAINTING
from anyspace.recipes._summarization import SUMMARIZATION
from anyspace.recipes._task import Kind, Media, Task
from anyspace.recipes._text_generation import TEXT_GENERATION
from anyspace.recipes._text_to_audio import TEXT_TO_AUDIO
from anyspace.recipes._text_to_image import TEXT_TO_IMAGE
from anyspace.recipes._text_to_speech import TEXT_TO_SPEECH
from anyspace.recipes._text_to_video import TEXT_TO_VIDEO
from anyspace.recipes._translation import TRANSLATION
from anyspace.recipes._visual_question_answering import VISUAL_QUESTION_ANSWERING
from anyspace.recipes._words import Lexicon

__all__ = [
    "field_for",
    "field_kind",
    "field_names",
    "find_field",
    "find_task",
    "lexicon_of",
    "needed_fields",
    "result_media",
    "task_names",
]

_TASKS: Final[Mapping[str, Task]] = {
    task.name: task
    for task in (
        TEXT_TO_IMAGE,
        IMAGE_TO_IMAGE,
        INPAINTING,
        IMAGE_UPSCALING,
        IMAGE_SEGMENTATION,
        TEXT_TO_SPEECH,
        AUTOMATIC_SPEECH_RECOGNITION,
        TEXT_TO_AUDIO,
        AUDIO_TO_AUDIO,
        CHAT_COMPLETION,
        TEXT_GENERATION,
        IMAGE_TO_TEXT,
        VISUAL_QUESTION_ANSWERING,
        DOCUMENT_OCR,
        TRANSLATION,
        SUMMARIZATION,
        TEXT_TO_VIDEO,
        IMAGE_TO_VIDEO,
        IMAGE_TO_3D,
        FEATURE_EXTRACTION,
    )
}


def task_names() -> tuple[str, ...]:
    """The tasks that an app can be bound to, by their pipeline tags."""
    return tuple(_TASKS)


def field_names(task: str) -> tuple[str, ...]:
    """What a caller may say for a task.

    Raises:
        BindingError: There is no recipe for it.
    """
    return tuple(field.name for field in find_task(task).fields)


def needed_fields(task: str) -> tuple[tuple[str, ...], ...]:
    """What a caller must say for a task; of each group one is enough.

    Raises:
        BindingError: There is no recipe for it.
    """
    return tuple(tuple(need.split("|")) for need in find_task(task).needs)


def find_task(name: str) -> Task:
    """Find a task by its pipeline tag.

    Raises:
        BindingError: There is no recipe for it.
    """
    try:
        return _TASKS[name]
    except KeyError:
        near = difflib.get_close_matches(name, _TASKS, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}?" if near else f"there is one for {', '.join(_TASKS)}"
        raise BindingError(f"there is no recipe for the task {name!r}; {hint}") from None


def find_field(task: Task, name: str) -> str | None:
    """The field that a name means: its own, or one of its aliases; None for neither."""
    for field in task.fields:  # asked for every value of every call: no generator is made
        if field.name == name:
            return name
    for field in task.fields:
        if name in field.aliases:
            return field.name
    return None


def field_for(task: str, name: str) -> str | None:
    """The field of a task that a caller's name means, aliases too; None for none.

    Raises:
        BindingError: There is no recipe for the task.
    """
    return find_field(find_task(task), name)


def field_kind(task: str, field: str) -> Kind:
    """What sort of value a field of a task holds.

    Raises:
        BindingError: There is no recipe for the task.
        KeyError: The task has no such field.
    """
    return {each.name: each.kind for each in find_task(task).fields}[field]


def result_media(task: str) -> Media:
    """What the result of a task is made of.

    Raises:
        BindingError: There is no recipe for the task.
    """
    return find_task(task).outcome.media


@cache
def lexicon_of(name: str) -> Lexicon:
    """The task's phrases, compiled on first use."""
    return Lexicon(find_task(name).fields)
