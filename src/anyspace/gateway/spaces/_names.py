"""Names of models in a path, where they may have slashes: ``owner/name``, or an address."""

from __future__ import annotations

import re
from typing import Final

from anyspace._errors import UnknownEndpoint

__all__ = ["model_in", "target_in"]

_CALL: Final = "/call/"
_ADDRESS: Final = re.compile(r"(https?):/+")


def model_in(path: str) -> str:
    """The model that a path names.

    >>> model_in("/https:/example.org/app")  # the router takes doubled slashes for one
    'https://example.org/app'
    """
    return _ADDRESS.sub(r"\1://", path.strip("/"))


def target_in(path: str) -> tuple[str, str]:
    """The model and the endpoint of ``MODEL/call/ENDPOINT``.

    Raises:
        UnknownEndpoint: It is no such path.
    """
    model, called, endpoint = path.rpartition(_CALL)
    if not called:
        raise UnknownEndpoint("say which endpoint: /v1/spaces/MODEL/call/ENDPOINT")
    return model_in(model), endpoint
