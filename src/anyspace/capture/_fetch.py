"""A request copied as ``fetch``, for browsers or for Node."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from anyspace._errors import UsageError
from anyspace.capture._exchange import Exchange
from anyspace.capture._javascript import arguments_at

__all__ = ["read_fetch"]

_FETCH: Final = re.compile(r"\bfetch\s*\(")


def read_fetch(text: str) -> Exchange:
    """Read the first call of ``fetch``.

    Raises:
        UsageError: There is none, or it is not written out in literals.
    """
    found = _FETCH.search(text)
    if found is None:
        raise UsageError("that is no fetch()")
    arguments = arguments_at(text, found.end() - 1)
    url = arguments[0] if arguments else None
    if not isinstance(url, str):
        raise UsageError("the address of the fetch() is not written out")
    options: Mapping[str, Any] = {}
    if len(arguments) > 1 and isinstance(arguments[1], dict):
        options = arguments[1]
    headers = options.get("headers")
    body = options.get("body")
    return Exchange(
        method=str(options.get("method") or "GET").upper(),
        url=url,
        sent=[(k, str(v)) for k, v in headers.items()] if isinstance(headers, dict) else [],
        body=body.encode(errors="replace") if isinstance(body, str) else None,
    )
