"""Score the binding engine on labelled descriptions of apps.

    python benchmarks/binding.py FOLDER [--half a|b] [--task TASK] [--quiet]

Each file of the folder holds ``config``, ``info`` and ``truth``: what an expert who read
the app would bind. Printed are every miss with the engine's reasons, what was bound with
confidence where nothing should be, and for each task the shares of right endpoints,
fields and outputs, asked for with what the label binds: a face, where a maker of
portraits wants one. Last comes the time of a task on an app of fifty endpoints, put
together from the folder's. ``--half`` splits the files by a hash of their names, so that
rules made on one half can be judged on the other.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from anyspace import BindingError, recipes
from anyspace.recipes import Binding
from anyspace.schema import App, Endpoint, parse_app

CONFIDENT = 0.5
ENDPOINTS = 50
ROUNDS = 5
COLUMNS = ("endpoint", "fields", "output", "sure", "all right", "chain")


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Score every file of the folder."""
    parser = argparse.ArgumentParser(description="Score the binding engine.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("a", "b"))
    parser.add_argument("--task")
    parser.add_argument("--quiet", action="store_true", help="figures only")
    options = parser.parse_args()
    tasks = [options.task] if options.task else list(recipes.task_names())
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    misses: list[str] = []
    times: list[float] = []
    endpoints: list[Endpoint] = []
    for name, app, truth in load(options.folder, options.half):
        endpoints.extend(app.endpoints.values())
        for task in tasks:
            start = time.perf_counter()
            ranked = recipes.rank(app, task)
            times.append(time.perf_counter() - start)
            entries = [entry for entry in truth if entry["task"] == task]
            for entry in entries:
                chosen: list[Binding] = []
                with contextlib.suppress(BindingError):
                    chosen = [recipes.bind(app, task, wants=entry["bind"])]
                for what, ok, miss in compare(entry, chosen):
                    total[task, what] += 1
                    right[task, what] += ok
                    if not ok and miss:
                        misses.append(f"{name}: {miss}")
            if not entries:
                confident = bool(ranked) and ranked[0].score >= CONFIDENT
                total[task, "nothing"] += 1
                right[task, "nothing"] += not confident
                if confident:
                    misses.append(f"{name}: bound without reason\n{ranked[0].explain()}")
    for miss in misses if not options.quiet else ():
        say(f"- {miss}\n")
    report(right, total)
    say(f"{1000 * sum(times) / len(times):.2f} ms a task and app, at most {1000 * max(times):.1f}")
    report_speed(endpoints, tasks)


def load(folder: Path, half: str | None) -> Iterator[tuple[str, App, list[dict[str, Any]]]]:
    """Read the labelled descriptions of a folder, or of one half of it."""
    for path in sorted(folder.glob("*.json")):
        own = "ab"[hashlib.md5(path.stem.encode(), usedforsecurity=False).digest()[-1] % 2]
        if half in (None, own):
            document = json.loads(path.read_text())
            # A Space's own configuration names it; the files keep that beside.
            config = json.dumps({"space_id": document.get("space")} | document["config"]).encode()
            info = json.dumps(document["info"]).encode()
            yield path.stem, parse_app(config, info), document["truth"]


def compare(entry: dict[str, Any], ranked: list[Binding]) -> Iterator[tuple[str, bool, str]]:
    """Compare one label with what the engine says: endpoint, each field, output, chain."""
    wanted = [entry["endpoint"], *entry.get("also", ())]
    if not ranked or ranked[0].endpoint.name not in wanted:
        got = ranked[0].explain() if ranked else "nothing"
        yield "endpoint", False, f"{entry['task']}: endpoint {wanted[0]}, got {got}"
        yield "all right", False, ""
        return
    binding = ranked[0]
    yield "endpoint", True, ""
    if entry.get("also") and entry["endpoint"] != binding.endpoint.name:
        wanted_fields = {f: n for f, n in entry["bind"].items() if has(binding, n)}
    else:
        wanted_fields = entry["bind"]
    fine = True
    for field, name in wanted_fields.items():
        bound = binding.find(field)
        ok = bound is not None and bound.position == at(binding, name)
        fine = fine and ok
        yield "fields", ok, f"{field} should be {name}\n{binding.explain()}"
    index = entry["output"]["index"]
    ok = binding.output.index == index
    yield "output", ok, f"output should be {index}\n{binding.explain()}"
    sure = binding.score >= CONFIDENT
    yield "sure", sure, f"right, but only {binding.score:.2f}\n{binding.explain()}"
    if "chain" in entry:
        got = [step.endpoint.name for step in binding.chain]
        yield "chain", got == entry["chain"], f"chain {entry['chain']}, got {got}"
    yield "all right", fine and ok, ""


def has(binding: Binding, name: str | int) -> bool:
    """Tell whether the bound endpoint has the parameter that a label means."""
    parameters = binding.endpoint.parameters
    return name < len(parameters) if isinstance(name, int) else name in [p.name for p in parameters]


def at(binding: Binding, name: str | int) -> int:
    """The position that a label means by name or number."""
    if isinstance(name, int):
        return name
    return [parameter.name for parameter in binding.endpoint.parameters].index(name)


def report(right: Counter[tuple[str, str]], total: Counter[tuple[str, str]]) -> None:
    """Print the figures of each task and of all."""
    say(f"{'':30}" + "".join(f"{column:>11}" for column in COLUMNS) + f"{'nothing':>13}")
    for task in [*recipes.task_names(), ""]:
        cells = []
        for column in (*COLUMNS, "nothing"):
            some = [key for key in total if key[1] == column and task in ("", key[0])]
            good, many = sum(right[key] for key in some), sum(total[key] for key in some)
            cells.append(f"{good}/{many}" if many else "-")
        if task == "" or any(key[0] == task for key in total):
            say(
                f"{task or 'all':30}"
                + "".join(f"{cell:>11}" for cell in cells[:-1])
                + f"{cells[-1]:>13}"
            )
    for column in ("fields", "all right"):
        some = [key for key in total if key[1] == column]
        good, many = sum(right[key] for key in some), sum(total[key] for key in some)
        say(f"{column}: {good / max(many, 1):.1%}")


def report_speed(endpoints: list[Endpoint], tasks: list[str]) -> None:
    """Bind an app of fifty endpoints, and print how much of the processor's time it takes."""
    chosen = {
        f"/endpoint_{i}": msgspec.structs.replace(
            endpoint, api_name=f"/endpoint_{i}", fn_index=i, after=None
        )
        for i, endpoint in enumerate(endpoints[:ENDPOINTS])
    }
    app = App(title="", version="6.0", endpoints=chosen)
    best = {task: min(seconds(app, task) for _ in range(ROUNDS)) for task in tasks}
    slowest = max(best, key=best.__getitem__)
    say(
        f"{len(chosen)} endpoints: {1000 * sum(best.values()) / len(best):.2f} ms a task, "
        f"at most {1000 * best[slowest]:.2f} ({slowest}); the best of {ROUNDS} rounds"
    )


def seconds(app: App, task: str) -> float:
    """The processor's time that one binding takes."""
    start = time.process_time()
    with contextlib.suppress(BindingError):
        recipes.bind(app, task)
    return time.process_time() - start


if __name__ == "__main__":
    main()
