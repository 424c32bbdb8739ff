"""Which token is used, and where it may go."""

from __future__ import annotations

from urllib.parse import urlsplit

from anyspace._errors import UsageError
from anyspace.hub._locate import Location

__all__ = ["find_token", "may_send_token"]


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


def may_send_token(url: str, location: Location) -> bool:
    """Whether a Hub token may go to this address: only over https, only to the Space's host."""
    asked, named = urlsplit(url), urlsplit(location.url)
    return location.named_by_hub and asked.scheme == "https" and asked.netloc == named.netloc
