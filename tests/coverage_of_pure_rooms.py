"""Check that each pure room is covered to its last branch by its own tests alone.

Run it as ``python tests/coverage_of_pure_rooms.py [ROOM ...]``; without names it checks
every room. The project's own coverage settings measure all of `anyspace`, so they are
left aside here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOMS = ("protocol", "schema", "contract", "recipes")
TOP = Path(__file__).parent.parent


def check(room: str) -> bool:
    """Run a room's tests, report what they leave out, and say whether that is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "COVERAGE_FILE": str(Path(folder, "coverage")),
            "COVERAGE_RCFILE": os.devnull,
            "PYTHONPATH": os.pathsep.join([str(TOP / "src"), os.environ.get("PYTHONPATH", "")]),
        }
        coverage = [sys.executable, "-m", "coverage"]
        source = f"--source=anyspace.{room}"
        measure = ["run", "--branch", source, "-m", "pytest", "-q", f"tests/{room}"]
        report = ["report", "--show-missing", "--fail-under=100"]
        return all(
            subprocess.run([*coverage, *step], cwd=TOP, env=environment, check=False).returncode
            == 0
            for step in (measure, report)
        )


if __name__ == "__main__":
    checked = [check(room) for room in sys.argv[1:] or ROOMS]  # all of them, also after a failure
    sys.exit(not all(checked))
