"""``/files``: the results that are kept."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import File

from anyspace.client import in_thread
from anyspace.gateway.results._store import Kept, ResultStore

__all__ = ["address_of", "give_file"]

_FILES: Final = "/files"


def address_of(root: str, kept: Kept) -> str:
    """The address of a file that is kept, at a gateway whose address is `root`."""
    return f"{root.rstrip('/')}{_FILES}/{kept.key}/{quote(kept.name, safe='')}"


@get(_FILES + "/{key:str}/{name:str}", include_in_schema=False)
async def give_file(
    key: FromPath[str], name: FromPath[str], results: NamedDependency[ResultStore]
) -> Response[Any]:
    """Give a file to who knows its address."""
    path = results.path_of(key)
    try:
        described = await in_thread(path.with_suffix(".json").read_bytes)
    except (OSError, ValueError):
        raise NotFoundException("there is no such file, or not any more") from None
    kept = msgspec.json.decode(described, type=Kept)
    return File(path, filename=kept.name, media_type=kept.mime_type)
