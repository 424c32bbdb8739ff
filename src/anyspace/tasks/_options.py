"""The options that methods share, so that each is written down once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, TypeAlias, TypedDict

from anyspace.client import file
from anyspace.schema import FileValue

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "AnimateOptions",
    "AskOptions",
    "CallOptions",
    "ChatOptions",
    "Content",
    "ConversionOptions",
    "DrawOptions",
    "EditOptions",
    "FilmOptions",
    "GenerationOptions",
    "MusicOptions",
    "ReadOptions",
    "RecognitionOptions",
    "SolidOptions",
    "SpeechOptions",
    "SummaryOptions",
    "TaskOptions",
    "to_content",
]

Content: TypeAlias = (
    "str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | Image.Image | FileValue"
)
"""A file: its path, its URL, its bytes, itself opened, or a picture."""


class CallOptions(TypedDict, total=False):
    """What every method takes.

    Attributes:
        endpoint: The Space's endpoint, when the right one is not found by itself.
        parameters: By field the endpoint's parameter that takes it, likewise.
        timeout: Seconds for each call, in place of the client's.
        token: A Hugging Face token, in place of the client's.
        headers: Sent with the calls besides the client's.
        wait: Seconds to wait for a Space that sleeps, builds or starts, in place of the client's.
        lock: A lock file, or False for none, in place of the client's.
    """

    endpoint: str | None
    parameters: Mapping[str, str] | None
    timeout: float | None
    token: str | bool | None
    headers: Mapping[str, str] | None
    wait: float | None
    lock: str | os.PathLike[str] | bool | None


class TaskOptions(CallOptions, total=False):
    """The same, for methods that have no `extra_body` of their own.

    Attributes:
        extra_body: Any other field of the task, and the endpoint's own parameters by
            name. Python takes them as plain keywords, too; type checkers do not.
    """

    extra_body: Mapping[str, Any] | None


class StyleOptions(TypedDict, total=False):
    """What models of pictures and films may be told besides.

    Attributes:
        style: Its name; the nearest the Space has.
        aspect_ratio: ``"16:9"``; the nearest the Space has.
        resolution: ``"1024x768"``; likewise.
    """

    style: str | None
    aspect_ratio: str | None
    resolution: str | None


class DrawOptions(StyleOptions, CallOptions, total=False):
    """What `text_to_image` takes besides.

    Attributes:
        image: A picture to start from, or to take the look of.
    """

    image: Content | None


class EditOptions(StyleOptions, TaskOptions, total=False):
    """What methods that change a picture take besides.

    Attributes:
        strength: How much to change it, 0 to 1.
        height: Pixels.
        width: Pixels.
        seed: The same seed makes the same picture.
        scheduler: The sampler's name.
    """

    strength: float | None
    height: int | None
    width: int | None
    seed: int | None
    scheduler: str | None


class FilmOptions(StyleOptions, CallOptions, total=False):
    """What `text_to_video` takes besides.

    Attributes:
        duration: Seconds.
        fps: Frames per second.
        height: Pixels.
        width: Pixels.
        image: A picture to start from.
    """

    duration: float | None
    fps: int | None
    height: int | None
    width: int | None
    image: Content | None


class AnimateOptions(StyleOptions, TaskOptions, total=False):
    """What `image_to_video` takes besides.

    Attributes:
        duration: Seconds.
        fps: Frames per second.
        height: Pixels.
        width: Pixels.
    """

    duration: float | None
    fps: int | None
    height: int | None
    width: int | None


class SpeechOptions(CallOptions, total=False):
    """What `text_to_speech` takes besides.

    Attributes:
        voice: Its name; the nearest the Space has.
        language: Its code or name.
        reference_audio: A recording of the voice to speak with.
        reference_text: What is said in it.
        speed: 1 is the usual one.
        seed: The same seed makes the same sound.
    """

    voice: str | None
    language: str | None
    reference_audio: Content | None
    reference_text: str | None
    speed: float | None
    seed: int | None


class RecognitionOptions(CallOptions, total=False):
    """What `automatic_speech_recognition` takes besides.

    Attributes:
        language: What is spoken, as code or name.
        task: ``"transcribe"`` or ``"translate"``, where the Space does both.
        temperature: How freely to guess.
    """

    language: str | None
    task: str | None
    temperature: float | None


class ConversionOptions(TaskOptions, total=False):
    """What `audio_to_audio` takes besides.

    Attributes:
        voice: The name of the voice to speak with; the nearest the Space has.
        reference_audio: A recording of that voice.
        source_language: What is spoken, as code or name.
        target_language: What it shall be translated to, likewise.
        pitch: How much higher, mostly in semitones.
        seed: The same seed makes the same sound.
    """

    voice: str | None
    reference_audio: Content | None
    source_language: str | None
    target_language: str | None
    pitch: float | None
    seed: int | None


class ReadOptions(TaskOptions, total=False):
    """What methods that answer in words take besides.

    Attributes:
        max_tokens: How long the answer may be.
        temperature: How bold the choice of words is.
        top_p: Only the likeliest words that make up this share.
    """

    max_tokens: int | None
    temperature: float | None
    top_p: float | None


class AskOptions(ReadOptions, total=False):
    """What `visual_question_answering` takes besides.

    Attributes:
        history: What was asked and answered before, as messages or pairs.
        system_prompt: How to answer.
    """

    history: Sequence[Any] | None
    system_prompt: str | None


class ChatOptions(CallOptions, total=False):
    """What `chat_completion` takes besides, most of it as in OpenAI's API.

    Those without a description count where the Space's endpoint has a parameter of that
    name; else a `BindingWarning` says that they were left out.

    Attributes:
        frequency_penalty: See above.
        logit_bias: See above.
        logprobs: See above.
        max_tokens: How long the answer may be.
        n: See above.
        presence_penalty: See above.
        response_format: See above.
        seed: The same seed gives the same answer.
        stop: The answer ends before the first of these; seen to here.
        stream_options: Without meaning: a Space counts no tokens.
        temperature: How bold the choice of words is.
        tool_choice: See above.
        tool_prompt: See above.
        tools: See above.
        top_logprobs: See above.
        top_p: Only the likeliest words that make up this share.
        extra_body: Other fields, and the endpoint's own parameters by name.
        top_k: Only so many of the likeliest words.
        repetition_penalty: How much to avoid saying things again; 1 is not at all.
    """

    frequency_penalty: float | None
    logit_bias: list[float] | None
    logprobs: bool | None
    max_tokens: int | None
    n: int | None
    presence_penalty: float | None
    response_format: Any
    seed: int | None
    stop: list[str] | None
    stream_options: Any
    temperature: float | None
    tool_choice: Any
    tool_prompt: str | None
    tools: list[Any] | None
    top_logprobs: int | None
    top_p: float | None
    extra_body: Mapping[str, Any] | None
    top_k: int | None
    repetition_penalty: float | None


class GenerationOptions(TaskOptions, total=False):
    """What `text_generation` takes besides.

    Those without a description count where the Space's endpoint has a parameter of that
    name; else a `BindingWarning` says that they were left out.

    Attributes:
        adapter_id: See above.
        best_of: See above.
        decoder_input_details: See above.
        do_sample: See above.
        frequency_penalty: See above.
        grammar: See above.
        max_new_tokens: How long the text may be.
        repetition_penalty: How much to avoid saying things again; 1 is not at all.
        return_full_text: Keep the prompt in front, where the Space gives it back.
        seed: The same seed gives the same text.
        stop: The text ends before the first of these; seen to here.
        temperature: How bold the choice of words is.
        top_k: Only so many of the likeliest words.
        top_n_tokens: See above.
        top_p: Only the likeliest words that make up this share.
        truncate: See above.
        typical_p: See above.
        watermark: See above.
        system_prompt: How to write.
    """

    adapter_id: str | None
    best_of: int | None
    decoder_input_details: bool | None
    do_sample: bool | None
    frequency_penalty: float | None
    grammar: Any
    max_new_tokens: int | None
    repetition_penalty: float | None
    return_full_text: bool | None
    seed: int | None
    stop: list[str] | None
    temperature: float | None
    top_k: int | None
    top_n_tokens: int | None
    top_p: float | None
    truncate: int | None
    typical_p: float | None
    watermark: bool | None
    system_prompt: str | None


class SummaryOptions(TaskOptions, total=False):
    """What `summarization` takes besides.

    Attributes:
        max_tokens: How long the summary may be.
        min_length: How long it has to be.
        length: In words (``"short"``); the nearest the Space has.
        language: Of the summary, as code or name.
    """

    max_tokens: int | None
    min_length: int | None
    length: str | None
    language: str | None


class SolidOptions(TaskOptions, total=False):
    """What `image_to_3d` takes besides.

    Attributes:
        remove_background: Cut the thing out of the picture first.
        seed: The same seed makes the same thing.
        num_inference_steps: More take longer and show more.
        guidance_scale: How closely to follow the picture.
    """

    remove_background: bool | None
    seed: int | None
    num_inference_steps: int | None
    guidance_scale: float | None


class MusicOptions(CallOptions, total=False):
    """What `text_to_audio` takes besides.

    Attributes:
        reference_audio: A recording to begin with, or to take the sound of.
        temperature: How bold the choice of sounds is.
        top_k: Only so many of the likeliest.
        top_p: Only the likeliest that make up this share.
    """

    reference_audio: Content | None
    temperature: float | None
    top_k: int | None
    top_p: float | None


def to_content(value: Any) -> Any:
    """Make a file of a path or an address as text; anything else goes on as it is.

    Raises:
        FileError: There is no such file.
    """
    if isinstance(value, list | tuple):
        return [to_content(item) for item in value]
    return file(value) if isinstance(value, str) else value
