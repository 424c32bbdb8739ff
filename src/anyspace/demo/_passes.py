"""Painting in passes, so that whoever waits can be told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

__all__ = ["Layer", "OnPass", "in_passes"]

Layer: TypeAlias = Callable[[], object]
OnPass: TypeAlias = Callable[[int, int], None] | None


def in_passes(layers: Sequence[Layer], passes: int, on_pass: OnPass) -> None:
    """Paint layers in a number of passes, with a word before each."""
    for number in range(passes):
        if on_pass is not None:
            on_pass(number, passes)
        first, last = (len(layers) * n // passes for n in (number, number + 1))
        for layer in layers[first:last]:
            layer()
