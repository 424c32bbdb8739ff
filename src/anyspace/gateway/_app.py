"""`create_app`: the gateway as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from anyspace.gateway._disconnects import cancel_when_gone
from anyspace.gateway._errors import EXCEPTION_HANDLERS
from anyspace.gateway._gate import Gate, Origins
from anyspace.gateway._gateway import Gateway
from anyspace.gateway._requests import Requests
from anyspace.gateway._settings import GatewaySettings
from anyspace.gateway._status import ROUTES as STATUS_ROUTES
from anyspace.gateway._tracing import traced
from anyspace.gateway.gradio import ROUTES as GRADIO_ROUTES
from anyspace.gateway.gradio import Facade
from anyspace.gateway.openai import ROUTES as OPENAI_ROUTES
from anyspace.gateway.results import ResultStore, give_file
from anyspace.gateway.spaces import ROUTES as SPACES_ROUTES

__all__ = ["create_app"]

_MEGABYTE: Final = 1 << 20


def create_app(settings: GatewaySettings) -> Litestar:
    """Make the application that serves what the settings say.

    Its lifespan connects to nothing: a Space is asked when a caller wants something of it.
    """
    gateway = Gateway(settings)
    facade = Facade(gateway)

    @asynccontextmanager
    async def live(app: Litestar) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await facade.aclose()
            await gateway.aclose()

    app = Litestar(
        route_handlers=[*OPENAI_ROUTES, *SPACES_ROUTES, *STATUS_ROUTES, GRADIO_ROUTES, give_file],
        state=State({"gateway": gateway, "facade": facade}),
        dependencies={
            "gateway": Provide(_gateway, sync_to_thread=False),
            "facade": Provide(_facade, sync_to_thread=False),
            "results": Provide(_results, sync_to_thread=False),
        },
        exception_handlers=dict(EXCEPTION_HANDLERS),
        middleware=[cancel_when_gone],
        lifespan=[live],
        request_max_body_size=int(settings.limits.body_mb * _MEGABYTE),
        openapi_config=OpenAPIConfig(
            title="anyspace", version="1", path="/docs", description=_DESCRIPTION
        ),
        logging_config=None,
        cors_config=Origins(gateway),
    )
    # Around the router and not on routes: what no route answers is refused, named, counted
    # and logged like everything else.
    gate = Gate(app.asgi_handler, gateway)
    app.asgi_handler = Requests(traced(gate), gateway.metrics)
    return app


_DESCRIPTION: Final = "Any Hugging Face Space, and any Gradio app, behind OpenAI's API."


def _gateway(state: State) -> Gateway:
    found: Gateway = state.gateway
    return found


def _facade(state: State) -> Facade:
    found: Facade = state.facade
    return found


def _results(state: State) -> ResultStore:
    return _gateway(state).results
