"""`Fronts`: what stands at the address of a model, found out when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from anyspace._errors import BindingError, UnknownEndpoint
from anyspace.client import AsyncClient
from anyspace.gateway._gateway import Gateway
from anyspace.gateway._models import Model
from anyspace.gateway.gradio._menu import Menu, make_menu
from anyspace.gateway.gradio._shapes import fit_shape, shapes_for
from anyspace.gateway.gradio._shelf import Place, Shelf
from anyspace.recipes import Binding, bind
from anyspace.schema import App, render_app

__all__ = ["Front", "Fronts"]

_MEGABYTE: Final = 1 << 20


class Front(msgspec.Struct, frozen=True, eq=False):
    """One model as a Gradio app.

    Attributes:
        model: The model.
        client: Of the Space whose own endpoints are shown: the first that answers.
        source: What that Space says of itself.
        place: Where clients find it.
        menu: What can be called.
    """

    model: Model
    client: AsyncClient
    source: App
    place: Place
    menu: Menu

    def describe(self, *, everything: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """``/config`` and ``/info``."""
        return render_app(
            self.menu.app,
            everything=everything,
            protocol="sse_v3",
            root=self.place.app,
            mode="blocks",
            is_space=False,
            # Clients hold a connection for it, and browsers have few: only where it is needed.
            connect_heartbeat=self.menu.keeps_state,
            show_error=True,
            analytics_enabled=False,
            run_history=False,
            username=None,
            theme=None,
            layout={"id": 0, "children": []},
        )


class Fronts:
    """The models as Gradio apps.

    Args:
        gateway: Has the models.
        shelf: Has their files.
    """

    def __init__(self, gateway: Gateway, shelf: Shelf) -> None:
        self._gateway = gateway
        self._shelf = shelf
        self._fronts: dict[str, Front] = {}

    async def find(self, name: str, base: str) -> Front:
        """Find what stands at a model's address.

        Args:
            name: The model's, or an alias.
            base: The gateway's address as the caller knows it.

        Raises:
            UnknownModel: There is no such model.
            AnyspaceError: None of its Spaces answers.
        """
        model = await self._gateway.models.find(name, ())
        task = await model.find_task()
        client, app = await model.describe()
        root = (self._gateway.settings.serve.public_url or base).rstrip("/")
        place = Place(root, f"{root}/gradio/{name}")
        known = self._fronts.get(name)
        if known is not None and (known.model, known.place) == (model, place):
            if known.client is client and known.source is app:
                return known
        front = Front(model, client, app, place, self._make_menu(model, client, app, task, place))
        self._fronts[name] = front  # one for each name, so that names of hosts make no more
        return front

    def _make_menu(
        self, model: Model, client: AsyncClient, app: App, task: str, place: Place
    ) -> Menu:
        binding = _binding(model, app, task)
        return make_menu(
            _limited(app, int(self._gateway.settings.limits.body_mb * _MEGABYTE)),
            [fit_shape(shape, binding) for shape in shapes_for(task)],
            alone=len(model.pool.providers) == 1,
            show_default=lambda value: self._shelf.promise_default(value, client, place),
        )


def _limited(app: App, largest: int) -> App:
    """What is too large for the gateway is too large for the Space behind it, too."""
    limit = largest if app.max_file_size is None else min(largest, app.max_file_size)
    title = app.title if app.title != "Gradio" else ""
    return msgspec.structs.replace(app, max_file_size=limit, title=title or "Gradio")


def _binding(model: Model, app: App, task: str) -> Binding | None:
    """How the Space does the task; None when it is not the one that does."""
    if not task:
        return None
    table = model.table
    stated: Mapping[str, str] = table.parameters if table.task in ("", task) else {}
    try:
        return bind(app, task, endpoint=table.endpoint or None, overrides=stated)
    except (BindingError, UnknownEndpoint):
        return None
