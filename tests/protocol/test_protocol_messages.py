"""Events written as messages, as an app sends them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace.protocol import (
    Broken,
    Cancelled,
    Closing,
    Completed,
    DataWanted,
    Failed,
    Heartbeat,
    Log,
    MessageWriter,
    NamedStream,
    Output,
    Progress,
    ProgressUnit,
    Queued,
    Started,
    Stream,
    parse_message,
    write_message,
    write_named,
)

EVENTS = [
    Queued("e", 2, 3, 1.5),
    Started("e", 0.5),
    Progress("e", (ProgressUnit(1, 4, "steps", None, "painting"), ProgressUnit(progress=0.5))),
    Log("e", "hello", "warning", "Careful"),
    Output("e", ["a", None]),
    Completed("e", ["a", {"b": [1]}], 2.5),
    Failed("e", "no paint left", "Out of paint"),
    Failed("e", None, "Error"),
    Cancelled("e"),
    Broken("404", session_not_found=True),
    Closing(),
    Heartbeat(),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_what_is_written_is_read_as_the_same_event(event):
    """`parse_message` is checked against recordings of servers elsewhere."""
    assert parse_message(msgspec.json.encode(write_message(event))) == event


def test_an_event_of_older_generations_is_not_written():
    """Ours: today's queue has no such message."""
    with pytest.raises(KeyError):
        write_message(DataWanted("e"))


def test_messages_have_the_fields_that_clients_read_unasked():
    """gradio_client 2.7 reads `success`, JavaScript's client `output` of a failure, too."""
    failed = write_message(Failed("e", "no paint left"))

    assert (failed["success"], failed["title"]) == (False, "Error")
    assert failed["output"] == {
        "error": "no paint left",
        "title": "Error",
        "duration": 10.0,
        "visible": True,
    }
    assert write_message(Queued("e"))["queue_size"] == 0  # never null
    assert write_message(Broken("gone"))["event_id"] is None


texts = st.lists(st.lists(st.sampled_from(["a", "b", "ab", None, 1]), max_size=3), max_size=6)


@given(outputs=texts, breaks=st.sets(st.integers(0, 6)))
def test_a_reader_sees_every_output_whole(outputs, breaks):
    """Whatever changes between two outputs, and wherever the connection was in doubt.

    A reloaded app may have more outputs than before; fewer cannot be said.
    """
    outputs.sort(key=len)
    writer, stream = MessageWriter(), Stream("sse_v3")
    for place, data in enumerate(outputs):
        if place in breaks:
            writer.doubt()
        message = writer.write(Output("e", data))
        stream.receive_data(b"data: %b\n\n" % msgspec.json.encode(message))

    assert [event.data for event in stream.events()] == outputs


def test_after_a_doubt_the_whole_value_is_sent_once():
    """Ours: nobody knows whether the last output arrived before the connection broke."""
    writer = MessageWriter()
    sent = []
    for text in ("a", "ab", "abc", "abcd"):
        sent.append(writer.write(Output("e", [text]))["output"]["data"])
        if text == "ab":
            writer.doubt()

    assert sent == [
        ["a"],
        [[["append", [], "b"]]],
        [[["replace", [], "abc"]]],
        [[["append", [], "d"]]],
    ]


def test_a_new_job_begins_with_whole_values():
    """What is remembered of a job goes with its end."""
    writer = MessageWriter()
    for _ in range(2):
        assert writer.write(Output("e", ["a"]))["output"]["data"] == ["a"]
        writer.write(Completed("e", ["a"]))


def test_a_generation_without_edits_gets_whole_values():
    """sse_v1 and before."""
    writer = MessageWriter(sends_edits=False)
    written = [writer.write(Output("e", [text]))["output"]["data"] for text in ("a", "ab")]

    assert written == [["a"], ["ab"]]


@pytest.mark.parametrize(
    ("event", "named"),
    [
        (Output("e", ["a"]), ("generating", ["a"])),
        (Completed("e", ["a"]), ("complete", ["a"])),
        (Cancelled("e"), ("complete", None)),
        (Broken("gone"), ("error", "gone")),
        (Heartbeat(), ("heartbeat", None)),
        (Queued("e", 1), None),
        (Log("e", "hello"), None),
    ],
)
def test_call_tells_outputs_and_ends_only(event, named):
    """``/call`` of 6.31.0."""
    assert write_named(event) == named


def test_call_says_why_a_job_failed():
    """From 6.13; before, the words were lost."""
    name, said = write_named(Failed("e", "no paint left", "Out of paint"))
    stream = NamedStream()
    stream.receive_data(b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(said)))

    (failed,) = stream.events()
    assert (failed.message, failed.title) == ("no paint left", "Out of paint")
