"""How surely a parameter is a field: its words, its widget, its range, its place.

The words of the name and the label lead, and the widget must be able to take the
value. Range and place only shift the balance, or decide where the words are silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from anyspace.recipes._kinds import fit, number_in
from anyspace.recipes._languages import is_language
from anyspace.recipes._sizes import measure_of
from anyspace.recipes._task import Field, Kind, Shape
from anyspace.recipes._words import Lexicon, Reading, head_of, is_optional
from anyspace.schema import Parameter

__all__ = ["Claim", "claims_of"]

_ENOUGH: Final = 0.3  # a weaker claim binds nothing
_BESIDE: Final = 0.5  # what a label says in brackets or after its first sentence
_HINT: Final = 0.6  # the greyed text in the box
_HELP: Final = 0.45  # the small print below the label
_BOTH: Final = 0.1  # name and label agree
_UNUSUAL: Final = 0.4  # the range is not one that this field has
_IN_TENTHS: Final = 0.4  # "Color variation" from 0 to 1 is no number of pictures
_OPTIONAL: Final = 0.7  # the app calls it optional: another one is meant, if there is one
_FIRST: Final = 0.08  # it is the first widget of its kind
_ONLY: Final = 0.2  # it is the only one
_RIVAL: Final = 0.7  # how well a widget fits that could be it instead
_SHAPED: Final = 0.8  # how well a widget fits that may be known by its shape
_DOUBTED: Final = 0.29  # another step makes it; as the only widget it still stays unsure
_OVERRULED: Final = 0.7  # the label says it in so many words, though the name rules it out
_EXACT: Final = 0.99
_SEVERAL: Final = 2
_UNSEEN: Final = 0.6  # the page does not show it
_LATER: Final = 0.002  # it stands one place further back


class Claim(NamedTuple):
    """How surely a parameter is a field (0 to 1), and why in words."""

    score: float
    reason: str


class _Said(NamedTuple):
    score: float
    source: str


_Heard = tuple[Mapping[str, _Said], frozenset[str]]


def claims_of(parameters: Sequence[Parameter], lexicon: Lexicon) -> list[dict[str, Claim]]:
    """Collect for each parameter the fields that it could be."""
    rivals = {
        field.kind: [i for i, p in enumerate(parameters) if fit(field.kind, p) >= _RIVAL]
        for field in lexicon.fields.values()
        if field.leads
    }
    alone = {places[0]: kind for kind, places in rivals.items() if len(places) == 1}
    found = []
    for position, parameter in enumerate(parameters):
        claims = {}
        for field, claim in _claims(parameter, lexicon, alone.get(position)):
            if field.leads:
                claim = _favour(claim, field, position, rivals[field.kind])
            if claim.score >= _ENOUGH:
                # A task lists its fields in the order that apps tend to keep. It settles
                # a draw: of two unnamed sliders of pixels the first one is the width.
                rank = lexicon.ranks[field.name] / len(lexicon.ranks)
                score = min(claim.score, 1.0) - _LATER * position * (1 - rank)
                claims[field.name] = Claim(score, claim.reason)
        found.append(claims)
    return found


def _favour(claim: Claim, field: Field, position: int, rivals: list[int]) -> Claim:
    """Prefer the widget that a page asks with: the only one of its kind, or the first."""
    if rivals == [position]:
        what = "text box" if field.kind is Kind.TEXT else f"widget for {field.kind.value}"
        return Claim(claim.score + _ONLY, f"{claim.reason}, and it is the only {what}")
    if rivals[:1] == [position]:
        return Claim(claim.score + _FIRST, claim.reason)
    return claim


def _claims(
    parameter: Parameter, lexicon: Lexicon, alone: Kind | None
) -> Iterable[tuple[Field, Claim]]:
    name = parameter.name if parameter.named else ""
    said, excluded = _hear(lexicon, name, parameter.label, parameter.placeholder, parameter.info)
    suited = {n: fit(lexicon.fields[n].kind, parameter) for n in said}
    silent = not any(suited.values())
    for field, shape in lexicon.shaped if silent else lexicon.leading if alone else ():
        # The one widget that can take what a page asks for takes it, whatever it is called.
        heard = not silent and (field.kind is not alone or suited.get(field.name))
        if not heard and field.name not in excluded and _has_shape(shape, field.kind, parameter):
            yield field, Claim(shape.score, shape.reason)
    for name, word in said.items():
        if suited[name]:
            field = lexicon.fields[name]
            yield field, _weigh(field, parameter, suited[name], word)


def _weigh(field: Field, parameter: Parameter, suited: float, word: _Said) -> Claim:
    score, reason = word.score * suited, word.source
    if field.span is not None and not _in_span(field.span, parameter):
        score, reason = score * _UNUSUAL, f"{reason}, though its range is unusual"
    if field.repeats and parameter.component == "slider" and (parameter.step or 1) % 1:
        score *= _IN_TENTHS
    if is_optional(parameter.label):
        score *= _OPTIONAL
    if field.leads and not parameter.visible:
        score = max(score * _UNSEEN, min(score, _ENOUGH))
    return Claim(score, reason)


def _in_span(span: tuple[float, float], parameter: Parameter) -> bool:
    largest = parameter.maximum if parameter.maximum is not None else number_in(parameter.default)
    return largest is None or span[0] <= largest <= span[1]


# --- shape --------------------------------------------------------------------------


def _has_shape(shape: Shape, kind: Kind, parameter: Parameter) -> bool:
    """Judge by the widget alone."""
    return (
        _has_range(shape, parameter)
        and fit(kind, parameter) >= _SHAPED
        and _has_choices(shape, parameter)
    )


def _has_range(shape: Shape, parameter: Parameter) -> bool:
    low, high = parameter.minimum, parameter.maximum
    if shape.value is not None and low is None and high is None:
        return parameter.default == shape.value and not isinstance(parameter.default, bool)
    if shape.least is not None and (low is None or low < shape.least):
        return False
    if shape.most is not None and (high is None or high < shape.most):
        return False
    return (parameter.step or shape.step) % shape.step == 0


def _has_choices(shape: Shape, parameter: Parameter) -> bool:
    if not shape.choices:
        return True
    choices = parameter.choices or ()
    if shape.choices == "languages":
        alike = sum(is_language(c.label) or is_language(str(c.value)) for c in choices)
        return len(choices) > 1 and alike * 2 > len(choices)
    alike = sum(shape.choices in (measure_of(c.label), measure_of(c.value)) for c in choices)
    return alike * 2 > len(choices)


# --- words --------------------------------------------------------------------------


@lru_cache(maxsize=4096)  # one app repeats its widgets over many endpoints
def _hear(lexicon: Lexicon, name: str, label: str, placeholder: str, info: str) -> _Heard:
    """Hear name and label; hint and help only when those two say nothing.

    Returns:
        What they say of each field, and the fields that they rule out or doubt.
    """
    head, beside = head_of(label)
    named, labelled = lexicon.read(name), lexicon.read(head)
    spelt = _spelt_out(lexicon, labelled, head)
    excluded = (named.excluded - spelt) | labelled.excluded
    said = _agree(named, labelled, f'the name "{name}"', f'the label "{head}"')
    for field in spelt & named.excluded & said.keys():
        said[field] = said[field]._replace(score=said[field].score * _OVERRULED)
    for field in (named.doubted | labelled.doubted) & said.keys():
        said[field] = said[field]._replace(score=said[field].score * _DOUBTED)
    if len(said) > 1 and beside:
        said = _settle(said, {hit.field for hit in lexicon.read(beside).hits})
    if not said:
        hints = (
            (_BESIDE, beside, f'its label says "{beside}"'),
            (_HINT, placeholder, "the hint in its box"),
            (_HELP, info, "its help text"),
        )
        said = _loudest((weight, lexicon.read(text), source) for weight, text, source in hints)
    kept = {name: word for name, word in said.items() if name not in excluded}
    # A shape is too little to go by where the words already raise a doubt.
    return kept, excluded | named.doubted | labelled.doubted


def _spelt_out(lexicon: Lexicon, labelled: Reading, head: str) -> frozenset[str]:
    """The fields that a label of several words names exactly: "Guidance scale"."""
    if len(head.split()) < _SEVERAL:
        return frozenset()
    return frozenset(
        field
        for field, score in labelled.hits
        if score >= _EXACT and not lexicon.fields[field].leads
    )


def _agree(named: Reading, labelled: Reading, name: str, label: str) -> dict[str, _Said]:
    said = {field: _Said(score, name) for field, score in named.hits}
    for field, score in labelled.hits:
        other = said.get(field)
        if other is None:
            said[field] = _Said(score, label)
        else:
            both = min(max(score, other.score) + _BOTH, 1.0)
            said[field] = _Said(both, f"{name} and {label}")
    return said


def _settle(said: dict[str, _Said], beside: set[str]) -> dict[str, _Said]:
    """Of several fields prefer what is spoken of behind, too: "Length (seconds)"."""
    if beside.isdisjoint(said):
        return said
    return {
        field: word if field in beside else word._replace(score=word.score - _BOTH)
        for field, word in said.items()
    }


def _loudest(hints: Iterable[tuple[float, Reading, str]]) -> dict[str, _Said]:
    said: dict[str, _Said] = {}
    for weight, reading, source in hints:
        for field, score in reading.hits:
            if field not in said or said[field].score < weight * score:
                said[field] = _Said(weight * score, source)
    return said
