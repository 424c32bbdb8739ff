"""``python -m benchmarks``: measure everything and print one table."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmarks import gateway
from benchmarks.budgets import verdicts
from benchmarks.measure import QUICK, Plan, measure
from benchmarks.page import write_between
from benchmarks.table import machine, render_budgets, render_table
from tests.servers.node import node

_PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure anyspace.")
    parser.add_argument("--quick", action="store_true", help="a short look; no figure counts")
    parser.add_argument("--rounds", type=int, default=Plan().rounds)
    parser.add_argument(
        "--threads", type=int, default=Plan().threads, help="the most that gradio_client gets"
    )
    parser.add_argument("--write", action="store_true", help="put it into docs/benchmarks.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    own = Plan(rounds=options.rounds, threads=options.threads, starts=3 * options.rounds)
    plan = QUICK if options.quick else own
    sheet = measure(plan, _progress)
    shown = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True)
    words = [
        machine(shown.stdout.strip().lstrip("v"), load),
        render_table(sheet),
        render_budgets(verdicts(sheet)),
    ]
    text = "\n\n".join(words)
    sys.stdout.write(f"{text}\n\n")
    if options.write:
        write_between(_PAGE, "benchmarks", text)
    _progress("the gateway")
    text = gateway.run(gateway.QUICK if options.quick else gateway.Plan())
    sys.stdout.write(f"{text}\n")
    if options.write:
        write_between(_PAGE, gateway.MARK, text)


def _progress(what: str) -> None:
    sys.stderr.write(f"… {what}\n")


if __name__ == "__main__":
    main()
