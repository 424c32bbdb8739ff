"""`examine`: everything that is worth knowing of a Space before, or after, it fails."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from anyspace import hub
from anyspace._blocking import run_blocking
from anyspace._errors import (
    AnyspaceError,
    AuthenticationError,
    BindingError,
    NotGradio,
    QuotaExceeded,
    RateLimited,
    SpaceNotFound,
    SpaceUnavailable,
    TransportError,
)
from anyspace.client import AsyncClient
from anyspace.recipes import bind, task_names
from anyspace.schema import Endpoint, Visibility

__all__ = ["Examination", "TaskFound", "async_examine", "examine"]

_CERTAIN: Final = 0.5
_SHARED_GPU: Final = "zero"


class TaskFound(msgspec.Struct, frozen=True):
    """A task that the app can do: by which endpoint, and how surely (0 to 1)."""

    task: str
    endpoint: str
    score: float


class Examination(msgspec.Struct, kw_only=True):
    """What was found out about a Space or an app. What is not known is empty or None.

    Attributes:
        source: As it was named.
        space_id: ``owner/name``.
        url: Where the app answers.
        stage: The Hub's word for how it is.
        sdk: What the Space is made with.
        hardware: What it runs on.
        private: Only its owner sees it.
        title: The app's.
        gradio: Its version.
        generation: How it speaks.
        endpoints: What it documents, by name.
        signatures: What each of them takes and gives, on a line.
        queue_size: Jobs that wait in its queue.
        queue_eta: Seconds until a job that is submitted now is done, as the app says.
        quota: What is left of your time on shared GPUs.
        tasks: What it can be used for, the surest first.
        config_seconds: How long the app took to describe itself.
        lock: What has changed since it was locked, None when it is not locked.
        problem: Why it cannot be used, ``""`` when it can.
        advice: What to do next.
    """

    source: str
    space_id: str = ""
    url: str = ""
    stage: str = ""
    sdk: str = ""
    hardware: str = ""
    private: bool | None = None
    title: str = ""
    gradio: str = ""
    generation: str = ""
    endpoints: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    queue_size: int | None = None
    queue_eta: float | None = None
    quota: hub.Quota | None = None
    tasks: tuple[TaskFound, ...] = ()
    config_seconds: float | None = None
    lock: tuple[str, ...] | None = None
    problem: str = ""
    advice: tuple[str, ...] = ()


def examine(
    source: str,
    *,
    token: str | bool | None = None,
    auth: tuple[str, str] | None = None,
    wait: float = 0,
) -> Examination:
    """Find out all that is worth knowing of a Space; what fails is told in the result.

    Args:
        source: A Space, or the address of an app.
        token: A Hugging Face token; None for the saved one, False for none.
        auth: The app's own user name and password.
        wait: Seconds to wait for a Space that sleeps or starts.

    Raises:
        UsageError: It is neither a Space nor an address.
    """
    return run_blocking(async_examine(source, token=token, auth=auth, wait=wait))


async def async_examine(
    source: str,
    *,
    token: str | bool | None = None,
    auth: tuple[str, str] | None = None,
    wait: float = 0,
) -> Examination:
    """Find out all that is worth knowing of a Space, see `examine`."""
    client = AsyncClient(source, token=token, auth=auth, wait=wait)  # refuses what is neither
    found = Examination(source=source)
    held = hub.find_token(token)
    try:
        await _ask_hub(found, held)
        async with client:
            await _ask_app(found, client)
    except AnyspaceError as exc:
        found.problem = str(exc)
        found.advice = _advice_after(exc, found, held)
    else:
        found.advice = _advice(found, held)
    return found


async def _ask_hub(found: Examination, token: str | None) -> None:
    named = hub.parse_source(found.source)
    if not named.space_id:
        location = await hub.locate(named, token)
        if not location.space_id:
            return
        named = hub.Source(space_id=location.space_id)
    found.space_id = named.space_id
    facts = await hub.fetch_space(named.space_id, token, fresh=True)
    found.space_id, found.url, found.stage = facts.id, facts.host, facts.stage
    found.sdk, found.hardware, found.private = facts.sdk, facts.hardware, facts.private
    if token and found.hardware.startswith(_SHARED_GPU):
        try:
            found.quota = await hub.fetch_quota(token)
        except AnyspaceError:
            found.quota = None  # the Hub's route is not documented; all else is still worth it


async def _ask_app(found: Examination, client: AsyncClient) -> None:
    app, wire = client.app, client.wire
    found.url, found.title, found.gradio = client.url, app.title, app.version
    found.generation = wire.generation.name
    public = [e for e in app.endpoints.values() if e.visibility is Visibility.PUBLIC]
    found.endpoints = tuple(endpoint.name for endpoint in public)
    found.signatures = tuple(_signature(endpoint) for endpoint in public)
    found.tasks = _tasks(client)
    if client.contract is not None:
        found.lock = tuple(str(change) for change in client.contract.comparison.changes)
    begun = time.perf_counter()
    await client.fetch_document("/config")
    found.config_seconds = time.perf_counter() - begun
    try:
        queue = await client.fetch_document(f"{wire.prefix}/queue/status")
    except AnyspaceError:
        return  # not every app has a queue, or tells of it
    if isinstance(queue, Mapping):
        found.queue_size = _whole(queue.get("queue_size"))
        eta = queue.get("rank_eta", queue.get("queue_eta"))
        found.queue_eta = float(eta) if isinstance(eta, int | float) else None


def _signature(endpoint: Endpoint) -> str:
    """Names only; `anyspace info` has the rest."""
    takes = ", ".join(parameter.name for parameter in endpoint.parameters)
    gives = ", ".join(output.component for output in endpoint.outputs)
    return f"{endpoint.name}({takes}) → {gives or 'nothing'}"


def _tasks(client: AsyncClient) -> tuple[TaskFound, ...]:
    found = []
    for task in task_names():
        try:
            binding = bind(client.app, task)
        except BindingError:
            continue
        if binding.score >= _CERTAIN:
            found.append(TaskFound(task, binding.endpoint.name, round(binding.score, 2)))
    return tuple(sorted(found, key=lambda one: -one.score))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# --- what to do next --------------------------------------------------------------------


def _advice(found: Examination, token: str | None) -> tuple[str, ...]:
    told = []
    if found.hardware.startswith(_SHARED_GPU) and not token:
        told.append("log in with `hf auth login`: without an account there is little GPU time")
    if found.quota is not None and found.quota.left <= 0:
        when = f"; it resets at {found.quota.resets_at:%H:%M}" if found.quota.resets_at else ""
        told.append(f"your GPU time is used up{when}")
    if found.tasks:
        told.append(f"anyspace {found.tasks[0].task} … --model {found.source}")
    elif found.endpoints:
        told.append(f"anyspace info {found.source} {found.endpoints[0]}")
    else:
        told.append("it documents no endpoint; `anyspace info` also shows those it hides")
    return tuple(told)


def _advice_after(problem: AnyspaceError, found: Examination, token: str | None) -> tuple[str, ...]:
    if isinstance(problem, SpaceUnavailable) and problem.stage in ("SLEEPING", "STOPPED"):
        return (f"anyspace wake {found.source}",)
    if isinstance(problem, SpaceUnavailable) and found.stage and "RUNNING" not in found.stage:
        return (f"anyspace duplicate {found.space_id}",)
    if isinstance(problem, SpaceNotFound | AuthenticationError) and not token:
        return ("if it is private: `hf auth login`, or --token",)
    if isinstance(problem, AuthenticationError):
        return ("if the app has a login of its own: --auth USER:PASSWORD",)
    if isinstance(problem, RateLimited | QuotaExceeded) and problem.retry_after:
        return (f"try again in {problem.retry_after:.0f} s",)
    if isinstance(problem, NotGradio):
        return (f'anyspace search "{found.source.rpartition("/")[2]}" finds Gradio Spaces like it',)
    if isinstance(problem, TransportError):
        return ("look at the address, the network and the proxy settings",)
    return ()
