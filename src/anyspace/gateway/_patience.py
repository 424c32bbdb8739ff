"""Connections whose other side takes nothing are dropped.

The HTTP server stops taking more of an answer while the caller does not read what it has,
and without this it would wait for ever, with that part of the answer in memory. A caller
that reads slowly is served however long it takes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

__all__ = ["patient"]

logger = logging.getLogger("anyspace.gateway")


def patient(protocol: type[asyncio.Protocol], seconds: Callable[[], float]) -> type[Any]:
    """Make the HTTP server's connections lose patience.

    Args:
        protocol: The server's own class.
        seconds: How long a caller may take nothing.
    """
    return type("Patient", (_Patient, protocol), {"_seconds": staticmethod(seconds)})


class _Patient(asyncio.Protocol):
    """Comes before the server's class, and looks whether what is to be sent gets less."""

    transport: asyncio.WriteTransport
    _seconds: Callable[[], float]
    _alarm: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look_later()

    def resume_writing(self) -> None:
        self._stop_looking()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_looking()
        super().connection_lost(exc)

    def _look_later(self) -> None:
        left = self.transport.get_write_buffer_size()
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_later(self._seconds(), self._look, left)

    def _look(self, left: int) -> None:
        if self.transport.get_write_buffer_size() < left:
            self._look_later()
            return
        logger.info("a caller took nothing of its answer for %g s and was dropped", self._seconds())
        self.transport.abort()

    def _stop_looking(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
