"""Make a caller's value one that the parameter takes, and say what was changed.

Every function gives the value to send and a note; the note is empty when the value
was taken as it is. What cannot be taken at all is `LEFT_OUT`.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from anyspace.recipes._kinds import is_drawn, is_file, number_in
from anyspace.recipes._languages import language_of
from anyspace.recipes._sizes import (
    distance,
    in_megapixels,
    megapixels,
    parse_size,
    rewrite_size,
)
from anyspace.recipes._task import Field, Kind
from anyspace.recipes._words import plain
from anyspace.recipes._wraps import describe_wrap
from anyspace.schema import Choice, Parameter

__all__ = ["LEFT_OUT", "Fitted", "Unfit", "describe", "empty_value", "fit_value", "is_number"]

LEFT_OUT: Final = object()
"""Stands for a value that the app cannot be given."""

_SHOWN: Final = 8


class Fitted(NamedTuple):
    """A value as it will be sent (or `LEFT_OUT`), and a note in words."""

    value: Any
    note: str = ""


class Unfit(ValueError):
    """The caller's value is not of the field's kind."""


def fit_value(field: Field, parameter: Parameter, value: Any) -> Fitted:
    """Fit a caller's value to the parameter that its field is bound to.

    Raises:
        Unfit: The value is not of the field's kind.
    """
    return _FITTERS[field.kind](field, parameter, value)


def describe(field: Field, parameter: Parameter) -> str:
    """Say in words what becomes of a value on its way to the parameter."""
    if parameter.choices is not None and field.kind is not Kind.SWITCH:
        return f"the nearest of {len(parameter.choices)} choices"
    if field.kind in (Kind.INTEGER, Kind.NUMBER):
        return _describe_number(field, parameter)
    if field.follows is not None:
        other, given = field.follows.field, field.follows.given
        return f"{'on' if given else 'off'} when {other} is given"
    return describe_wrap(parameter, field.kind) or "as given"


def _describe_number(field: Field, parameter: Parameter) -> str:
    if not is_number(parameter):
        return "as text"
    low, high, step = parameter.minimum, parameter.maximum, _step_of(parameter)
    words = []
    if low is not None or high is not None:
        ends = ("…" if end is None else _show(end) for end in (low, high))
        words.append(f"{'wrapped into' if field.wraps else 'kept within'} {' to '.join(ends)}")
    if step is not None:
        words.append(f"in steps of {step:g}")
    return ", ".join(words) or "as given"


def empty_value(parameter: Parameter) -> Any:
    """Choose what to send for a parameter that has no default and no value."""
    if is_file(parameter):
        return None
    if parameter.choices:
        first = parameter.choices[0].value
        return [first] if parameter.multiple else first
    kind = parameter.json_type.get("type")
    if parameter.component in ("slider", "number") or kind in ("number", "integer"):
        return 0 if parameter.minimum is None else parameter.minimum
    if kind == "boolean":
        return False
    return "" if kind == "string" else None


# --- numbers ------------------------------------------------------------------------


def _fit_number(field: Field, parameter: Parameter, value: Any) -> Fitted:
    number = _read_number(field, value)
    if parameter.choices:
        return _nearest_number(field, parameter, number)
    if not is_number(parameter):
        return Fitted(f"{number:d}" if isinstance(number, int) else f"{number:g}")
    fitted = _wrap(number, parameter) if field.wraps else _clamp(number, parameter)
    fitted = _on_grid(fitted, parameter)
    if field.kind is Kind.INTEGER or isinstance(fitted, int):
        fitted = _whole(fitted, parameter)
    if fitted == number:
        return Fitted(fitted)
    why = _why(field, number, parameter)
    return Fitted(fitted, f"{field.name} {_show(number)} → {_show(fitted)}: {why}")


def _read_number(field: Field, value: Any) -> float:
    number: float | None = None
    if isinstance(value, str):
        number = number_in(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        number = value
    if number is None or (isinstance(number, float) and not math.isfinite(number)):
        raise Unfit(f"{field.name} takes a number, not {value!r}")
    if isinstance(number, float) and number.is_integer() and field.kind is Kind.INTEGER:
        return int(number)
    return number


def is_number(parameter: Parameter) -> bool:
    """Tell whether it takes a number itself rather than one written as text."""
    return parameter.component in ("slider", "number") or (
        parameter.json_type.get("type") in ("number", "integer")
    )


def _clamp(number: float, parameter: Parameter) -> float:
    if parameter.minimum is not None and number < parameter.minimum:
        return parameter.minimum
    if parameter.maximum is not None and number > parameter.maximum:
        return parameter.maximum
    return number


def _whole(number: float, parameter: Parameter) -> float:
    """Round, but not out of the range; a range without whole numbers keeps its fraction."""
    whole = round(number)
    if _clamp(whole, parameter) != whole:
        whole = math.ceil(number) if whole < number else math.floor(number)
    return whole if _clamp(whole, parameter) == whole else number


def _wrap(number: float, parameter: Parameter) -> float:
    """Keep different seeds different, where stopping at the end would make them one."""
    low, high = parameter.minimum or 0, parameter.maximum
    if _clamp(number, parameter) == number:
        return number
    if high is None or high <= low:
        return _clamp(number, parameter)
    return low + (number - low) % (high - low + 1)


def _step_of(parameter: Parameter) -> float | None:
    # A number box always says step=1, whatever it takes; only a slider means it.
    if parameter.component != "slider" or not parameter.step or parameter.step < 0:
        return None
    return parameter.step


def _on_grid(number: float, parameter: Parameter) -> float:
    step = _step_of(parameter)
    if step is None:
        return number
    # Fractions, because 0.1 + 2 * 0.1 is not 0.3 and large seeds are not exact floats.
    low = Fraction(str(parameter.minimum or 0))
    width = Fraction(str(step))
    steps = math.floor((Fraction(str(number)) - low) / width + Fraction(1, 2))
    nearest = low + steps * width
    if parameter.maximum is not None and nearest > Fraction(str(parameter.maximum)):
        nearest -= width
    return int(nearest) if nearest.denominator == 1 else float(nearest)


def _why(field: Field, number: float, parameter: Parameter) -> str:
    if field.wraps and _clamp(number, parameter) != number:
        return "wrapped into what this Space takes"
    if parameter.maximum is not None and number > parameter.maximum:
        return "the largest this Space takes"
    if parameter.minimum is not None and number < parameter.minimum:
        return "the smallest this Space takes"
    step = _step_of(parameter)
    return f"this Space goes in steps of {step:g}" if step else "this Space takes whole numbers"


def _nearest_number(field: Field, parameter: Parameter, number: float) -> Fitted:
    offered = [
        (abs(found - number), choice)
        for choice in parameter.choices or ()
        if (found := number_in(choice.value)) is not None
    ]
    if not offered:
        return _not_offered(field, parameter, _show(number))
    apart, choice = min(offered, key=lambda pair: pair[0])
    return Fitted(choice.value, _nearest_note(field, _show(number), choice) if apart else "")


def _show(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


# --- choices ------------------------------------------------------------------------


def _fit_choice(field: Field, parameter: Parameter, value: Any) -> Fitted:
    if parameter.choices is None:
        return Fitted(str(value))
    if isinstance(value, list | tuple):
        return _several_choices(field, parameter, value)
    choice = _same_choice(parameter.choices, value)
    if choice is not None:
        return _picked(parameter, choice)
    choice = _similar_choice(parameter.choices, str(value))
    if choice is not None:
        return _picked(parameter, choice, _nearest_note(field, str(value), choice))
    if parameter.open_choices:
        return Fitted([value] if parameter.multiple else value)
    return _not_offered(field, parameter, str(value))


def _several_choices(field: Field, parameter: Parameter, values: Sequence[Any]) -> Fitted:
    """Pick each of several, where several may be picked; otherwise the first."""
    taken = values if parameter.multiple else values[:1]
    fitted = [_fit_choice(field, parameter, value) for value in taken]
    notes = [each.note for each in fitted if each.note]
    if len(taken) < len(values):
        notes.append(f"{field.name} takes one here: {len(values) - 1} more were left out")
    picked = [each.value for each in fitted if each.value is not LEFT_OUT]
    if not picked:
        return Fitted(LEFT_OUT, "; ".join(notes))
    value = [item for items in picked for item in items] if parameter.multiple else picked[0]
    return Fitted(value, "; ".join(notes))


def _picked(parameter: Parameter, choice: Choice, note: str = "") -> Fitted:
    return Fitted([choice.value] if parameter.multiple else choice.value, note)


def _same_choice(choices: tuple[Choice, ...], value: Any) -> Choice | None:
    for choice in choices:
        if value in (choice.value, choice.label):
            return choice
    wanted = plain(str(value))
    for choice in choices:
        if wanted in (plain(str(choice.value)), plain(choice.label)):
            return choice
    return None


def _similar_choice(choices: tuple[Choice, ...], value: str) -> Choice | None:
    """Find the choice that is meant: it has the same words in it, or nearly the same letters."""
    wanted = set(plain(value).split())
    holding = [
        c for c in choices if wanted and wanted <= set(plain(f"{c.label} {c.value}").split())
    ]
    if len(holding) == 1:
        return holding[0]
    spelled = {
        text.lower(): choice for choice in choices for text in (choice.label, str(choice.value))
    }
    near = difflib.get_close_matches(value.lower(), spelled, n=1, cutoff=0.6)
    return spelled[near[0]] if near else None


def _nearest_note(field: Field, value: str, choice: Choice) -> str:
    return f"{field.name} {value} → {choice.value!r}: the nearest this Space offers"


def _not_offered(field: Field, parameter: Parameter, value: str) -> Fitted:
    choices = parameter.choices or ()
    shown = ", ".join(repr(choice.value) for choice in choices[:_SHOWN])
    more = f" and {len(choices) - _SHOWN} more" if len(choices) > _SHOWN else ""
    return Fitted(
        LEFT_OUT,
        f"{field.name} {value} is not offered by this Space and was left out; it has {shown}{more}",
    )


def _fit_language(field: Field, parameter: Parameter, value: Any) -> Fitted:
    """Find the same language, however the app writes it."""
    same = _same_choice(parameter.choices or (), value)
    wanted = language_of(str(value))
    if same is not None or wanted is None or parameter.choices is None:
        return _fit_choice(field, parameter, value)
    for choice in parameter.choices:
        if wanted in (language_of(str(choice.value)), language_of(choice.label)):
            return _picked(parameter, choice)
    if parameter.open_choices:
        return _fit_choice(field, parameter, value)
    return _not_offered(field, parameter, str(value))


def _fit_size(field: Field, parameter: Parameter, value: Any) -> Fitted:
    if parameter.choices is None:
        return _free_size(field, parameter, value)
    mega = in_megapixels(parameter)
    size = parse_size(value, mega=mega)
    same = _same_choice(parameter.choices, str(value))
    if same is not None:
        return _picked(parameter, same)
    if size is None:
        return _fit_choice(field, parameter, value)
    offered = []
    for choice in parameter.choices:
        other = parse_size(choice.label, mega=mega) or parse_size(choice.value, mega=mega)
        apart = None if other is None else distance(size, other)
        if other is not None and apart is not None:
            # A ratio is not yet the pixels that were asked for.
            exact = apart == 0 and (other.width is not None or size.width is None)
            offered.append((apart, exact, choice))
    if not offered:
        return _not_offered(field, parameter, str(value))
    _, exact, choice = min(offered, key=lambda offer: offer[0])
    return _picked(parameter, choice, "" if exact else _nearest_note(field, str(value), choice))


def _free_size(field: Field, parameter: Parameter, value: Any) -> Fitted:
    size = parse_size(value, mega=in_megapixels(parameter))
    if not is_number(parameter):
        return Fitted(str(value) if size is None else rewrite_size(parameter.default, size))
    if in_megapixels(parameter):
        many = None if size is None else megapixels(size)
        if many is None:
            note = f"{field.name} {value} was left out: this Space takes megapixels"
            return Fitted(LEFT_OUT, note)
        sent = _fit_number(field, parameter, many).value
        return Fitted(sent, f"{field.name} {value} → {_show(sent)} megapixels")
    if size is None or (size.width is None and size.height is None):
        return Fitted(LEFT_OUT, f"{field.name} {value} was left out: this Space takes one number")
    return _fit_number(field, parameter, max(size.width or 0, size.height or 0))


# --- the rest -----------------------------------------------------------------------


def _fit_text(field: Field, parameter: Parameter, value: Any) -> Fitted:
    if not isinstance(value, str):
        raise Unfit(f"{field.name} takes text, not {type(value).__name__}")
    return Fitted(value)


def _fit_switch(field: Field, parameter: Parameter, value: Any) -> Fitted:
    if not isinstance(value, bool):
        raise Unfit(f"{field.name} takes True or False, not {value!r}")
    for choice in parameter.choices or ():
        if str(choice.value).lower() in (_ON if value else _OFF):
            return Fitted(choice.value)
    for choice in parameter.choices or ():
        drawn = is_drawn(choice)
        if drawn is not None and drawn is (value is not _keeps_seed(field)):
            return Fitted(choice.value)
    return Fitted(value)


def _keeps_seed(field: Field) -> bool:
    return field.follows is not None and field.follows.given


_ON: Final = frozenset(("yes", "true", "on", "enable"))
_OFF: Final = frozenset(("no", "false", "off", "disable"))


def _as_given(field: Field, parameter: Parameter, value: Any) -> Fitted:
    return Fitted(value)


_FITTERS: Final[Mapping[Kind, Callable[[Field, Parameter, Any], Fitted]]] = {
    Kind.TEXT: _fit_text,
    Kind.INTEGER: _fit_number,
    Kind.NUMBER: _fit_number,
    Kind.SWITCH: _fit_switch,
    Kind.CHOICE: _fit_choice,
    Kind.LANGUAGE: _fit_language,
    Kind.SIZE: _fit_size,
    Kind.IMAGE: _as_given,
    Kind.MASK: _as_given,
    Kind.AUDIO: _as_given,
    Kind.VIDEO: _as_given,
    Kind.DOCUMENT: _as_given,
    Kind.HISTORY: _as_given,
}
