"""What is said between the benchmark and the processes of its clients."""

from __future__ import annotations

import contextlib
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

__all__ = ["Answer", "Order", "Stopwatch", "take_orders"]

_STATUS: Final = Path("/proc/self/status")
_RESET: Final = Path("/proc/self/clear_refs")


class Order(msgspec.Struct):
    """What to do.

    Attributes:
        do: ``"calls"``, ``"connect"``, ``"hold"``, ``"stream"``, ``"upload"`` or ``"download"``.
        at_once: Calls at a time, or jobs to hold.
        seconds: How long to go on with calls.
        endpoint: What to call.
        size: Bytes of a file to download.
        path: The file to upload, or the folder to download into.
    """

    do: str
    at_once: int = 1
    seconds: float = 1.0
    endpoint: str = "/echo"
    size: int = 0
    path: str = ""


class Answer(msgspec.Struct):
    """What came of it.

    Attributes:
        count: Calls that ended, jobs held, or steps seen.
        lost: Calls that failed.
        seconds: How long it took.
        cpu: Seconds of CPU that the process took meanwhile, all threads together.
        grown: Bytes of memory that it has more than before.
        peak: The most it had more than before.
        threads: How many it has.
    """

    count: int = 0
    lost: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    grown: int = 0
    peak: int = 0
    threads: int = 0


class Stopwatch:
    """Makes the answer to an order of what passes between its making and `answer`."""

    def __init__(self) -> None:
        with contextlib.suppress(OSError):
            _RESET.write_text("5")  # the peak begins anew
        self._resident = _status("VmRSS")
        self._cpu = time.process_time()
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.perf_counter() - self._start

    def answer(self, count: int = 1, lost: int = 0) -> Answer:
        """Take the times."""
        seconds, cpu = self.seconds, time.process_time() - self._cpu
        return Answer(
            count=count,
            lost=lost,
            seconds=seconds,
            cpu=cpu,
            grown=_status("VmRSS") - self._resident,
            peak=_status("VmHWM") - self._resident,
            threads=_status("Threads"),
        )


def _status(name: str) -> int:
    """What Linux says of this process, in bytes where it is memory; 0 elsewhere."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return 0
    words = next(line.split()[1:] for line in lines if line.startswith(f"{name}:"))
    return int(words[0]) * (1024 if len(words) > 1 else 1)


def take_orders(obey: Callable[[Order], Answer]) -> None:
    """Obey every order of stdin, until it ends."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    decode = msgspec.json.Decoder(Order).decode
    _say(Answer())  # ready
    for line in sys.stdin.buffer:
        _say(obey(decode(line)))


def _say(answer: Answer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()
