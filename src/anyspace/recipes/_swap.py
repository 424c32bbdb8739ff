"""What changes for a caller who moves a task from one Space to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from anyspace.recipes._binding import Binding
from anyspace.recipes._tasks import find_task
from anyspace.schema import Parameter

__all__ = ["ArgumentChange", "Effect", "Swap", "compare"]

_SHOWN = 6


class Effect(msgspec.Struct, frozen=True):
    """How the new parameter takes other values than the old one.

    Attributes:
        kind: ``"clamped"``: its range is narrower somewhere. ``"stepped"``: it counts in
            other steps. ``"choices"``: it offers other choices. ``"default"``: left out, it
            means something else. ``"retyped"``: it is another kind of widget.
        text: The same in words.
    """

    kind: Literal["clamped", "stepped", "choices", "default", "retyped"]
    text: str


class ArgumentChange(msgspec.Struct, frozen=True):
    """What becomes of one argument.

    Attributes:
        change: ``"kept"``, ``"renamed"``, ``"dropped"``, ``"added"``, or ``"resized"``: the
            new Space says a size in other terms (a ratio for width and height).
        field: The task's field, ``""`` when none covers it.
        before: The old Space's parameter, ``""`` when it has none.
        after: The new Space's parameter, ``""`` when it has none.
        effects: How its values differ.
    """

    change: Literal["kept", "renamed", "dropped", "added", "resized"]
    field: str
    before: str
    after: str
    effects: tuple[Effect, ...] = ()


class Swap(msgspec.Struct, frozen=True):
    """What changes for a caller who moves a task from one Space to another.

    Attributes:
        task: The task's pipeline tag.
        before: How the old Space does it.
        after: How the new one does.
        arguments: In the new endpoint's order, then what is dropped.
    """

    task: str
    before: Binding
    after: Binding
    arguments: tuple[ArgumentChange, ...]

    @property
    def same(self) -> bool:
        """Nothing changes but the address."""
        one, other = self.before, self.after
        return (
            one.endpoint.name == other.endpoint.name
            and (one.output.index, one.output.path) == (other.output.index, other.output.path)
            and all(c.change == "kept" and not c.effects for c in self.arguments)
        )


def compare(before: Binding, after: Binding) -> Swap:
    """Compare how two Spaces do the same task.

    Parameters are matched by the field they take; those that no field covers by name,
    then by label.

    Args:
        before: The old Space's binding.
        after: The new Space's, of the same task.
    """
    pairs = list(_pairs(before, after))
    kept = [old for old, _, _ in pairs if old is not None]
    fields = {bound.position: bound.field for bound in before.bound}
    changes = [_change(old, new, field) for old, new, field in pairs]
    for position, old in enumerate(before.endpoint.parameters):
        if old not in kept:
            changes.append(_gone(old, fields.get(position, ""), after))
    return Swap(before.task, before, after, tuple(changes))


def _gone(parameter: Parameter, field: str, after: Binding) -> ArgumentChange:
    """What the new Space has no parameter for; a size it may say in other terms."""
    sizes = find_task(after.task).sizes
    if sizes is not None and field in (sizes.width, sizes.height, *sizes.combined):
        sides = [sizes.width, sizes.height] if field in sizes.combined else []
        found = [after.find(name) for name in (*sizes.combined, *sides)]
        terms = ", ".join(bound.parameter for bound in found if bound is not None)
        if terms:
            return ArgumentChange("resized", field, parameter.name, terms)
    return ArgumentChange("dropped", field, parameter.name, "")


def _pairs(before: Binding, after: Binding) -> Iterator[tuple[Parameter | None, Parameter, str]]:
    """Each of the new endpoint's parameters with the old one's that it stands for."""
    old, new = before.endpoint.parameters, after.endpoint.parameters
    by_field = {bound.field: old[bound.position] for bound in before.bound}
    fields = {bound.position: bound.field for bound in after.bound}
    taken = [by_field[field] for field in fields.values() if field in by_field]
    for position, parameter in enumerate(new):
        field = fields.get(position, "")
        match = by_field.get(field)
        if match is None:
            match = _namesake(parameter, [p for p in old if p not in taken])
            if match is not None:
                taken.append(match)
        yield match, parameter, field


def _namesake(parameter: Parameter, others: Sequence[Parameter]) -> Parameter | None:
    by_name = (other for other in others if other.name == parameter.name)
    label = parameter.label.casefold()
    by_label = (other for other in others if label and other.label.casefold() == label)
    return next(by_name, None) or next(by_label, None)


def _change(before: Parameter | None, after: Parameter, field: str) -> ArgumentChange:
    if before is None:
        return ArgumentChange("added", field, "", after.name, tuple(_added(after)))
    change: Literal["kept", "renamed"] = "kept" if before.name == after.name else "renamed"
    return ArgumentChange(change, field, before.name, after.name, tuple(_effects(before, after)))


def _added(parameter: Parameter) -> Iterator[Effect]:
    told = "required" if parameter.required else f"default {_shown(parameter)}"
    yield Effect("default", told)


def _effects(before: Parameter, after: Parameter) -> Iterator[Effect]:
    if before.component != after.component and _type(before) != _type(after):
        yield Effect("retyped", f"a {_kind(before)} → {_kind(after)}")
    if _narrower(before, after):
        yield Effect("clamped", f"range {_range(before)} → {_range(after)}")
    if after.step and before.step != after.step:
        usual = f", not {before.step:g}" if before.step else ""
        yield Effect("stepped", f"in steps of {after.step:g}{usual}")
    if after.choices and before.choices != after.choices:
        yield Effect("choices", _choices(before, after))
    if not after.required and before.default != after.default:
        told = "required" if before.required else f"default {_shown(before)}"
        yield Effect("default", f"{told} → {_shown(after)}")


def _narrower(before: Parameter, after: Parameter) -> bool:
    """Some value that the old one takes is out of the new one's range."""
    lower = after.minimum is not None and (before.minimum is None or before.minimum < after.minimum)
    upper = after.maximum is not None and (before.maximum is None or before.maximum > after.maximum)
    return lower or upper


def _range(parameter: Parameter) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is None and high is None:
        return "any"
    return f"{'' if low is None else f'{low:.15g}'}..{'' if high is None else f'{high:.15g}'}"


def _choices(before: Parameter, after: Parameter) -> str:
    new = [str(choice.value) for choice in after.choices or ()]
    shown = ", ".join(new[:_SHOWN]) + (
        f" and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
    )
    gone = [str(c.value) for c in before.choices or () if str(c.value) not in new]
    lost = f"; without {', '.join(gone[:_SHOWN])}" if gone else ""
    return f"one of {shown}{lost}"


def _type(parameter: Parameter) -> object:
    return parameter.json_type.get("type"), parameter.takes_file


def _kind(parameter: Parameter) -> str:
    return f"{parameter.component} ({parameter.json_type.get('type') or 'anything'})"


def _shown(parameter: Parameter) -> str:
    text = repr(parameter.default)
    return text if len(text) <= 60 else f"{text[:59]}…"
