"""``/v1/audio/transcriptions`` and ``/v1/audio/translations``: what is said, written down."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency

from anyspace._errors import AnyspaceError, BindingError
from anyspace.client import AsyncMediaFile, LocalFile
from anyspace.gateway._answers import Told, answer, documented, told, told_headers
from anyspace.gateway._errors import Refused
from anyspace.gateway._forms import read_form
from anyspace.gateway._gateway import Asked, Beat, Done, Gateway
from anyspace.gateway._handed_on import ask_headers
from anyspace.gateway._operations import EVENTS
from anyspace.gateway._streams import HEARTBEAT, event, event_stream
from anyspace.gateway.openai._extras import typed_extras
from anyspace.gateway.openai._times import (
    Segment,
    find_segments,
    joined,
    parse_segments,
    render_srt,
    render_vtt,
)
from anyspace.recipes import find_files
from anyspace.tasks import Growth

__all__ = ["TranscriptionForm", "TranslationForm", "create_transcription", "create_translation"]

Format = Literal["json", "text", "srt", "verbose_json", "vtt"]

_TASK: Final = "automatic-speech-recognition"
_TIMED: Final = ("srt", "vtt")
_SUBTITLES: Final = (".srt", ".vtt", ".json")
_MOST_SUBTITLES: Final = 16 * 1024 * 1024  # bytes; a file of times is not larger
_TEXTS: Final = {"text": "text/plain", "srt": "application/x-subrip", "vtt": "text/vtt"}
_NO_USAGE: Final = {"type": "duration", "seconds": 0}


class TranslationForm(msgspec.Struct, kw_only=True):
    """What to write down in English. Other fields are those of the task, or the Space's own.

    Attributes:
        file: The recording.
        model: A model of this gateway; the first one that listens when left out.
        prompt: What it is about, for Spaces that have a place for it.
        response_format: ``srt`` and ``vtt`` need a Space that tells times.
        temperature: How freely to guess.
    """

    file: LocalFile
    model: str | None = None
    prompt: str | None = None
    response_format: Format = "json"
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None


class TranscriptionForm(TranslationForm, kw_only=True):
    """What to write down. Other fields are those of the task, or the Space's own.

    Attributes:
        language: What is spoken, as code or name.
        stream: Give the text so far while it is written, as server-sent events.
        timestamp_granularities: What Spaces tell counts, whatever is asked for.
        include: Has no meaning here.
        chunking_strategy: Likewise.
    """

    language: str | None = None
    stream: bool | None = None
    timestamp_granularities: list[Literal["word", "segment"]] | None = None
    include: list[str] | None = None
    chunking_strategy: str | dict[str, str] | None = None


class TimedText(msgspec.Struct, kw_only=True):
    """One segment.

    Attributes:
        id: Its number, from 0.
        start: When it begins, in seconds.
        end: When it ends.
        text: What is said.
        seek: Always 0: Spaces tell none of the following.
        tokens: Always empty.
        temperature: Always 0.
        avg_logprob: Always 0.
        compression_ratio: Always 0.
        no_speech_prob: Always 0.
    """

    id: int
    start: float
    end: float
    text: str
    seek: int = 0
    tokens: list[int] = []
    temperature: float = 0.0
    avg_logprob: float = 0.0
    compression_ratio: float = 0.0
    no_speech_prob: float = 0.0


class Transcript(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was said. All but the text only as ``verbose_json``.

    Attributes:
        text: The text.
        anyspace: Who wrote it down, and how.
        task: ``transcribe`` or ``translate``.
        language: The one that was asked for; ``""`` when none was.
        duration: Up to the end of the last segment; 0 when the Space tells no times.
        segments: When what was said, as far as the Space tells.
    """

    text: str
    anyspace: Told
    task: str | None = None
    language: str | None = None
    duration: float | None = None
    segments: list[TimedText] | None = None


@post(
    "/v1/audio/transcriptions",
    status_code=200,
    **documented(Transcript, form=TranscriptionForm, also=(*_TEXTS.values(), EVENTS)),
)
async def create_transcription(
    request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]
) -> Response[Any]:
    """Write down what is said in a recording."""
    form, extras = await read_form(request, TranscriptionForm)
    asked = _asked(request, form, {"language": form.language})
    asked = await _with_extras(gateway, asked, extras)
    if form.stream and form.response_format in ("json", "text"):
        return await event_stream(_written(gateway, asked))
    return await _answer(await gateway.run(asked), form, "transcribe", form.language)


@post(
    "/v1/audio/translations",
    status_code=200,
    **documented(Transcript, form=TranslationForm, also=tuple(_TEXTS.values())),
)
async def create_translation(
    request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]
) -> Response[Any]:
    """Write down in English what is said in a recording, with a Space that can."""
    form, extras = await read_form(request, TranslationForm)
    asked = _asked(request, form, {"task": "translate"})
    model = await gateway.models.find(form.model, (_TASK,))
    binding = await model.bind(_TASK)
    if binding.find("task") is None:
        raise BindingError(
            f"{binding.endpoint.name} of {model.name} only writes down what is said: it has no "
            "choice of translating it; ask /v1/audio/transcriptions"
        )
    return await _answer(
        await gateway.run(await _with_extras(gateway, asked, extras)), form, "translate", "english"
    )


def _asked(request: Request[Any, Any, Any], form: TranslationForm, values: Any) -> Asked:
    return Asked(
        model=form.model,
        task=_TASK,
        values={"audio": form.file, "temperature": form.temperature, **values},
        wishes={"prompt": form.prompt or None},
        headers=ask_headers(request),
    )


async def _with_extras(gateway: Gateway, asked: Asked, extras: dict[str, Any]) -> Asked:
    values = {**asked.values, **await typed_extras(gateway, asked, extras)}
    return msgspec.structs.replace(asked, values=values)


# --- answers ------------------------------------------------------------------------------


async def _answer(
    done: Done, form: TranslationForm, task: str, language: str | None
) -> Response[Any]:
    timed = parse_segments(done.text)
    text = joined(timed) or done.text
    if form.response_format == "json":
        return answer(Transcript(text=text, anyspace=told(done)), done)
    if form.response_format == "text":
        return _plain(f"{text}\n", "text", done)
    segments = timed or find_segments(done.value) or await _segments_of_files(done)
    if form.response_format == "verbose_json":
        return answer(_verbose(text, segments, done, task, language), done)
    if not segments:
        raise Refused(
            f"{done.endpoint} of {done.space} tells no times, so there are no subtitles; ask for "
            "json, text or verbose_json",
            status=400,
            code="no_times",
        )
    written = (render_srt if form.response_format == "srt" else render_vtt)(segments)
    return _plain(written, form.response_format, done)


def _verbose(
    text: str, segments: list[Segment], done: Done, task: str, language: str | None
) -> Transcript:
    return Transcript(
        text=text,
        anyspace=told(done),
        task=task,
        language=language or "",
        duration=segments[-1].end if segments else 0.0,
        segments=[
            TimedText(id=number, start=each.start, end=each.end, text=each.text)
            for number, each in enumerate(segments)
        ],
    )


def _plain(text: str, format: str, done: Done) -> Response[Any]:
    return Response(
        text.encode(), status_code=200, media_type=_TEXTS[format], headers=told_headers(done)
    )


async def _segments_of_files(done: Done) -> list[Segment]:
    """The times that stand in a file beside the text."""
    for file in find_files(done.value):
        small = file.size is None or file.size <= _MOST_SUBTITLES
        if isinstance(file, AsyncMediaFile) and small and file.name.endswith(_SUBTITLES):
            try:
                segments = parse_segments((await file.read()).decode(errors="replace"))
            except AnyspaceError:
                continue  # the text is there all the same
            if segments:
                return segments
    return []


async def _written(gateway: Gateway, asked: Asked) -> AsyncGenerator[bytes]:
    """The events of a text that is written: what is new each time, then all of it."""
    growth = Growth()
    async with aclosing(gateway.stream(asked)) as steps:
        async for step in steps:
            if isinstance(step, Beat):
                yield HEARTBEAT
                continue
            new = growth.feed(step.text, whole=isinstance(step, Done))
            if new:
                yield event({"type": "transcript.text.delta", "delta": new})
            if isinstance(step, Done):
                done = {"type": "transcript.text.done", "text": step.text, "usage": _NO_USAGE}
                yield event({**done, "anyspace": told(step)})
