"""What a recipe is made of: plain data that the engine reads.

A `Task` names its `Field`s (what a caller may say), what its result looks like and
which words an app uses for it. It holds no code, so a new task is a new file of data.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec

__all__ = ["Field", "Follows", "Kind", "Outcome", "Shape", "Sizes", "Task", "Words"]

Words = Mapping[float, str]
"""Phrases by weight: ``{1.0: "seed | random seed | 种子", 0.6: "rng"}``.

The weight says how surely the phrase means the field when it is all the text there is.
"""


class Kind(Enum):
    """What sort of value a field holds, and so which widgets can take it."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"
    SIZE = "size"
    """A width and height, or their ratio, in one value: nearly always a choice."""
    IMAGE = "image"


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a field's widget looks like, for parameters whose words say nothing.

    Attributes:
        reason: What to say when a parameter is bound for its shape alone.
        score: How surely the shape alone means the field.
        least: The widget's minimum is at least this.
        most: The widget's maximum is at least this.
        step: The widget's step is a multiple of this.
        choices: What most of its choices are: ``"pixels"`` or ``"ratios"``.
    """

    reason: str
    score: float = 0.45
    least: float | None = None
    most: float | None = None
    step: int = 1
    choices: str = ""


class Follows(msgspec.Struct, frozen=True):
    """A switch that is set by whether another field was given.

    Attributes:
        field: The other field.
        given: The switch's value when it was given.
        absent: The switch's value when it was not; None leaves the app's default.
    """

    field: str
    given: bool
    absent: bool | None


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a caller may say for a task.

    Attributes:
        name: As in ``huggingface_hub.InferenceClient`` where that has the field.
        kind: What sort of value it holds.
        words: What apps call it, in names and labels.
        never: Single words that rule it out wherever they stand in a name or label.
        required: An endpoint without it does not fit.
        span: Where a widget's maximum (or its default, without one) usually lies.
        shape: How to know the widget when its name and label say nothing.
        follows: The field that this switch goes with.
        none_below: Smaller numbers mean "not given" (a seed of -1).
        wraps: Numbers beyond the range are wrapped into it; others stop at its end.
        harmless: A value that needs no note when the app does not offer the field.
        insists: What an endpoint's score is multiplied with when it cannot do without.
    """

    name: str
    kind: Kind
    words: Words
    never: str = ""
    required: bool = False
    span: tuple[float, float] | None = None
    shape: Shape | None = None
    follows: Follows | None = None
    none_below: float | None = None
    wraps: bool = False
    harmless: float | None = None
    insists: float = 1.0


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that together say how large a picture is; one can stand in for another."""

    width: str
    height: str
    combined: tuple[str, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a task's result looks like among an endpoint's outputs.

    Attributes:
        components: How surely a widget of this type holds it.
        foreign: Widgets that show that the endpoint is about something else.
        good: Words of labels that name the final result.
        bad: Words of labels that name something on the way or beside it.
    """

    components: Mapping[str, float]
    foreign: frozenset[str]
    good: str
    bad: str


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the engine knows of a task.

    Attributes:
        name: The Hub's pipeline tag.
        fields: What a caller may say. Earlier fields tend to earlier parameters.
        outcome: What comes back.
        calls: Words of endpoint names that do this task.
        others: Words that speak of another task; they count against an endpoint.
        sizes: How its size fields go together.
    """

    name: str
    fields: tuple[Field, ...]
    outcome: Outcome
    calls: Words
    others: str
    sizes: Sizes | None = None
