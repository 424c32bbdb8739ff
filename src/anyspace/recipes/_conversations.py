"""The turns of a conversation in the forms that Gradio had for them.

Up to 4.43 a chatbot held pairs (what the user said, what was answered); from 4.44 also
messages with roles; since 6.0 only those, and their content is a list of blocks. Which
one an app means is told by its JSON type, else by the widget's own word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from anyspace.schema import definitions_of, resolve

__all__ = ["Form", "as_messages", "form_of", "in_form", "split_messages"]

_ASKERS: Final = frozenset(("user", "human"))
_SYSTEMS: Final = frozenset(("system", "developer"))


class Form(Enum):
    """How an app writes a conversation."""

    PAIRS = "pairs"
    MESSAGES = "messages"
    BLOCKS = "blocks"
    """Messages whose content is a list of ``{"type": "text", "text": …}``."""


def form_of(json_type: Mapping[str, Any], mode: str = "", *, usual: Form = Form.PAIRS) -> Form:
    """Tell the form from a JSON type, or from the widget's mode where that is silent."""
    definitions = definitions_of(json_type)
    item = resolve(json_type.get("items"), definitions)
    properties = item.get("properties")
    if isinstance(properties, Mapping) and "role" in properties:
        content = resolve(properties.get("content"), definitions)
        return Form.BLOCKS if content.get("type") == "array" else Form.MESSAGES
    if item.get("type") == "array" or mode == "tuples":
        return Form.PAIRS
    return Form.MESSAGES if mode == "messages" else usual


def as_messages(turns: Iterable[Any]) -> list[dict[str, Any]]:
    """Read turns in whichever form as messages.

    >>> as_messages([["Hi", "Hello!"]])
    [{'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'content': 'Hello!'}]

    Raises:
        ValueError: A turn is neither a message nor a pair.
    """
    messages = []
    for turn in turns:
        if isinstance(turn, Mapping) and "role" in turn:
            messages.append({"role": str(turn["role"]), "content": turn.get("content")})
        elif isinstance(turn, list | tuple) and len(turn) == 2:
            roles = zip(("user", "assistant"), turn, strict=True)
            messages.extend({"role": r, "content": c} for r, c in roles if c is not None)
        else:
            raise ValueError(f"a turn is a message with a role or a pair, not {turn!r}")
    return messages


def in_form(messages: Sequence[Mapping[str, Any]], form: Form) -> list[Any]:
    """Write messages the way an app wants them. Pairs have no room for a system's words."""
    if form is Form.PAIRS:
        return _pairs(messages)
    if form is Form.MESSAGES:
        return [{"role": m["role"], "content": _plain(m["content"])} for m in messages]
    return [{"role": m["role"], "content": _blocks(m["content"])} for m in messages]


def _pairs(messages: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    pairs: list[list[Any]] = []
    for message in messages:
        said = _plain(message["content"])
        if message["role"] in _ASKERS:
            pairs.append([said, None])
        elif message["role"] not in _SYSTEMS:
            if pairs and pairs[-1][1] is None:
                pairs[-1][1] = said
            else:
                pairs.append([None, said])
    return pairs


def _plain(content: Any) -> Any:
    """Join the texts of blocks; content that holds anything else stays as it is."""
    if isinstance(content, list) and content:
        said = [b.get("text") if isinstance(b, Mapping) else b for b in content]
        texts = [text for text in said if isinstance(text, str)]
        if len(texts) == len(said):
            return "\n".join(texts)
    return content


def _blocks(content: Any) -> list[Any]:
    items = content if isinstance(content, list) else [content]
    return [{"type": "text", "text": i} if isinstance(i, str) else i for i in items]


def split_messages(messages: Iterable[Any]) -> dict[str, Any]:
    """Take a conversation apart into the fields of a chat.

    Returns:
        ``message``: the last thing the user said; ``history``: what came before it;
        ``system_prompt``: what the system says, joined. The latter two only where there
        are any.

    Raises:
        ValueError: The user has not the last word.
    """
    turns = as_messages(messages)
    system = [str(_plain(turn["content"])) for turn in turns if turn["role"] in _SYSTEMS]
    said = [turn for turn in turns if turn["role"] not in _SYSTEMS]
    if not said or said[-1]["role"] not in _ASKERS:
        raise ValueError("the last message must be the user's")
    parts = {"message": _plain(said[-1]["content"])}
    if said[:-1]:
        parts["history"] = said[:-1]
    if system:
        parts["system_prompt"] = "\n\n".join(system)
    return parts
