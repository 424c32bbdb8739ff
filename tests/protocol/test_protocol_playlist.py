"""Lists of pieces of a sound or film that the app still makes."""

import pytest

from anyspace._errors import RemoteProtocolError
from anyspace.protocol import (
    FileStyle,
    Playlist,
    Request,
    Requests,
    Wire,
    parse_playlist,
    read_file,
)

HEAD = b"#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-TARGETDURATION:1\n"


@pytest.mark.parametrize(
    ("body", "playlist"),
    [
        (HEAD, Playlist((), False)),
        (HEAD + b"#EXTINF:1.0,\na.aac\n", Playlist(("a.aac",), False)),
        (
            HEAD + b"#EXTINF:1.0,\r\na.ts?__sign=x\r\n\n#EXTINF:1,\nb.ts\n#EXT-X-ENDLIST\n",
            Playlist(("a.ts?__sign=x", "b.ts"), True),
        ),
    ],
)
def test_pieces_are_listed_in_order_until_the_list_ends(body, playlist):
    """As 5.0.2 and 6.31.0 wrote them."""
    assert parse_playlist(body) == playlist


@pytest.mark.parametrize("body", [b"", b"<html>", b"a.ts\n"])
def test_something_else_is_no_playlist(body):
    """RFC 8216: the first line says what it is."""
    with pytest.raises(RemoteProtocolError, match="no playlist"):
        parse_playlist(body)


def test_what_is_still_made_lies_elsewhere_than_files():
    """By the code of 5.0.2: below /stream and not /file=."""
    requests = Requests(Wire.negotiate("sse_v3", "6.31.0", "/gradio_api"))

    assert requests.live("s/1/3/playlist.m3u8") == Request(
        "GET", "/gradio_api/stream/s/1/3/playlist.m3u8"
    )


def test_the_route_that_apps_watch_names_the_session():
    """By the code of 4.25."""
    requests = Requests(Wire.negotiate("sse_v3", "4.44.1", ""))

    assert requests.watch("a/b") == Request("GET", "/heartbeat/a%2Fb")


@pytest.mark.parametrize("declared", [True, False])
def test_3_x_marks_a_live_sound_without_data(declared):
    """By the code of 3.50.2: neither a file nor data, but a name below /stream."""
    value = {"name": "s/1/3", "is_stream": True, "is_file": False}

    found = read_file(FileStyle.NAMED, value, declared=declared)

    assert (found or {}).get("path") == ("s/1/3" if declared else None)


def test_4_0_names_a_live_sound_by_its_path():
    """By the code of 4.0.2."""
    value = {"path": "s/1/3", "is_stream": True, "orig_name": None}

    assert read_file(FileStyle.UNMARKED, value, declared=True) == {**value}
