"""Starting the demonstration Spaces as processes of their own, and stopping them again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import Final

from anyspace._errors import SpaceUnavailable, UsageError
from anyspace.demo._facts import DEMOS, Demo

__all__ = ["PACE", "DemoSpace", "launch", "launch_all", "require_gradio"]

PACE: Final = "ANYSPACE_DEMO_PACE"
_PORTS: Final = range(20_000, 32_000)
_START_LIMIT: Final = 120.0  # seconds; importing Gradio alone takes ten on a slow machine
_STOP_LIMIT: Final = 5.0
_TAIL: Final = 2000  # characters of what a process said before it died


class DemoSpace:
    """One demonstration Space, running as a process of its own on 127.0.0.1.

    `launch` and `launch_all` make these.

    Attributes:
        name: A key of `DEMOS`.
        port: Where it listens.
        pace: Seconds per step of a picture, None for its own time.
    """

    def __init__(self, name: str, port: int, pace: float | None = None) -> None:
        self.name = name
        self.port = port
        self.pace = pace
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: TemporaryDirectory[str] | None = None

    @property
    def url(self) -> str:
        """The app's base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def facts(self) -> Demo:
        """What is known about it without running it."""
        return DEMOS[self.name]

    @property
    def describes(self) -> str:
        """One sentence about it for people."""
        return self.facts.describes

    def start(self) -> None:
        """Start the process; do not wait for it.

        Raises:
            UsageError: Something else listens on the port.
        """
        # Whatever answers there already would be taken for the demo.
        if _is_taken(self.port):
            raise UsageError(f"Port {self.port} of 127.0.0.1 is in use; choose another.")
        command = [sys.executable, "-m", "anyspace.demo", self.name, "--attached"]
        command += ["--port", str(self.port)]
        if self.pace is not None:
            command += ["--pace", str(self.pace)]
        self._folder = TemporaryDirectory(prefix="anyspace-demo-", ignore_cleanup_errors=True)
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=_environment(self._folder.name),
            )

    def wait(self, limit: float = _START_LIMIT) -> None:
        """Wait until the app answers.

        Raises:
            SpaceUnavailable: The process ended, or did not answer in time.
        """
        deadline = time.monotonic() + limit
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                raise SpaceUnavailable(self._said("ended before it answered"), space=self.name)
            if time.monotonic() > deadline:
                late = f"did not answer within {limit:.0f} seconds"
                raise SpaceUnavailable(self._said(late), space=self.name)
            time.sleep(0.1)

    def stop(self) -> None:
        """End the process and remove what it wrote."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def _log(self) -> Path:
        assert self._folder is not None, "start() comes first"
        return Path(self._folder.name, "log.txt")

    def _answers(self) -> bool:
        # A proxy set for the outside world must not be asked for this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}/config", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _said(self, what: str) -> str:
        words = self._log.read_text("utf-8", "replace")[-_TAIL:].strip()
        return f"The demo {self.name} {what}. It said:\n{words or '(nothing)'}"


@contextmanager
def launch(name: str, *, port: int | None = None, pace: float | None = None) -> Iterator[DemoSpace]:
    """Run one demonstration Space for as long as the ``with`` block lasts.

    Example::

        with launch("flux") as space:
            print(space.url)

    Args:
        name: A key of `DEMOS`.
        port: Where it listens on 127.0.0.1; a free one by default.
        pace: Seconds per step of a picture; by default a short time that lets
            the progress bar be seen.

    Raises:
        UsageError: There is no such demo, or Gradio is not installed.
        SpaceUnavailable: It did not come up.
    """
    ports = None if port is None else {name: port}
    with launch_all([name], ports=ports, pace=pace) as spaces:
        yield spaces[name]


@contextmanager
def launch_all(
    names: Iterable[str] = tuple(DEMOS),
    *,
    ports: Mapping[str, int] | None = None,
    pace: float | None = None,
) -> Iterator[dict[str, DemoSpace]]:
    """Run several demonstration Spaces at once; they start side by side.

    Args:
        names: Keys of `DEMOS`; all of them by default.
        ports: Where each listens on 127.0.0.1; free ports by default.
        pace: As for `launch`.

    Raises:
        UsageError: There is no such demo, or Gradio is not installed.
        SpaceUnavailable: One of them did not come up.
    """
    names = list(dict.fromkeys(names))
    for name in names:
        if name not in DEMOS:
            raise UsageError(f"There is no demo {name!r}; there are: {', '.join(DEMOS)}.")
    require_gradio()
    ports = {**dict(zip(names, _free_ports(len(names)), strict=True)), **(ports or {})}
    spaces = {name: DemoSpace(name, ports[name], pace) for name in names}
    with ExitStack() as stack:
        for space in spaces.values():
            stack.callback(space.stop)
            space.start()
        for space in spaces.values():
            space.wait()
        yield spaces


def require_gradio() -> None:
    """Raise unless Gradio can be imported, without importing it.

    Raises:
        UsageError: It is not installed; the message names the extra that brings it.
    """
    if find_spec("gradio") is None:
        raise UsageError(
            "The demo is a real Gradio app and needs Gradio: pip install 'anyspace[demo]'"
        )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, all different.

    Gradio takes seconds to start: those that systems give to connections could be gone by then.
    """
    free: list[int] = []
    for port in SystemRandom().sample(_PORTS, 100):
        if len(free) == count:
            break
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            free.append(port)
    return free


def _environment(folder: str) -> dict[str, str]:
    """Return the process's environment: ours, but nobody else's wishes for Gradio."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GRADIO_")}
    local = ",".join(filter(None, (kept.get("NO_PROXY"), "127.0.0.1", "localhost")))
    return {
        **kept,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(Path(folder, "gradio")),
        "HF_HUB_OFFLINE": "1",
        "NO_PROXY": local,
        "no_proxy": local,
    }
