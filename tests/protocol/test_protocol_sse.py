"""The event stream decoder: bytes cut anywhere, events as the WHATWG rules say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace._errors import LocalProtocolError, RemoteProtocolError
from anyspace.protocol import EventStreamDecoder, ServerSentEvent
from tests.protocol.chunks import cut, cuts, pieces_of

BOM = b"\xef\xbb\xbf"
LINES = [
    b"data: a",
    b"data:",
    b"data:  b",
    b"data",
    "data: é文\u2028🎨".encode(),
    b"data: \xff\x00\x0b\x0c\x1c\x85",
    b"event: note",
    b"event",
    b"id: 7",
    b"id: \xff",
    b": comment",
    b":data: no",
    b"retry: 3",
    b"Data: no",
    b" data: no",
    b"dat",
    BOM + b"data: c",
    b"",
]
lines = st.sampled_from(LINES) | st.binary(max_size=3)
ends = st.sampled_from([b"\n", b"\r", b"\r\n"])
bodies = st.builds(
    lambda start, whole, unfinished: b"".join([start, *map(b"".join, whole), unfinished]),
    st.sampled_from([b"", BOM]),
    st.lists(st.tuples(lines, ends), max_size=30),
    lines,
)


def straightforward(body):
    """The whole body at once, by the letter; and what is left at its end."""
    *lines, rest = re.split(rb"\r\n|\n|\r", body.removeprefix(BOM))
    events, data, kind, last_id = [], [], "message", ""
    for number, line in enumerate([*lines, rest]):
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data.append(value)
        elif name == b"event":
            kind = value.decode(errors="replace") or "message"
        elif name == b"id":
            last_id = value.decode(errors="replace")
        finished = number < len(lines)
        if (finished and not line) or not finished:
            if data:
                events.append(ServerSentEvent(b"\n".join(data), kind, last_id, finished))
            data, kind = [], "message"
    return events


def decode(chunks, **options):
    decoder = EventStreamDecoder(**options)
    events = [event for chunk in chunks for event in decoder.receive_data(chunk)]
    return events + list(decoder.receive_eof())


@given(body=bodies, places=cuts)
def test_chunk_borders_do_not_matter(body, places):
    """Ours: any cut, also inside a character, a line end or the byte order mark."""
    assert decode(cut(body, places)) == straightforward(body)


@given(body=bodies)
def test_one_byte_at_a_time_is_enough(body):
    """Ours: the smallest chunks there are."""
    assert decode(pieces_of(body, 1)) == straightforward(body)


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"data: a\n\n", [ServerSentEvent(b"a")]),
        (b"data:a\n\n", [ServerSentEvent(b"a")]),
        (b"data:  a\n\n", [ServerSentEvent(b" a")]),
        (b"data: a\r\rdata: b\r\n\r\n", [ServerSentEvent(b"a"), ServerSentEvent(b"b")]),
        (b"data: a\r\n\n", [ServerSentEvent(b"a")]),
        (b"data: a\r\ndata: b\rdata: c\r\n\r\n", [ServerSentEvent(b"a\nb\nc")]),
        (b"data: a\ndata: b\ndata\n\n", [ServerSentEvent(b"a\nb\n")]),
        (b"data\n\n", [ServerSentEvent(b"")]),
        (b": hello\n\nretry: 3\nid\nx: y\n\n", []),
        (
            b"event: note\ndata: a\n\ndata: b\n\n",
            [ServerSentEvent(b"a", "note"), ServerSentEvent(b"b")],
        ),
        (b"event: note\n\ndata: a\n\n", [ServerSentEvent(b"a")]),
        (
            b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
            [ServerSentEvent(b"a", id="1"), ServerSentEvent(b"b", id="1"), ServerSentEvent(b"c")],
        ),
        (BOM + b"data: a\n\n" + BOM + b"data: b\n\n", [ServerSentEvent(b"a")]),
        (b"data: a\x0b\x0c\x1c\xc2\x85\n\n", [ServerSentEvent(b"a\x0b\x0c\x1c\xc2\x85")]),
        (b"", []),
    ],
)
def test_a_stream_is_read_by_the_whatwg_rules(body, events):
    """The rules for ``text/event-stream``; other line ends than LF, CR and CRLF are text."""
    assert decode([body]) == events
    assert decode(pieces_of(body, 1)) == events
    assert straightforward(body) == events


def test_a_line_end_cut_in_two_is_one():
    """Ours: also when nothing, or the next line's start, comes in between."""
    assert decode([b"data: a\r", b"", b"\ndata: b\r\n\r\n"]) == [ServerSentEvent(b"a\nb")]
    assert decode([b"data: a\r", b"data: b\n\n"]) == [ServerSentEvent(b"a\nb")]
    assert decode([b"data: a\r", b"data: b", b"\n", b"\n"]) == [ServerSentEvent(b"a\nb")]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b"data: a", [ServerSentEvent(b"a", finished=False)]),
        (b"data: a\n", [ServerSentEvent(b"a", finished=False)]),
        (b"event: note\ndata: a\nid: 3", [ServerSentEvent(b"a", "note", "3", finished=False)]),
        (BOM + b"data: a", [ServerSentEvent(b"a", finished=False)]),
        (b"data: a\n\n\n", []),
        (b"event: note", []),
        (b": comm", []),
    ],
)
def test_what_is_left_at_the_end_is_handed_out_as_unfinished(body, left):
    """Ours, against the rules, which drop it: some proxies swallow the last blank line."""
    decoder = EventStreamDecoder()
    list(decoder.receive_data(body))

    assert list(decoder.receive_eof()) == left

    assert list(decoder.receive_eof()) == []


def test_data_after_the_end_is_our_own_fault():
    """Ours: the driver must not go on after the end."""
    decoder = EventStreamDecoder()
    list(decoder.receive_eof())

    with pytest.raises(LocalProtocolError, match="after the end"):
        list(decoder.receive_data(b"data"))


LIMIT = 24


@given(body=bodies, places=cuts)
def test_an_event_within_the_limit_is_never_refused(body, places):
    """Ours: neither its neighbours nor the chunks count, only its own lines."""
    blocks = re.split(rb"(?<=\n)(?=\n)|(?<=\r\n)(?=\r\n)|(?<=\r)(?=\r)", body)
    limit = max(len(block) for block in blocks) + 2

    assert decode(cut(body, places), max_event_bytes=limit) == straightforward(body)


@given(body=bodies, places=cuts)
def test_an_event_beyond_the_limit_is_always_refused(body, places):
    """Ours: by the size of its data, whatever the chunks; earlier events still come."""
    whole = straightforward(body)
    too_large = next((i for i, e in enumerate(whole) if len(e.data) > LIMIT), None)
    decoder = EventStreamDecoder(LIMIT)
    events = []
    try:
        for chunk in cut(body, places):
            events.extend(decoder.receive_data(chunk))
        events.extend(decoder.receive_eof())
    except RemoteProtocolError:
        assert events == whole[: len(events)]
        assert too_large is None or len(events) <= too_large
    else:
        assert too_large is None


@pytest.mark.parametrize(
    "piece",
    [b"x", b"data: x\n", b"data\n", b"data: " + b"x" * 20 + b"\n: comment\n"],
    ids=["a line that never ends", "lines", "empty lines", "lines and comments"],
)
def test_an_event_without_end_is_refused_before_it_fills_the_memory(piece):
    """Ours: the error comes as soon as the limit is passed."""
    taken = []

    def pieces():
        while len(taken) < 200:
            taken.append(piece)
            yield piece

    with pytest.raises(RemoteProtocolError, match="larger than 100 bytes"):
        decode(pieces(), max_event_bytes=100)

    assert len(taken) <= 102


@pytest.mark.parametrize("size", [100, 101])
def test_the_limit_itself_is_allowed(size):
    """Ours: what counts is the data, here of two lines and the newline between them."""
    body = b"data: " + b"x" * 50 + b"\ndata: " + b"y" * (size - 51) + b"\n\n"

    if size == 100:
        assert [len(event.data) for event in decode([body], max_event_bytes=100)] == [100]
    else:
        with pytest.raises(RemoteProtocolError):
            decode([body], max_event_bytes=100)


def test_the_limit_starts_anew_with_each_event():
    """Ours: a long stream of small events is no large event."""
    body = b"data: 0123456789\n\n" * 100

    assert len(decode(pieces_of(body, 5), max_event_bytes=20)) == 100


def test_the_next_events_start_does_not_count_for_the_last_one():
    """Ours: found by the properties above when both stood in one chunk."""
    body = b"data: 0123456789\n\ndata: 0123456789"

    assert [event.data for event in decode([body], max_event_bytes=20)] == [b"0123456789"] * 2


@pytest.mark.parametrize(
    ("chunks", "receiving"),
    [
        ([], False),
        ([b"data: a"], True),
        ([b"d", b"a", b"t", b"a", b": a"], True),
        ([b"data: a\n"], True),
        ([b"data: a\n\n"], False),
        ([b": comment"], False),
        ([b"data: a\n: comm", b"ent"], True),
        ([b": one\n\n: two"], False),
        ([b"id: 7\nid", b": 8"], False),
        ([b"\n"], False),
    ],
)
def test_only_data_is_the_beginning_of_an_event(chunks, receiving):
    """Ours: comments and other fields can be sent for ever for an app that is dead."""
    decoder = EventStreamDecoder()
    for chunk in chunks:
        list(decoder.receive_data(chunk))
    assert decoder.receiving is receiving


def test_a_comment_without_an_end_is_not_kept():
    """Only events count against the limit, and only they take room."""
    decoder = EventStreamDecoder(max_event_bytes=100)
    for _ in range(1000):
        assert list(decoder.receive_data(b": still here and no line break ")) == []
    assert [event.data for event in decoder.receive_data(b"\ndata: a\n\n")] == [b"a"]
