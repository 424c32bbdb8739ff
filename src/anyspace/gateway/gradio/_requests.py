"""What clients of Gradio send: the bodies, with every field that some client leaves out."""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["CallBody", "CancelBody", "JoinBody", "ResetBody"]


class CallBody(msgspec.Struct):
    """``POST /call/NAME`` and ``/run/NAME``.

    Attributes:
        data: The values in order.
        session_hash: Whose state it sees; a new session's when left out.
        fn_index: The function's number, where the name does not say it.
    """

    data: list[Any] = []
    session_hash: str | None = None
    fn_index: int | None = None


class JoinBody(msgspec.Struct):
    """``POST /queue/join``."""

    session_hash: str
    fn_index: int
    data: list[Any] = []


class CancelBody(msgspec.Struct):
    """``POST /cancel``.

    Attributes:
        session_hash: Whose job.
        fn_index: Of which function; all its jobs, without `event_id`.
        event_id: Which job.
    """

    session_hash: str
    fn_index: int | None = None
    event_id: str | None = None


class ResetBody(msgspec.Struct):
    """``POST /reset``, by which clients from before ``/cancel`` stop a job."""

    event_id: str | None = None
