"""The budgets of the project's design beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from benchmarks.sheet import ASYNC, BARE, BLOCKING, NODE, PYTHON, Sheet

__all__ = ["Verdict", "verdicts"]

ONE: Final = "1 at a time"


class Verdict(msgspec.Struct, frozen=True):
    """One budget and whether it was kept; None where that was not measured."""

    budget: str
    measured: str
    kept: bool | None


def verdicts(sheet: Sheet) -> list[Verdict]:
    """Compare a full run with the budgets."""
    return [*_speed(sheet), *_real(sheet), *_starts(sheet), *_memory(sheet)]


def _speed(sheet: Sheet) -> Iterator[Verdict]:
    for row in [row for row in sheet.rows() if row.endswith("at a time")][:2]:
        for client, peer, least in (
            (ASYNC, BARE, 2 / 3),
            (ASYNC, PYTHON, 100),
            (ASYNC, NODE, 5),
        ):
            yield _at_least(sheet, row, client, peer, least)
    yield _at_least(sheet, ONE, BLOCKING, PYTHON, 50)


def _at_least(sheet: Sheet, row: str, client: str, peer: str, least: float) -> Verdict:
    ratio, cpu = sheet.ratio(row, client, peer), sheet.ratio(row, peer, client, "cpu")
    wanted = "2/3" if least < 1 else f"{least:g} ×"
    budget = f"`{client}`, calls/s, {row}: at least {wanted} {peer}"
    if ratio is None or cpu is None:
        return Verdict(budget, "not measured", None)
    return Verdict(budget, f"{ratio:.2f} × ({cpu:.2f} × by CPU)", ratio >= least)


def _real(sheet: Sheet) -> Iterator[Verdict]:
    for row in sheet.rows():
        if row.endswith("real Gradio 6"):
            ratio = sheet.ratio(row, ASYNC, BARE) or 0.0
            budget = f"`{ASYNC}`, calls/s, {row}: within 5% of {BARE}"
            yield Verdict(budget, f"{ratio:.2f} ×", ratio >= 0.95)


def _starts(sheet: Sheet) -> Iterator[Verdict]:
    ratio = sheet.ratio("import", "anyspace", "h11", "cpu") or 0.0
    yield Verdict(
        "`import anyspace`: at most 1.5 × `import h11` (CPU)", f"{ratio:.2f} ×", ratio <= 1.5
    )
    bare = sheet.cpu("python -c pass", "Python") or 0.0
    help_ = sheet.cpu("--help", "anyspace") or 0.0
    yield Verdict(
        "`anyspace --help`: at most 3 × `python -c pass` plus 100 ms (CPU)",
        f"{help_:.0f} ms; allowed {3 * bare + 100:.0f} ms",
        help_ <= 3 * bare + 100,
    )


def _memory(sheet: Sheet) -> Iterator[Verdict]:
    row = next(row for row in sheet.rows() if row.endswith("jobs in flight"))
    grown, threads = sheet.value(row, ASYNC), sheet.note(row, ASYNC)
    yield Verdict(
        f"{row}: at most 60 MB over idle, no thread per job",
        f"{grown:.1f} MB, {threads}",
        grown <= 60 and threads == "no more threads",
    )
