"""The limit: the same two requests in a bare aiohttp loop, and nothing else.

It makes a session hash, posts the job, reads the stream to its end and decodes the last
message: what any client has to do, without arguments, states, timeouts or errors.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from benchmarks.clients._loops import keep_calling, take_orders_on_a_loop
from benchmarks.clients._orders import Answer, Order, Stopwatch

API = f"{sys.argv[1]}/gradio_api"
FUNCTIONS = {"/echo": 0, "/wait": 1, "/count": 2, "/grow": 3, "/take": 5, "/give": 6}

_decode = msgspec.json.Decoder().decode


class Bare:
    """The loop, on one session."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def obey(self, order: Order) -> Answer:
        """Do what is ordered."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        session, function = self._session, FUNCTIONS[order.endpoint]
        if order.do == "calls":
            return await keep_calling(order, lambda: _call(session, function, "hi"))
        watch = Stopwatch()
        if order.do == "stream":
            stream = await _messages(session, function, "hi")
            steps = [message for message in stream if message["msg"] == "process_generating"]
            return watch.answer(len(steps))
        if order.do == "upload":
            await _upload(session, order.path)
        else:
            await _download(session, order.size, order.path)
        return watch.answer()


async def _stream(session: aiohttp.ClientSession, function: int, value: Any) -> bytes:
    session_hash = secrets.token_hex(8)
    body = msgspec.json.encode(
        {"data": [value], "fn_index": function, "session_hash": session_hash}
    )
    headers = {"content-type": "application/json"}
    async with session.post(f"{API}/queue/join", data=body, headers=headers) as response:
        _decode(await response.read())
    async with session.get(f"{API}/queue/data?session_hash={session_hash}") as response:
        return await response.read()


async def _call(session: aiohttp.ClientSession, function: int, value: Any) -> Any:
    stream = await _stream(session, function, value)
    *_, outcome, _closing, _nothing = stream.split(b"\n\n")
    return _decode(outcome[6:])["output"]["data"]


async def _messages(session: aiohttp.ClientSession, function: int, value: Any) -> list[Any]:
    stream = await _stream(session, function, value)
    return [_decode(message[6:]) for message in stream.split(b"\n\n") if message]


async def _upload(session: aiohttp.ClientSession, path: str) -> None:
    with open(path, "rb") as file:  # noqa: ASYNC230  # aiohttp reads it in a thread
        form = aiohttp.FormData()
        form.add_field("files", file, filename="file.bin")
        async with session.post(f"{API}/upload", data=form) as response:
            (path,) = _decode(await response.read())
    await _call(session, FUNCTIONS["/take"], {"path": path, "meta": {"_type": "gradio.FileData"}})


async def _download(session: aiohttp.ClientSession, size: int, folder: str) -> None:
    (file,) = await _call(session, FUNCTIONS["/give"], size)
    target = await asyncio.to_thread((Path(folder) / "bare.bin").open, "wb")
    with target:
        async with session.get(file["url"]) as response:
            async for piece in response.content.iter_chunked(1024 * 1024):
                await asyncio.to_thread(target.write, piece)


if __name__ == "__main__":
    take_orders_on_a_loop(Bare().obey)
