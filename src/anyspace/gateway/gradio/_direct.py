"""``/call`` and ``/run``: calls without a queue of the client's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import UNSET

from anyspace._errors import ArgumentError
from anyspace.gateway._streams import event
from anyspace.gateway.gradio._asking import Asked, both, front_of, make_call, stream
from anyspace.gateway.gradio._facade import Facade, new_event_id
from anyspace.gateway.gradio._fronts import Front
from anyspace.gateway.gradio._mailbox import Mailbox
from anyspace.gateway.gradio._requests import CallBody
from anyspace.gateway.gradio._sessions import Session
from anyspace.protocol import Cancelled, Completed, Failed, write_named
from anyspace.schema import Endpoint, bind_names

__all__ = ["run_endpoint", "submit_call", "tell_call"]

_BY_NAME: Final = "/v2/"


@post(both("/call/{name:path}"), status_code=200)
async def submit_call(
    model: FromPath[str],
    name: FromPath[str],
    data: JSONBody[dict[str, Any]],
    request: Asked,
    facade: NamedDependency[Facade],
) -> dict[str, str]:
    """Set a job going; values in order, or by name below ``/call/v2``."""
    front = await front_of(request, facade, model)
    dish = front.menu.find(name=name.removeprefix("/v2"))
    if name.startswith(_BY_NAME):
        values, session = _named_values(dish.shown, data), None
    else:
        body = msgspec.convert(data, CallBody)
        values, session = body.data, _session(facade, front, body.session_hash)
    event_id = new_event_id()
    told = facade.sessions.get(front.model.name, _name_of(event_id))
    facade.start(make_call(request, front, dish, values, session), told.mailbox, event_id)
    return {"event_id": event_id}


@get(both("/call/{name:path}"))
async def tell_call(
    model: FromPath[str], name: FromPath[str], request: Asked, facade: NamedDependency[Facade]
) -> Stream:
    """Tell of a job until it has ended."""
    front = await front_of(request, facade, model)
    told = facade.sessions.find(front.model.name, _name_of(name.rpartition("/")[2]))
    if told is None:
        raise NotFoundException("there is no such job, or not any more")
    return stream(_named(told.mailbox))


async def _named(mailbox: Mailbox) -> AsyncGenerator[bytes]:
    async with aclosing(mailbox.follow()) as events:
        async for each in events:
            named = write_named(each)
            if named is not None:
                yield event(msgspec.json.encode(named[1]).decode(), named[0])


@post([*both("/run/{name:path}"), *both("/api/{name:path}")], status_code=200)
async def run_endpoint(
    model: FromPath[str],
    name: FromPath[str],
    data: JSONBody[CallBody],
    request: Asked,
    facade: NamedDependency[Facade],
) -> Response[Any]:
    """Call an endpoint and wait for what it returns."""
    front = await front_of(request, facade, model)
    dish = front.menu.find(name="" if data.fn_index is not None else name, number=data.fn_index)
    mailbox = Mailbox(grace=0)
    session = _session(facade, front, data.session_hash)
    job = facade.start(make_call(request, front, dish, data.data, session), mailbox)
    try:
        async with aclosing(mailbox.follow()) as events:
            ends = [e async for e in events if isinstance(e, Completed | Failed | Cancelled)]
    finally:
        await job.cancel()
    return _outcome(ends[0])


def _outcome(end: Completed | Failed | Cancelled) -> Response[Any]:
    if isinstance(end, Completed):
        seconds = end.duration
        said = {"data": end.data, "is_generating": False}
        return Response({**said, "duration": seconds, "average_duration": seconds})
    error = end.message if isinstance(end, Failed) else "the job was cancelled"
    return Response({"error": error}, status_code=500)


def _session(facade: Facade, front: Front, session_hash: str | None) -> Session | None:
    return facade.sessions.get(front.model.name, session_hash) if session_hash else None


def _name_of(event_id: str) -> str:
    """Under what name the mailbox of a job of ``/call`` is kept among the sessions."""
    return f"call {event_id}"


def _named_values(endpoint: Endpoint, data: dict[str, Any]) -> list[Any]:
    """Values by name in the endpoint's order, defaults for what is left out.

    Raises:
        ArgumentError: A name is unknown, or what has no default is missing.
    """
    values, problems = bind_names(endpoint, (), data)
    if problems:
        raise ArgumentError(f"{endpoint.name}: {'; '.join(problems)}", problems=problems)
    pairs = zip(endpoint.parameters, values, strict=True)
    return [parameter.default if value is UNSET else value for parameter, value in pairs]
