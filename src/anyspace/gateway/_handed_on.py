"""What is handed on of a caller to Spaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Request

__all__ = ["ask_headers"]


def ask_headers(request: Request[Any, Any, Any]) -> Mapping[str, str]:
    """What is handed on of a caller to Spaces: in whose name shared GPUs are used.

    The proxy in front of Spaces adds ``x-ip-token`` to what visitors send (PROTOCOL: ZeroGPU);
    a gateway that runs in a Space hands it on, so that each visitor uses their own quota.
    """
    token = request.headers.get("x-ip-token")
    return {"x-ip-token": token} if token else {}
