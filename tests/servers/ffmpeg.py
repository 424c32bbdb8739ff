"""ffmpeg and ffprobe, which Gradio from 5.0 on wants for every sound and film that streams.

Those of this machine, else those that npm has, installed once and kept between runs.
"""

from __future__ import annotations

import json
import platform
import shutil
from pathlib import Path

from tests.servers.environments import build_once, cache_folder
from tests.servers.node import npm

_ARCHITECTURES = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64"}
_VERSIONS = {"ffmpeg": "^4.1", "ffprobe": "^5"}


def own_ffmpeg() -> Path | None:
    """The folder of this machine's own, None when it has not both.

    Those that npm has crash on MPEG-TS, in which Gradio up to 6.0 looks.
    """
    found = shutil.which("ffmpeg")
    return Path(found).parent if found and shutil.which("ffprobe") else None


def folder_with_ffmpeg() -> Path:
    """The folder that holds both programs, filled if needed."""
    own = own_ffmpeg()
    if own is not None:
        return own
    folder = cache_folder() / "ffmpeg"
    machine = _ARCHITECTURES.get(platform.machine(), platform.machine())
    system = f"{platform.system().lower()}-{machine}"
    packages = {name: f"@{name}-installer/{system}" for name in _VERSIONS}
    dependencies = {package: _VERSIONS[name] for name, package in packages.items()}
    wanted = json.dumps({"private": True, "dependencies": dependencies})

    def build() -> None:
        npm(folder, wanted)
        (folder / "bin").mkdir(exist_ok=True)
        for name, package in packages.items():
            program = folder / "node_modules" / package / name
            program.chmod(0o755)
            shutil.copy2(program, folder / "bin" / name)

    build_once(folder, wanted, build)
    return folder / "bin"
