"""Files in the Hub's repositories: which addresses are such, and whether everybody may see one."""

from __future__ import annotations

import asyncio
import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from anyspace._errors import AnyspaceError
from anyspace.hub._api import MAX_REDIRECTS, REDIRECTS, headers_with, hub_address, send_once

__all__ = ["is_closed_file", "is_on_hub", "is_repo_file"]

# Models have no word in front; the oldest of them, and data sets, no owner either.
_FILE: Final = re.compile(
    r"/(?:(?:datasets|spaces|buckets)/)?[^/]+(?:/[^/]+)?/(?:resolve|raw)/[^?#]+"
)
_CLOSED: Final = frozenset((401, 403))


def is_repo_file(url: str) -> bool:
    """Whether an address is that of a file in a repository of the Hub, asked for over https."""
    # The path first: where the Hub is takes huggingface_hub to tell.
    return _FILE.match(_path_of(url)) is not None and is_on_hub(url)


def is_on_hub(url: str) -> bool:
    """Whether a Hub token may go to an address: the Hub's own host, over https only."""
    asked, hub = urlsplit(url), urlsplit(hub_address())
    return asked.scheme == "https" == hub.scheme and asked.netloc.lower() == hub.netloc.lower()


async def is_closed_file(url: str) -> bool:
    """Ask the Hub without a token whether it keeps a file from those whom it does not know.

    It does so with the files of gated and of private repositories. False, too, when the Hub
    cannot be asked.

    Args:
        url: A file's address, as of `is_repo_file`.
    """
    try:
        return await asyncio.to_thread(_refused, url)
    except AnyspaceError:
        return False


def _refused(url: str) -> bool:
    """Ask, and follow a renamed repository on the Hub; elsewhere lies what the Hub gives out."""
    for _ in range(MAX_REDIRECTS):
        answer = send_once("HEAD", url, "", {"headers": headers_with(None)})
        if answer.status not in REDIRECTS:
            return answer.status in _CLOSED
        url = urljoin(url, answer.headers.get("location", ""))
        if not is_on_hub(url):
            break
    return False


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # no address at all
        return ""
