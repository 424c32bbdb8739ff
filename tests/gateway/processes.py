"""A gateway as a process of its own, and a painter that holds its jobs until it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any, NamedTuple

import psutil

from anyspace.testing import FakeFile, FakeSpace, Pause, Silence
from tests.gateway.conftest import picture

SECONDS = 180  # far beyond what anything here needs, also on a machine that is busy
IMAGES = "/v1/images/generations"


class Answer(NamedTuple):
    """What a request was answered with."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def error(self) -> dict[str, Any]:
        return json.loads(self.text)["error"]


class Running:
    """A gateway that runs.

    Attributes:
        url: Its address.
        process: Its process.
    """

    def __init__(self, *arguments: str, **environment: str) -> None:
        command = [sys.executable, "-m", "anyspace", "serve", "--port", "0", *arguments]
        clean = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**clean, **environment}
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.told: list[str] = []
        self.url = ""
        threading.Thread(target=self._read, daemon=True).start()

    def wait_until_alive(self) -> None:
        """The port is taken before anybody answers; the answer comes when one does."""
        self.url = self.wait_for("serves at").split()[-1]
        assert self.get("/healthz").status == 200

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line)
        self._lines.put("")

    def wait_for(self, words: str) -> str:
        """Wait for a line on stderr."""
        while True:
            line = self._lines.get(timeout=SECONDS)
            if not line:
                raise AssertionError(f"ended without saying {words!r}: {''.join(self.told)}")
            self.told.append(line)
            if words in line:
                return line.strip()

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(self.url + path, headers=headers))

    def draw(self, prompt: str, **more: Any) -> Answer:
        body = json.dumps({"prompt": prompt, **more}).encode()
        headers = {"content-type": "application/json"}
        return self._ask(urllib.request.Request(self.url + IMAGES, body, headers))

    def _ask(self, request: urllib.request.Request) -> Answer:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=SECONDS) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as exc:
            return Answer(exc.code, dict(exc.headers), exc.read().decode())

    def connect(self, prompt: str, **more: Any) -> socket.socket:
        """Ask for a picture, and keep the connection to oneself."""
        host, port = self.url.removeprefix("http://").split(":")
        body = json.dumps({"prompt": prompt, **more}).encode()
        made = socket.create_connection((host, int(port)), timeout=SECONDS)
        head = f"POST {IMAGES} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
        made.sendall(head.encode() + b"content-length: %d\r\n\r\n" % len(body) + body)
        return made

    def signal(self, sig: int) -> None:
        self.process.send_signal(sig)

    def end(self) -> int:
        """Wait for its end; its exit code. No process of it is left."""
        left = psutil.Process(self.process.pid).children(recursive=True)
        code = self.process.wait(SECONDS)
        gone, alive = psutil.wait_procs(left, SECONDS)
        assert alive == [], gone
        return code


@contextlib.contextmanager
def running(*arguments: str, **environment: str) -> Iterator[Running]:
    """Run a gateway, and end it if that was not done."""
    gateway = Running(*arguments, **environment)
    try:
        gateway.wait_until_alive()
        yield gateway
    finally:
        if gateway.process.poll() is None:
            children = psutil.Process(gateway.process.pid).children(recursive=True)
            for process in (*children, gateway.process):
                process.kill()
            gateway.process.wait()
        assert gateway.process.stderr is not None
        gateway.process.stderr.close()


class Painter:
    """An app that draws at once; what begins with "hold" waits until it is told to go on.

    Attributes:
        begun: It has such a job.
        go_on: It may draw it.
        cancelled: A job was cancelled.
    """

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.cancelled = threading.Event()
        self.space = FakeSpace({"/infer": self._infer})
        self.space.on("POST", f"{self.space.prefix}/cancel", self._cancel)

    def _infer(self, prompt: str, seed: int = 0) -> tuple[FakeFile, int]:
        if prompt.startswith("hold"):
            return self._held(prompt, seed)  # type: ignore[return-value]
        return FakeFile("fox.png", picture()), seed

    def _held(self, prompt: str, seed: int) -> Iterator[Any]:
        self.begun.set()
        if prompt == "hold for ever":
            yield Silence()
        while not self.go_on.is_set():
            yield Pause(0.01)
        yield FakeFile("fox.png", picture()), seed

    def die(self) -> None:
        """Drop every connection, and listen no more."""
        loop = self.space._loop
        assert loop is not None
        asyncio.run_coroutine_threadsafe(self.space.stop(), loop).result(SECONDS)

    async def _cancel(self, exchange: Any) -> None:
        await self.space._cancel(exchange)
        self.cancelled.set()
