"""`SpaceFacts`: what the Hub says of a Space, kept for a while."""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any, Final
from urllib.parse import quote

import msgspec

from anyspace._errors import SpaceNotFound
from anyspace.hub._api import ask_hub, decode_answer, hub_address
from anyspace.hub._stages import RUNNING

__all__ = ["SpaceFacts", "fetch_space", "find_space_at", "forget_spaces"]

_KEPT_SECONDS: Final = 120.0
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.A)


class SpaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the Hub says of a Space.

    Attributes:
        id: ``owner/name``.
        host: Where its app answers, ``""`` when it has no server.
        stage: The Hub's word for how it is (``"RUNNING"``, ``"SLEEPING"``…), ``""`` when it
            says nothing.
        sdk: What it is made with: ``"gradio"``, ``"docker"``, ``"static"``, ``"streamlit"``.
        hardware: What it runs on (``"zero-a10g"``), ``""`` when on nothing now.
        private: Only its owner sees it.
        likes: How many like it.
        sleep_seconds: Idle seconds until it sleeps, None when it never does or nobody says.
        message: The Hub's words on why it does not run, ``""`` when it says nothing.
    """

    id: str
    host: str = ""
    stage: str = ""
    sdk: str = ""
    hardware: str = ""
    private: bool = False
    likes: int = 0
    sleep_seconds: float | None = None
    message: str = ""


_kept: dict[tuple[str, str, str], tuple[float, SpaceFacts]] = {}


async def fetch_space(space_id: str, token: str | None, *, fresh: bool = False) -> SpaceFacts:
    """Ask the Hub for a Space.

    What runs is not asked for again for two minutes; what does not run is always asked for.

    Args:
        space_id: ``owner/name``.
        token: Opens private ones.
        fresh: Ask, whatever was said lately.

    Raises:
        SpaceNotFound: No such Space, or it is private and the token does not open it.
        AnyspaceError: The Hub cannot be asked, see `ask_hub`.
    """
    if not all(_NAME.fullmatch(part) for part in space_id.split("/")):
        raise SpaceNotFound(f"the Hub knows no Space {space_id}: no name is like that")
    key = (hub_address(), space_id.lower(), _digest(token))
    now = time.monotonic()
    if not fresh and key in _kept and now < _kept[key][0]:
        return _kept[key][1]
    facts = _read(await ask_hub("GET", f"/api/spaces/{space_id}", token=token, space=space_id))
    _kept.pop(key, None)
    if facts.stage == RUNNING:
        _kept[key] = (now + _KEPT_SECONDS, facts)
    return facts


async def find_space_at(subdomain: str, token: str | None) -> SpaceFacts:
    """Ask the Hub whose app answers at ``https://{subdomain}.hf.space``.

    Raises:
        SpaceNotFound: Nobody's.
        AnyspaceError: The Hub cannot be asked, see `ask_hub`.
    """
    path = f"/api/spaces/by-subdomain/{quote(subdomain, safe='')}"
    body = await ask_hub("GET", path, token=token, space=f"{subdomain}.hf.space")
    told = _mapping(decode_answer(body))
    return await fetch_space(str(told.get("id") or told.get("name") or ""), token)


def forget_spaces() -> None:
    """Forget what the Hub said, so that it is asked again."""
    _kept.clear()


def _digest(token: str | None) -> str:
    """Tell tokens apart without keeping them."""
    return hashlib.sha256((token or "").encode()).hexdigest()


def _read(body: bytes) -> SpaceFacts:
    told = _mapping(decode_answer(body))
    runtime = _mapping(told.get("runtime"))
    hardware = _mapping(runtime.get("hardware"))
    idle = runtime.get("gcTimeout")
    return SpaceFacts(
        id=_text(told.get("id")),
        host=_text(told.get("host")).rstrip("/"),
        stage=_text(runtime.get("stage")),
        sdk=_text(told.get("sdk")),
        hardware=_text(hardware.get("current")) or _text(hardware.get("requested")),
        private=told.get("private") is True,
        likes=likes if isinstance(likes := told.get("likes"), int) else 0,
        sleep_seconds=float(idle) if isinstance(idle, int | float) else None,
        message=_text(runtime.get("errorMessage")),
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
