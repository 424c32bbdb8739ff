"""What is left of a user's time on shared GPUs (ZeroGPU)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from anyspace._errors import AuthenticationError, RemoteProtocolError
from anyspace.hub._api import ask_hub, decode_answer

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


class _Told(msgspec.Struct):
    base: float
    current: float
    resetsAt: datetime | None = None  # the Hub's spelling
    overquotaUsed: float | None = None


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
        told = msgspec.convert(decode_answer(body), _Told)
    except msgspec.ValidationError as exc:
        raise RemoteProtocolError(f"the Hub said something else than a quota: {exc}") from exc
    return Quota(
        total=told.base,
        left=told.current,
        resets_at=told.resetsAt,
        overdrawn=told.overquotaUsed or 0.0,
    )
