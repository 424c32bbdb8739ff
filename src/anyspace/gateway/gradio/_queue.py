"""``/queue/join`` and what belongs to it: jobs in a session, and its stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Stream

from anyspace.gateway._gateway import Gateway
from anyspace.gateway._streams import event
from anyspace.gateway.gradio._asking import Asked, both, front_of, make_call, stream
from anyspace.gateway.gradio._facade import Facade
from anyspace.gateway.gradio._requests import CancelBody, JoinBody, ResetBody
from anyspace.gateway.gradio._sessions import Session
from anyspace.protocol import Broken, write_message

__all__ = ["cancel_job", "hold_session", "join_queue", "reset_job", "tell_session"]

_BEAT: Final = event("ALIVE")
_BEAT_SECONDS: Final = 15.0

Hash = Annotated[str, QueryParameter(max_length=200)]


@post(both("/queue/join"), status_code=200)
async def join_queue(
    model: FromPath[str], data: JSONBody[JoinBody], request: Asked, facade: NamedDependency[Facade]
) -> dict[str, str]:
    """Set a job going; the session's stream tells of it."""
    front = await front_of(request, facade, model)
    dish = front.menu.find(number=data.fn_index)
    session = facade.sessions.get(front.model.name, data.session_hash)
    call = make_call(request, front, dish, data.data, session)
    return {"event_id": facade.start(call, session.mailbox).event_id}


@get(both("/queue/data"))
async def tell_session(
    model: FromPath[str], session_hash: Hash, request: Asked, facade: NamedDependency[Facade]
) -> Stream:
    """Tell of the session's jobs until the last has ended.

    A stream that broke may be opened again: what happened meanwhile is told then.
    """
    front = await front_of(request, facade, model)
    session = facade.sessions.find(front.model.name, session_hash)
    return stream(_nobody() if session is None else _tell(session))


async def _tell(session: Session) -> AsyncGenerator[bytes]:
    session.writer.doubt()
    async with aclosing(session.mailbox.follow()) as events:
        async for each in events:
            yield event(session.writer.write(each))


async def _nobody() -> AsyncGenerator[bytes]:
    yield event(write_message(Broken("404: Session not found.", session_not_found=True)))


@post(both("/cancel"), status_code=200)
async def cancel_job(
    model: FromPath[str],
    data: JSONBody[CancelBody],
    request: Asked,
    facade: NamedDependency[Facade],
) -> dict[str, bool]:
    """Stop one job, on the Space too; its siblings go on."""
    front = await front_of(request, facade, model)
    session = facade.sessions.find(front.model.name, data.session_hash)
    if session is not None and data.event_id:
        await session.mailbox.cancel(data.event_id)
    elif session is not None and data.fn_index is not None:
        await session.mailbox.cancel(number=data.fn_index)
    return {"success": True}


@post(both("/reset"), status_code=200)
async def reset_job(data: JSONBody[ResetBody], facade: NamedDependency[Facade]) -> dict[str, bool]:
    """Stop a job by its name alone."""
    if data.event_id:
        await facade.sessions.cancel(data.event_id)
    return {"success": True}


@get(both("/heartbeat/{session_hash:str}"))
async def hold_session(
    model: FromPath[str],
    session_hash: FromPath[str],
    request: Asked,
    facade: NamedDependency[Facade],
    gateway: NamedDependency[Gateway],
) -> Stream:
    """Keep a session as long as the client holds on."""
    front = await front_of(request, facade, model)
    session = facade.sessions.get(front.model.name, session_hash)
    return stream(_beat(session, gateway))


async def _beat(session: Session, gateway: Gateway) -> AsyncGenerator[bytes]:
    with session.mailbox.present():
        while not gateway.life.stopping:
            yield _BEAT
            try:
                async with asyncio.timeout(_BEAT_SECONDS):
                    await gateway.life.ending.wait()
            except TimeoutError:
                continue
