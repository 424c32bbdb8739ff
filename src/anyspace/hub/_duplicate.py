"""Make a Space of one's own out of another's."""

from __future__ import annotations

from anyspace._errors import AuthenticationError, RemoteProtocolError
from anyspace.hub._api import ask_hub, decode_answer

__all__ = ["duplicate_space"]


async def duplicate_space(
    space_id: str,
    to: str | None = None,
    *,
    token: str | None,
    private: bool = True,
    hardware: str | None = None,
    sleep_seconds: int | None = None,
) -> str:
    """Copy a Space into the token owner's account. It is done once, and never repeated.

    Args:
        space_id: ``owner/name`` of the one to copy.
        to: ``owner/name`` of the copy; by default the same name in the own account.
        token: Of the account; it has to be allowed to write.
        private: Only the owner sees the copy.
        hardware: What it runs on (``"cpu-basic"``); paid hardware costs its owner money.
        sleep_seconds: Idle seconds until it sleeps.

    Returns:
        ``owner/name`` of the copy.

    Raises:
        AuthenticationError: No token, or one that may not.
        AnyspaceError: The Hub did not do it.
    """
    if not token:
        raise AuthenticationError(
            "a copy needs an account: pass token= or log in with `hf auth login`", space=space_id
        )
    target = to or f"{await _own_name(token)}/{space_id.partition('/')[2]}"
    wanted = {
        "repository": target,
        "visibility": "private" if private else "public",
        "hardware": hardware,
        "sleepTimeSeconds": sleep_seconds,
    }
    body = {key: value for key, value in wanted.items() if value is not None}
    path = f"/api/spaces/{space_id}/duplicate"
    await ask_hub("POST", path, token=token, space=space_id, body=body)
    return target


async def _own_name(token: str) -> str:
    body = await ask_hub("GET", "/api/whoami-v2", token=token)
    told = decode_answer(body)
    name = told.get("name") if isinstance(told, dict) else None
    if not isinstance(name, str):
        raise RemoteProtocolError("the Hub did not say whose token this is")
    return name
