"""Figures as they are taken, and what they say about each other."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Final, Literal

import msgspec

__all__ = ["ASYNC", "BARE", "BLOCKING", "CLI", "NODE", "PYTHON", "SESSION", "Figure", "Sheet"]

BARE: Final = "bare aiohttp"
ASYNC: Final = "AsyncClient"
SESSION: Final = "AsyncClient, one session"
BLOCKING: Final = "Client"
CLI: Final = "anyspace call"
PYTHON: Final = "gradio_client"
NODE: Final = "@gradio/client"


class Figure(msgspec.Struct, frozen=True):
    """What a client did in one round.

    Attributes:
        value: In the row's unit.
        cpu: Milliseconds of CPU for each call, step or start; None where that says nothing.
        note: What else is worth knowing.
    """

    value: float
    cpu: float | None = None
    note: str = ""


class Sheet:
    """All figures of a run, by row and client, in rounds."""

    def __init__(self) -> None:
        self.units: dict[str, str] = {}
        self._figures: dict[str, dict[str, list[Figure]]] = defaultdict(lambda: defaultdict(list))

    def add(self, row: str, client: str, unit: str, figure: Figure) -> None:
        """Write down one round of one client. Rows stand in the order of their first figure."""
        self.units[row] = unit
        self._figures[row][client].append(figure)

    def rows(self) -> list[str]:
        """What was measured."""
        return list(self._figures)

    def clients(self, row: str) -> list[str]:
        """Who was measured there."""
        return list(self._figures[row])

    def value(self, row: str, client: str) -> float:
        """The median of all rounds."""
        return statistics.median(figure.value for figure in self._figures[row][client])

    def cpu(self, row: str, client: str) -> float | None:
        """The least of all rounds: a busy machine makes CPU time longer, never shorter."""
        figures = [figure.cpu for figure in self._figures[row][client] if figure.cpu is not None]
        return min(figures) if figures else None

    def note(self, row: str, client: str) -> str:
        """What else the last round told."""
        return self._figures[row][client][-1].note

    def ratio(
        self, row: str, client: str, other: str, what: Literal["value", "cpu"] = "value"
    ) -> float | None:
        """How many times `other`'s figure a client has: the median of rounds that are paired.

        What happens to the machine in a round happens to both.
        """
        figures = self._figures[row]
        if not figures.get(client) or not figures.get(other):
            return None
        if what == "cpu":
            mine, theirs = self.cpu(row, client), self.cpu(row, other)
            return mine / theirs if mine is not None and theirs else None
        pairs = zip(figures[client], figures[other], strict=False)
        ratios = [one.value / another.value for one, another in pairs if another.value]
        return statistics.median(ratios) if ratios else None
