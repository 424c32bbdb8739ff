"""Choices that switch an endpoint of many trades to one task.

Some apps do everything through one endpoint: a "Task" dropdown with "Caption", "OCR",
"Object Detection", a mode with "Text to Image" and "Edit". The choice that names the
task is sent along, unless the app's own default names it already.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from anyspace.recipes._task import Task
from anyspace.recipes._words import plain
from anyspace.schema import Choice, Parameter

__all__ = ["Modes", "choose_modes"]


class Modes(NamedTuple):
    """What to send so that an endpoint does a task, by parameter name.

    `spoken` tells that a choice, sent or the default, names the task.
    """

    constants: dict[str, Any]
    spoken: bool


def choose_modes(task: Task, parameters: Sequence[Parameter]) -> Modes:
    """Find the choices that name the task."""
    constants: dict[str, Any] = {}
    spoken = False
    phrases = _phrases(task.modes) if task.modes else ()
    for parameter in parameters:
        choices = parameter.choices or ()
        if not phrases or parameter.multiple or not 2 <= len(choices) <= _MANY:
            continue
        default = next((c for c in choices if c.value == parameter.default), None)
        if default is not None and any(phrase in plain(default.label) for phrase in phrases):
            spoken = True
            continue
        choice = _named(choices, phrases)
        if choice is not None:
            spoken = True
            constants[parameter.name] = choice.value
    return Modes(constants, spoken)


_MANY = 60  # a list this long names things, not trades


def _named(choices: Sequence[Choice], phrases: Sequence[str]) -> Choice | None:
    """The choice that is a phrase, or else the first that has one in it."""
    forms = [plain(choice.label) for choice in choices]
    for phrase in phrases:
        for form, choice in zip(forms, choices, strict=True):
            if form == phrase:
                return choice
    for phrase in phrases:
        for form, choice in zip(forms, choices, strict=True):
            if phrase in form:
                return choice
    return None


@lru_cache(maxsize=64)
def _phrases(listed: str) -> tuple[str, ...]:
    return tuple(plain(phrase) for phrase in listed.split("|"))
