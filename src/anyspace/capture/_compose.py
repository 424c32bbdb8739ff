"""Make a `Call` of what a user gives: an endpoint with arguments, or a task with fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from anyspace._errors import UsageError
from anyspace.capture._call import Call, FileHere
from anyspace.capture._place import Place, place_of
from anyspace.recipes import Binding, bind, empty_value
from anyspace.schema import App, Endpoint, Parameter, bind_names, fit_arguments

__all__ = ["Target", "compose", "compose_task"]

_SAMPLE_FILES: Final = {"image": "picture.png", "audio": "sound.wav", "video": "film.mp4"}
_SAMPLE_WORDS: Final = "a red fox in snow"


class Target(NamedTuple):
    """The app that a call goes to.

    Attributes:
        source: What the user calls it: ``owner/name`` or an address.
        url: Where it answers.
        app: What it says about itself.
        token: The user's Hugging Face token may go there.
    """

    source: str
    url: str
    app: App
    token: bool = False


def compose(
    target: Target,
    endpoint: Endpoint,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    place: Place | None = None,
    check: bool = True,
) -> tuple[Call, tuple[str, ...]]:
    """Make a call of an endpoint.

    Args:
        target: Where it goes.
        endpoint: What is called.
        args: Values in the endpoint's order.
        kwargs: Values by name. Files are `FileHere`, paths, or text where a file is taken.
        place: Where the result was seen; else it is found by the description.
        check: Refuse values that do not fit.

    Returns:
        The call, and notes in words: where an example stands for a value that is missing.

    Raises:
        ArgumentError: Arguments do not fit.
    """
    given, notes = _filled(endpoint, args, kwargs or {})
    values = fit_arguments(
        endpoint,
        (),
        given,
        to_file=_to_file,
        max_file_size=target.app.max_file_size,
        check=check,
    )
    call = Call(
        source=target.source,
        url=target.url.rstrip("/"),
        app=target.app,
        endpoint=endpoint,
        arguments=_needed(endpoint, values),
        place=place or place_of(endpoint),
        token=target.token,
    )
    return call, tuple(notes)


def compose_task(
    target: Target,
    task: str,
    values: Mapping[str, Any],
    *,
    endpoint: str | None = None,
) -> tuple[Call, tuple[str, ...]]:
    """Make a call that does a task.

    Args:
        target: Where it goes.
        task: A pipeline tag (``"text-to-image"``).
        values: By field of the task, or by parameter name.
        endpoint: The endpoint, when the right one is not found by itself.

    Raises:
        BindingError: No endpoint does the task.
        ArgumentError: Values do not fit.
        UsageError: It takes several calls in a row, which no export writes.
    """
    binding = bind(target.app, task, endpoint=endpoint, wants=values)
    if len(binding.chain) > 1:
        steps = " → ".join(step.endpoint.name for step in binding.chain)
        raise UsageError(
            f"{task} takes several calls on {target.source} ({steps}); `anyspace {task}` makes "
            "them, but they cannot be exported"
        )
    values, notes = _with_prompt(binding, values)
    laid = binding.arguments(values)
    call, more = compose(
        target, binding.endpoint, (), laid.kwargs, place=place_of(binding.endpoint, binding.output)
    )
    fitting = {bound.field: bound.parameter for bound in binding.bound}
    told = {
        "task": task,
        "fields": {name: _as_file(value) for name, value in values.items()},
        "fitting": fitting,
    }
    return call.__class__(**{**_fields_of(call), **told}), (*notes, *laid.notes, *more)


def _fields_of(call: Call) -> dict[str, Any]:
    return {name: getattr(call, name) for name in call.__struct_fields__}


def _with_prompt(
    binding: Binding, values: Mapping[str, Any]
) -> tuple[Mapping[str, Any], list[str]]:
    """Fill in an example where the task's own need is not given."""
    given = {name: value for name, value in values.items() if value is not None}
    notes = []
    for bound in binding.bound:
        parameter = binding.endpoint.parameters[bound.position]
        named = bound.field in given or bound.parameter in given
        if parameter.required and not named and bound.field in _NEEDED:
            given[bound.field] = _sample(parameter)
            notes.append(f"{bound.field} is not given: an example stands in its place")
    return given, notes


_NEEDED: Final = frozenset("prompt message text image audio video".split())


def _filled(
    endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Name every argument, and put an example where a needed one is missing."""
    values, problems = bind_names(endpoint, args, kwargs)
    given = {}
    notes = []
    for parameter, value in zip(endpoint.parameters, values, strict=True):
        if value is not UNSET:
            given[parameter.name] = value
        elif parameter.required and _wanted(parameter):
            given[parameter.name] = _sample(parameter)
            notes.append(f"{parameter.name} is not given: an example stands in its place")
        elif parameter.required:
            given[parameter.name] = None
    # Whatever else is wrong with the names is told by whoever checks the values.
    strange = {name: value for name, value in kwargs.items() if name not in given}
    if len(args) > len(endpoint.parameters) or (problems and strange):
        fit_arguments(endpoint, args, {**given, **kwargs}, check=False)
    return given, notes


def _wanted(parameter: Parameter) -> bool:
    """A field that is shown; hidden ones and choices without a choice may stay empty."""
    return parameter.visible


def _needed(endpoint: Endpoint, values: Sequence[Any]) -> dict[str, Any]:
    """Leave out what keeps its default."""
    return {
        parameter.name: value
        for parameter, value in zip(endpoint.parameters, values, strict=True)
        if parameter.required or not _same(value, parameter.default)
    }


def _same(value: Any, default: Any) -> bool:
    # True == 1 in Python, but not on the wire.
    return isinstance(value, bool) is isinstance(default, bool) and bool(value == default)


def _sample(parameter: Parameter) -> Any:
    """An example value, for code that is to be edited."""
    if parameter.takes_file:
        kind = next((kind for kind in parameter.file_types if kind in _SAMPLE_FILES), "")
        file = FileHere(path=_SAMPLE_FILES.get(kind, "file" + _suffix(parameter)))
        return file if parameter.file_count == "single" else [file]
    if parameter.choices is None and parameter.json_type.get("type") == "string":
        return _SAMPLE_WORDS
    return empty_value(parameter)


def _suffix(parameter: Parameter) -> str:
    return next((kind for kind in parameter.file_types if kind.startswith(".")), ".txt")


def _as_file(value: Any) -> Any:
    return FileHere(path=str(value)) if isinstance(value, PurePath) else value


def _to_file(value: Any) -> FileHere | None:
    if isinstance(value, FileHere):
        return value
    if isinstance(value, PurePath):
        return FileHere(path=str(value))
    if isinstance(value, str) and value.startswith(("http://", "https://", "data:")):
        return FileHere(url=value)
    return FileHere(path=value) if isinstance(value, str) else None
