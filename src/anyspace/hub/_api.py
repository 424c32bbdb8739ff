"""Asking the Hub: one way for every question, through huggingface_hub."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final

from anyspace._errors import (
    AnyspaceError,
    AuthenticationError,
    ConnectFailed,
    RateLimited,
    SpaceNotFound,
    SpaceUnavailable,
)

__all__ = ["ask_hub", "hub_address"]

_TIMEOUT: Final = 20.0  # seconds; the Hub answers in less than one


async def ask_hub(
    method: str,
    path: str,
    *,
    token: str | None,
    space: str = "",
    params: Mapping[str, Any] | None = None,
    body: Any = None,
) -> bytes:
    """Ask the Hub's API, in a thread.

    Args:
        method: ``"GET"`` or ``"POST"``.
        path: Below the Hub's address (`hub_address`).
        token: Sent to the Hub; None for none.
        space: The Space it is about, for errors.
        params: The query.
        body: Sent as JSON.

    Raises:
        SpaceNotFound: The Hub does not know the Space, or does not show it.
        AuthenticationError: The Hub refused the token.
        RateLimited: The Hub takes no more requests now.
        SpaceUnavailable: The Hub answered with an error of its own.
        ConnectFailed: The Hub cannot be reached.
    """
    return await asyncio.to_thread(_ask, method, path, token, space, params, body)


def hub_address() -> str:
    """Where the Hub is: huggingface.co, or what ``HF_ENDPOINT`` says."""
    from huggingface_hub import constants

    return constants.ENDPOINT.rstrip("/")


def _ask(
    method: str,
    path: str,
    token: str | None,
    space: str,
    params: Mapping[str, Any] | None,
    body: Any,
) -> bytes:
    # Typed as it is said: these are public, but not marked as such.
    from huggingface_hub import utils as library

    utils: Any = library
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    try:
        response = utils.get_session().request(
            method,
            f"{hub_address()}{path}",
            params=dict(params) if params else None,
            json=body,
            headers=_headers(token),
            timeout=_TIMEOUT,
        )
        utils.hf_raise_for_status(response)
    except RepositoryNotFoundError as exc:
        raise _not_found(space, token) from exc
    except HfHubHTTPError as exc:
        raise _refusal(space, token, exc) from exc
    except Exception as exc:
        # The library changes its HTTP client now and then (requests, httpx…), so what it
        # raises without a network has no type to name here.
        raise ConnectFailed(f"the Hub could not be asked: {exc}", space=space) from exc
    return bytes(response.content)


def _headers(token: str | None) -> dict[str, str]:
    """Made here: the library would tell the Hub what runs it, and look for a saved token."""
    headers = {"user-agent": "anyspace"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return headers


def _not_found(space: str, token: str | None) -> SpaceNotFound:
    hint = "" if token else ", or it is private: pass token= or log in with `hf auth login`"
    return SpaceNotFound(f"the Hub knows no Space {space}{hint}", space=space)


def _refusal(space: str, token: str | None, exc: Any) -> AnyspaceError:
    status = getattr(exc.response, "status_code", 0)
    if status in (401, 403):
        return AuthenticationError(f"the Hub refused the token: {exc}", space=space)
    if status == 404 and space:
        return _not_found(space, token)
    if status == 429:
        wait = _seconds_to_wait(exc.response.headers)
        return RateLimited(
            f"the Hub takes no more requests now: {exc}", retry_after=wait, space=space
        )
    return SpaceUnavailable(f"the Hub could not be asked: {exc}", space=space)


def _seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Read ``Retry-After``, else the Hub's ``RateLimit: "api";r=0;t=55``."""
    value = headers.get("retry-after", "")
    found = re.search(r"\bt=(\d+)", headers.get("ratelimit", ""))
    return float(value) if value.isdigit() else float(found[1]) if found else None
