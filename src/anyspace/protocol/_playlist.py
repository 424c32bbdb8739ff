"""The list of pieces of a sound or film that the app is still making (HLS, RFC 8216).

Gradio writes one line per piece, and ``#EXT-X-ENDLIST`` when no more will come (5.0).
"""

from __future__ import annotations

from typing import Final

import msgspec

from anyspace._errors import RemoteProtocolError

__all__ = ["Playlist", "parse_playlist"]

_HEAD: Final = "#EXTM3U"


class Playlist(msgspec.Struct, frozen=True):
    """What is there so far.

    Attributes:
        pieces: Addresses of the pieces, relative to the list's own, in order.
        ended: No more will come.
    """

    pieces: tuple[str, ...]
    ended: bool


def parse_playlist(body: bytes) -> Playlist:
    """Read a playlist.

    Raises:
        RemoteProtocolError: It is none.

    >>> parse_playlist(b"#EXTM3U\\n#EXTINF:1.0,\\na.aac\\n#EXT-X-ENDLIST\\n")
    Playlist(pieces=('a.aac',), ended=True)
    """
    lines = [line.strip() for line in body.decode(errors="replace").splitlines()]
    if not lines or lines[0] != _HEAD:
        raise RemoteProtocolError("the app's list of pieces is no playlist")
    pieces = tuple(line for line in lines if line and not line.startswith("#"))
    return Playlist(pieces, "#EXT-X-ENDLIST" in lines)
