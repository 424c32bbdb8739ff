"""Servers and clients as processes of their own, ended by whom they were started."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

import msgspec

from benchmarks.clients._orders import Answer, Order
from tests.servers.ports import free_port

__all__ = ["ClientProcess", "InstantServer", "instant_server", "real_server", "stats_of"]

ROOT: Final = Path(__file__).parents[1]
QUIET: Final = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
_START_SECONDS: Final = 120.0


class Stats(msgspec.Struct):
    """What an instant server has seen."""

    requests: int
    connections: int
    sent: int


class InstantServer:
    """`benchmarks.instant` in a process of its own, at one address for its whole life.

    Args:
        delay: Seconds that its ``/wait`` takes.
    """

    def __init__(self, delay: float = 0.0) -> None:
        self._delay = delay
        self._process, self.url = self._run("0")

    def restart(self) -> None:
        """Kill it, as a crash does, and start another one in its place."""
        self._process.kill()
        _end(self._process)
        self._process, self.url = self._run(self.url.rpartition(":")[2])

    def close(self) -> None:
        """Let it end."""
        _end(self._process)

    def _run(self, port: str) -> tuple[subprocess.Popen[bytes], str]:
        options = ["--port", port, "--delay", str(self._delay)]
        process = _start([sys.executable, "-m", "benchmarks.instant", *options])
        assert process.stdout
        return process, process.stdout.readline().decode().strip()


@contextlib.contextmanager
def instant_server(delay: float = 0.0) -> Iterator[str]:
    """Run `benchmarks.instant`; yields its address."""
    with contextlib.closing(InstantServer(delay)) as server:
        yield server.url


@contextlib.contextmanager
def real_server() -> Iterator[str]:
    """Run `benchmarks.real`, a Gradio app; yields its address."""
    port = free_port()
    process = _start([sys.executable, "-m", "benchmarks.real", str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(process, url)
        yield url
    finally:
        process.terminate()
        _end(process)


def stats_of(url: str) -> Stats:
    """Ask an instant server what it has seen."""
    with urllib.request.urlopen(f"{url}/stats") as response:
        return msgspec.json.decode(response.read(), type=Stats)


class ClientProcess:
    """A client that takes orders."""

    def __init__(self, command: list[str]) -> None:
        self._process = _start(command)
        self._read()

    def ask(self, order: Order) -> Answer:
        """Give an order and wait until it is done.

        Raises:
            RuntimeError: The client failed.
        """
        assert self._process.stdin
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Answer:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(map(str, self._process.args))} failed")  # type: ignore[arg-type]
        return msgspec.json.decode(line, type=Answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.kill()  # held jobs need no farewell
        _end(self._process)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **QUIET},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        assert stream
        with contextlib.suppress(BrokenPipeError):
            stream.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_up(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/config", timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError("the Gradio app did not start")
