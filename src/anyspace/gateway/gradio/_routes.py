"""``/gradio/MODEL/``: the routes of a Gradio app.

Those of its API lie below ``/gradio_api``, as from Gradio 5 on, and also without it, for
tools that have older paths built in.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from anyspace.gateway.gradio._asking import HANDLERS, Asked, both, front_of
from anyspace.gateway.gradio._direct import run_endpoint, submit_call, tell_call
from anyspace.gateway.gradio._facade import Facade
from anyspace.gateway.gradio._files import give_file, take_files, tell_upload
from anyspace.gateway.gradio._page import PAGE_HEADERS, render_page
from anyspace.gateway.gradio._queue import (
    cancel_job,
    hold_session,
    join_queue,
    reset_job,
    tell_session,
)

__all__ = ["ROUTES"]


@get("/gradio/{model:str}", media_type="text/html")
async def show_page(
    model: FromPath[str], request: Asked, facade: NamedDependency[Facade]
) -> Response[str]:
    """Say to people what this is."""
    front = await front_of(request, facade, model)
    return Response(render_page(front), media_type="text/html", headers=PAGE_HEADERS)


@get("/gradio/{model:str}/config")
async def give_config(
    model: FromPath[str], request: Asked, facade: NamedDependency[Facade]
) -> dict[str, Any]:
    """What there is: widgets and endpoints."""
    config, _ = (await front_of(request, facade, model)).describe()
    return config


@get(both("/info"))
async def give_info(
    model: FromPath[str],
    request: Asked,
    facade: NamedDependency[Facade],
    all_endpoints: FromQuery[str] = "",
) -> dict[str, Any]:
    """How the endpoints are called."""
    front = await front_of(request, facade, model)
    _, info = front.describe(everything=all_endpoints.lower() in ("1", "true"))
    return info


@get(both("/app_id"))
async def give_app_id(
    model: FromPath[str], request: Asked, facade: NamedDependency[Facade]
) -> dict[str, int]:
    """What changes when the app restarts."""
    return {"app_id": (await front_of(request, facade, model)).source.app_id}


ROUTES: Final = Router(
    "",
    route_handlers=[
        show_page,
        give_config,
        give_info,
        give_app_id,
        join_queue,
        tell_session,
        cancel_job,
        reset_job,
        hold_session,
        submit_call,
        tell_call,
        run_endpoint,
        take_files,
        tell_upload,
        give_file,
    ],
    exception_handlers=dict(HANDLERS),
    include_in_schema=False,
)
