"""What is left of a user's time on shared GPUs (ZeroGPU)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from anyspace._errors import AuthenticationError, RemoteProtocolError
from anyspace.hub._api import ask_hub

__all__ = ["Quota", "fetch_quota"]


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of shared GPU.

    Attributes:
        total: Seconds a day.
        left: Seconds that are left.
        resets_at: When all of them are there again; None when none were used.
        overdrawn: Seconds that were used beyond, and paid for.
    """

    total: float
    left: float
    resets_at: datetime | None = None
    overdrawn: float = 0.0


async def fetch_quota(token: str | None) -> Quota:
    """Ask the Hub what is left of the token's owner's quota.

    The route is named in huggingface_hub's discussion 2842 (2026-07), not in its documents.

    Raises:
        AuthenticationError: There is no token, or the Hub refused it.
        AnyspaceError: The Hub cannot be asked.
    """
    if not token:
        raise AuthenticationError(
            "the quota is that of a login: pass token= or log in with `hf auth login`"
        )
    body = await ask_hub("GET", "/api/spaces/zero-gpu/quota", token=token)
    try:
        told: dict[str, Any] = msgspec.json.decode(body, type=dict)
        return Quota(
            total=told["base"],
            left=told["current"],
            resets_at=msgspec.convert(told.get("resetsAt"), datetime | None),
            overdrawn=told.get("overquotaUsed") or 0.0,
        )
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError) as exc:
        raise RemoteProtocolError(f"the Hub said something else than a quota: {exc!r}") from exc
