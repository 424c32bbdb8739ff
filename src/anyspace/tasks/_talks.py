"""Chat and text generation, whole or as they are written."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack, overload

from anyspace.tasks._client import TaskBase, tell_notes
from anyspace.tasks._conversation import chat_values
from anyspace.tasks._done import TaskResult
from anyspace.tasks._options import ChatOptions, GenerationOptions
from anyspace.tasks._outputs import make
from anyspace.tasks._run import TaskRun
from anyspace.tasks._stream import Growth, Stream, text_deltas

if TYPE_CHECKING:
    from huggingface_hub import (
        ChatCompletionInputMessage,
        ChatCompletionOutput,
        ChatCompletionStreamOutput,
        TextGenerationOutput,
        TextGenerationStreamOutput,
    )

__all__ = ["TalkTasks"]

# What an endpoint seldom has a parameter for.
_CHAT_WISHES: Final = frozenset(
    "frequency_penalty logit_bias logprobs n presence_penalty response_format tool_choice "
    "tool_prompt tools top_logprobs".split()
)
_TEXT_WISHES: Final = frozenset(
    "adapter_id best_of decoder_input_details do_sample frequency_penalty grammar top_n_tokens "
    "truncate typical_p watermark".split()
)
_OURS: Final = frozenset(("stop", "stream_options", "return_full_text"))


class TalkTasks(TaskBase):
    """Methods that answer, and go on writing."""

    @overload
    async def chat_completion(
        self,
        messages: Sequence[Mapping[str, Any] | ChatCompletionInputMessage],
        *,
        model: str | None = None,
        stream: Literal[False] = False,
        **options: Unpack[ChatOptions],
    ) -> ChatCompletionOutput: ...
    @overload
    async def chat_completion(
        self,
        messages: Sequence[Mapping[str, Any] | ChatCompletionInputMessage],
        *,
        model: str | None = None,
        stream: Literal[True],
        **options: Unpack[ChatOptions],
    ) -> Stream[ChatCompletionStreamOutput]: ...
    @overload
    async def chat_completion(
        self,
        messages: Sequence[Mapping[str, Any] | ChatCompletionInputMessage],
        *,
        model: str | None = None,
        stream: bool,
        **options: Unpack[ChatOptions],
    ) -> ChatCompletionOutput | Stream[ChatCompletionStreamOutput]: ...
    async def chat_completion(
        self,
        messages: Sequence[Mapping[str, Any] | ChatCompletionInputMessage],
        *,
        model: str | None = None,
        stream: bool = False,
        **options: Unpack[ChatOptions],
    ) -> ChatCompletionOutput | Stream[ChatCompletionStreamOutput]:
        """Let a Space answer in a conversation.

        Args:
            messages: The conversation so far, each message with ``role`` and ``content``:
                text, or a list of parts (``{"type": "text", "text": …}``,
                ``{"type": "image_url", "image_url": {"url": …}}``). What the Space has no
                place for, history or a system's words, is said in the message.
            model: The Space (``owner/name`` or its page), or the address of any Gradio app.
            stream: Give the answer piece by piece while it is written.
            options: See `ChatOptions` and `CallOptions`.

        Returns:
            The answer; files in it are Markdown links. `usage` is all zeros: a Space
            counts no tokens. With `stream` its pieces.

        Warns:
            BindingWarning: A value was changed to fit, or the Space does not offer it.

        Raises:
            BindingError: No endpoint of the Space does this.
            ArgumentError: A value does not fit; nothing was sent.
            AppError: The Space's own code raised.
            AnyspaceError: Anything else of the tree in `anyspace`.

        Example:
            >>> messages = [{"role": "user", "content": "Hi!"}]
            >>> chat_completion(messages, model="owner/name").choices[0].message.content
            'Hello! What can I do for you?'
        """
        wishes, rest = _sorted(options, _CHAT_WISHES)
        growth = Growth(_stops(options.get("stop")))
        values = chat_values(messages)
        if stream:
            run = await self._start("chat-completion", model, rest, values, wishes)
            tell_notes(run.client.space, run.notes)
            return Stream(_chat_chunks(run, growth), run.cancel)
        made = await self._do("chat-completion", model, rest, values, wishes)
        answer = growth.feed(made.text, whole=True) + _links(made)
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": answer},
        }
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        whole = {**_head(model or self.model or ""), "choices": [choice], "usage": usage}
        output: ChatCompletionOutput = make("ChatCompletionOutput", **whole)
        return output

    @overload
    async def text_generation(
        self,
        prompt: str,
        *,
        details: Literal[False] | None = None,
        stream: Literal[False] | None = None,
        model: str | None = None,
        **options: Unpack[GenerationOptions],
    ) -> str: ...
    @overload
    async def text_generation(
        self,
        prompt: str,
        *,
        details: Literal[True],
        stream: Literal[False] | None = None,
        model: str | None = None,
        **options: Unpack[GenerationOptions],
    ) -> TextGenerationOutput: ...
    @overload
    async def text_generation(
        self,
        prompt: str,
        *,
        details: Literal[False] | None = None,
        stream: Literal[True],
        model: str | None = None,
        **options: Unpack[GenerationOptions],
    ) -> Stream[str]: ...
    @overload
    async def text_generation(
        self,
        prompt: str,
        *,
        details: Literal[True],
        stream: Literal[True],
        model: str | None = None,
        **options: Unpack[GenerationOptions],
    ) -> Stream[TextGenerationStreamOutput]: ...
    async def text_generation(
        self,
        prompt: str,
        *,
        details: bool | None = None,
        stream: bool | None = None,
        model: str | None = None,
        **options: Unpack[GenerationOptions],
    ) -> str | TextGenerationOutput | Stream[str] | Stream[TextGenerationStreamOutput]:
        """Let a Space go on with a text, or answer it.

        Args:
            prompt: The text.
            details: Give the hub's classes and not plain text. A Space tells nothing of
                tokens, so there is not much in them.
            stream: Give the text piece by piece while it is written.
            model: The Space (``owner/name`` or its page), or the address of any Gradio app.
            options: See `GenerationOptions` and `TaskOptions`.

        Returns:
            What the Space wrote, without the prompt; with `stream` its pieces.

        Warns:
            BindingWarning: As for `chat_completion`.

        Raises:
            AnyspaceError: As for `chat_completion`.
        """
        wishes, rest = _sorted(options, _TEXT_WISHES)
        kept = "" if options.get("return_full_text") else prompt
        growth = Growth(_stops(options.get("stop")), kept)
        fields = {"message": prompt}
        if stream:
            run = await self._start("text-generation", model, rest, fields, wishes)
            tell_notes(run.client.space, run.notes)
            if details:
                return Stream(_token_chunks(run, growth), run.cancel)
            return Stream(_deltas(run, growth), run.cancel)
        made = await self._do("text-generation", model, rest, fields, wishes)
        text = growth.feed(made.text, whole=True)
        if not details:
            return text
        told = {"finish_reason": _why(growth), "generated_tokens": 0, "prefill": [], "tokens": []}
        output: TextGenerationOutput = make(
            "TextGenerationOutput", generated_text=text, details=told
        )
        return output


async def _deltas(run: TaskRun, growth: Growth) -> AsyncGenerator[str]:
    async with run:
        async for piece in text_deltas(run, growth):
            yield piece


async def _chat_chunks(run: TaskRun, growth: Growth) -> AsyncGenerator[ChatCompletionStreamOutput]:
    head = _head(run.client.space)

    def chunk(content: str, finish_reason: str | None = None) -> ChatCompletionStreamOutput:
        delta = {"role": "assistant", "content": content}
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        made: ChatCompletionStreamOutput = make(
            "ChatCompletionStreamOutput", **head, choices=[choice]
        )
        return made

    async with run:
        async for piece in text_deltas(run, growth):
            yield chunk(piece)
        links = "" if growth.stopped else _links(await run.result())
        if links:
            yield chunk(links)
    yield chunk("", "stop")


async def _token_chunks(run: TaskRun, growth: Growth) -> AsyncGenerator[TextGenerationStreamOutput]:
    """One piece behind, because the last one says how it ended."""
    number, waiting = 0, ""
    async with run:
        async for piece in text_deltas(run, growth):
            if waiting:
                yield _token(number, waiting)
                number += 1
            waiting = piece
    told = {"finish_reason": _why(growth), "generated_tokens": 0, "input_length": 0}
    yield _token(number, waiting, generated_text=growth.text, details=told)


def _token(number: int, text: str, **more: Any) -> TextGenerationStreamOutput:
    # Ids and probabilities are the model's own business, and no Space tells them.
    token = {"id": -1, "logprob": 0.0, "special": False, "text": text}
    made: TextGenerationStreamOutput = make(
        "TextGenerationStreamOutput", index=number, token=token, **more
    )
    return made


def _why(growth: Growth) -> str:
    return "stop_sequence" if growth.stopped else "eos_token"


def _head(model: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": "",
    }


def _links(made: TaskResult) -> str:
    """The files of an answer, as Markdown behind its text."""
    lines = [
        f"{'!' * file.mime_type.startswith('image/')}[{file.name}]({file.url})"
        for file in made.files
    ]
    return ("\n\n" if made.text and lines else "") + "\n".join(lines)


def _stops(stop: str | Iterable[str] | None) -> list[str]:
    return [stop] if isinstance(stop, str) else list(stop or ())


def _sorted(
    options: Mapping[str, Any], wishes: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what a Space hardly offers from the rest; what is seen to here is in neither."""
    wished = {name: value for name, value in options.items() if name in wishes}
    rest = {k: v for k, v in options.items() if k not in wishes and k not in _OURS}
    return wished, rest
