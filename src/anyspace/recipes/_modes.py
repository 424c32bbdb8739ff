"""Choices that switch an endpoint of many trades to one task.

Some apps do everything through one endpoint: a "Task" dropdown with "Caption", "OCR",
"Object Detection", a mode with "Text to Image" and "Edit". The choice that names the
task is sent along, unless the app's own default names it already.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from anyspace.recipes._task import Task
from anyspace.recipes._words import plain, speaks
from anyspace.schema import Choice, Parameter

__all__ = ["Modes", "choose_modes"]


class Modes(NamedTuple):
    """What to send so that an endpoint does a task, by parameter name.

    `spoken` tells that a choice, sent or the default, names the task; `other` that
    there are modes, and they are all of other tasks.
    """

    constants: dict[str, Any]
    spoken: bool
    other: bool


def choose_modes(task: Task, parameters: Sequence[Parameter]) -> Modes:
    """Find the choices that name the task."""
    constants: dict[str, Any] = {}
    spoken = other = False
    phrases = _phrases(task.modes) if task.modes else ()
    for parameter in parameters:
        choices = parameter.choices or ()
        if not phrases or parameter.multiple or not 2 <= len(choices) <= _MANY:
            continue
        trade = speaks(f"{parameter.name} {parameter.label}", _SWITCHES)
        default = next((c for c in choices if c.value == parameter.default), None)
        if default is not None and trade and _names(default, phrases):
            spoken = True
            continue
        choice = _named(choices, phrases, trade=trade)
        if choice is not None:
            spoken = True
            constants[parameter.name] = choice.value
        elif trade:
            other = other or sum(speaks(c.label, task.others) for c in choices) > 1
    return Modes(constants, spoken, other and not spoken)


_MANY: Final = 60  # a list this long names things, not trades
_SWITCHES: Final = """
task | mode | function | operation | action | feature | tool | what do | process type |
method | type | pipeline | 任务 | 模式 | 功能 | タスク | モード | 機能 | 작업 | 모드 | 기능 |
tarea | modo | tache | aufgabe | modus | задача | режим | tarefa
"""


def _names(choice: Choice, phrases: Sequence[str]) -> bool:
    form = plain(choice.label)
    return any(phrase in form for phrase in phrases)


def _wants_more(form: str) -> bool:
    """Tell of a trade that starts from what has to be said: Region to Segmentation."""
    return form.startswith((" region ", " referring "))


def _named(choices: Sequence[Choice], phrases: Sequence[str], *, trade: bool) -> Choice | None:
    """The choice that is a phrase, or, of a list of trades, the first that has one in it."""
    forms = [plain(choice.label) for choice in choices]
    for phrase in phrases:
        for form, choice in zip(forms, choices, strict=True):
            if form == phrase:
                return choice
    for phrase in phrases if trade else ():
        for form, choice in zip(forms, choices, strict=True):
            if phrase in form and not _wants_more(form):
                return choice
    return None


@lru_cache(maxsize=64)
def _phrases(listed: str) -> tuple[str, ...]:
    return tuple(plain(phrase) for phrase in listed.split("|"))
