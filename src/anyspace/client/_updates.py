"""What a job shows its user while it runs."""

from __future__ import annotations

from typing import Any

import msgspec

from anyspace.protocol import ProgressUnit

__all__ = [
    "GpuWait",
    "Log",
    "Output",
    "Progress",
    "ProgressUnit",
    "Queued",
    "Started",
    "Update",
    "Uploading",
]


class Uploading(msgspec.Struct, frozen=True):
    """The call's files are being sent.

    Attributes:
        files: How many.
        size: Bytes in all, None when a file's size is not known beforehand.
        sent: Bytes that are on their way.
    """

    files: int
    size: int | None
    sent: int = 0

    @property
    def fraction(self) -> float | None:
        """How much is sent, 0 to 1; None when the size is not known."""
        return min(1.0, self.sent / self.size) if self.size else None


class Queued(msgspec.Struct, frozen=True):
    """The job waits in the app's queue.

    Attributes:
        rank: Jobs before it; 0 when it is next. None when the app does not say.
        size: Jobs in the queue.
        eta: Seconds until it is done, as the app estimates; None without past runs.
    """

    rank: int | None
    size: int | None
    eta: float | None


class Started(msgspec.Struct, frozen=True):
    """The app works on the job; `eta` is its estimate in seconds."""

    eta: float | None


class Progress(msgspec.Struct, frozen=True):
    """The app moved its progress bars.

    Attributes:
        units: The bars, the outermost first.
    """

    units: tuple[ProgressUnit, ...]

    @property
    def fraction(self) -> float | None:
        """How much is done, 0 to 1, by the innermost bar that knows; else None."""
        for unit in reversed(self.units):
            if unit.progress is not None:
                return min(max(unit.progress, 0.0), 1.0)
            if unit.index is not None and unit.length:
                return min(max(unit.index / unit.length, 0.0), 1.0)
        return None

    @property
    def text(self) -> str:
        """What is being done, in the app's words: ``"painting 3/4 steps"``."""
        for unit in reversed(self.units):
            count = f"{unit.index:g}" if unit.index is not None else ""
            if count and unit.length:
                count += f"/{unit.length:g}"
            words = (unit.desc or "", count, (unit.unit or "") if count else "")
            if any(words):
                return " ".join(word for word in words if word)
        return ""


class Log(msgspec.Struct, frozen=True):
    """The app showed a note (``gr.Info``, ``gr.Warning``…).

    Attributes:
        level: ``"info"``, ``"warning"``, ``"success"`` or ``"error"``.
        title: Its heading, ``""`` when none (before 5.2).
    """

    message: str
    level: str
    title: str


class GpuWait(Log, frozen=True, kw_only=True):
    """A Space on shared GPUs (ZeroGPU) says that the job waits for one, or has got it.

    Attributes:
        acquired: It has got one.
    """

    acquired: bool


class Output(msgspec.Struct, frozen=True):
    """A result so far: what `Job.result` would return if the job ended here."""

    value: Any


Update = Uploading | Queued | Started | Progress | Log | Output
