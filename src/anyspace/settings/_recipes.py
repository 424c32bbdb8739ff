"""``[recipes]``: endpoint, parameters and arguments that are settled by hand."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from anyspace._errors import UsageError
from anyspace.hub import parse_source
from anyspace.recipes import field_for, field_names, task_names
from anyspace.settings._document import Problem

__all__ = ["NOTHING_SETTLED", "Recipes", "Settled", "check_recipes", "nearest", "source_key"]


class Settled(msgspec.Struct, frozen=True):
    """What is settled for a task on a Space.

    Attributes:
        endpoint: The endpoint that does it, None to find it.
        parameters: The parameter that takes a field, for fields that are not found.
        arguments: What is sent besides, unless the caller says otherwise.
    """

    endpoint: str | None = None
    parameters: Mapping[str, str] = {}
    arguments: Mapping[str, Any] = {}

    def with_stated(
        self,
        endpoint: str | None,
        parameters: Mapping[str, str] | None = None,
        arguments: Mapping[str, Any] | None = None,
    ) -> Settled:
        """Add what the caller says, which counts more; None is nothing said.

        What is settled for one endpoint says nothing of another.
        """
        said = {name: value for name, value in (arguments or {}).items() if value is not None}
        if endpoint and self.endpoint and endpoint.lstrip("/") != self.endpoint.lstrip("/"):
            return Settled(endpoint, parameters or {}, said)
        return Settled(
            endpoint or self.endpoint,
            {**self.parameters, **(parameters or {})},
            {**self.arguments, **said},
        )


NOTHING_SETTLED: Final = Settled()
Recipes = Mapping[str, Mapping[str, Settled]]
"""By source, then by task."""


def check_recipes(table: Any) -> tuple[Recipes, list[Problem]]:
    """Read the table, and say what is wrong with it."""
    if not isinstance(table, Mapping):
        return {}, [Problem(("recipes",), 'it is a table: [recipes."owner/name".TASK]')]
    found: dict[str, dict[str, Settled]] = {}
    problems: list[Problem] = []
    for source, tasks in table.items():
        keys = ("recipes", source)
        try:
            place = found.setdefault(source_key(source), {})
        except UsageError as exc:
            problems.append(Problem(keys, str(exc)))
            continue
        if not isinstance(tasks, Mapping):
            problems.append(Problem(keys, "it is a table with one table for each task"))
            continue
        for task, entry in tasks.items():
            wrong = list(_wrong(task, entry))
            problems.extend(Problem((*keys, task, *below), text) for below, text in wrong)
            if not wrong:
                place[task] = msgspec.convert(entry, Settled)
    return found, problems


@functools.lru_cache(1024)  # every call asks what is settled for its Space
def source_key(source: str) -> str:
    """One text for all ways to write the same Space or address.

    >>> source_key("https://huggingface.co/spaces/Ada/Paint") == source_key("ada/paint")
    True

    Raises:
        UsageError: It is neither.
    """
    parsed = parse_source(source)
    return (parsed.space_id or parsed.url).lower()


def _wrong(task: str, entry: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with one task's table, and below which keys."""
    if task not in task_names():
        yield (), f"no such task; {nearest(task, task_names())}"
        return
    if not isinstance(entry, Mapping):
        yield (), "it is a table: endpoint, parameters, arguments"
        return
    for key in entry.keys() - set(_KEYS):
        yield (key,), f"no such key; {nearest(key, list(_KEYS))}"
    for key, kind in _KEYS.items():
        if not isinstance(entry.get(key, kind()), kind):
            yield (key,), f"it is a {'text' if kind is str else 'table'}, not {entry[key]!r}"
    parameters = entry.get("parameters")
    if isinstance(parameters, dict):
        for field, parameter in parameters.items():
            if field_for(task, field) is None:
                yield ("parameters", field), f"no such field; {nearest(field, field_names(task))}"
            elif not isinstance(parameter, str):
                yield ("parameters", field), f"it is a parameter's name, not {parameter!r}"


_KEYS: Final[Mapping[str, type]] = {"endpoint": str, "parameters": dict, "arguments": dict}


def nearest(word: str, known: Sequence[str] | Iterable[str]) -> str:
    """Say which name was meant, or which there are."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
