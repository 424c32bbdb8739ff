"""The table of generations, and how to speak to an app of one."""

import pytest

from anyspace._errors import UnsupportedGeneration
from anyspace.protocol import GENERATIONS, NEWEST, Entrance, Wire, generation_named
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
    """Observed on 3.50.2, 4.0.2, 4.16.0, 4.44.1, 5.50.0 and 6.31.0; the rest by their code."""
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
    ("protocol", "version", "message"),
    [
        (None, "3.50.2", r"Gradio 3\.50\.2, .*'ws'.* speaks 'sse_v3'"),
        ("sse", "4.0.2", r"Gradio 4\.0\.2, .*'sse'"),
        ("sse_v1", "", r"Gradio \(version unknown\), .*'sse_v1'"),
        ("sse_v2", "4.17.0", "'sse_v2'"),
        ("sse_v2.1", "4.21.0", r"'sse_v2\.1'"),
    ],
)
def test_a_generation_not_spoken_here_is_refused_by_name(protocol, version, message):
    """Ours: a known gap, and the error says what the app runs and what we speak."""
    with pytest.raises(UnsupportedGeneration, match=message):
        Wire.negotiate(protocol, version, "")


def test_a_wire_keeps_what_the_config_says():
    """Ours; a slash at the end of the prefix would be doubled in every path."""
    wire = Wire.negotiate("sse_v3", "6.31.0", "/gradio_api/")

    assert wire == Wire(NEWEST, True, "/gradio_api", "6.31.0", True)


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
        ("5.0.0", "'boom'", "'boom'"),
        ("6.31.0", "boom", "boom"),
        ("6.31.0", None, ""),
        ("", "'boom'", "'boom'"),
    ],
)
def test_words_are_unquoted_where_the_app_quotes_them(version, sent, plain):
    """Observed: `gr.Error("boom")` comes as `'boom'` on 4.44.1, unquoted on 5.50.0 and 6.31.0."""
    assert Wire.negotiate("sse_v3", version, "").plain_error(sent) == plain
