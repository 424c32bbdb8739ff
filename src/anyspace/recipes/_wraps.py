"""Put values into the forms that widgets want around them.

The values themselves are opaque here: a path, a picture, bytes, whatever the caller
uses for a file. Only what stands around them is made: an editor's layers, a gallery's
items, a message's text beside its files, a conversation with its next turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from anyspace.recipes._conversations import Form, as_messages, form_of, in_form
from anyspace.recipes._kinds import EDITORS
from anyspace.recipes._task import FILE_KINDS, Kind
from anyspace.schema import Parameter

__all__ = ["describe_wrap", "wrap"]

_OWN_MASK: Final = "this Space wants a mask, so the picture itself is sent as one"


def wrap(parameter: Parameter, parts: Mapping[Kind, Any]) -> tuple[Any, str]:
    """Make the one value of a widget from what the caller gave for it.

    Args:
        parameter: Whose widget it is.
        parts: The values by their kind: one, or two that share the widget.

    Returns:
        The value and a note; the note is empty when there is nothing to heed.

    Raises:
        ValueError: The turns of a conversation have no known form.
    """
    if parameter.component == "multimodaltextbox":
        return _message(parts), ""
    if Kind.HISTORY in parts or parameter.component == "chatbot":
        return _conversation(parameter, parts), ""
    if parameter.component in EDITORS:
        return _layered(parts), ""
    if parameter.mode == "sketch":
        return _painted(parts)
    value, *others = parts.values()
    if others:  # of what may stand for each other the caller gave all
        value = [file for part in parts.values() for file in _several(part)]
    if parameter.component == "gallery":
        return [_item(file) for file in _several(value)], ""
    if parameter.file_count in ("multiple", "directory"):
        return _several(value), ""
    if parameter.takes_file and isinstance(value, list | tuple):
        left = len(value) - 1
        note = f"{parameter.name} takes one file: {left} more were left out" if left > 0 else ""
        return _first(value), note
    return value, ""


def describe_wrap(parameter: Parameter, kind: Kind) -> str:
    """Say in words what is put around a value; ``""`` for nothing."""
    if parameter.component == "multimodaltextbox":
        return "as the text of a message" if kind is Kind.TEXT else "among the files of a message"
    if parameter.component == "chatbot":
        form = form_of(parameter.json_type, parameter.mode).value
        return f"as {form}" if kind is Kind.HISTORY else f"as the last turn, as {form}"
    if kind not in FILE_KINDS:
        return ""
    if parameter.component in EDITORS:
        return "as a layer" if kind is Kind.MASK else "as the background of an editor"
    if parameter.mode == "sketch":
        return f"as the {kind.value} of a sketch"
    if parameter.component == "gallery":
        return "as an item of a gallery"
    return "in a list" if parameter.file_count in ("multiple", "directory") else ""


def _message(parts: Mapping[Kind, Any]) -> dict[str, Any]:
    files = [file for kind in parts if kind in FILE_KINDS for file in _several(parts[kind])]
    return {"text": parts.get(Kind.TEXT, ""), "files": files}


def _conversation(parameter: Parameter, parts: Mapping[Kind, Any]) -> list[Any]:
    messages = as_messages(parts.get(Kind.HISTORY) or ())
    if Kind.TEXT in parts:
        messages.append({"role": "user", "content": parts[Kind.TEXT]})
    usual = Form.PAIRS if parameter.component == "chatbot" else Form.MESSAGES
    return in_form(messages, form_of(parameter.json_type, parameter.mode, usual=usual))


def _layered(parts: Mapping[Kind, Any]) -> dict[str, Any]:
    """A layer has to be transparent where nothing is masked: who knows the file sees to it."""
    image, mask = _first(parts.get(Kind.IMAGE)), _first(parts.get(Kind.MASK))
    layers = [] if mask is None else [mask]
    return {"background": image, "layers": layers, "composite": image}


def _painted(parts: Mapping[Kind, Any]) -> tuple[dict[str, Any], str]:
    """3.x fails without a mask, even where the app has no use for it."""
    image, mask = _first(parts.get(Kind.IMAGE)), _first(parts.get(Kind.MASK))
    if mask is None:
        return {"image": image, "mask": image}, _OWN_MASK
    return {"image": image, "mask": mask}, ""


def _item(file: Any) -> Any:
    return file if isinstance(file, Mapping) else {"image": file, "caption": None}


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _first(value: Any) -> Any:
    return next(iter(value), None) if isinstance(value, list | tuple) else value
