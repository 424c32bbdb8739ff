"""Start a real Gradio app in a process of its own, and stop it by its process id."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.servers.environments import python_with
from tests.servers.ports import free_port

_APPS = Path(__file__).parent
_START_SECONDS = 120


@contextlib.contextmanager
def gradio_app(
    version: str, *options: str, app: str = "kitchen.py", tools: Path | None = None
) -> Iterator[str]:
    """Run an app on a free port, with the programs of a folder; yields its address."""
    with gradio_process(version, *options, app=app, tools=tools) as (url, _):
        yield url


@contextlib.contextmanager
def gradio_process(
    version: str,
    *options: str,
    app: str = "kitchen.py",
    port: int = 0,
    tools: Path | None = None,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run an app, on a free port unless one is given; yields its address and its process."""
    port = port or free_port()
    environment = {
        **os.environ,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
        "PYTHONWARNINGS": "ignore",
    }
    if tools is not None:
        environment["PATH"] = f"{tools}{os.pathsep}{environment.get('PATH', '')}"
    command = [python_with(version), str(_APPS / app), str(port), *options]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            _wait_until_up(process, f"http://127.0.0.1:{port}", options, output)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.send_signal(signal.SIGCONT)  # a suspended one would not hear
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_up(process, url, options, output) -> None:
    path = options[options.index("--mount") + 1] if "--mount" in options else ""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}{path}/config", timeout=5):
                return
        except urllib.error.HTTPError as exc:
            exc.close()
            if exc.code == 401:  # up, and wants a login
                return
        except OSError:
            pass
        time.sleep(0.1)
    output.seek(0)
    raise RuntimeError(f"the app did not start: {output.read().decode(errors='replace')[-3000:]}")
