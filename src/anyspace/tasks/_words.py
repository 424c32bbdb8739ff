"""Say what is wrong in the caller's words.

A caller speaks of fields, the app of parameters. A problem that is told with the app's
name for something is told again with the caller's, and with what it became.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from anyspace._errors import ArgumentError
from anyspace.recipes import Binding, field_for, needed_fields

__all__ = ["check_needed", "in_callers_words"]

_NAME: Final = re.compile(r"([^\s:.\[]+)(.*)", re.DOTALL)


def check_needed(task: str, values: Mapping[str, Any]) -> None:
    """Refuse a call that lacks what the task cannot do without, before anything is sent.

    Raises:
        ArgumentError: With one problem for each group of fields of which none was given.
        BindingError: There is no recipe for the task.
    """
    given = {field_for(task, name) for name, value in values.items() if value is not None}
    if None in given:  # the name of a parameter, perhaps, and that may be what is needed
        return
    missing = [" or ".join(group) for group in needed_fields(task) if not given & set(group)]
    if missing:
        problems = [f"{name} is missing" for name in missing]
        raise ArgumentError(f"{task}: {'; '.join(problems)}", problems=problems)


def in_callers_words(
    error: ArgumentError, binding: Binding, values: Mapping[str, Any]
) -> ArgumentError:
    """Make an error that names the caller's fields of one that names the app's parameters.

    Args:
        error: Found while the arguments were laid out or fitted, or by the app.
        binding: What went where.
        values: What the caller gave, by the names the caller used.
    """
    spoken = _spoken(binding, values)
    message, problems = str(error), []
    for problem in error.problems:
        told = _retell(problem, spoken)
        message = message.replace(problem, told, 1)
        problems.append(told)
    return ArgumentError(message, problems=problems, space=error.space, endpoint=error.endpoint)


def _spoken(binding: Binding, values: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """By a field's or a parameter's name: what the caller said, and what it became."""
    spoken: dict[str, tuple[str, str]] = {}
    steps = (*binding.bound, *(bound for step in binding.chain for bound in step.bound))
    fields = {bound.parameter: bound.field for bound in steps}
    for name in values:
        bound = binding.find(name)
        if bound is None and name in fields:  # a parameter by its own name
            spoken[fields[name]] = (name, name)
        elif bound is not None:
            before = spoken.get(bound.parameter)
            said = f"{before[0]} and {name}" if before else name  # two fields in one widget
            spoken[bound.parameter] = (said, bound.parameter)
            spoken.setdefault(bound.field, (name, bound.parameter))
    return spoken


def _retell(problem: str, spoken: Mapping[str, tuple[str, str]]) -> str:
    parts = _NAME.fullmatch(problem)
    if parts is None or parts[1] not in spoken:
        return problem
    said, parameter = spoken[parts[1]]
    became = "" if said == parameter else f" (sent as `{parameter}`)"
    return f"{said}{became}{parts[2]}"
