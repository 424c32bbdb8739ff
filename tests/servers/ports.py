"""Ports for servers that are started in a process of their own."""

from __future__ import annotations

import contextlib
import random
import socket

# Below what systems give to connections: a server takes seconds to start, and whoever got its
# port meanwhile would be taken for it.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port that nobody listens on, and that nobody is given who does not ask for it."""
    for port in random.SystemRandom().sample(_PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")
