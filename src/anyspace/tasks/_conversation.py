"""Chats as OpenAI's and the hub's libraries write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from anyspace._errors import ArgumentError
from anyspace.client import file
from anyspace.recipes import find_files, split_messages
from anyspace.schema import FileValue

__all__ = ["attached_files", "chat_values"]


def chat_values(messages: Iterable[Any]) -> dict[str, Any]:
    """Turn messages into the fields of a chat.

    Texts in parts are joined. Pictures go to the field `image`: those of the last
    message, or of the last one that has any, because what is asked may still be about
    those. A picture's address is not checked here: whoever takes messages from others
    has to see to which addresses may be fetched.

    Args:
        messages: With ``role`` and ``content``: text, or a list of parts
            (``{"type": "text"}``, ``{"type": "image_url"}``).

    Returns:
        ``message``, and ``history``, ``system_prompt`` and ``image`` where there are any.

    Raises:
        ArgumentError: The last message is not the user's, or one cannot be read.
        FileError: A picture's address is none.
    """
    plain = []
    pictures: list[FileValue] = []
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping) or not isinstance(message.get("role"), str):
            raise _wrong(f"messages[{number}]: a message has a role and a content")
        text, own = _read(message.get("content"), f"messages[{number}].content")
        pictures = own or pictures
        plain.append({"role": message["role"], "content": text})
    try:
        values = split_messages(plain)
    except ValueError as exc:
        raise _wrong(f"messages: {exc}") from exc
    return {**values, "image": pictures} if pictures else values


def attached_files(conversation: Any) -> list[FileValue]:
    """The files that came with the last answer of a chat: what follows the user's last word."""
    if not isinstance(conversation, list):
        return []
    answer: list[Any] = []
    for turn in conversation:
        if isinstance(turn, Mapping) and "role" in turn:
            answer = [] if turn["role"] == "user" else [*answer, turn.get("content")]
        elif isinstance(turn, list | tuple) and len(turn) == 2:
            answer = [turn[1]]
    return find_files(answer)


def _read(content: Any, where: str) -> tuple[str, list[FileValue]]:
    """The text of a message, and its pictures."""
    if content is None or isinstance(content, str):
        return content or "", []
    texts, pictures = [], []
    for part in content if isinstance(content, list | tuple) else [content]:
        kind = part.get("type") if isinstance(part, Mapping) else None
        if isinstance(part, str):
            texts.append(part)
        elif kind == "text":
            texts.append(str(part.get("text") or ""))
        elif kind == "image_url":
            named = part.get("image_url")
            url = named.get("url") if isinstance(named, Mapping) else named
            if not isinstance(url, str) or not url.startswith(("http://", "https://", "data:")):
                raise _wrong(f"{where}: an image_url is an http, https or data address")
            pictures.append(file(url))
        else:
            raise _wrong(f"{where}: a part is text or an image_url, not {kind or part!r}")
    return "\n".join(texts), pictures


def _wrong(problem: str) -> ArgumentError:
    return ArgumentError(problem, problems=[problem])
