"""What a recipe is made of: plain data that the engine reads.

A `Task` names its `Field`s (what a caller may say), what its result looks like and
which words an app uses for it. It holds no code, so a new task is a new file of data.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

__all__ = [
    "FILE_KINDS",
    "Field",
    "Follows",
    "Kind",
    "Media",
    "Outcome",
    "Shape",
    "Sizes",
    "Task",
    "Words",
]

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
    LANGUAGE = "language"
    """A language, by code or by name: nearly always a choice."""
    SIZE = "size"
    """A width and height, or their ratio, in one value: nearly always a choice."""
    IMAGE = "image"
    MASK = "mask"
    """A picture that says where; it may share an editor with the picture itself."""
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    """A file that is read: a PDF, or its pages as pictures."""
    HISTORY = "history"
    """The turns of a conversation so far: messages with roles, or pairs."""

    # Members are single objects. Enum's own hash is a call in Python, and the widget of
    # every parameter is looked up by kind for every field.
    __hash__ = object.__hash__


FILE_KINDS: Final = frozenset((Kind.IMAGE, Kind.MASK, Kind.AUDIO, Kind.VIDEO, Kind.DOCUMENT))


class Media(Enum):
    """What a task's result is made of."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    MODEL = "model"
    """A solid body: ``.glb``, ``.obj``…"""
    TEXT = "text"
    DATA = "data"
    """Numbers, as JSON or a table."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What a field's widget looks like, for parameters whose words say nothing.

    Attributes:
        reason: What to say when a parameter is bound for its shape alone.
        score: How surely the shape alone means the field.
        least: The widget's minimum is at least this.
        most: The widget's maximum is at least this.
        step: The widget's step is a multiple of this.
        value: Its default, when it has no range.
        choices: What most of its choices are: ``"pixels"``, ``"ratios"`` or ``"languages"``.
    """

    reason: str
    score: float = 0.45
    least: float | None = None
    most: float | None = None
    step: int = 1
    value: float | None = None
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
        aliases: Other names that callers may use for it.
        never: Single words that rule it out wherever they stand in a name or label.
        doubts: Single words that make it unlikely: there may be a better one elsewhere.
        leads: It is what the page asks for first; the first or only widget is favoured.
        span: Where a widget's maximum (or its default, without one) usually lies.
        shape: How to know the widget when its name and label say nothing.
        follows: The field that this switch goes with.
        none_below: Smaller numbers mean "not given" (a seed of -1).
        wraps: Numbers beyond the range are wrapped into it; others stop at its end.
        harmless: A value that needs no note when the app does not offer the field.
        insists: What an endpoint's score is multiplied with when it cannot do without.
        repeats: Without a widget, or beyond its range, several runs stand in for it.
    """

    name: str
    kind: Kind
    words: Words
    aliases: tuple[str, ...] = ()
    never: str = ""
    doubts: str = ""
    leads: bool = False
    span: tuple[float, float] | None = None
    shape: Shape | None = None
    follows: Follows | None = None
    none_below: float | None = None
    wraps: bool = False
    harmless: float | None = None
    insists: float = 1.0
    repeats: bool = False


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that together say how large a picture is; one can stand in for another."""

    width: str
    height: str
    combined: tuple[str, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a task's result looks like among an endpoint's outputs.

    Attributes:
        media: What it is made of.
        components: How surely a widget of this type holds it.
        foreign: Widgets that show that the endpoint is about something else.
        good: Words of labels that name the final result.
        bad: Words of labels that name something on the way or beside it.
    """

    media: Media
    components: Mapping[str, float]
    foreign: frozenset[str]
    good: str
    bad: str


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the engine knows of a task.

    Attributes:
        name: The Hub's pipeline tag.
        fields: What a caller may say. Earlier fields tend to earlier parameters.
        needs: The fields that an endpoint must take; of names parted by ``|`` one is enough.
        expects: A field whose lack makes an endpoint a worse fit.
        alone: It works on one file; an endpoint that wants a second one does other work.
        proof: Fields that show the task as surely as words do, parted by ``|``.
        outcome: What comes back.
        calls: Words of endpoint names that do this task.
        topic: Words that show the task wherever an app speaks of itself.
        unlike: Words of parameters that this task has no use for: they show another one.
        silent: What an endpoint's score is multiplied with when nobody says the topic.
        others: Words that speak of another task; they count against an endpoint.
        modes: Choices that switch an endpoint of many trades to this one.
        sizes: How its size fields go together.
    """

    name: str
    fields: tuple[Field, ...]
    needs: tuple[str, ...]
    outcome: Outcome
    calls: Words
    others: str
    expects: str = ""
    alone: bool = False
    proof: str = ""
    topic: str = ""
    unlike: str = ""
    silent: float = 1.0
    modes: str = ""
    sizes: Sizes | None = None
