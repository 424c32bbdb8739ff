"""The benchmark itself: that it runs, and leaves nothing out. What it measures is not judged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.page import write_between
from benchmarks.sheet import Figure, Sheet

ROOT = Path(__file__).parents[2]
ROWS = [
    "1 at a time",
    "4 at a time",
    "1 at a time, real Gradio 6",
    "4 at a time, real Gradio 6",
    "2,000 small steps",
    "a text growing to 100 kB in 200 steps",
    "connecting",
    "python -c pass",
    "import",
    "--help",
    "one call in a new process",
    "20 jobs in flight",
    "40 jobs in flight",
    "upload of 1 MB",
    "download of 1 MB",
]
CLIENTS = [
    "bare aiohttp",
    "AsyncClient",
    "AsyncClient, one session",
    "Client",
    "gradio_client",
    "@gradio/client",
]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.servers
def test_one_command_measures_everything():
    """Every row and, for calls, every client; the budgets of a row that has them."""
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    lines = [cells(line) for line in done.stdout.splitlines() if line.startswith("| ")]
    measured = {(line[0], line[1]) for line in lines if len(line) == 7}
    assert [row for row in ROWS if row not in {row for row, _ in measured}] == []
    assert [client for client in CLIENTS if ("1 at a time", client) not in measured] == []
    served = {line[0]: line[4] for line in lines if len(line) == 6}  # with the errors of each
    assert served["gateway, the picture itself"] == served["gateway, an address of it"] == "0"
    budgets = [line for line in lines if len(line) == 3][1:]
    assert len(budgets) >= 11
    assert {kept for _, _, kept in budgets} <= {"yes", "**no**"}  # and none was left out


def test_ratios_are_taken_within_each_round():
    """Ours: a machine that is busy in one round spoils that round for everybody alike."""
    sheet = Sheet()
    for ours, theirs in ((100.0, 50.0), (10.0, 5.0), (90.0, 45.0)):
        sheet.add("calls", "we", "calls/s", Figure(ours, cpu=1.0))
        sheet.add("calls", "they", "calls/s", Figure(theirs, cpu=4.0))
    assert sheet.ratio("calls", "we", "they") == 2.0
    assert sheet.ratio("calls", "we", "they", "cpu") == 0.25
    assert sheet.ratio("calls", "we", "nobody") is None
    assert sheet.value("calls", "we") == 90.0


def test_a_page_keeps_what_stands_around_the_figures(tmp_path):
    """Ours: and a page that has no place for them is not touched."""
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- x: begin -->\nold\n<!-- x: end -->\nafter\n")
    write_between(page, "x", "new")
    assert page.read_text() == "before\n<!-- x: begin -->\n\nnew\n\n<!-- x: end -->\nafter\n"
    with pytest.raises(ValueError, match="no markers"):
        write_between(page, "y", "new")
