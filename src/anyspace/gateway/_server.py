"""The process that serves: uvicorn, ended in an orderly way and told of new settings.

Told to stop (SIGTERM, or SIGINT as by Ctrl-C) it goes on listening, so that who asks is told
that no new jobs are taken, until the jobs under way have ended or were cancelled on their
Spaces; then it lets the answers go out. Told a second time by SIGINT it stops at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator, Mapping
from types import FrameType
from typing import Any, Final

import msgspec
import uvicorn

from anyspace._errors import UsageError
from anyspace.client import in_thread
from anyspace.gateway._app import create_app
from anyspace.gateway._gateway import Gateway
from anyspace.gateway._patience import patient
from anyspace.gateway._settings import GatewaySettings, read_settings

__all__ = ["Said", "Server", "listen", "make_server", "read_or_log"]

logger = logging.getLogger("anyspace.gateway")

_LAST_SECONDS: Final = 5  # for answers to go out when the jobs have ended
_AT_ONCE_SECONDS: Final = 1.0  # for the same when nobody wants to wait
_IDLE_SECONDS: Final = 75  # longer than proxies keep connections, so that it is they who close


class Said(msgspec.Struct, frozen=True):
    """Where settings come from, so that they can be read again.

    Attributes:
        path: The file; None for the one that is found.
        models: Sources by name, from the command line.
        serve: Fields of ``[serve]``, likewise.
    """

    path: str | None = None
    models: Mapping[str, str] = {}
    serve: Mapping[str, Any] = {}

    def read(self) -> GatewaySettings:
        """Read them.

        Raises:
            UsageError: Something is wrong with them.
        """
        return read_settings(self.path, models=self.models, **self.serve)


def listen(host: str, port: int) -> socket.socket:
    """Take a port, before anything else is done.

    Args:
        host: A name or an address of this machine.
        port: The port; 0 for a free one.

    Raises:
        UsageError: It cannot be had.
    """
    listener: socket.socket | None = None
    try:
        (family, _, _, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        listener = socket.socket(family)
        if sys.platform != "win32":  # there it would share the port with others
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
        listener.setblocking(False)
    except OSError as exc:
        if listener is not None:
            listener.close()
        raise UsageError(_why_not(host, port, exc)) from exc
    return listener


def _why_not(host: str, port: int, exc: OSError) -> str:
    if isinstance(exc, socket.gaierror):
        return f"there is no host {host!r} to listen on"
    reasons = {
        "EADDRINUSE": f"port {port} of {host} is in use; choose another, or 0 for a free one",
        "EACCES": f"port {port} is for the system's own services; choose one from 1024 on",
        "EADDRNOTAVAIL": f"{host} is no address of this machine",
    }
    return reasons.get(errno.errorcode.get(exc.errno or 0, ""), f"{host}:{port}: {exc.strerror}")


def make_server(settings: GatewaySettings) -> Server:
    """Make the server of one process."""
    app = create_app(settings)
    gateway: Gateway = app.state.gateway
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    config.load()
    config.http_protocol_class = patient(
        config.http_protocol_class, lambda: gateway.settings.limits.stall
    )
    return Server(config, gateway)


class Server(uvicorn.Server):
    """Serves a gateway until it is told to stop.

    Args:
        config: How.
        gateway: What.
    """

    def __init__(self, config: uvicorn.Config, gateway: Gateway) -> None:
        super().__init__(config)
        self.gateway = gateway
        self._forced = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._said: Said | None = None
        self._beginning: Callable[[], None] | None = None

    def run_here(
        self,
        listener: socket.socket,
        *,
        said: Said | None = None,
        when_begun: Callable[[], None] | None = None,
    ) -> None:
        """Serve until told to stop.

        Args:
            listener: Where.
            said: Read again on SIGHUP; None when somebody else does that.
            when_begun: Called in the event loop when it serves.

        Raises:
            KeyboardInterrupt: It was told twice.
        """
        self._said, self._beginning = said, when_begun
        # What is loaded by now stays as long as the process: garbage is not looked for in it.
        gc.collect()
        gc.freeze()
        try:
            self.run(sockets=[listener])
        finally:
            gc.unfreeze()
        if self.force_exit:
            raise KeyboardInterrupt

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self._beginning is not None:
            self._beginning()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the jobs, then the connections."""
        logger.info("stopping: no new jobs are taken")
        grace = self.gateway.settings.serve.grace
        ending = asyncio.create_task(self.gateway.life.stop(grace))
        forced = asyncio.create_task(self._forced.wait())
        await asyncio.wait((ending, forced), return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            self.gateway.life.hurry()
            await asyncio.wait((ending,), timeout=_AT_ONCE_SECONDS)
        for task in (ending, forced):
            task.cancel()
        await super().shutdown(sockets)
        logger.info("stopped")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; at once when SIGINT comes and it is stopping already."""
        super().handle_exit(sig, frame)
        if self.force_exit:
            self._forced.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take signals in the event loop, and end as if nothing had happened.

        uvicorn raises what it captured once more when it has ended, which would make an
        orderly end look like a crash, and skip what callers have to clean up.
        """
        if sys.platform == "win32":
            with super().capture_signals():
                yield
            return
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sig, self.handle_exit, sig, None)
        if self._said is not None:
            loop.add_signal_handler(signal.SIGHUP, self._begin, self._read_again, self._said)
        try:
            yield
        finally:
            for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.remove_signal_handler(sig)

    def begin_reload(self, settings: GatewaySettings) -> None:
        """Serve what new settings say, soon."""
        self._begin(self._reload, settings)

    def _begin(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
        task = asyncio.get_running_loop().create_task(work(*arguments))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_again(self, said: Said) -> None:
        settings = await in_thread(read_or_log, said)
        if settings is not None:
            await self._reload(settings)

    async def _reload(self, settings: GatewaySettings) -> None:
        for name in _changed_for_good(self.gateway.settings, settings):
            logger.warning("%s has changed, which counts from the next start on", name)
        await self.gateway.reload(settings)
        logger.info("the settings were read again: %s", ", ".join(settings.models) or "no models")


def read_or_log(said: Said) -> GatewaySettings | None:
    """Read settings again; when they are broken, log why, and None."""
    try:
        return said.read()
    except UsageError as exc:
        for line in str(exc).splitlines():
            logger.error("the settings stay as they were: %s", line)
        return None


# What is taken when the process begins, and not looked at again.
_FOR_GOOD: Final = (
    ("serve", "host"),
    ("serve", "port"),
    ("serve", "workers"),
    ("serve", "log"),
    ("limits", "body_mb"),
)


def _changed_for_good(old: GatewaySettings, new: GatewaySettings) -> list[str]:
    changed = [
        f"[{table}] {key}"
        for table, key in _FOR_GOOD
        if getattr(getattr(old, table), key) != getattr(getattr(new, table), key)
    ]
    return changed + ["[storage]"] * (old.storage != new.storage)
