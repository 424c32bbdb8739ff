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
from anyspace.recipes._kinds import number_in
from anyspace.recipes._sizes import Size, of_pixels, parse_size
from anyspace.recipes._task import Field, Kind, Sizes, Task
from anyspace.recipes._tasks import find_field
from anyspace.recipes._values import LEFT_OUT, Unfit, empty_value, fit_value, is_number
from anyspace.recipes._wraps import wrap
from anyspace.schema import Endpoint, Parameter

__all__ = ["Arguments", "Draw", "lay_out"]

_GRID: Final = 8  # most models want sides that this divides
_USUAL_SIDE: Final = 1024
_SEEDS: Final = 2**31 - 1  # what every random generator takes


class Arguments(msgspec.Struct, frozen=True):
    """What to send.

    Attributes:
        kwargs: By parameter name; parameters that may keep their default are left out.
        notes: In words, whatever was changed or could not be honoured.
        runs: How many calls it takes to get as many results as were asked for.
        draw: Where a number drawn by lot would make every call come out differently;
            None when the app draws one itself, or the caller gave one.
    """

    kwargs: dict[str, Any]
    notes: tuple[str, ...] = ()
    runs: int = 1
    draw: Draw | None = None


class Draw(msgspec.Struct, frozen=True):
    """A seed that keeps its default unless somebody draws another.

    Attributes:
        parameter: Which one.
        least: The smallest number to draw.
        most: The largest.
    """

    parameter: str
    least: int
    most: int


def lay_out(
    task: Task,
    endpoint: Endpoint,
    positions: Mapping[str, int],
    values: Mapping[str, Any],
    constants: Mapping[str, Any] | None = None,
    *,
    partial: bool = False,
) -> Arguments:
    """Turn a caller's values into arguments.

    Args:
        task: Whose fields the values are.
        endpoint: What will be called.
        positions: The position of the parameter of each bound field.
        values: By field; None counts as not given. The name of a parameter that no
            field covers is taken too, and its value is sent as it is.
        constants: What is sent besides, unless the caller says otherwise.
        partial: It is one step of several: other steps take the needed fields.

    Raises:
        ArgumentError: A name is unknown, a value is not of its field's kind, or a
            required field is missing.
    """
    return _Layout(task, endpoint, positions).lay_out(values, constants or {}, partial=partial)


class _Layout:
    def __init__(self, task: Task, endpoint: Endpoint, positions: Mapping[str, int]) -> None:
        self._task = task
        self._endpoint = endpoint
        self._fields = {field.name: field for field in task.fields}
        self._bound = {name: endpoint.parameters[at] for name, at in positions.items()}
        self._kwargs: dict[str, Any] = {}
        self._notes: list[str] = []
        self._problems: list[str] = []
        self._parts: dict[str, dict[Kind, Any]] = {}
        self._runs = 1

    def lay_out(
        self, values: Mapping[str, Any], constants: Mapping[str, Any], *, partial: bool
    ) -> Arguments:
        given = self._sort(values)
        if self._task.sizes is not None:
            given = self._resize(self._task.sizes, given)
        for name, value in given.items():
            self._place(self._fields[name], value)
        self._wrap()
        self._follow(given)
        self._complain(given, partial=partial)
        for name, value in constants.items():
            self._kwargs.setdefault(name, value)
        for parameter in self._endpoint.parameters:
            if parameter.required:
                self._kwargs.setdefault(parameter.name, empty_value(parameter))
        return Arguments(self._kwargs, tuple(self._notes), self._runs, self._draw())

    def _complain(self, given: Mapping[str, Any], *, partial: bool) -> None:
        needs = () if partial else self._task.needs
        missing = [" or ".join(n.split("|")) for n in needs if not given.keys() & set(n.split("|"))]
        problems = [*self._problems, *(f"{name} is missing" for name in missing)]
        if problems:
            text = f"{self._endpoint.name}: {'; '.join(problems)}"
            raise ArgumentError(text, problems=problems, endpoint=self._endpoint.name)

    # --- what was given ---------------------------------------------------------------

    def _sort(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Keep the task's fields; parameters named outright go straight through.

        One that a single field covers is that field by another name.
        """
        taken = [parameter.name for parameter in self._bound.values()]
        own = [p.name for p in self._endpoint.parameters if taken.count(p.name) != 1]
        covered = {parameter.name: field for field, parameter in self._bound.items()}
        given = {}
        for name, value in values.items():
            if value is None:
                continue
            field = find_field(self._task, name)
            if (field is None or field not in self._bound) and name in covered:
                field = covered[name]
            if name in own and name not in self._bound:
                self._kwargs[name] = value
            elif field is None:
                self._problems.append(_unknown(name, [*self._fields, *own]))
            elif not _means_none(self._fields[field], value):
                given[field] = value
        return given

    def _place(self, field: Field, value: Any) -> None:
        parameter = self._bound.get(field.name)
        if field.repeats:
            value = self._repeat(field, parameter, value)
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
            self._parts.setdefault(parameter.name, {})[field.kind] = fitted.value
        if fitted.note:
            self._notes.append(fitted.note)

    def _wrap(self) -> None:
        """Put what was placed into the forms of the widgets; some hold two values."""
        parameters = {parameter.name: parameter for parameter in self._bound.values()}
        for name, parts in self._parts.items():
            try:
                self._kwargs[name], note = wrap(parameters[name], parts)
            except ValueError as exc:
                self._problems.append(f"{name}: {exc}")
                continue
            if note:
                self._notes.append(note)

    def _repeat(self, field: Field, parameter: Parameter | None, value: Any) -> Any:
        """Spread a number of results over runs, as many in each as the app makes."""
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            return value
        amounts = _amounts(parameter)
        most = max(amounts, default=value if parameter is not None else 1)
        self._runs = math.ceil(value / most)
        if self._runs > 1:
            self._notes.append(
                f"{field.name} {value}: it takes {self._runs} runs, "
                f"this Space makes {most} at a time"
            )
        each = math.ceil(value / self._runs)
        if parameter is None or not parameter.choices or not amounts:
            return each
        enough = min(amount for amount in amounts if amount >= each)
        if enough * self._runs != value:
            self._notes.append(
                f"{field.name} {value} → {enough * self._runs}: "
                f"this Space makes {', '.join(map(str, amounts))} at a time"
            )
        return enough

    def _draw(self) -> Draw | None:
        """Name the seed that a caller may draw; nothing here is left to chance."""
        seed = self._bound.get("seed")
        follower = {"randomize_seed", "fix_seed"} & self._bound.keys()
        if seed is None or follower or seed.name in self._kwargs or not is_number(seed):
            return None
        if isinstance(seed.default, int | float) and seed.default < 0:
            return None  # the app's way to say that it draws one
        least = 0 if seed.minimum is None else max(int(seed.minimum), 0)
        return Draw(seed.name, least, _SEEDS if seed.maximum is None else int(seed.maximum))

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
            return rest | _spread(of_pixels(width, height), spare) if spare else given
        for name in sizes.combined:
            if name in given and name not in self._bound:
                return self._recast(sizes, name, spare, given)
        for name in sizes.combined:
            size = parse_size(given[name]) if name in given else None
            if size is not None and size.width and size.ratio:  # pixels tell the shape, too
                return given | {other: Size(ratio=size.ratio) for other in spare}
        return given

    def _recast(
        self, sizes: Sizes, name: str, spare: Sequence[str], given: dict[str, Any]
    ) -> dict[str, Any]:
        """Say a size or ratio that was given as one value in the app's own terms."""
        size = parse_size(given[name])
        wide, high = self._bound.get(sizes.width), self._bound.get(sizes.height)
        rest = {key: value for key, value in given.items() if key != name}
        if size is not None and spare:
            return rest | _spread(size, spare)
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


def _amounts(parameter: Parameter | None) -> list[int]:
    """How many results a widget can be told to make: its choices, or its end."""
    if parameter is None:
        return []
    numbers = [number_in(choice.value) for choice in parameter.choices or ()]
    most = parameter.maximum if not numbers else None
    return [max(int(number), 1) for number in (*numbers, most) if number is not None]


def _spread(size: Size, spare: Sequence[str]) -> dict[str, Size]:
    """Say a size in one value, or its area in one and its shape in the next."""
    first, *others = spare
    return {first: size} | {name: Size(ratio=size.ratio) for name in others if size.ratio}


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
