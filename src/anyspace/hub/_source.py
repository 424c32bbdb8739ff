"""Every way to name a Space or an app, read without asking anybody."""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from anyspace._errors import UsageError

__all__ = ["Source", "parse_source"]

_SPACE_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
# What is a host before a slash, and not an owner on the Hub.
_HOST: Final = re.compile(r"(localhost|(\d+\.){3}\d+|[\w.-]+\.(hf\.space|gradio\.live))/", re.I)
_HUB_HOSTS: Final = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_USER_INFO: Final = re.compile(r"([A-Za-z][\w+.-]*://)?[^/?#]*@")


class Source(msgspec.Struct, frozen=True):
    """What the user named: a Space of the Hub, or an app at an address.

    Attributes:
        space_id: ``owner/name``, ``""`` for an address.
        url: The app's root without a slash at the end, ``""`` for a Space.
    """

    space_id: str = ""
    url: str = ""


def parse_source(source: str) -> Source:
    """Read a Space or app as users write it.

    Accepted: ``owner/name``, ``spaces/owner/name``, a Space's page on huggingface.co or
    hf.co (with or without ``https://``, a tab or a query), and the address of any app:
    ``https://owner-name.hf.space``, ``https://x.gradio.live``, ``http://host:port/sub/path``,
    ``host:port``, ``localhost/sub``. Any other ``one/two`` is a Space, so a host of another
    name needs its ``https://``.

    Raises:
        UsageError: It is none of these.

    >>> parse_source("https://huggingface.co/spaces/ada/paint?logs=run").space_id
    'ada/paint'
    >>> parse_source("localhost:7860/").url
    'http://localhost:7860'
    """
    text = source.strip()
    space_id = text.removeprefix("spaces/")
    if _SPACE_ID.fullmatch(space_id) and not _HOST.match(text):
        return Source(space_id=space_id)
    if _USER_INFO.match(text):  # looked for first: no message may repeat a password
        raise UsageError("no user names or passwords in addresses; pass auth=(user, password)")
    refused = UsageError(
        f"{source!r} is neither a Space (owner/name) nor the address of an app "
        "(https://…, http://host:port)"
    )
    try:
        parts = urlsplit(text if "://" in text else f"{_scheme_of(text)}://{text}")
        port = parts.port
    except ValueError as exc:
        raise refused from exc
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or " " in text:
        raise refused
    if parts.hostname in _HUB_HOSTS or _is_own_hub(parts):
        return Source(space_id=_space_of_page(source, parts.path))
    return Source(url=f"{parts.scheme}://{parts.netloc}{_root_path(parts.path)}")


def _scheme_of(text: str) -> str:
    """An address without a scheme: plain http for this machine and for bare ports."""
    host = text.partition("/")[0]
    local = host.startswith(("localhost", "127.", "[::1]")) or re.search(r":\d+$", host)
    return "http" if local else "https"


def _is_own_hub(parts: SplitResult) -> bool:
    """A Space's page on the Hub that ``HF_ENDPOINT`` names; other paths there may be apps."""
    own = urlsplit(os.environ.get("HF_ENDPOINT", ""))
    return bool(own.netloc) and own.netloc == parts.netloc and parts.path.startswith("/spaces/")


def _space_of_page(source: str, path: str) -> str:
    parts = [part for part in path.split("/") if part]
    if len(parts) >= 3 and parts[0] == "spaces":
        return f"{parts[1]}/{parts[2].removesuffix('.git')}"  # as it is cloned
    raise UsageError(f"{source!r} is a page of the Hub, but not a Space's (…/spaces/owner/name)")


def _root_path(path: str) -> str:
    """Leave out what users copy with an app's address: a slash, /config, a replica's part."""
    return re.sub(r"(/--replicas/\w+)?(/gradio_api)?(/config|/info)?/*$", "", path)
