"""What labels mean, in the nine languages that apps are labelled in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from anyspace.recipes._evidence import claims_of
from anyspace.recipes._tasks import lexicon_of
from anyspace.recipes._words import _SIMPLIFIED, _TRADITIONAL
from anyspace.schema import Parameter
from tests.recipes.wild import read_parameter


def labels() -> Iterator[tuple[str, str, Parameter]]:
    """Read them all: the task, the field that is meant, and the input without a name."""
    task = field = widget = ""
    for line in (Path(__file__).parent / "labels.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            for label in filter(None, (label.strip() for label in line.split(" ;"))):
                yield task, field, read_parameter(f"(x) | {label} | {widget}")
        elif line and not line.startswith("#"):
            head, _, widget = line.partition(" | ")
            task, field = head.split()


KNOWN = list(labels())
# The same labels as they are written in Taiwan.
SIMPLIFIED = str.maketrans(_SIMPLIFIED, _TRADITIONAL)
TAIWAN = [
    (task, field, msgspec.structs.replace(parameter, label=label))
    for task, field, parameter in KNOWN
    for label in (parameter.label.translate(SIMPLIFIED),)
    if label != parameter.label
]


@pytest.mark.parametrize(
    ("task", "field", "parameter"),
    [*KNOWN, *TAIWAN],
    ids=[f"{f}: {p.label}" for _, f, p in [*KNOWN, *TAIWAN]],
)
def test_a_label_alone_says_which_field_is_meant(task, field, parameter):
    """Ours: among inputs alike, where neither name nor place helps."""
    _, claims = claims_of([parameter, parameter], lexicon_of(task))

    assert max(claims, key=lambda name: claims[name].score, default=None) == field
