"""A call in the words of OpenAI's API, which is what a gateway speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from anyspace._errors import BindingError, UsageError
from anyspace.capture._call import Call, FileHere, Gateway
from anyspace.recipes import Binding, bind

__all__ = ["OpenAICall", "openai_call"]

_LEAST: Final = 0.5  # how sure a guess of the task has to be
_DEFAULT_GATEWAY: Final = "http://127.0.0.1:8000"
_TASKS: Final = (
    "text-to-image",
    "image-to-image",
    "text-to-speech",
    "automatic-speech-recognition",
    "chat-completion",
    "feature-extraction",
)


class OpenAICall(msgspec.Struct, frozen=True):
    """A request to one of OpenAI's routes.

    Attributes:
        gateway: Who answers it.
        task: Which of our tasks it is.
        arguments: What OpenAI's API has a word for; a file is `FileHere`.
        extra: What only the Space has, for ``extra_body``.
    """

    gateway: Gateway
    task: str
    arguments: Mapping[str, Any]
    extra: Mapping[str, Any]


def openai_call(call: Call) -> OpenAICall:
    """Say a call in OpenAI's words.

    Raises:
        UsageError: OpenAI's API has no route for what the endpoint does.
    """
    gateway = call.gateway or Gateway(_DEFAULT_GATEWAY, call.nickname)
    task, fields = _fields(call)
    arguments, extra = _ROUTES[task](dict(fields))
    extra = {name: value for name, value in extra.items() if value is not None}
    return OpenAICall(gateway, task, arguments, extra)


def _fields(call: Call) -> tuple[str, Mapping[str, Any]]:
    if call.task in _TASKS:
        return call.task, call.fields
    found = [binding for task in _TASKS if (binding := _try(call, task)) is not None]
    if call.task or not found:
        what = call.task or call.endpoint.name
        raise UsageError(f"OpenAI's API has no route for {what}; it has: {', '.join(_TASKS)}")
    best = max(found, key=lambda binding: binding.score)
    fields = {bound.parameter: bound.field for bound in best.bound}
    return best.task, {fields.get(name, name): value for name, value in call.arguments.items()}


def _try(call: Call, task: str) -> Binding | None:
    try:
        binding = bind(call.app, task, endpoint=call.endpoint.name)
    except BindingError:
        return None
    return binding if binding.score >= _LEAST else None


Split = tuple[dict[str, Any], dict[str, Any]]


def _image(fields: dict[str, Any]) -> Split:
    arguments = {"prompt": fields.pop("prompt", "")}
    width, height = fields.pop("width", None), fields.pop("height", None)
    if isinstance(width, int) and isinstance(height, int):
        arguments["size"] = f"{width}x{height}"
    else:
        fields |= {"width": width, "height": height}
    if "num_images" in fields:
        arguments["n"] = fields.pop("num_images")
    return arguments, fields


def _edit(fields: dict[str, Any]) -> Split:
    picture = fields.pop("image", FileHere(path="picture.png"))
    arguments, rest = _image(fields)
    return {"image": picture, **arguments}, rest


def _speech(fields: dict[str, Any]) -> Split:
    text, voice = fields.pop("text", ""), fields.pop("voice", None)
    arguments = {"input": text, "voice": voice or "default"}
    if "speed" in fields:
        arguments["speed"] = fields.pop("speed")
    return arguments, fields


def _transcription(fields: dict[str, Any]) -> Split:
    arguments = {"file": fields.pop("audio", FileHere(path="sound.wav"))}
    if "language" in fields:
        arguments["language"] = fields.pop("language")
    return arguments, fields


def _chat(fields: dict[str, Any]) -> Split:
    system = fields.pop("system_prompt", None)
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": fields.pop("message", "")})
    own = ("max_tokens", "temperature", "top_p")
    known = {name: fields.pop(name) for name in own if name in fields}
    return {"messages": messages, **known}, fields


def _embedding(fields: dict[str, Any]) -> Split:
    return {"input": fields.pop("text", "")}, fields


_ROUTES: Final = {
    "text-to-image": _image,
    "image-to-image": _edit,
    "text-to-speech": _speech,
    "automatic-speech-recognition": _transcription,
    "chat-completion": _chat,
    "feature-extraction": _embedding,
}
