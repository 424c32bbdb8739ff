"""Where a Space's app answers, asked from the Hub."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from anyspace._errors import (
    AnyspaceError,
    AuthenticationError,
    ConnectFailed,
    NotGradio,
    RateLimited,
    SpaceNotFound,
    SpaceUnavailable,
    UsageError,
)
from anyspace.hub._source import Source

if TYPE_CHECKING:
    from huggingface_hub import SpaceInfo
    from huggingface_hub.errors import HfHubHTTPError

__all__ = ["Location", "find_token", "locate", "may_send_token"]

_ADVICE: Final = {
    "PAUSED": "only its owner can start it again; duplicate it to run your own",
    "NO_APP_FILE": "it has no app",
    "CONFIG_ERROR": "its configuration is broken; tell its owner",
    "BUILD_ERROR": "it does not build; tell its owner",
    "RUNTIME_ERROR": "its app crashed; tell its owner",
    "DELETING": "it is being deleted",
}


class Location(msgspec.Struct, frozen=True):
    """Where an app answers.

    Attributes:
        url: The app's root, without a slash at the end.
        space_id: ``owner/name``, ``""`` when the address was given.
        named_by_hub: The Hub itself gave the host, so a Hub token may go there.
    """

    url: str
    space_id: str = ""
    named_by_hub: bool = False


async def locate(source: Source, token: str | None) -> Location:
    """Find the address of a source; only a Space of the Hub needs to be asked for.

    Raises:
        SpaceNotFound: No such Space, or it is private and the token does not open it.
        SpaceUnavailable: The Space is there but cannot be started from here.
        ConnectFailed: The Hub cannot be reached.
        AuthenticationError: The Hub refused the token.
        RateLimited: The Hub takes no more requests now.
        NotGradio: The Space has no server to talk to.
    """
    if not source.space_id:
        return Location(source.url)
    info = await asyncio.to_thread(_space_info, source.space_id, token)
    _check_runs(source.space_id, info)
    return Location(str(info.host).rstrip("/"), source.space_id, named_by_hub=True)


def may_send_token(url: str, location: Location) -> bool:
    """Whether a Hub token may go to this address: only over https, only to the Space's host."""
    asked, named = urlsplit(url), urlsplit(location.url)
    return location.named_by_hub and asked.scheme == "https" and asked.netloc == named.netloc


def find_token(token: str | bool | None) -> str | None:
    """The token to use: the given one, else the environment's or the saved login's.

    Args:
        token: A token; None for the saved one; False for none at all.

    Raises:
        UsageError: It cannot be a token.
    """
    if token is False:
        return None
    if not isinstance(token, str):
        from huggingface_hub import get_token

        return get_token()
    token = token.strip()  # the line break at the end of a file
    if not token.isascii() or not token.isprintable() or " " in token:
        # Found here, because who sends it would repeat it in the error.
        raise UsageError("the token has characters that no token has")
    return token or None


def _space_info(space_id: str, token: str | None) -> SpaceInfo:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    try:
        # False and not None: None would make the library look for a saved token again.
        return HfApi().space_info(space_id, token=token or False)
    except (RepositoryNotFoundError, HFValidationError) as exc:
        raise SpaceNotFound(
            f"the Hub knows no Space {space_id}"
            + ("" if token else ", or it is private: pass token= or log in with `hf auth login`"),
            space=space_id,
        ) from exc
    except HfHubHTTPError as exc:
        raise _refusal(space_id, exc) from exc
    except Exception as exc:
        # The library changes its HTTP client now and then (requests, httpx…), so what it
        # raises without a network has no type to name here.
        raise ConnectFailed(f"the Hub could not be asked: {exc}", space=space_id) from exc


def _refusal(space_id: str, exc: HfHubHTTPError) -> AnyspaceError:
    status = getattr(exc.response, "status_code", 0)
    if status in (401, 403):
        return AuthenticationError(f"the Hub refused the token: {exc}", space=space_id)
    if status == 429:
        wait = _seconds_to_wait(exc.response.headers)
        return RateLimited(
            f"the Hub takes no more requests now: {exc}", retry_after=wait, space=space_id
        )
    return SpaceUnavailable(f"the Hub could not be asked: {exc}", space=space_id)


def _seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Read ``Retry-After``, else the Hub's ``RateLimit: "api";r=0;t=55``."""
    value = headers.get("retry-after", "")
    found = re.search(r"\bt=(\d+)", headers.get("ratelimit", ""))
    return float(value) if value.isdigit() else float(found[1]) if found else None


def _check_runs(space_id: str, info: SpaceInfo) -> None:
    stage = str(getattr(info.runtime, "stage", "") or "")
    if stage in _ADVICE:
        raise SpaceUnavailable(
            f"{space_id} does not run ({stage}): {_ADVICE[stage]}", stage=stage, space=space_id
        )
    if info.sdk == "static" or not info.host:
        raise NotGradio(
            f"{space_id} is a {info.sdk or 'plain'} Space without a server to call", space=space_id
        )
