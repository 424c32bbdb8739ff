"""Submit calls to apps that ask for the data themselves: Gradio 3.x and 4.0 to 4.8.

There every job has a stream (or websocket) of its own, on which it enters the queue;
when its turn comes the app asks for the data and waits a few seconds for it. So what
takes long, such as uploading files, happens before.
"""

from __future__ import annotations

from collections.abc import Mapping

from anyspace._errors import QueueFull, RemoteProtocolError
from anyspace.client._limits import Limits
from anyspace.client._session import Listener, drain, ended_too_soon, hand_over, read_events
from anyspace.client._transport import Transport
from anyspace.protocol import (
    Call,
    Event,
    Full,
    Generation,
    Request,
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
    stream = Stream(generation, max_event_bytes=limits.event)
    try:
        if body.status != 200:
            raise error_for(Response(body.status, await body.read(), body.headers))
        listener.accepted()
        while not call.state.ended:
            chunk = await body.read()
            for event in read_events(stream, chunk):
                answer = _take(event, call, listener)
                if answer is not None:
                    response = await transport.request(answer, headers)
                    if response.status != 200:
                        raise error_for(response)
            if not chunk:
                break
        if not call.state.ended:
            call.receive_eof()
            raise ended_too_soon(stream)
        await drain(body)
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
                raise ended_too_soon(Stream(generation))
            answer = _take(parse_message(frame), call, listener)
            if answer is not None:
                await socket.send(answer.body or b"")
    finally:
        await socket.close()


async def run_directly(
    call: Call,
    api_name: str,
    transport: Transport,
    listener: Listener,
    *,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Run a call outside the queue: apps of 3.x may have none.

    Raises:
        AnyspaceError: The app did not accept the call.
    """
    request = call.run_request(api_name)
    listener.accepted()
    outcome = parse_run(await transport.request(request, headers))
    hand_over(outcome, call, listener)


def _take(event: Event, call: Call, listener: Listener) -> Request | None:
    """Hand an event over; return what the app wants to hear after it."""
    if isinstance(event, Full):
        call.receive_event(event)
        raise QueueFull("the app's queue is full")
    answer = call.answer_to(event)
    hand_over(event, call, listener)
    if answer is not None and call.state.ended:
        raise RemoteProtocolError("the app asked for the data of a job that has ended")
    return answer
