"""``/v1/models``: what can be asked for."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from anyspace.gateway._answers import documented
from anyspace.gateway._errors import UnknownModel
from anyspace.gateway._gateway import Gateway
from anyspace.gateway._models import Model

__all__ = ["ModelEntry", "ModelList", "list_models", "show_model"]


class ModelEntry(msgspec.Struct, kw_only=True):
    """One model.

    Attributes:
        id: Its name.
        object: Always ``"model"``.
        created: Always 0: a Space does not say.
        owned_by: The first of its Spaces.
        task: What it does, a pipeline tag; ``""`` while nobody has said or found out.
        spaces: Everything behind it, in the order in which it is asked.
        aliases: Its other names.
        description: One sentence about it.
    """

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str
    task: str
    spaces: list[str]
    aliases: list[str]
    description: str


class ModelList(msgspec.Struct):
    """Every model."""

    data: list[ModelEntry]
    object: Literal["list"] = "list"


@get("/v1/models", **documented(ModelList))
async def list_models(gateway: NamedDependency[Gateway]) -> ModelList:
    """List the models; no Space is asked."""
    return ModelList([_entry(model) for model in gateway.models])


@get("/v1/models/{name:path}", **documented(ModelEntry))
async def show_model(name: FromPath[str], gateway: NamedDependency[Gateway]) -> ModelEntry:
    """Show one model, by its name or an alias."""
    name = name.lstrip("/")
    if not name:
        raise UnknownModel("say which model: /v1/models/NAME")
    return _entry(await gateway.models.find(name, ()))


def _entry(model: Model) -> ModelEntry:
    spaces = [provider.src for provider in model.pool.providers]
    return ModelEntry(
        id=model.name,
        owned_by=spaces[0],
        task=model.task,
        spaces=spaces,
        aliases=list(model.table.aliases),
        description=model.table.description,
    )
