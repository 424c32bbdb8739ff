"""The table, as text and as a page."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import version
from typing import Final

from benchmarks.budgets import Verdict
from benchmarks.sheet import BARE, NODE, PYTHON, Sheet

__all__ = ["aligned", "machine", "render_budgets", "render_table"]

_HEAD: Final = ("measured", "client", "result", "CPU", "of the limit", f"× {PYTHON}", f"× {NODE}")
_PACKAGES: Final = ("anyspace", "aiohttp", "gradio", "gradio_client")


def machine(node_version: str, load: float) -> str:
    """What it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    day = datetime.datetime.now(datetime.UTC).date()
    return (
        f"{day}: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, Node {node_version}; {packages}, {NODE} 2.7.0; "
        f"load average {load:.1f} before the run."
    )


def render_table(sheet: Sheet) -> str:
    """Write every figure down, as a table of Markdown."""
    rows = [_HEAD]
    for row in sheet.rows():
        unit = sheet.units[row]
        faster = unit.endswith("/s")
        for client in sheet.clients(row):
            result = f"{_round(sheet.value(row, client))} {unit}"
            note = sheet.note(row, client)
            rows.append(
                (
                    row,
                    client,
                    f"{result}; {note}" if note else result,
                    _cpu(sheet, row, client),
                    *(
                        _times(sheet.ratio(row, client, peer), faster)
                        for peer in (BARE, PYTHON, NODE)
                    ),
                )
            )
    return aligned(rows)


def render_budgets(verdicts: list[Verdict]) -> str:
    """Write the budgets down, as a table of Markdown."""
    rows = [("budget", "measured", "kept")]
    words = {True: "yes", False: "**no**", None: ""}
    rows += [(v.budget, v.measured, words[v.kept]) for v in verdicts]
    return aligned(rows)


def _cpu(sheet: Sheet, row: str, client: str) -> str:
    cpu = sheet.cpu(row, client)
    return "" if cpu is None else f"{_round(cpu)} ms"


def _times(ratio: float | None, faster: bool) -> str:
    """How many times better, whichever way is better."""
    if not ratio:
        return ""
    return f"{_round(ratio if faster else 1 / ratio)}"


def _round(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Rows as a table of Markdown, the first being its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
