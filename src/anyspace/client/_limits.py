"""How long to wait and how much to take, in one place."""

from __future__ import annotations

from typing import Final

import msgspec

from anyspace._errors import UsageError

__all__ = ["Limits", "Timeouts"]

MIB: Final = 1024 * 1024


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds; None waits for ever.

    Attributes:
        connect: For a connection, name lookup and TLS included.
        first_message: For an app's answer to a request, and from submitting a job to
            the first sign of it.
        idle: Between two signs of life of a running job or a transfer. Gradio sends a
            heartbeat every 15 s (4.4 and later).
        total: For a whole call, uploads included. Its job is cancelled when it runs out.
    """

    connect: float | None = 10.0
    first_message: float | None = 60.0
    idle: float | None = 90.0
    total: float | None = None

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise UsageError(f"timeout {name}={value!r}: seconds above 0, or None for no limit")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much to take from an app, in bytes. What it says is not trusted.

    Attributes:
        document: A plain answer: ``/config`` (several MB for large apps), ``/info``…
        event: One message of a job, its values included.
        file: One downloaded file.
    """

    document: int = 64 * MIB
    event: int = 256 * MIB
    file: int = 4096 * MIB
