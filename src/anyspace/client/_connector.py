"""Connections that are still there when they are used again.

The rule that nothing is sent twice, as far as connections go:

1. A kept connection that the app has closed is never written to. The end of a connection
   may have arrived without anybody having looked; so the socket is looked at in the
   moment before a request is written to it, and when there is anything to read, another
   connection is taken. Nothing was sent on the first, so nothing is repeated.
2. What fails after that may have reached the app. A GET is repeated once, because reading
   twice does no harm; a POST never is, nor the GET that enters the queue of 4.0 to 4.8.
   The HTTP library repeats every GET by itself, so that is switched off.
3. No connection is kept longer than the server keeps it (uvicorn, which serves every
   Gradio app, 5 s; proxies longer), so that the two rules seldom meet in the air.
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from aiohttp.connector import Connection

__all__ = ["CarefulConnector", "never_repeat"]


class CarefulConnector(aiohttp.TCPConnector):
    """Makes connections and keeps them, but hands out none that the other side has closed."""

    async def connect(self, *args: Any, **options: Any) -> Connection:
        """Take a kept connection, or make one."""
        while True:
            connection = await super().connect(*args, **options)
            protocol = connection.protocol
            if protocol is None:
                return connection
            # A mark on the object itself: a set of weak references costs a call as much as
            # the look at the socket does.
            marks = protocol.__dict__
            if "_anyspace_used" not in marks:
                marks["_anyspace_used"] = True
                return connection
            if not _has_something_to_read(connection.transport, marks):
                return connection
            connection.close()


def _has_something_to_read(transport: asyncio.Transport | None, marks: dict[str, Any]) -> bool:
    """Tell whether bytes or an end have come on an idle connection, where only an end can."""
    sock = transport.get_extra_info("socket") if transport is not None else None
    if sock is None or sock.fileno() < 0:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([sock.fileno()], [], [], 0)[0])
    poll = marks.get("_anyspace_poll")
    if poll is None:
        poll = marks["_anyspace_poll"] = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def never_repeat(session: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """Switch off that the HTTP library repeats a GET by itself; it has no public switch."""
    session._retry_connection = False
    return session
