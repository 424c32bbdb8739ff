"""Environments with a Gradio version of their own, built once and kept between runs.

``python -m tests.servers.environments`` builds them all. They live outside the
tree, in ``$ANYSPACE_SERVERS`` or ``~/.cache/anyspace/servers``. The newest Gradio
is the one of the environment that runs the tests.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

# What old Gradio versions need next to them to start at all today.
_OLD_NEIGHBOURS = (
    "pydantic<2.11",
    "huggingface_hub<0.26",
    "starlette<0.40",
    "fastapi<0.113",
    "numpy<2",
    "setuptools<80",
)
_VERSIONS = "6.0.2 5.50.0 5.0.2 4.44.1 4.31.5 4.21.0 4.19.2 4.16.0 4.8.0 4.0.2 3.50.2".split()
_NEIGHBOURS = {
    "6": (),
    "5": ("fastapi<0.116", "huggingface_hub<1", "pydantic<2.11", "starlette<0.42"),
}
ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    version: (f"gradio=={version}", *_NEIGHBOURS.get(version[0], _OLD_NEIGHBOURS))
    for version in _VERSIONS
}
LATEST = "latest"


def cache_folder() -> Path:
    """Where the environments are kept."""
    chosen = os.environ.get("ANYSPACE_SERVERS")
    return Path(chosen) if chosen else Path.home() / ".cache" / "anyspace" / "servers"


def python_with(version: str) -> str:
    """The Python that runs this version of Gradio, building its environment if needed."""
    if version == LATEST:
        return sys.executable
    folder = cache_folder() / version
    python = folder / "bin" / "python"

    def build() -> None:
        if not python.exists():
            venv.create(folder, with_pip=True, symlinks=True)
        subprocess.run(_install(python, ENVIRONMENTS[version]), check=True, stdout=sys.stderr)

    build_once(folder, "\n".join(ENVIRONMENTS[version]), build)
    return str(python)


def build_once(folder: Path, wanted: str, build: Callable[[], None]) -> None:
    """Build what belongs into a folder, unless what is wanted is there already."""
    stamp = folder / "complete"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once build it once
        if not stamp.exists() or stamp.read_text() != wanted:
            build()
            stamp.write_text(wanted)


def _install(python: Path, packages: tuple[str, ...]) -> list[str]:
    """The command that installs packages; with uv it takes seconds, with pip a minute."""
    uv = shutil.which(
        "uv", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    )
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(python), *packages]
    return [str(python), "-m", "pip", "install", "--quiet", *packages]


if __name__ == "__main__":
    for each in ENVIRONMENTS:
        sys.stderr.write(f"Gradio {each}: {python_with(each)}\n")
