"""Submit calls to apps that ask for the data themselves: Gradio 3.x and 4.0 to 4.8.

There every job has a stream (or websocket) of its own, on which it enters the queue;
when its turn comes the app asks for the data and waits a few seconds for it. So what
takes long, such as uploading files, happens before.
"""

from __future__ import annotations

from collections.abc import Mapping

from anyspace._errors import RemoteProtocolError
from anyspace.client._limits import Limits
from anyspace.client._session import Listener, ended_too_soon, follow, hand_over
from anyspace.client._transport import Body, Transport
from anyspace.protocol import (
    Call,
    Generation,
    Response,
    Stream,
    error_for,
    parse_message,
    parse_run,
)

__all__ = ["converse_on_socket", "converse_on_stream", "run_directly"]


async def converse_on_stream(
    call: Call,
    transport: Transport,
    generation: Generation,
    listener: Listener,
    *,
    limits: Limits,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Run a call on an event stream of its own (4.0 to 4.8), until it has ended.

    Raises:
        AnyspaceError: The app did not accept the job.
        StreamBroken: It did, but the stream ended before the job.
    """
    body = await transport.open(call.join_request(), headers)
    try:
        if body.status != 200:
            raise error_for(Response(body.status, await body.read(), body.headers))
        listener.accepted()
        stream = Stream(generation, max_event_bytes=limits.event)
        await follow(body, stream, call, transport, listener, headers)
    finally:
        body.close()


async def converse_on_socket(
    call: Call,
    transport: Transport,
    generation: Generation,
    listener: Listener,
    *,
    limits: Limits,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Run a call on a websocket of its own (3.x), until it has ended; errors as above."""
    socket = await transport.open_socket(call.join_request(), headers, max_size=limits.event)
    try:
        listener.accepted()
        while not call.state.ended:
            frame = await socket.receive()
            if frame is None:
                call.receive_eof()
                raise ended_too_soon()
            event = parse_message(frame)
            answer = call.answer_to(event)
            hand_over(event, call, listener)
            if answer is not None:
                await socket.send(answer.body or b"")
    finally:
        await socket.close()


async def run_directly(
    call: Call,
    transport: Transport,
    listener: Listener,
    *,
    limits: Limits,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Run a call outside the queue: apps of 3.x may have none.

    Raises:
        AnyspaceError: The app did not accept the call.
    """
    request = call.run_request()
    listener.accepted()
    body = await transport.open(request, headers)  # which waits for as long as it takes
    try:
        answer = Response(body.status, await _read_whole(body, limits.event), body.headers)
    finally:
        body.close()
    hand_over(parse_run(answer), call, listener)


async def _read_whole(body: Body, limit: int) -> bytes:
    """Read a body to its end.

    Raises:
        RemoteProtocolError: It is larger than the limit.
    """
    content = bytearray()
    while piece := await body.read():
        content += piece
        if len(content) > limit:
            raise RemoteProtocolError(f"the app's answer is larger than the limit of {limit} bytes")
    return bytes(content)
