"""What a job tells while it runs, in gradio_client's forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Literal

__all__ = ["LogNote", "OutputUpdate", "ProgressUnit", "Status", "StatusUpdate", "Update"]


class Status(Enum):
    """Where a job stands. Ordered by when it comes in the life of a job."""

    STARTING = "STARTING"
    JOINING_QUEUE = "JOINING_QUEUE"
    QUEUE_FULL = "QUEUE_FULL"
    IN_QUEUE = "IN_QUEUE"
    SENDING_DATA = "SENDING_DATA"
    PROCESSING = "PROCESSING"
    LOG = "LOG"
    PROGRESS = "PROGRESS"
    ITERATING = "ITERATING"
    FINISHED = "FINISHED"
    CANCELLED = "CANCELLED"

    @staticmethod
    def ordering(status: Status) -> int:
        """The place of a status in the life of a job."""
        return list(Status).index(status)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Status):
            return NotImplemented
        return self.ordering(self) < self.ordering(other)


@dataclass
class ProgressUnit:
    """One progress bar of the app.

    Attributes:
        index: How much is done.
        length: How much there is to do.
        unit: Of what.
        progress: How much is done, 0 to 1, when the app says it so.
        desc: What is being done.
    """

    index: float | None
    length: float | None
    unit: str | None
    progress: float | None
    desc: str | None


class LogNote(tuple[str, str]):
    """A note of the app: (message, level), which also knows its heading.

    Attributes:
        title: Its heading, ``""`` when none; gradio_client drops it.
    """

    title: str

    def __new__(cls, note: Iterable[str], title: str = "") -> LogNote:
        """Make one of its message and level, as tuples are made and copied."""
        made = super().__new__(cls, note)
        made.title = title
        return made


@dataclass
class StatusUpdate:
    """Where a job stands.

    Attributes:
        code: The kind of the app's last word.
        rank: Jobs before it in the queue.
        queue_size: Jobs in the queue.
        eta: Seconds until it is done, as the app estimates.
        success: Whether it went well, None before that is known.
        time: When this was heard, by this machine's clock.
        progress_data: The app's progress bars.
        log: The app's note, as (message, level).
        type: Tells it from an `OutputUpdate`.
    """

    code: Status
    rank: int | None
    queue_size: int | None
    eta: float | None
    success: bool | None
    time: datetime | None
    progress_data: list[ProgressUnit] | None
    log: tuple[str, str] | None = None
    type: Literal["status", "output"] = "status"

    @classmethod
    def now(cls, code: Status, *, success: bool | None = None, **told: Any) -> StatusUpdate:
        """Make one of what is known; the rest is None."""
        known = {"rank": None, "queue_size": None, "eta": None, "progress_data": None, **told}
        return cls(code=code, success=success, time=datetime.now(), **known)


@dataclass
class OutputUpdate:
    """What a job has returned so far.

    Attributes:
        outputs: As `Job.outputs` lists it; of the final one a mapping with ``data``, the
            app's own values, or with ``error``.
        success: Whether it went well.
        type: Tells it from a `StatusUpdate`.
        final: Nothing more comes.
    """

    outputs: Any
    success: bool
    type: Literal["output"] = "output"
    final: bool = False


Update = StatusUpdate | OutputUpdate
