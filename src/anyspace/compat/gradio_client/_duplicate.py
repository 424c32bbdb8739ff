"""A copy of a Space under the caller's own account, by huggingface_hub."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from typing import Any, Final

from anyspace.compat.gradio_client._failures import (
    SpaceDuplicationError,
    SpaceNotFound,
    SpaceUnavailable,
)

__all__ = ["duplicate", "wait_until_built"]

_PAGE: Final = "https://huggingface.co/spaces/"
_SECRETS_ARE_OLD: Final = (
    "Secrets are only used when the Space is duplicated for the first time, and are not updated "
    "if the duplicated Space already exists."
)
_BASIC: Final = "cpu-basic"
_POLL_SECONDS: Final = 2.0  # as gradio_client; the Hub allows 100 questions a minute
_BUILDING: Final = frozenset({"BUILDING", "APP_STARTING", "RUNNING_BUILDING"})


def duplicate(
    from_id: str,
    to_id: str | None,
    *,
    token: str | None,
    private: bool,
    hardware: str | None,
    secrets: Mapping[str, str] | None,
    sleep_minutes: int,
    verbose: bool,
) -> str:
    """Duplicate a Space unless the caller has it already; return the copy's id.

    Everything is asked in one request, so there is no copy on hardware nobody asked for.

    Raises:
        SpaceNotFound: There is no such Space, or the token does not open it.
        SpaceDuplicationError: The Hub did not make the copy.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    api = HfApi(token=token)
    try:
        original = api.get_space_runtime(from_id)
    except RepositoryNotFoundError as exc:
        raise SpaceNotFound(
            f"Could not find Space: {from_id}. If it is a private Space, please provide a `token`."
        ) from exc
    space_id = f"{api.whoami()['name']}/{(to_id or from_id).rpartition('/')[2]}"
    say = print if verbose else _say_nothing
    try:
        api.get_space_runtime(space_id)
    except RepositoryNotFoundError:
        pass
    else:
        if secrets is not None:
            warnings.warn(_SECRETS_ARE_OLD, stacklevel=3)
        say(f"Using your existing Space: {_PAGE}{space_id} 🤗")
        return space_id
    options = _options(private, hardware or original.hardware, secrets, sleep_minutes)
    say(f"Creating a duplicate of {from_id} for your own use... 🤗")
    try:
        _ask(api, from_id, space_id, options)
    except HfHubHTTPError as exc:
        raise SpaceDuplicationError(f"{from_id} could not be duplicated: {exc}") from exc
    say(f"Created new Space: {_PAGE}{space_id}")
    if "hardware" in options:  # said in any case, because it costs
        print(
            f"-------\nNOTE: this Space uses upgraded hardware: {options['hardware']}... see "
            "billing info at https://huggingface.co/settings/billing\n-------"
        )
    return space_id


def _say_nothing(text: str) -> None:
    pass


def _options(
    private: bool, hardware: Any, secrets: Mapping[str, str] | None, sleep_minutes: int
) -> dict[str, Any]:
    options: dict[str, Any] = {"private": private, "exist_ok": True}
    if secrets:
        options["secrets"] = [{"key": key, "value": value} for key, value in secrets.items()]
    wanted = getattr(hardware, "value", hardware)  # the library's enumeration, or plain text
    if wanted not in (None, _BASIC):
        options |= {"hardware": wanted, "sleep_time": sleep_minutes * 60}
    return options


def _ask(api: Any, from_id: str, to_id: str, options: dict[str, Any]) -> None:
    """Older versions of the library have a method for Spaces, newer ones for everything."""
    if hasattr(api, "duplicate_space"):
        api.duplicate_space(from_id, to_id, **options)
        return
    renamed = {"hardware", "secrets", "sleep_time"}
    named = {f"space_{k}" if k in renamed else k: value for k, value in options.items()}
    api.duplicate_repo(from_id, to_id, repo_type="space", **named)


def wait_until_built(space_id: str, token: str | None, *, verbose: bool) -> bool:
    """Wait while a Space is built; return whether there was something to wait for.

    Raises:
        SpaceUnavailable: It will not run.
    """
    stage, waited = _stage_of(space_id, token), False
    while stage in _BUILDING:
        if verbose and not waited:
            print("Space is still building. Please wait...")
        waited = True
        time.sleep(_POLL_SECONDS)
        stage = _stage_of(space_id, token)
    if waited and stage not in ("RUNNING", "SLEEPING"):
        raise SpaceUnavailable(
            f"The current space is in the invalid state: {stage}. Please contact the owner to "
            "fix this.",
            stage=stage,
            space=space_id,
        )
    return waited


def _stage_of(space_id: str, token: str | None) -> str:
    """The Hub's word for how a Space is, ``""`` when it does not say."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return str(HfApi(token=token).get_space_runtime(space_id).stage)
    except HfHubHTTPError:
        return ""
