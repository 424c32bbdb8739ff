"""Server-sent events: how a job is told while it runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Final

import msgspec
from litestar.response import Stream

from anyspace._errors import AnyspaceError
from anyspace.gateway._calls import current_call
from anyspace.gateway._errors import render_error

__all__ = ["HEARTBEAT", "STREAM_HEADERS", "event", "event_stream"]

HEARTBEAT: Final = b": still working\n\n"
STREAM_HEADERS: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}


def event(data: Any, name: str = "") -> bytes:
    """One event; `data` is text as it is, or what becomes JSON."""
    text = data.encode() if isinstance(data, str) else msgspec.json.encode(data)
    return (b"event: %b\n" % name.encode() if name else b"") + b"data: %b\n\n" % text


async def event_stream(events: AsyncGenerator[bytes]) -> Stream:
    """Answer with events; what fails before the first is answered as ever, with its status.

    Args:
        events: Framed by `event`; the first says that a Space has the job.

    Raises:
        AnyspaceError: It failed before the first.
    """
    first = await anext(events)
    headers = STREAM_HEADERS | current_call().headers
    return Stream(_told(first, events), media_type="text/event-stream", headers=headers)


async def _told(first: bytes, events: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    try:
        yield first
        async for each in events:
            yield each
    except AnyspaceError as exc:
        # The status has gone out long ago; OpenAI's clients look for this key.
        body, mapped = render_error(exc)
        current_call().failure = mapped.code
        yield event(body, "error")
    finally:
        await events.aclose()
