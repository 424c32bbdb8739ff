"""The gateway's tables of ``anyspace.toml``, as they stand there.

Each is plain data: what may be said, what it means, and what holds when nothing is said.
`anyspace.gateway.read_settings` reads and checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from anyspace.pool import Order

__all__ = [
    "CorsTable",
    "KeyTable",
    "LimitsTable",
    "ModelTable",
    "ServeTable",
    "SpaceTable",
    "StorageTable",
]

Positive = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class ServeTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[serve]``: how the gateway runs.

    Attributes:
        host: Where it listens; anything but this machine needs keys.
        port: The port there.
        workers: Processes; each has connections of its own, and limits and keys count in each.
        public_url: The address that its callers know it by, for the links it gives out;
            without it that of each request.
        any_space: A Space's id or an app's address may be asked for as a model.
        grace: Seconds that running jobs have to end when the gateway is stopped.
        log: How log lines are written.
        metrics: Whether ``/metrics`` answers.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    workers: Count = 1
    public_url: str = ""
    any_space: bool = False
    grace: Positive = 30.0
    log: Literal["text", "json"] = "text"
    metrics: bool = True


class SpaceTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One Space of a model.

    Attributes:
        space: ``owner/name``, its page, or the address of an app.
        weight: Its share of the jobs, where they are shared by weight.
        concurrency: Jobs it is given at once; None for the model's number.
        token_env: The environment variable with the Hugging Face token to ask it with;
            ``""`` for the one this machine is logged in with.
    """

    space: str
    weight: Positive = 1.0
    concurrency: Count | None = None
    token_env: str = ""


class ModelTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[models.NAME]``: what stands behind a model's name.

    Attributes:
        space: The one Space that does it.
        spaces: Several that can, in the order in which they are asked.
        task: What it does, a pipeline tag; found out when nothing is said.
        aliases: Other names for it, such as those that a tool has built in.
        description: One sentence for those who list the models.
        endpoint: The Space's endpoint, when the right one is not found by itself.
        parameters: By field of the task the parameter that takes it, likewise.
        arguments: What is sent unless the caller says otherwise, by field or parameter.
        order: Which of several Spaces is asked first.
        concurrency: Jobs each Space is given at once; None for any number.
        timeout: Seconds for a whole job, waiting included; inf for any time.
        idle_timeout: Seconds without a sign of life after which a job is given up.
        wait: Seconds to wait for a Space that sleeps, builds or starts.
    """

    space: str = ""
    spaces: tuple[str | SpaceTable, ...] = ()
    task: str = ""
    aliases: tuple[str, ...] = ()
    description: str = ""
    endpoint: str = ""
    parameters: Mapping[str, str] = {}
    arguments: Mapping[str, Any] = {}
    order: Order = "listed"
    concurrency: Count | None = None
    timeout: Positive = 600.0
    idle_timeout: Positive = 90.0
    wait: Annotated[float, msgspec.Meta(ge=0)] = 120.0

    @property
    def members(self) -> tuple[SpaceTable, ...]:
        """Every Space of the model."""
        named = (self.space, *self.spaces) if self.space else self.spaces
        return tuple(
            SpaceTable(space=member) if isinstance(member, str) else member for member in named
        )


class KeyTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[keys.NAME]``: who may call, and how much.

    Attributes:
        hash: ``sha256:`` and the hexadecimal hash of the key (``anyspace key new``).
        models: The models it may use; all when empty.
        rate: Jobs it may begin in a minute, all of them at once too; None for any number.
        concurrency: Jobs at once; None for any number.
    """

    hash: Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]
    models: tuple[str, ...] = ()
    rate: Count | None = None
    concurrency: Count | None = None


class LimitsTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[limits]``: how much is taken from all callers together.

    Attributes:
        body_mb: Megabytes (2**20 bytes) of one request.
        jobs: Jobs under way at once, those that wait for a Space included.
        images: Pictures of one request.
        spaces: Spaces that callers named themselves (`ServeTable.any_space`) and that
            are kept connected.
        stall: Seconds after which a caller that takes nothing of its answer is dropped.
    """

    body_mb: Positive = 64.0
    jobs: Count = 1000
    images: Count = 10
    spaces: Count = 32
    stall: Positive = 60.0


class StorageTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[storage]``: where results are kept, and for how long.

    Attributes:
        folder: Where; ``""`` for ``anyspace/gateway`` in the user's cache folder.
        max_age_hours: Hours since a result was last asked for after which it goes.
        max_size_mb: Megabytes of all of them; those asked for longest ago go first.
        cache: Answer requests that are the same, with a seed, from what is kept.
    """

    folder: str = ""
    max_age_hours: Positive = 24.0
    max_size_mb: Positive = 2048.0
    cache: bool = False


class CorsTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[cors]``: which pages may call from a browser.

    Attributes:
        origins: ``https://host`` each, or ``*``; pages of this machine may without keys.
    """

    origins: tuple[str, ...] = ()
