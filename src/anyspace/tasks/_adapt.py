"""Find a place for what the Space offers none for.

A conversation that a Space keeps no history of is written out in the message; a file
goes to whichever of two fields the Space has; a mask becomes a layer where an editor takes
it; what a caller only wishes for is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from anyspace.recipes import Binding, field_for, find_text, needed_fields
from anyspace.tasks._masks import as_layer

__all__ = ["adapt"]

Adapted = tuple[dict[str, Any], list[str]]

_TALKS: Final = frozenset(("chat-completion", "text-generation"))
_UNSEEN: Final = (
    "the mask is sent as a layer as it is: it has to be transparent where nothing is masked"
)
_SPEAKERS: Final[Mapping[str, str]] = {"user": "User", "assistant": "Assistant"}


def adapt(binding: Binding, values: Mapping[str, Any], wishes: Mapping[str, Any]) -> Adapted:
    """Change values so that as much as possible of what they say reaches the Space.

    Args:
        binding: What goes where.
        values: By field or by parameter.
        wishes: Likewise, but what neither the task nor the endpoint knows is left out.

    Returns:
        The values to lay out, and notes in words about what was changed.
    """
    given = {name: value for name, value in values.items() if value is not None}
    notes: list[str] = []
    endpoints = [binding.endpoint, *(step.endpoint for step in binding.chain)]
    parameters = {parameter.name for each in endpoints for parameter in each.parameters}
    for name, value in wishes.items():
        if value is None:
            continue
        if name in parameters or field_for(binding.task, name) is not None:
            given.setdefault(name, value)
        else:
            notes.append(f"{name} is not offered by this Space and was left out")
    for change in _CHANGES:
        given, more = change(binding, given)
        notes += more
    return given, notes


def _redirect(binding: Binding, given: dict[str, Any]) -> Adapted:
    """Hand a file to the one of two fields that the Space has: a page as a picture or a PDF."""
    fields = {field_for(binding.task, name): name for name in given}
    for group in needed_fields(binding.task):
        offered = [field for field in group if binding.find(field) and field not in fields]
        stray = [fields[field] for field in group if field in fields and not binding.find(field)]
        if offered and len(stray) == 1 and not isinstance(given[stray[0]], str):
            given[offered[0]] = given.pop(stray[0])
    return given, []


def _paint(binding: Binding, given: dict[str, Any]) -> Adapted:
    """Make a layer of a mask where the Space has an editor of layers."""
    bound = binding.find("mask")
    name = next((name for name in given if field_for(binding.task, name) == "mask"), None)
    if name is None or bound is None or bound.transform != "as a layer":
        return given, []
    masks = given[name] if isinstance(given[name], list | tuple) else [given[name]]
    layers = [as_layer(mask) for mask in masks]
    notes = [] if all(layers) else [_UNSEEN]
    return given | {name: [layer or mask for layer, mask in zip(layers, masks, strict=True)]}, notes


def _write_out(binding: Binding, given: dict[str, Any]) -> Adapted:
    """Say in the message what was said before, where the Space takes a message only."""
    names = {field_for(binding.task, name): name for name in given}
    message = names.get("message")
    lost = {
        field: given[names[field]]
        for field in ("system_prompt", "history")
        if binding.task in _TALKS and field in names and not binding.find(field)
    }
    if message is None or not lost or not binding.find("message"):
        return given, []
    said = str(given[message])
    turns = _turns(lost.get("history") or ())
    if turns:
        said = "\n".join([*turns, f"User: {said}", "Assistant:"])
    if lost.get("system_prompt"):
        said = f"{lost['system_prompt']}\n\n{said}"
    kept = {
        name: value for name, value in given.items() if field_for(binding.task, name) not in lost
    }
    notes = [f"{field} is said in the message: this Space has no place for it" for field in lost]
    return kept | {message: said}, notes


def _turns(history: Any) -> list[str]:
    lines = []
    for turn in history:
        pairs = (
            [(turn["role"], turn.get("content"))]
            if isinstance(turn, Mapping)
            else zip(_SPEAKERS, turn, strict=False)
        )
        for role, content in pairs:
            text = find_text(content)
            if text:
                lines.append(f"{_SPEAKERS.get(role, str(role).capitalize())}: {text}")
    return lines


_CHANGES: Final[tuple[Callable[[Binding, dict[str, Any]], Adapted], ...]] = (
    _redirect,
    _paint,
    _write_out,
)
