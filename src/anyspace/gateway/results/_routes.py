"""``/files``: the results that are kept.

What a Space made is not trusted: a browser is told not to guess types, and pages and the
like are downloads, never shown as if they were this gateway's own.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

from litestar import Request, Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from anyspace.gateway._errors import Refused
from anyspace.gateway.results._ranges import Part, Unsatisfiable, parse_range
from anyspace.gateway.results._store import KeptFile, ResultStore
from anyspace.gateway.results._writing import Kept

__all__ = ["address_of", "answer_file", "give_file", "safe_headers"]

_FILES: Final = "/files"
_INLINE: Final = re.compile(r"(image/(?!svg)|audio/|video/|text/plain\b|application/(json|pdf)\b)")
_TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(;[ \t]*[\w-]+=[\w.+-]+)*")
_UNKNOWN: Final = "application/octet-stream"


def address_of(root: str, kept: Kept) -> str:
    """The address of a file that is kept, at a gateway whose address is `root`."""
    return f"{root.rstrip('/')}{_FILES}/{kept.key}/{quote(kept.name, safe='')}"


def safe_headers(name: str, mime_type: str) -> dict[str, str]:
    """The headers with which a Space's file may be given to a browser."""
    kind = mime_type if _TYPE.fullmatch(mime_type) else _UNKNOWN
    shown = "inline" if _INLINE.match(kind) else "attachment"
    return {
        "content-type": kind,
        "content-disposition": f"{shown}; filename*=UTF-8''{quote(name, safe='')}",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "cross-origin",
    }


@route(
    [_FILES + "/{key:str}/{name:str}", _FILES + "/{key:str}"],
    http_method=["GET", "HEAD"],
    include_in_schema=False,
)
async def give_file(
    key: FromPath[str], request: Request[Any, Any, Any], results: NamedDependency[ResultStore]
) -> Response[Any]:
    """Give a file to who knows its address."""
    return await answer_file(key, request, results)


async def answer_file(
    key: str, request: Request[Any, Any, Any], results: ResultStore
) -> Response[Any]:
    """Answer a request with a file, or with the part of it that is asked for.

    Raises:
        Refused: There is no such file.
    """
    kept = await results.find(key)
    if kept is None:
        raise Refused("there is no such file, or not any more", status=404, code="file_not_found")
    tag = f'"{kept.key}"'
    headers = {
        **safe_headers(kept.name, kept.mime_type),
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=3600, immutable",
        "etag": tag,
    }
    if tag in _tags(request.headers.get("if-none-match", "")):
        return Response(None, status_code=304, headers=headers)
    try:
        part = _part(request, kept, tag)
    except Unsatisfiable:
        headers["content-range"] = f"bytes */{kept.size}"
        return Response(None, status_code=416, headers=headers)
    start, size = part or Part(0, kept.size)
    if part is not None:
        headers["content-range"] = f"bytes {start}-{start + size - 1}/{kept.size}"
    headers["content-length"] = str(size)
    return Stream(
        KeptFile(results, kept).chunks(start, 0 if request.method == "HEAD" else size),
        status_code=200 if part is None else 206,
        headers=headers,
        media_type=headers["content-type"],
    )


def _part(request: Request[Any, Any, Any], kept: Kept, tag: str) -> Part | None:
    """The part that is asked for; None for the whole file."""
    asked = request.headers.get("range", "")
    if not asked or request.headers.get("if-range", tag) != tag:
        return None
    return parse_range(asked, kept.size)


def _tags(header: str) -> set[str]:
    return {each.strip().removeprefix("W/") for each in header.split(",")}
