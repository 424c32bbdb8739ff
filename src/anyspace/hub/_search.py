"""Search the Hub's Spaces by what they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from anyspace._errors import UsageError
from anyspace.hub._api import ask_hub, decode_answer

__all__ = ["FoundSpace", "search_spaces"]

_LONGEST: Final = 250  # characters; the Hub's own tools cut longer questions off

# What the Hub calls the tasks that it sorts Spaces by.
_CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    "text-to-image": ("Image Generation",),
    "image-to-image": ("Image Editing", "Style Transfer"),
    "inpainting": ("Image Editing", "Inpainting"),
    "image-upscaling": ("Image Upscaling", "Image Restoration", "Image Enhancement"),
    "image-segmentation": ("Background Removal", "Image Segmentation"),
    "text-to-speech": ("Speech Synthesis", "Voice Cloning", "Text to Speech"),
    "automatic-speech-recognition": ("Speech Recognition", "Speech to Text", "Transcription"),
    "text-to-audio": ("Music Generation", "Audio Generation", "Sound Generation"),
    "audio-to-audio": ("Audio Processing", "Audio Separation", "Voice Conversion"),
    "chat-completion": ("Chatbots", "Text Generation", "Question Answering"),
    "text-generation": ("Text Generation", "Code Generation"),
    "image-to-text": ("Image Captioning", "Visual QA"),
    "visual-question-answering": ("Visual QA", "Image Captioning"),
    "document-ocr": ("OCR", "Document Analysis"),
    "translation": ("Language Translation", "Translation"),
    "summarization": ("Text Summarization", "Summarization"),
    "text-to-video": ("Video Generation",),
    "image-to-video": ("Video Generation", "Image to Video", "Animation"),
    "image-to-3d": ("3D Modeling", "3D Generation"),
    "feature-extraction": ("Embeddings", "Semantic Search", "Text Analysis"),
}


class FoundSpace(msgspec.Struct, frozen=True, kw_only=True):
    """A Space that was found.

    Attributes:
        id: ``owner/name``.
        title: What its page is called.
        description: What it does, in the Hub's own short words.
        category: What the Hub takes it for (``"Image Generation"``).
        task: The task that this is (``"text-to-image"``), ``""`` when it is none of ours.
        likes: How many like it.
        stage: How it is, see `SpaceFacts`.
        hardware: What it runs on.
        relevance: How well it fits the words, 0 to 1; None when the Hub does not say.
    """

    id: str
    title: str = ""
    description: str = ""
    category: str = ""
    task: str = ""
    likes: int = 0
    stage: str = ""
    hardware: str = ""
    relevance: float | None = None


async def search_spaces(
    words: str,
    *,
    task: str | None = None,
    running: bool = False,
    hardware: str | None = None,
    limit: int = 20,
    token: str | None = None,
) -> list[FoundSpace]:
    """Search Gradio Spaces by meaning.

    Asks ``/api/spaces/semantic-search``; a single word is looked up in their texts.

    Args:
        words: What it should do.
        task: Only those that the Hub takes for this task, those it is unsure of last.
        running: Only those that run now.
        hardware: Only those that run on this (``"zero-a10g"``, ``"cpu-basic"``), or on
            hardware whose name begins so (``"zero"``, ``"cpu"``).
        limit: How many at most.
        token: For the Hub.

    Raises:
        UsageError: There are no words, or no such task.
        AnyspaceError: The Hub cannot be asked.
    """
    if task is not None and task not in _CATEGORIES:
        raise UsageError(f"no task {task!r}; there are {', '.join(_CATEGORIES)}")
    words = " ".join(words.split())[:_LONGEST] or (task or "").replace("-", " ")
    if not words:
        raise UsageError("say what the Space should do")
    params: dict[str, Any] = {"q": words, "sdk": "gradio"}
    if not running:
        params["includeNonRunning"] = "true"
    body = await ask_hub("GET", "/api/spaces/semantic-search", token=token, params=params)
    found = [_read(item) for item in _items(body)]
    if running:
        found = [space for space in found if space.stage.startswith("RUNNING")]
    if hardware is not None:
        found = [space for space in found if space.hardware.startswith(hardware)]
    if task is not None:
        found = _sorted_by_task(found, task)
    return found[:limit]


def _sorted_by_task(found: list[FoundSpace], task: str) -> list[FoundSpace]:
    """Those of the task, then those that the Hub takes for nothing."""
    mine = [space for space in found if space.category in _CATEGORIES[task]]
    return mine + [space for space in found if not space.category]


def _items(body: bytes) -> list[dict[str, Any]]:
    told = decode_answer(body)
    items = told if isinstance(told, list) else []
    return [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]


def _read(item: dict[str, Any]) -> FoundSpace:
    runtime = _mapping(item.get("runtime"))
    hardware = _mapping(runtime.get("hardware"))
    category = _text(item.get("ai_category"))
    relevance = item.get("semanticRelevancyScore")
    return FoundSpace(
        id=item["id"],
        title=_text(item.get("title")),
        description=_text(item.get("ai_short_description")) or _text(item.get("shortDescription")),
        category=category,
        task=next((task for task, known in _CATEGORIES.items() if category in known), ""),
        likes=likes if isinstance(likes := item.get("likes"), int) else 0,
        stage=_text(runtime.get("stage")),
        hardware=_text(hardware.get("current")) or _text(hardware.get("requested")),
        relevance=float(relevance) if isinstance(relevance, int | float) else None,
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
