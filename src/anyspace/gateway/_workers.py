"""Several processes that serve one port, and the one that keeps them.

The keeper takes the port, starts the workers, starts another when one dies, and hands new
settings on: it reads them, so that all workers have the same, and sends them through a pipe.
A worker whose pipe ends has lost its keeper, and stops.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Final

from prometheus_client.multiprocess import mark_process_dead

from anyspace._errors import UsageError
from anyspace.client import in_thread
from anyspace.gateway._logs import set_up_logs
from anyspace.gateway._metrics import FOLDER_VARIABLE
from anyspace.gateway._server import Said, make_server, read_or_log
from anyspace.gateway._settings import GatewaySettings

__all__ = ["Workers", "serve"]

logger = logging.getLogger("anyspace.gateway")

_SPAWN: Final = get_context("spawn")  # a fork would share what must not be: loops, locks, pipes
_PAUSE_SECONDS: Final = 1.0  # before another worker is started for one that died


def serve(settings: GatewaySettings, said: Said, listener: socket.socket) -> None:
    """Serve until this process is told to stop, in as many processes as the settings say.

    Args:
        settings: What to serve.
        said: Where the settings come from; read again on SIGHUP.
        listener: Where; see `listen`.

    Raises:
        KeyboardInterrupt: It was told to stop at once.
        UsageError: The processes do not come up.
    """
    set_up_logs(settings.serve.log)
    if settings.serve.workers == 1:
        make_server(settings).run_here(listener, said=said)
        return
    if sys.platform == "win32":
        raise UsageError("several processes cannot share a port on Windows; leave out --workers")
    with tempfile.TemporaryDirectory(prefix="anyspace-metrics-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        asyncio.run(Workers(settings, said, listener, folder).run())


class Workers:
    """Keeps workers running.

    Args:
        settings: What they serve; `serve.workers` is their number.
        said: Where the settings come from.
        listener: Where they listen.
        metrics: The folder they count into.
    """

    def __init__(
        self, settings: GatewaySettings, said: Said, listener: socket.socket, metrics: str
    ) -> None:
        self._settings = settings
        self._said = said
        self._listener = listener
        self._metrics = metrics
        self._workers: dict[int, _Worker] = {}
        self._interrupts = 0
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Keep them until told to stop, and wait for their end.

        Raises:
            KeyboardInterrupt: It was told to stop at once.
            UsageError: One did not come up.
        """
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGHUP, self._begin_reload)
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(self._settings.serve.workers):
                    group.create_task(self._keep(number))
        except* UsageError as failures:
            raise failures.exceptions[0] from None
        finally:
            for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(sig)
        if self._interrupts > 1:
            raise KeyboardInterrupt

    async def _keep(self, number: int) -> None:
        """Keep one worker running, and start another when it dies."""
        came_up = False
        while not self._stopping.is_set():
            worker = self._workers[number] = _Worker(number, self._settings, self._listener)
            try:
                await worker.ended.wait()
            finally:
                self._workers.pop(number)
                worker.stop(signal.SIGTERM)
                code = worker.close()
                mark_process_dead(worker.pid, self._metrics)  # type: ignore[no-untyped-call]
            came_up = came_up or worker.came_up
            if self._stopping.is_set():
                return
            if not came_up:
                self._stop()
                raise UsageError(f"a worker did not come up (exit code {code}); its log says why")
            logger.error("worker %d ended with code %s; another is started", worker.pid, code)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE_SECONDS):
                    await self._stopping.wait()

    def _stop(self, sig: int = signal.SIGTERM) -> None:
        self._stopping.set()
        for worker in self._workers.values():
            worker.stop(sig)

    def _interrupt(self) -> None:
        self._interrupts += 1
        self._stop(signal.SIGINT if self._interrupts > 1 else signal.SIGTERM)

    def _begin_reload(self) -> None:
        task = asyncio.get_running_loop().create_task(self._reload())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reload(self) -> None:
        settings = await in_thread(read_or_log, self._said)
        if settings is None:
            return
        self._settings = settings
        for worker in self._workers.values():
            worker.send(settings)


class _Worker:
    """One process, seen from its keeper."""

    def __init__(self, number: int, settings: GatewaySettings, listener: socket.socket) -> None:
        self.ended = asyncio.Event()
        self.came_up = False
        self._pipe, theirs = _SPAWN.Pipe()
        self._process: SpawnProcess = _SPAWN.Process(
            target=_work, args=(settings, listener, theirs), name=f"anyspace worker {number}"
        )
        self._process.start()
        assert self._process.pid is not None  # it was started
        self.pid = self._process.pid
        theirs.close()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, self._end)
        loop.add_reader(self._pipe.fileno(), self._hear)

    def stop(self, sig: int) -> None:
        """Tell it to stop, if it still runs."""
        if self._process.is_alive():
            os.kill(self.pid, sig)

    def send(self, settings: GatewaySettings) -> None:
        """Let it serve what new settings say."""
        try:
            self._pipe.send(settings)
        except OSError:
            logger.warning("worker %d has ended and was not told of the settings", self.pid)

    def close(self) -> int | None:
        """Wait for its end; returns its exit code."""
        self._forget()
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        return code

    def _hear(self) -> None:
        """It says once that it serves."""
        asyncio.get_running_loop().remove_reader(self._pipe.fileno())
        with contextlib.suppress(EOFError, OSError):  # it ended, which its sentinel says
            self.came_up = bool(self._pipe.recv())

    def _end(self) -> None:
        if not self.came_up and self._pipe.poll():
            self._hear()  # it may have said so just before
        self._forget()
        self.ended.set()

    def _forget(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._process.sentinel)
        if not self._pipe.closed:
            loop.remove_reader(self._pipe.fileno())
            self._pipe.close()


def _work(settings: GatewaySettings, listener: socket.socket, pipe: Connection) -> None:
    """What a worker does."""
    set_up_logs(settings.serve.log)
    server = make_server(settings)

    def hear() -> None:
        try:
            server.begin_reload(pipe.recv())
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(pipe.fileno())
            server.handle_exit(signal.SIGTERM, None)

    def begin() -> None:
        asyncio.get_running_loop().add_reader(pipe.fileno(), hear)
        pipe.send(True)

    try:
        server.run_here(listener, when_begun=begin)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
