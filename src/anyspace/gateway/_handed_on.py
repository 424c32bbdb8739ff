"""What is handed on of a caller to Spaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from anyspace.hub import parse_source

__all__ = ["ask_headers", "headers_for"]


def ask_headers(request: Request[Any, Any, Any]) -> Mapping[str, str]:
    """What is handed on of a caller to Spaces: in whose name shared GPUs are used.

    The proxy in front of Spaces adds ``x-ip-token`` to what visitors send (PROTOCOL: ZeroGPU);
    a gateway that runs in a Space hands it on, so that each visitor uses their own quota.
    """
    token = request.headers.get("x-ip-token")
    return {"x-ip-token": token} if token else {}


def headers_for(src: str, headers: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """What of that a Space is handed: only those of the Hub, whose proxy reads it.

    Any other app could use the token in the visitor's name.
    """
    return headers if headers and _is_of_the_hub(src) else None


def _is_of_the_hub(src: str) -> bool:
    source = parse_source(src)
    address = urlsplit(source.url)
    ours = address.scheme == "https" and (address.hostname or "").endswith(".hf.space")
    return bool(source.space_id) or ours
