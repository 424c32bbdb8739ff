"""What has changed in an app since its signatures were taken down, and whom it touches.

The rules. Endpoints and arguments are the same when their names are. Order, defaults and
what was added never harm who calls by name, so they are told and nothing more. What was
taken away, or has another form, harms: always (what comes back), or only who uses it (an
argument that is gone, a choice that is). An endpoint that is gone was renamed when exactly
one new one has its arguments and its outputs, and no other that is gone has them: then,
and only then, calls are taken there.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

import msgspec

from anyspace.contract._signatures import (
    AppSignature,
    EndpointSignature,
    OutputSignature,
    ParameterSignature,
)

__all__ = ["Change", "Comparison", "Harm", "compare", "compare_endpoints"]

_NUMBERS: Final = frozenset(("integer", "number"))
_SHOWN: Final = 8  # choices in a sentence


class Harm(Enum):
    """Whom a change harms."""

    NOBODY = "nobody"
    EVERYBODY = "everybody"
    GIVING = "who gives it"
    LEAVING_OUT = "who leaves it out"
    BY_VALUE = "some values"
    """Those that the argument no longer takes."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change.

    Attributes:
        endpoint: The endpoint's name in the lock; of a new one its own.
        parameter: The argument's name, ``""`` when it is about the endpoint.
        text: What changed, in words.
        harm: Whom it harms.
    """

    endpoint: str
    parameter: str = ""
    text: str
    harm: Harm = Harm.NOBODY

    @property
    def safe(self) -> bool:
        """Calls go on as before."""
        return self.harm is Harm.NOBODY

    def __str__(self) -> str:
        where = f"{self.endpoint}: {self.parameter}" if self.parameter else self.endpoint
        return f"{where} {self.text}"


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All that has changed in an app.

    Attributes:
        changes: In the lock's order, what is new last.
        renamed: What endpoints are called now, by their name in the lock.
    """

    changes: tuple[Change, ...] = ()
    renamed: Mapping[str, str] = {}

    @property
    def safe(self) -> bool:
        """Calls go on as before, whatever changed."""
        return all(change.safe for change in self.changes)


def compare(locked: AppSignature, now: AppSignature) -> Comparison:
    """Say what has changed in an app since it was locked."""
    gone = {name: e for name, e in locked.endpoints.items() if name not in now.endpoints}
    new = {name: e for name, e in now.endpoints.items() if name not in locked.endpoints}
    renamed = dict(_find_renamed(gone, new))
    changes: list[Change] = []
    for name, before in locked.endpoints.items():
        if name in renamed:
            changes.append(Change(endpoint=name, text=f"is called {renamed[name]} now"))
        elif name in gone:
            text = f"is gone{_nearest(name, before, new)}"
            changes.append(Change(endpoint=name, text=text, harm=Harm.EVERYBODY))
            continue
        after = now.endpoints[renamed.get(name, name)]
        changes.extend(compare_endpoints(name, before, after))
    heirs = set(renamed.values())
    changes.extend(Change(endpoint=name, text="is new") for name in new if name not in heirs)
    return Comparison(changes=tuple(changes), renamed=renamed)


def compare_endpoints(
    name: str, before: EndpointSignature, after: EndpointSignature
) -> Iterator[Change]:
    """Yield what has changed in one endpoint."""
    now = {parameter.name: parameter for parameter in after.parameters}
    known = {parameter.name for parameter in before.parameters}
    for old in before.parameters:
        if old.name in now:
            for text, harm in _argument(old, now[old.name]):
                yield Change(endpoint=name, parameter=old.name, text=text, harm=harm)
        else:
            yield Change(endpoint=name, parameter=old.name, text="is gone", harm=Harm.GIVING)
    for parameter in after.parameters:
        if parameter.name not in known:
            harm = Harm.LEAVING_OUT if parameter.required else Harm.NOBODY
            text = "is new and has no default" if parameter.required else "is new"
            yield Change(endpoint=name, parameter=parameter.name, text=text, harm=harm)
    if [p.name for p in before.parameters if p.name in now] != [n for n in now if n in known]:
        yield Change(endpoint=name, text=f"takes its arguments in another order: {', '.join(now)}")
    yield from _outputs(name, before.returns, after.returns)


# --- endpoints --------------------------------------------------------------------------


def _find_renamed(
    gone: Mapping[str, EndpointSignature], new: Mapping[str, EndpointSignature]
) -> Iterator[tuple[str, str]]:
    """Pair what is gone with what took its place, where there is no doubt."""
    heirs = {
        name: [other for other, after in new.items() if _replaces(before, after)]
        for name, before in gone.items()
    }
    for name, found in heirs.items():
        if len(found) == 1 and sum(found[0] in others for others in heirs.values()) == 1:
            yield name, found[0]


def _replaces(before: EndpointSignature, after: EndpointSignature) -> bool:
    """Whether calls of one can be made to the other. Without arguments many would do."""
    return bool(before.parameters) and all(
        change.safe for change in compare_endpoints("", before, after)
    )


def _nearest(name: str, before: EndpointSignature, new: Mapping[str, EndpointSignature]) -> str:
    """Name what may have taken its place, and why calls are not taken there."""
    if not new:
        return ""
    wanted = [parameter.name for parameter in before.parameters]

    def likeness(other: str) -> float:
        has = [parameter.name for parameter in new[other].parameters]
        arguments = difflib.SequenceMatcher(None, wanted, has).ratio()
        return arguments + difflib.SequenceMatcher(None, name, other).ratio()

    best = max(new, key=likeness)
    harmful = [c for c in compare_endpoints("", before, new[best]) if not c.safe]
    told = "; ".join(f"{c.parameter} {c.text}".strip() for c in harmful[:3])
    return f"; {best} is new" + (f" and differs: {told}" if told else " and takes the same")


# --- arguments --------------------------------------------------------------------------


def _argument(old: ParameterSignature, new: ParameterSignature) -> Iterator[tuple[str, Harm]]:
    if not _takes_as_much(old.type, new.type):
        yield f"takes {new.type}, it was {old.type}", Harm.GIVING
    elif old.type != new.type:
        yield f"takes {new.type}, it was {old.type}", Harm.NOBODY
    if new.required and not old.required:
        yield "has no default any more", Harm.LEAVING_OUT
    elif old.required and not new.required:
        yield f"has a default now: {new.default!r}", Harm.NOBODY
    elif old.default != new.default:
        yield f"has the default {new.default!r}, it was {old.default!r}", Harm.NOBODY
    yield from _choices(old.choices, new.choices)
    if (old.minimum, old.maximum) != (new.minimum, new.maximum):
        harm = Harm.BY_VALUE if _is_narrower(old, new) else Harm.NOBODY
        yield f"takes {_span(new)}, it was {_span(old)}", harm


def _takes_as_much(old: str, new: str) -> bool:
    """Whether what was taken still is, as far as kinds of values go."""
    if new == "any" or old == new:
        return True
    kinds = set(new.split(" or "))
    kinds |= _NUMBERS if kinds & _NUMBERS else set()  # a half is found by its value
    return set(old.split(" or ")) <= kinds


def _choices(
    old: tuple[object, ...] | None, new: tuple[object, ...] | None
) -> Iterator[tuple[str, Harm]]:
    if old == new:
        return
    if new is None:
        yield "takes other values than the choices, too", Harm.NOBODY
    elif old is None:
        yield f"takes only {_listed(new)}", Harm.BY_VALUE
    else:
        lost = [value for value in old if value not in new]
        more = [value for value in new if value not in old]
        if lost:
            yield f"no longer takes {_listed(lost)}", Harm.BY_VALUE
        if more:
            yield f"also takes {_listed(more)}", Harm.NOBODY
        if not lost and not more:
            yield "has its choices in another order", Harm.NOBODY


def _listed(values: tuple[object, ...] | list[object]) -> str:
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return ", ".join(repr(value) for value in values[:_SHOWN]) + more


def _is_narrower(old: ParameterSignature, new: ParameterSignature) -> bool:
    """Whether a number may have been taken that is not any more; None is no bound."""
    low, high = new.minimum, new.maximum
    return (low is not None and (old.minimum is None or low > old.minimum)) or (
        high is not None and (old.maximum is None or high < old.maximum)
    )


def _span(parameter: ParameterSignature) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is None and high is None:
        return "any number"
    if low is None or high is None:
        return f"at most {high:.15g}" if low is None else f"at least {low:.15g}"
    return f"{low:.15g} to {high:.15g}"


# --- outputs ----------------------------------------------------------------------------


def _outputs(
    name: str, before: tuple[OutputSignature, ...], after: tuple[OutputSignature, ...]
) -> Iterator[Change]:
    if [output.component for output in before] != [output.component for output in after]:
        text = f"returns {_returned(after)}, it was {_returned(before)}"
        yield Change(endpoint=name, text=text, harm=Harm.EVERYBODY)
    elif before != after:
        text = f"labels what it returns {_returned(after)}, it was {_returned(before)}"
        yield Change(endpoint=name, text=text)


def _returned(outputs: tuple[OutputSignature, ...]) -> str:
    return ", ".join(f"{o.label} ({o.component})" if o.label else o.component for o in outputs) or (
        "nothing"
    )
