"""Give each field at most one parameter and each parameter at most one field.

The best total wins, so that "prompt" leaves the negative prompt's box to the field
that knows it better, even where it would have taken it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["best_match"]

_Options = Mapping[str, Mapping[int, float]]

# Sums of the same numbers in another order differ by less; without it moves could cycle.
_NOISE: Final = 1e-9


def best_match(scores: Sequence[Mapping[str, float]]) -> dict[str, int]:
    """Match fields to positions for the best total.

    Args:
        scores: For each position the fields that it could be, with their scores.
    """
    options: dict[str, dict[int, float]] = {}
    for position, fields in enumerate(scores):
        for field, score in fields.items():
            options.setdefault(field, {})[position] = score
    favourites = {field: max(wanted, key=wanted.__getitem__) for field, wanted in options.items()}
    if len(set(favourites.values())) == len(favourites):
        return favourites  # nobody is in anybody's way
    seats: dict[str, int] = {}
    for field in options:
        _seat(field, options, seats)
    return seats


def _seat(newcomer: str, options: _Options, seats: dict[str, int]) -> None:
    """Seat one more field, moving seated ones where the total gains by it.

    The best chain of moves is a longest path: each step gains what the mover gets in
    its new seat, less what the one who makes room had there. It ends at a free seat or
    with somebody who stands up for good.
    """
    owners = {position: field for field, position in seats.items()}
    gains: dict[int, float] = {}
    movers: dict[int, str] = {}
    todo = [(newcomer, 0.0)]
    while todo:
        mover, before = todo.pop()
        for position, score in options[mover].items():
            owner = owners.get(position)
            gain = before + score - (options[owner][position] if owner else 0.0)
            if gain > gains.get(position, -1.0) + _NOISE:
                gains[position], movers[position] = gain, mover
                if owner and owner != mover:
                    todo.append((owner, gain))
    end = max(gains, key=gains.__getitem__)
    if gains[end] <= 0:
        return
    standing = owners.get(end)
    if standing:
        del seats[standing]
    _move(newcomer, end, movers, seats)


def _move(newcomer: str, end: int, movers: Mapping[int, str], seats: dict[str, int]) -> None:
    """Follow the chain back from its end, each mover leaving its seat to the one before."""
    mover = movers[end]
    while mover != newcomer:
        seats[mover], end = end, seats[mover]
        mover = movers[end]
    seats[newcomer] = end
