"""``/v1/spaces/{model}/call/{endpoint}``: any endpoint, with arguments by name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from anyspace._errors import ArgumentError
from anyspace.client import AsyncMediaFile, Output, Result, Update
from anyspace.gateway._answers import Told, documented
from anyspace.gateway._calls import current_call
from anyspace.gateway._forms import read_fields, typed
from anyspace.gateway._gateway import Gateway, Returned
from anyspace.gateway._handed_on import ask_headers
from anyspace.gateway._operations import EVENTS
from anyspace.gateway._streams import HEARTBEAT, event, event_stream
from anyspace.gateway.spaces._names import model_in, target_in
from anyspace.gateway.spaces._updates import Updates, name_of

__all__ = ["CallResult", "call_below", "call_endpoint"]

_FORM: Final = "multipart/form-data"
_ANYTHING: Final = {"type": "object", "additionalProperties": True}


class CallResult(msgspec.Struct, kw_only=True):
    """What an endpoint returned.

    Attributes:
        data: Its values, in order. Files are ``{"url", "name", "mime_type"}``, with an address
            of this gateway.
        labels: What the Space's page shows above each, where it says so.
        anyspace: Who returned it.
    """

    data: list[Any]
    labels: list[str]
    anyspace: Told


@post(
    "/v1/spaces/{model:str}/call/{endpoint:str}",
    status_code=200,
    **documented(
        CallResult, takes={"application/json": _ANYTHING, _FORM: _ANYTHING}, also=(EVENTS,)
    ),
)
async def call_endpoint(
    model: FromPath[str],
    endpoint: FromPath[str],
    request: Request[Any, Any, Any],
    gateway: NamedDependency[Gateway],
    stream: FromQuery[bool] = False,
) -> Response[Any]:
    """Call an endpoint with arguments by name, as JSON or as a form with files.

    In JSON a file is a public address or a ``data:`` URL. With ``stream=true``, or
    ``Accept: text/event-stream``, the answer is a stream of what the Space reports
    (``queued``, ``started``, ``progress``, ``log``, ``output``…), and ``complete`` at the end.
    """
    call = _Call(request, gateway, model_in(model), endpoint)
    await call.read_arguments()
    if stream or EVENTS in request.headers.get("accept", ""):
        return await event_stream(call.events())
    returned = await call.make()
    return Response(
        await call.result(returned),
        status_code=200,
        media_type="application/json",
        headers=current_call().headers,
    )


# The router prefers this one, which takes names with slashes, too; documents have no word for it.
@post("/v1/spaces/{path:path}", status_code=200, include_in_schema=False)
async def call_below(
    path: FromPath[str],
    request: Request[Any, Any, Any],
    gateway: NamedDependency[Gateway],
    stream: FromQuery[bool] = False,
) -> Response[Any]:
    """The same for names with slashes."""
    model, endpoint = target_in(path)
    answer: Response[Any] = await call_endpoint.fn(model, endpoint, request, gateway, stream)
    return answer


class _Call:
    """One call that a request asks for."""

    def __init__(
        self, request: Request[Any, Any, Any], gateway: Gateway, model: str, endpoint: str
    ) -> None:
        self._request = request
        self._gateway = gateway
        self._model = model
        self._endpoint = endpoint
        self._arguments: dict[str, Any] = {}

    async def read_arguments(self) -> None:
        """Read what is to be sent.

        Raises:
            ArgumentError: It is nothing that has names.
            UnknownModel: There is no such model.
            UnknownEndpoint: There is no such endpoint.
            Refused: It is a form that cannot be read.
        """
        found = await self._gateway.models.find(self._model, ())
        _, app = await found.describe()
        takes = {each.name: each.json_type for each in app.endpoint(self._endpoint).parameters}
        if self._request.content_type[0] == _FORM:
            fields = await read_fields(self._request)
            self._arguments = {k: typed(v, takes.get(k, {})) for k, v in fields.items()}
            return
        try:
            body = msgspec.json.decode(await self._request.body() or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            raise ArgumentError(f"the arguments are no JSON: {exc}") from exc
        if not isinstance(body, dict):
            raise ArgumentError("the arguments are a JSON object: by parameter what is sent")
        self._arguments = body

    async def make(self, updates: Updates | None = None) -> Returned:
        """Make it, and wait for what comes of it."""
        return await self._gateway.call(
            self._model,
            self._endpoint,
            self._arguments,
            headers=ask_headers(self._request),
            on_update=None if updates is None else updates.see,
        )

    async def events(self) -> AsyncGenerator[bytes]:
        """What is reported meanwhile, then the result."""
        updates = Updates()
        task = asyncio.ensure_future(self.make(updates))
        task.add_done_callback(lambda _: updates.end())
        try:
            async with aclosing(aiter(updates)) as reports:
                async for update in reports:
                    yield HEARTBEAT if update is None else await self._event(update)
            yield event(await self.result(await task), "complete")
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def result(self, returned: Returned) -> CallResult:
        """What is answered."""
        value = returned.value
        name = f"/{self._endpoint.lstrip('/')}"
        return CallResult(
            data=await self._values(value),
            labels=list(value.labels) if isinstance(value, Result) else [],
            anyspace=Told(returned.model.name, returned.space, name, []),
        )

    async def _event(self, update: Update) -> bytes:
        if isinstance(update, Output):
            return event({"data": await self._values(update.value)}, name_of(update))
        return event(msgspec.to_builtins(update), name_of(update))

    async def _values(self, value: Any) -> list[Any]:
        values = value if isinstance(value, Result) else (value,)
        return [await self._plain(each) for each in values]

    async def _plain(self, value: Any) -> Any:
        """A value as JSON; its files are kept here, because the Space deletes its own."""
        if isinstance(value, AsyncMediaFile):
            url = await self._gateway.keep(self._request, value)
            return {"url": url, "name": value.name, "mime_type": value.mime_type}
        if isinstance(value, Mapping):
            return {key: await self._plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [await self._plain(item) for item in value]
        return value
