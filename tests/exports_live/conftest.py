"""The demo Spaces, and what code of other languages needs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from anyspace.demo import launch_all
from tests.offline import _no_proxy as _no_proxy
from tests.servers.ports import free_port


@pytest.fixture(scope="session")
def demos() -> Iterator[Mapping[str, str]]:
    """Both demo Spaces; by name their addresses."""
    with launch_all(pace=0) as spaces:
        yield {name: space.url for name, space in spaces.items()}


@pytest.fixture(scope="session")
def gateway(demos: Mapping[str, str]) -> Iterator[str]:
    """`anyspace serve` before both demo Spaces; its address."""
    port = free_port()
    command = [sys.executable, "-m", "anyspace", "serve", "--port", str(port)]
    command += [f"--model={name}={url}" for name, url in demos.items()]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until an address answers; the process must live."""
    for _ in range(600):
        assert process.poll() is None, "it ended before it answered"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where code is run; it finds JavaScript's clients there."""
    from tests.servers.node import modules

    (tmp_path / "node_modules").symlink_to(modules(), target_is_directory=True)
    return tmp_path
