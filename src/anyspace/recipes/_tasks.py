"""Every task there is a recipe for. A new one is a file of data and a line here."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from typing import Final

from anyspace._errors import BindingError
from anyspace.recipes._task import Task
from anyspace.recipes._text_to_image import TEXT_TO_IMAGE
from anyspace.recipes._words import Lexicon

__all__ = ["field_names", "find_task", "lexicon_of", "task_names"]

_TASKS: Final[Mapping[str, Task]] = {task.name: task for task in (TEXT_TO_IMAGE,)}


def task_names() -> tuple[str, ...]:
    """The tasks that an app can be bound to, by their pipeline tags."""
    return tuple(_TASKS)


def field_names(task: str) -> tuple[str, ...]:
    """What a caller may say for a task.

    Raises:
        BindingError: There is no recipe for it.
    """
    return tuple(field.name for field in find_task(task).fields)


def find_task(name: str) -> Task:
    """Find a task by its pipeline tag.

    Raises:
        BindingError: There is no recipe for it.
    """
    try:
        return _TASKS[name]
    except KeyError:
        near = difflib.get_close_matches(name, _TASKS, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}?" if near else f"there is one for {', '.join(_TASKS)}"
        raise BindingError(f"there is no recipe for the task {name!r}; {hint}") from None


@cache
def lexicon_of(name: str) -> Lexicon:
    """The task's phrases, compiled on first use."""
    return Lexicon(find_task(name).fields)
