"""The table of generations, and how to speak to an app of one."""

import pytest

from anyspace._errors import RemoteProtocolError, UnsupportedGeneration
from anyspace.protocol import GENERATIONS, NEWEST, Entrance, FileStyle, Wire, generation_named
from anyspace.protocol._generations import version_tuple

# The facts themselves (PROTOCOL.md 1.2-1.4), a second time: who changes one has to mean it.
FACTS = {
    "ws": ("3.0.0", Entrance.SOCKET, False, False, False),
    "sse": ("4.0.0", Entrance.STREAM, False, False, False),
    "sse_v1": ("4.9.0", Entrance.POST, True, False, False),
    "sse_v2": ("4.17.0", Entrance.POST, True, True, False),
    "sse_v2.1": ("4.21.0", Entrance.POST, True, True, False),
    "sse_v3": ("4.22.0", Entrance.POST, True, True, True),
}


def test_the_table_says_what_servers_do():
    """Observed on 3.50.2, 4.0.2, 4.8.0, 4.16.0, 4.19.2, 4.21.0, 4.44.1, 5.50.0 and 6.31.0."""
    table = {
        name: (g.since, g.entrance, g.shares_stream, g.sends_edits, g.announces_close)
        for name, g in GENERATIONS.items()
    }

    assert table == FACTS
    assert all(name == generation.name for name, generation in GENERATIONS.items())


def test_the_generations_stand_in_the_order_they_came():
    """Ours: the newest is the last."""
    versions = [version_tuple(generation.since) for generation in GENERATIONS.values()]

    assert versions == sorted(versions)
    assert list(GENERATIONS.values())[-1] is NEWEST


@pytest.mark.parametrize("name", GENERATIONS)
def test_a_generation_is_found_by_its_word_in_the_config(name):
    """Observed: the `protocol` field."""
    assert generation_named(name) == (GENERATIONS[name], True)


@pytest.mark.parametrize("name", [None, ""])
def test_an_app_that_names_no_generation_speaks_ws(name):
    """Observed on 3.x."""
    assert generation_named(name) == (GENERATIONS["ws"], True)


def test_an_unknown_generation_is_taken_for_the_newest_and_said_so():
    """Ours: so far each new generation kept the requests of the one before."""
    assert generation_named("sse_v9") == (NEWEST, False)
    assert not Wire.negotiate("sse_v9", "9.0.0", "/gradio_api").known


@pytest.mark.parametrize(
    ("protocol", "version"),
    [
        (None, "3.50.2"),
        ("ws", "3.0"),
        ("sse", "4.0.2"),
        ("sse", "4.8.0"),
        ("sse_v1", "4.16.0"),
        ("sse_v1", ""),
        ("sse_v2", "4.19.2"),
        ("sse_v2.1", "4.21.0"),
        ("sse_v3", "6.31.0"),
    ],
)
def test_every_generation_is_spoken(protocol, version):
    """Observed words and versions, except Gradio 3.0 (not tried) and an unknown version."""
    wire = Wire.negotiate(protocol, version, "")

    assert (wire.generation, wire.known) == (GENERATIONS[protocol or "ws"], True)
    assert (wire.version, wire.prefix) == (version, "")


@pytest.mark.parametrize("version", ["2.9.4", "2.0.0", "1.7.7", "0.1"])
def test_an_app_older_than_gradio_3_is_refused_by_its_version(version):
    """Ours: a known gap, and the error says what the app runs and what we speak."""
    with pytest.raises(
        UnsupportedGeneration, match=rf"runs Gradio {version}; .* Gradio 3\.0 and later"
    ):
        Wire.negotiate(None, version, "")


def test_a_wire_keeps_what_the_config_says():
    """Ours; a slash at the end of the prefix would be doubled in every path."""
    wire = Wire.negotiate("sse_v3", "6.31.0", "/gradio_api/")

    assert wire == Wire(
        generation=NEWEST,
        known=True,
        prefix="/gradio_api",
        version="6.31.0",
        files=FileStyle.MARKED,
        cancels=True,
        heartbeats=True,
        queues=True,
        calls=True,
        watches=False,
    )


@pytest.mark.parametrize(
    ("protocol", "version", "files"),
    [
        (None, "3.50.2", FileStyle.NAMED),
        (None, "", FileStyle.NAMED),
        ("sse", "4.0.2", FileStyle.UNMARKED),
        ("sse_v1", "4.16.0", FileStyle.UNMARKED),
        ("sse_v2", "4.20.1", FileStyle.UNMARKED),
        ("sse_v2.1", "4.21.0", FileStyle.MARKED),
        ("sse_v3", "6.31.0", FileStyle.MARKED),
        ("sse_v9", "", FileStyle.MARKED),
    ],
)
def test_how_files_are_written_follows_from_the_version(protocol, version, files):
    """Observed on 3.50.2, 4.0.2, 4.16.0, 4.19.2, 4.21.0 and 6.31.0."""
    assert Wire.negotiate(protocol, version, "").files is files


@pytest.mark.parametrize(
    ("protocol", "version", "heartbeats"),
    [
        (None, "3.50.2", False),
        ("sse", "4.0.2", False),
        ("sse", "4.3.0", False),
        ("sse", "4.4.0", True),
        ("sse_v1", "4.16.0", True),
        ("sse_v3", "6.31.0", True),
        ("sse_v9", "", True),
    ],
)
def test_signs_of_life_come_from_4_4_on(protocol, version, heartbeats):
    """By the code: none on a websocket, one and no more up to 4.3 (gradio #6418)."""
    assert Wire.negotiate(protocol, version, "").heartbeats is heartbeats


@pytest.mark.parametrize(
    ("version", "cancels"),
    [
        ("4.29.0", False),
        ("4.30.9", False),
        ("4.31.0", True),
        ("4.31.0b1", True),
        ("4.31", True),
        ("4.100.0", True),
        ("10.0.0", True),
        ("", True),
        ("dev", True),
        ("v4.29.0", True),
    ],
)
def test_cancel_exists_from_4_31(version, cancels):
    """By the code of 4.31.0; an unknown version counts as the newest."""
    assert Wire.negotiate("sse_v3", version, "").cancels is cancels


@pytest.mark.parametrize(
    ("version", "sent", "plain"),
    [
        ("4.44.1", "'boom'", "boom"),
        ("4.44.1", '"it\'s"', "it's"),
        ("4.44.1", "'a\\nb'", "a\nb"),
        ("4.44.1", "boom", "boom"),
        ("4.44.1", "'a' and 'b'", "'a' and 'b'"),
        ("4.44.1", "'open", "'open"),
        ("4.44.1", "'a', 'b'", "'a', 'b'"),
        ("4.44.1", "", ""),
        ("4.44.1", None, ""),
        ("5.0.2", "'boom'", "boom"),
        ("5.50.0", "'boom'", "'boom'"),
        ("6.31.0", "boom", "boom"),
        ("6.31.0", None, ""),
        ("", "'boom'", "'boom'"),
    ],
)
def test_words_are_unquoted_where_the_app_quotes_them(version, sent, plain):
    """Observed: `gr.Error("boom")` comes as `'boom'` up to 5.0.2, unquoted from 5.50.0 on."""
    assert Wire.negotiate("sse_v3", version, "").plain_error(sent) == plain


def test_a_websocket_app_of_unknown_version_is_not_taken_for_the_newest():
    """Ours: an unknown version counts as the newest, but its generation says that it is old."""
    wire = Wire.negotiate(None, "", "")
    assert not wire.cancels
    assert not wire.heartbeats


@pytest.mark.parametrize(("version", "calls"), [("4.19.2", False), ("4.20.0", True), ("", True)])
def test_calls_by_name_came_with_4_20(version, calls):
    """By the code of the released versions."""
    assert Wire.negotiate("sse_v2", version, "").calls is calls


@pytest.mark.parametrize(
    ("version", "has_sessions", "watches"),
    [("4.24.0", True, False), ("4.25.0", True, True), ("6.31.0", False, False)],
)
def test_only_apps_that_clean_up_want_to_watch(version, has_sessions, watches):
    """By the code of 4.25: the route is there; the configuration says whether it matters."""
    wire = Wire.negotiate("sse_v3", version, "", has_sessions=has_sessions)

    assert wire.watches is watches


@pytest.mark.parametrize(("version", "queues"), [("3.0.26", False), ("3.5", False), ("3.6", True)])
def test_the_first_queues_are_passed_by(version, queues):
    """Observed on 3.0.26 and 3.1.7; by the code of 3.2 to 3.6 for the border."""
    assert Wire.negotiate(None, version, "").queues is queues


@pytest.mark.parametrize(
    "prefix", ["@evil.example", ".evil.example", ":80@evil.example", "gradio_api", "/a b", "/a\r\n"]
)
def test_a_prefix_that_is_no_path_is_refused(prefix):
    """Put behind the app's address, it would lead to another host, token and all."""
    with pytest.raises(RemoteProtocolError, match="api_prefix is no path"):
        Wire.negotiate("sse_v3", "6.31.0", prefix)


@pytest.mark.parametrize("prefix", ["", "/gradio_api", "/gradio_api/", "/v1.0/my-app_~x"])
def test_a_prefix_is_a_path(prefix):
    """Seen: none before 5, ``/gradio_api`` from then on."""
    assert Wire.negotiate("sse_v3", "6.31.0", prefix).prefix == prefix.rstrip("/")
