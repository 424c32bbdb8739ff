"""``/upload`` and ``/file=``: files from clients, and for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Final

from litestar import Response, get, post, route
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from anyspace._errors import UsageError
from anyspace.gateway._streams import event
from anyspace.gateway.gradio._asking import Asked, both, stream
from anyspace.gateway.gradio._facade import Facade
from anyspace.gateway.gradio._uploads import Told
from anyspace.gateway.results import ResultStore, answer_file

__all__ = ["give_file", "take_files", "tell_upload"]

_FILE: Final = "/file="


@post(both("/upload"), status_code=200)
async def take_files(
    request: Asked, facade: NamedDependency[Facade], upload_id: FromQuery[str | None] = None
) -> list[str]:
    """Keep what a client sends, and say what it is to call it."""
    with facade.uploads.begin(upload_id or "") as told:
        form = await request.form()
        files = [each for each in form.getall("files", []) if isinstance(each, UploadFile)]
        if not files:
            raise UsageError("an upload is multipart/form-data with files in the field `files`")
        paths = []
        for file in files:
            paths.append(await facade.shelf.put(file))
            size = file.file.tell()
            told.put_nowait({"msg": "update", "orig_name": file.filename, "chunk_size": size})
        return paths


@get(both("/upload_progress"))
async def tell_upload(upload_id: FromQuery[str], facade: NamedDependency[Facade]) -> Stream:
    """Tell of an upload until it is done."""
    news = await facade.uploads.follow(upload_id)
    if news is None:
        raise NotFoundException("Upload not found")
    return stream(_framed(news))


async def _framed(news: AsyncGenerator[Told]) -> AsyncGenerator[bytes]:
    async for each in news:
        yield event(each)


@route(both("/{rest:path}"), http_method=["GET", "HEAD"])
async def give_file(
    rest: FromPath[str],
    request: Asked,
    facade: NamedDependency[Facade],
    results: NamedDependency[ResultStore],
) -> Response[Any]:
    """Give a file to who knows what it is called: ``/file=KEY/NAME``."""
    key = await facade.shelf.find(rest.removeprefix(_FILE)) if rest.startswith(_FILE) else None
    if key is None:
        raise NotFoundException("there is nothing at this address")
    return await answer_file(key, request, results)
