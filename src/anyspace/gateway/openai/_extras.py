"""What a request says besides the fields that OpenAI's API has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request

__all__ = ["ask_headers", "extras_of"]


async def extras_of(request: Request[Any, Any, Any], data: msgspec.Struct) -> dict[str, Any]:
    """The body's other keys: fields of the task, or a Space's own parameters.

    Clients of OpenAI put there what stands in ``extra_body``.
    """
    body = await request.json()  # decoded once; the request keeps it
    return {key: value for key, value in body.items() if key not in data.__struct_fields__}


def ask_headers(request: Request[Any, Any, Any]) -> Mapping[str, str]:
    """What is handed on of a caller to Spaces: in whose name shared GPUs are used.

    The proxy in front of Spaces adds ``x-ip-token`` to what visitors send (PROTOCOL: ZeroGPU);
    a gateway that runs in a Space hands it on, so that each visitor uses their own quota.
    """
    token = request.headers.get("x-ip-token")
    return {"x-ip-token": token} if token else {}
