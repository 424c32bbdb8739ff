"""What the Hub can be asked, without await: search, wake, duplicate, quota."""

from __future__ import annotations

from anyspace import hub
from anyspace._blocking import run_blocking
from anyspace._errors import UsageError
from anyspace.client import WAIT_SECONDS, AsyncClient

__all__ = ["async_wake_space", "duplicate_space", "gpu_quota", "search_spaces", "wake_space"]


def search_spaces(
    words: str,
    *,
    task: str | None = None,
    running: bool = False,
    hardware: str | None = None,
    limit: int = 20,
    token: str | bool | None = None,
) -> list[hub.FoundSpace]:
    """Search Gradio Spaces by what they do; see `anyspace.hub.search_spaces`.

    Args:
        words: What it should do.
        task: Only those that the Hub takes for this task.
        running: Only those that run now.
        hardware: Only those that run on this (``"zero"``, ``"cpu-basic"``).
        limit: How many at most.
        token: A Hugging Face token; None for the saved one, False for none.

    Raises:
        UsageError: There are no words, or no such task.
        AnyspaceError: The Hub cannot be asked.

    Example:
        >>> for space in search_spaces("remove the background of a photo", running=True):
        ...     print(space.id, space.likes)
    """
    found = hub.find_token(token)
    return run_blocking(
        hub.search_spaces(
            words, task=task, running=running, hardware=hardware, limit=limit, token=found
        )
    )


def wake_space(
    source: str,
    *,
    wait: float = WAIT_SECONDS,
    on_stage: hub.OnStage | None = None,
    token: str | bool | None = None,
) -> hub.SpaceFacts:
    """Wake a Space and wait until its app answers.

    Args:
        source: The Space.
        wait: Seconds to wait at most.
        on_stage: Told meanwhile, in another thread, how it is.
        token: A Hugging Face token; None for the saved one, False for none.

    Raises:
        UsageError: It is an address and no Space.
        SpaceUnavailable: It does not run by then, or cannot.
        AnyspaceError: The Hub or the app cannot be asked.
    """
    return run_blocking(async_wake_space(source, wait=wait, on_stage=on_stage, token=token))


async def async_wake_space(
    source: str,
    *,
    wait: float = WAIT_SECONDS,
    on_stage: hub.OnStage | None = None,
    token: str | bool | None = None,
) -> hub.SpaceFacts:
    """Wake a Space and wait until its app answers, see `wake_space`."""
    named = hub.parse_source(source)
    if not named.space_id and not hub.is_hub_host(named.url):
        raise UsageError(f"{source} is an address; only Spaces of the Hub sleep")
    async with AsyncClient(source, token=token, wait=wait, on_stage=on_stage) as client:
        return await hub.fetch_space(client.space, hub.find_token(token), fresh=True)


def duplicate_space(
    source: str,
    to: str | None = None,
    *,
    private: bool = True,
    hardware: str | None = None,
    sleep_seconds: int | None = None,
    token: str | bool | None = None,
) -> str:
    """Copy a Space into your account, and return the copy's ``owner/name``.

    Args:
        source: The Space to copy.
        to: ``owner/name`` of the copy; by default the same name in your account.
        private: Only you see it.
        hardware: What it runs on; what costs money costs yours.
        sleep_seconds: Idle seconds until it sleeps.
        token: A Hugging Face token that may write; None for the saved one.

    Raises:
        UsageError: It is an address and no Space.
        AuthenticationError: No token, or one that may not.
        AnyspaceError: The Hub did not do it.
    """
    space_id = hub.parse_source(source).space_id
    if not space_id:
        raise UsageError(f"{source} is an address; only Spaces of the Hub can be duplicated")
    return run_blocking(
        hub.duplicate_space(
            space_id,
            to,
            token=hub.find_token(token),
            private=private,
            hardware=hardware,
            sleep_seconds=sleep_seconds,
        )
    )


def gpu_quota(token: str | None = None) -> hub.Quota:
    """Say what is left of your time on shared GPUs (ZeroGPU).

    Raises:
        AuthenticationError: There is no token, or the Hub refused it.
        AnyspaceError: The Hub cannot be asked.
    """
    return run_blocking(hub.fetch_quota(hub.find_token(token)))
