"""Lay out what a caller wants as arguments for the endpoint, and note what had to give.

Some fields speak for each other: a seed switches its randomiser off, a negative prompt
switches its box on, a size can stand for a ratio. Those rules are the task's data.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from anyspace._errors import ArgumentError
from anyspace.recipes._sizes import Size, of_pixels, parse_size
from anyspace.recipes._task import Field, Sizes, Task
from anyspace.recipes._values import LEFT_OUT, Unfit, empty_value, fit_value
from anyspace.schema import Endpoint, Parameter

__all__ = ["Arguments", "lay_out"]

_GRID: Final = 8  # most models want sides that this divides
_USUAL_SIDE: Final = 1024


class Arguments(msgspec.Struct, frozen=True):
    """What to send.

    Attributes:
        kwargs: By parameter name; parameters that may keep their default are left out.
        notes: In words, whatever was changed or could not be honoured.
    """

    kwargs: dict[str, Any]
    notes: tuple[str, ...] = ()


def lay_out(
    task: Task, endpoint: Endpoint, positions: Mapping[str, int], values: Mapping[str, Any]
) -> Arguments:
    """Turn a caller's values into arguments.

    Args:
        task: Whose fields the values are.
        endpoint: What will be called.
        positions: The position of the parameter of each bound field.
        values: By field; None counts as not given. The name of a parameter that no
            field covers is taken too, and its value is sent as it is.

    Raises:
        ArgumentError: A name is unknown, a value is not of its field's kind, or a
            required field is missing.
    """
    return _Layout(task, endpoint, positions).lay_out(values)


class _Layout:
    def __init__(self, task: Task, endpoint: Endpoint, positions: Mapping[str, int]) -> None:
        self._task = task
        self._endpoint = endpoint
        self._fields = {field.name: field for field in task.fields}
        self._bound = {name: endpoint.parameters[at] for name, at in positions.items()}
        self._kwargs: dict[str, Any] = {}
        self._notes: list[str] = []
        self._problems: list[str] = []

    def lay_out(self, values: Mapping[str, Any]) -> Arguments:
        given = self._sort(values)
        if self._task.sizes is not None:
            given = self._resize(self._task.sizes, given)
        for name, value in given.items():
            self._place(self._fields[name], value)
        self._follow(given)
        self._complain(given)
        for parameter in self._endpoint.parameters:
            if parameter.required:
                self._kwargs.setdefault(parameter.name, empty_value(parameter))
        return Arguments(self._kwargs, tuple(self._notes))

    def _complain(self, given: Mapping[str, Any]) -> None:
        missing = [f.name for f in self._task.fields if f.required and f.name not in given]
        problems = [*self._problems, *(f"{name} is missing" for name in missing)]
        if problems:
            text = f"{self._endpoint.name}: {'; '.join(problems)}"
            raise ArgumentError(text, problems=problems, endpoint=self._endpoint.name)

    # --- what was given ---------------------------------------------------------------

    def _sort(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the task's fields; parameters named outright go straight through."""
        taken = {parameter.name for parameter in self._bound.values()}
        own = [p.name for p in self._endpoint.parameters if p.name not in taken]
        given = {}
        for name, value in values.items():
            if value is None:
                continue
            if name in own and name not in self._bound:
                self._kwargs[name] = value
            elif name not in self._fields:
                self._problems.append(_unknown(name, [*self._fields, *own]))
            elif not _means_none(self._fields[name], value):
                given[name] = value
        return given

    def _place(self, field: Field, value: Any) -> None:
        parameter = self._bound.get(field.name)
        if parameter is None:
            if field.harmless is None or value != field.harmless:
                self._notes.append(f"{field.name} is not offered by this Space and was left out")
            return
        try:
            fitted = fit_value(field, parameter, value)
        except Unfit as exc:
            self._problems.append(str(exc))
            return
        if fitted.value is not LEFT_OUT:
            self._kwargs[parameter.name] = fitted.value
        if fitted.note:
            self._notes.append(fitted.note)

    def _follow(self, given: Mapping[str, Any]) -> None:
        """Set the switches that go with other fields, unless the caller set them."""
        for name, parameter in self._bound.items():
            field = self._fields[name]
            rule = field.follows
            if rule is None or name in given or rule.field not in self._bound:
                continue
            on = rule.absent if given.get(rule.field) in (None, "") else rule.given
            if on is not None:
                self._kwargs[parameter.name] = fit_value(field, parameter, on).value

    # --- sizes ------------------------------------------------------------------------

    def _resize(self, sizes: Sizes, given: dict[str, Any]) -> dict[str, Any]:
        """Let the size fields stand in for each other where the app has not the one given."""
        spare = [name for name in sizes.combined if name in self._bound and name not in given]
        sides = {name: given[name] for name in (sizes.width, sizes.height) if name in given}
        if sides.keys() & self._bound.keys():
            self._set_free(spare)
            return given
        if sides:
            width, height = (_number(sides.get(name)) for name in (sizes.width, sizes.height))
            rest = {name: value for name, value in given.items() if name not in sides}
            return rest | {spare[0]: of_pixels(width, height)} if spare else given
        for name in sizes.combined:
            if name in given and name not in self._bound:
                return self._recast(sizes, name, spare, given)
        return given

    def _recast(
        self, sizes: Sizes, name: str, spare: Sequence[str], given: dict[str, Any]
    ) -> dict[str, Any]:
        """Say a size or ratio that was given as one value in the app's own terms."""
        size = parse_size(given[name])
        wide, high = self._bound.get(sizes.width), self._bound.get(sizes.height)
        rest = {key: value for key, value in given.items() if key != name}
        if size is not None and spare:
            return rest | {spare[0]: size}
        if size is None or wide is None or high is None:
            return given
        width, height = _sides(size, wide, high)
        said = f"{sizes.width} {width:g}, {sizes.height} {height:g}"
        self._notes.append(f"{name} {given[name]} → {said}")
        return rest | {sizes.width: width, sizes.height: height}

    def _set_free(self, spare: Sequence[str]) -> None:
        """Some apps heed width and height only when the ratio says "Custom"."""
        for name in spare:
            parameter = self._bound[name]
            for choice in parameter.choices or ():
                if "custom" in choice.label.lower() and choice.value != parameter.default:
                    self._kwargs[parameter.name] = choice.value
                    self._notes.append(f"{name} → {choice.value!r}: so that width and height count")


def _means_none(field: Field, value: Any) -> bool:
    low = field.none_below
    return low is not None and isinstance(value, int | float) and value < low


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and value > 0 else None


def _sides(size: Size, wide: Parameter, high: Parameter) -> tuple[float, float]:
    """Make sides of a ratio, with as many pixels as the app makes by default."""
    if size.width is not None and size.height is not None:
        return size.width, size.height
    usual = [_number(parameter.default) or _USUAL_SIDE for parameter in (wide, high)]
    pixels, ratio = usual[0] * usual[1], size.ratio or 1.0
    width, height = math.sqrt(pixels * ratio), math.sqrt(pixels / ratio)
    return round(width / _GRID) * _GRID, round(height / _GRID) * _GRID


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"{name}: no such field; {hint}"
