"""Files that grow while the app makes them: sound and film of components with ``streaming``.

From 5.0 there is a playlist whose pieces are files, and the whole under another address
once it has ended; asked for too early, the app would keep the torso as the whole. Before,
there is one body that goes on until the app is done, and can be read only once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final
from urllib.parse import urljoin

from anyspace._errors import FileError, TransportTimeout
from anyspace.client._deadline import Deadline
from anyspace.client._source import FileSource
from anyspace.protocol import Playlist, parse_playlist

__all__ = ["has_playlist", "pieces_of", "wait_for_whole"]

_PLAYLIST: Final = "playlist.m3u8"
_WHOLE: Final = "playlist-file"
_PAUSE_SECONDS: Final = 0.25  # between two looks at a playlist; players look every few seconds
_MAX_PLAYLIST_BYTES: Final = 16 * 1024 * 1024


def has_playlist(url: str) -> bool:
    """Tell which of the two kinds it is."""
    return url.endswith(f"/{_PLAYLIST}")


async def pieces_of(source: FileSource, url: str) -> AsyncGenerator[str]:
    """Yield the addresses of the pieces as the app adds them, until it has added the last.

    Raises:
        FileError: The playlist cannot be had.
        TransportTimeout: No piece was added for longer than `Timeouts.idle`.
    """
    known = 0
    loop = asyncio.get_running_loop()
    last_change = loop.time()
    while True:
        playlist = await _look(source, url)
        for piece in playlist.pieces[known:]:
            yield urljoin(url, piece)
        if playlist.ended:
            return
        if len(playlist.pieces) > known:
            known, last_change = len(playlist.pieces), loop.time()
        idle = source.timeouts.idle
        if idle is not None and loop.time() - last_change > idle:
            raise TransportTimeout(f"no more of {url} for {idle:g} s", limit="idle")
        await asyncio.sleep(_PAUSE_SECONDS)


async def wait_for_whole(source: FileSource, url: str) -> str:
    """Wait until the app has added the last piece; return the address of the whole file.

    Raises:
        FileError: The playlist cannot be had.
        TransportTimeout: No piece was added for longer than `Timeouts.idle`.
    """
    async for _ in pieces_of(source, url):
        pass
    return url.removesuffix(_PLAYLIST) + _WHOLE


async def _look(source: FileSource, url: str) -> Playlist:
    seconds = source.timeouts.idle
    body = await source.open(url)
    content = bytearray()
    try:
        async with Deadline.after(seconds):
            while piece := await body.read():
                content += piece
                if len(content) > _MAX_PLAYLIST_BYTES:
                    raise FileError(f"{url} is too large for a playlist")
    except TimeoutError as exc:
        raise TransportTimeout(
            f"{url} was not all there after {seconds:g} s", limit="idle"
        ) from exc
    finally:
        body.close()
    return parse_playlist(bytes(content))
