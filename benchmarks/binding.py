"""Score the binding engine on labelled descriptions of apps.

    python benchmarks/binding.py FOLDER

Each file of the folder holds ``config``, ``info`` and ``truth``: what an expert who read
the app would bind. Printed are the shares of right endpoints, fields and outputs, every
miss with the engine's reasons, and what was bound with confidence where nothing should be.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anyspace import recipes
from anyspace.recipes import Binding
from anyspace.schema import App, parse_app

CONFIDENT = 0.5


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(f"{line}\n")


def main(folder: str) -> None:
    """Score every file of the folder."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    misses: list[str] = []
    elapsed, apps = 0.0, 0
    for name, app, truth in load(Path(folder)):
        for task in recipes.task_names():
            start = time.perf_counter()
            ranked = recipes.rank(app, task)
            elapsed, apps = elapsed + time.perf_counter() - start, apps + 1
            entries = [entry for entry in truth if entry["task"] == task]
            for entry in entries:
                for what, ok, miss in compare(entry, ranked):
                    total[what] += 1
                    right[what] += ok
                    if not ok:
                        misses.append(f"{name}: {miss}")
            if not entries:
                confident = bool(ranked) and ranked[0].score >= CONFIDENT
                total["nothing where nothing is"] += 1
                right["nothing where nothing is"] += not confident
                if confident:
                    misses.append(f"{name}: bound without reason\n{ranked[0].explain()}")
    report(right, total, misses)
    say(f"{1000 * elapsed / max(apps, 1):.2f} ms per app")


def load(folder: Path) -> Iterator[tuple[str, App, list[dict[str, Any]]]]:
    """Read the labelled descriptions of a folder."""
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text())
        config, info = (json.dumps(document[key]).encode() for key in ("config", "info"))
        yield path.stem, parse_app(config, info), document["truth"]


def compare(entry: dict[str, Any], ranked: list[Binding]) -> Iterator[tuple[str, bool, str]]:
    """Compare one label with what the engine says: endpoint, each field, output."""
    wanted = [entry["endpoint"], *entry.get("also", ())]
    if not ranked or ranked[0].endpoint.name not in wanted:
        got = ranked[0].explain() if ranked else "nothing"
        yield "endpoint", False, f"endpoint {wanted[0]}, got {got}"
        return
    binding = ranked[0]
    yield "endpoint", True, ""
    for field, name in entry["bind"].items():
        bound = binding.find(field)
        right = bound is not None and bound.position == at(binding, name)
        yield f"field {field}", right, f"{field} should be {name}\n{binding.explain()}"
    index = entry["output"]["index"]
    yield "output", binding.output.index == index, f"output should be {index}\n{binding.explain()}"
    miss = f"right, but only {binding.score:.2f}\n{binding.explain()}"
    yield "confidence", binding.score >= CONFIDENT, miss


def at(binding: Binding, name: str | int) -> int:
    """The position that a label means by name or number."""
    if isinstance(name, int):
        return name
    return [parameter.name for parameter in binding.endpoint.parameters].index(name)


def report(right: Counter[str], total: Counter[str], misses: list[str]) -> None:
    """Print the misses, then the figures."""
    for miss in misses:
        say(f"- {miss}\n")
    fields = [what for what in total if what.startswith("field ")]
    for what in [*fields, *(what for what in total if what not in fields)]:
        say(f"{what:32} {right[what]:4} of {total[what]:4}")
    all_right, all_fields = sum(right[f] for f in fields), sum(total[f] for f in fields)
    if all_fields:
        say(f"{'all fields':32} {all_right:4} of {all_fields:4}  {all_right / all_fields:.1%}")


if __name__ == "__main__":
    main(sys.argv[1])
