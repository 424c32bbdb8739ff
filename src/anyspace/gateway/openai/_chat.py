"""``/v1/chat/completions``: conversations, answered whole or as they are written."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from anyspace._errors import ArgumentError, FileError
from anyspace.client import to_public_file
from anyspace.gateway._answers import Told, answer, documented, told
from anyspace.gateway._gateway import Asked, Done, Gateway
from anyspace.gateway._handed_on import ask_headers
from anyspace.gateway._operations import EVENTS
from anyspace.gateway._streams import HEARTBEAT, event, event_stream
from anyspace.gateway.openai._extras import extras_of
from anyspace.gateway.results import GivenFile
from anyspace.tasks import Growth, Preview, chat_values

__all__ = ["ChatRequest", "complete_chat"]

_OTHERS: Final = ("text-generation", "visual-question-answering")
# What a Space seldom has a parameter for; it is handed on where one has.
_WISHES: Final = frozenset(
    """frequency_penalty functions logit_bias logprobs prediction presence_penalty
    reasoning_effort response_format tools top_logprobs verbosity web_search_options""".split()
)


class ChatMessage(msgspec.Struct, kw_only=True):
    """One message. Other keys are left out.

    Attributes:
        role: Who says it.
        content: Text, or parts: ``{"type": "text", "text": …}`` and
            ``{"type": "image_url", "image_url": {"url": …}}`` with a public address or a
            ``data:`` URL.
    """

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(msgspec.Struct):
    """How to stream.

    Attributes:
        include_usage: Tell the usage at the end, which is all zeros.
    """

    include_usage: bool | None = None


class ChatRequest(msgspec.Struct, kw_only=True):
    """What to answer. Other keys are fields of the task (``top_k``, ``repetition_penalty``…)
    or the Space's own parameters.

    Those without a description are handed on to Spaces that have them, and left out with a
    note else, or have no meaning here.

    Attributes:
        messages: The conversation; the user has the last word.
        model: A model of this gateway; the first one that chats when left out.
        stream: Give the answer as it is written, as server-sent events.
        stream_options: How.
        stop: The answer ends before the first of these.
        max_tokens: How long the answer may be.
        max_completion_tokens: The same.
        temperature: How bold the choice of words is.
        top_p: Only the likeliest words that make up this share.
        seed: The same seed gives the same answer.
        n: A Space gives one answer.
        tools: No Space calls tools; left out, unless `tool_choice` insists.
        tool_choice: See above.
        function_call: See above.
        modalities: A Space answers in text.
        response_format: A schema is refused: no Space can be held to it.
    """

    messages: Annotated[list[ChatMessage], msgspec.Meta(min_length=1)]
    model: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    stop: str | list[str] | None = None
    max_tokens: Annotated[int, msgspec.Meta(ge=1)] | None = None
    max_completion_tokens: Annotated[int, msgspec.Meta(ge=1)] | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    seed: int | None = None
    n: int | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    functions: list[dict[str, Any]] | None = None
    function_call: str | dict[str, Any] | None = None
    modalities: list[str] | None = None
    response_format: dict[str, Any] | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    prediction: dict[str, Any] | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    web_search_options: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    safety_identifier: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    user: str | None = None


class Usage(msgspec.Struct):
    """All zeros: a Space counts no tokens.

    Attributes:
        prompt_tokens: 0.
        completion_tokens: 0.
        total_tokens: 0.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class AnswerMessage(msgspec.Struct):
    """The answer; files in it are Markdown links to this gateway.

    Attributes:
        content: Its text.
        role: Always ``"assistant"``.
        refusal: Always null.
    """

    content: str
    role: Literal["assistant"] = "assistant"
    refusal: None = None


class ChatChoice(msgspec.Struct):
    """The one answer.

    Attributes:
        message: It.
        index: Always 0.
        finish_reason: Always ``"stop"``: a Space does not say whether it was cut off.
        logprobs: Always null.
    """

    message: AnswerMessage
    index: int = 0
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class ChatCompletion(msgspec.Struct, kw_only=True):
    """The answer to a conversation.

    Attributes:
        id: Its own.
        created: When, in seconds since 1970.
        model: Who answered.
        choices: One.
        anyspace: Who answered, and how.
        usage: All zeros.
        object: Always ``"chat.completion"``.
    """

    id: str
    created: int
    model: str
    choices: list[ChatChoice]
    anyspace: Told
    usage: Usage
    object: Literal["chat.completion"] = "chat.completion"


@post("/v1/chat/completions", status_code=200, **documented(ChatCompletion, also=(EVENTS,)))
async def complete_chat(
    data: JSONBody[ChatRequest], request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]
) -> Response[Any]:
    """Answer in a conversation."""
    _refuse_what_changes_meaning(data)
    asked = Asked(
        model=data.model,
        task="chat-completion",
        values={
            **_said(data.messages),
            "max_tokens": data.max_completion_tokens or data.max_tokens,
            "temperature": data.temperature,
            "top_p": data.top_p,
            "seed": data.seed,
            **await extras_of(request, data),
        },
        wishes=_wishes(data),
        headers=ask_headers(request),
        others=_OTHERS,
    )
    growth = Growth([data.stop] if isinstance(data.stop, str) else data.stop or ())
    if data.stream:
        return await event_stream(_chunks(request, gateway, asked, growth, data))
    done = await gateway.run(asked)
    text = growth.feed(done.text, whole=True)
    text += "" if growth.stopped else await _links(request, gateway, done)
    body = ChatCompletion(
        id=_new_id(),
        created=int(time.time()),
        model=data.model or done.model.name,
        choices=[ChatChoice(AnswerMessage(text))],
        anyspace=told(done),
        usage=Usage(),
    )
    return answer(body, done)


# --- what a request says ------------------------------------------------------------------


def _refuse_what_changes_meaning(data: ChatRequest) -> None:
    """Refuse what a caller counts on and no Space does.

    Raises:
        ArgumentError: It is there.
    """
    problems = [
        f"{name}: a Space calls no tools, so none can be insisted on"
        for name in ("tool_choice", "function_call")
        if getattr(data, name) not in (None, "auto", "none")
    ]
    if (data.response_format or {}).get("type") == "json_schema":
        problems.append("response_format: no Space can be held to a schema; ask for it in words")
    if data.n not in (None, 1):
        problems.append(f"n: a Space gives one answer, not {data.n}")
    if set(data.modalities or ()) - {"text"}:
        problems.append("modalities: a Space answers in text")
    if problems:
        raise ArgumentError("; ".join(problems), problems=problems)


def _said(messages: Sequence[ChatMessage]) -> dict[str, Any]:
    """The conversation as fields of the task.

    Raises:
        ArgumentError: It cannot be read, or names an address that is not public.
    """
    plain = [msgspec.to_builtins(message) for message in messages]
    try:
        for message in plain:
            for part in message["content"] if isinstance(message["content"], list) else ():
                _refuse_private(part)
        return chat_values(plain)
    except FileError as exc:
        raise ArgumentError(f"messages: {exc}", problems=[f"messages: {exc}"]) from exc


def _refuse_private(part: Mapping[str, Any]) -> None:
    named = part.get("image_url")
    url = named.get("url") if isinstance(named, Mapping) else named
    if isinstance(url, str) and url.startswith(("http://", "https://")):
        to_public_file(url)


def _wishes(data: ChatRequest) -> dict[str, Any]:
    """What some Space may have; nothing of what says no more than the usual."""
    said = {name: getattr(data, name) or None for name in _WISHES}
    usual = {"response_format": {"type": "text"}, "verbosity": "medium"}
    return {name: value for name, value in said.items() if value != usual.get(name)}


# --- answers ------------------------------------------------------------------------------


async def _chunks(
    request: Request[Any, Any, Any],
    gateway: Gateway,
    asked: Asked,
    growth: Growth,
    data: ChatRequest,
) -> AsyncGenerator[bytes]:
    """The events of an answer that is written."""
    counted = bool(data.stream_options and data.stream_options.include_usage)
    head = {
        "id": _new_id(),
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": data.model or asked.task,
        **({"usage": None} if counted else {}),
    }

    def chunk(delta: Mapping[str, str], reason: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return event({**head, "choices": [choice], **more})

    begun, last = False, {}
    async with aclosing(gateway.stream(asked)) as steps:
        async for step in steps:
            if not begun:
                begun = True
                yield chunk({"role": "assistant", "content": ""})
            if not isinstance(step, Preview | Done):
                yield HEARTBEAT
                continue
            whole = isinstance(step, Done)
            if isinstance(step, Done) or step.run == 0:
                new = growth.feed(step.text, whole=whole)
                if isinstance(step, Done):
                    last = {"anyspace": told(step)}
                    new += "" if growth.stopped else await _links(request, gateway, step)
                if new:
                    yield chunk({"content": new})
            if growth.stopped:
                break
    yield chunk({}, "stop", **last)
    if counted:
        yield event({**head, "choices": [], "usage": Usage()})
    yield event("[DONE]")


async def _links(request: Request[Any, Any, Any], gateway: Gateway, done: Done) -> str:
    """The files of an answer, as Markdown behind its text."""
    lines = [await _link(request, gateway, file) for file in done.files]
    return ("\n\n" if done.text and lines else "") + "\n".join(lines)


async def _link(request: Request[Any, Any, Any], gateway: Gateway, file: GivenFile) -> str:
    shown = "!" if file.mime_type.startswith("image/") else ""
    return f"{shown}[{file.name}]({await gateway.keep(request, file)})"


def _new_id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"
