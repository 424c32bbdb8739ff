"""Messages of the queue, and the events they are read as."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace._errors import RemoteProtocolError
from anyspace.protocol import (
    Broken,
    Cancelled,
    Closing,
    Completed,
    DataWanted,
    Failed,
    Full,
    HashWanted,
    Heartbeat,
    Ignored,
    Log,
    Output,
    Piece,
    Progress,
    ProgressUnit,
    Queued,
    Started,
    parse_message,
)


def read(msg, **fields):
    return parse_message(json.dumps({"msg": msg, **fields}).encode())


MESSAGES = [
    (
        {"msg": "estimation", "event_id": "e", "rank": 1, "queue_size": 2, "rank_eta": 1.4},
        Queued("e", 1, 2, 1.4),
    ),
    ({"msg": "estimation", "event_id": "e", "rank": 0, "rank_eta": None}, Queued("e", 0)),
    ({"msg": "estimation", "rank_eta": 3}, Queued("", eta=3.0)),
    ({"msg": "process_starts", "event_id": "e", "eta": 0.65}, Started("e", 0.65)),
    ({"msg": "process_starts", "event_id": None}, Started("")),
    (
        {
            "msg": "progress",
            "event_id": "e",
            "progress_data": [
                {"index": 1, "length": 3, "unit": "steps", "progress": None, "desc": "painting"},
                {"index": None, "length": None, "progress": 0.5, "new_in_gradio_9": True},
            ],
        },
        Progress("e", (ProgressUnit(1, 3, "steps", None, "painting"), ProgressUnit(progress=0.5))),
    ),
    ({"msg": "progress", "event_id": "e", "progress_data": None}, Progress("e", ())),
    (
        {"msg": "log", "event_id": "e", "log": "hi", "level": "warning", "title": "Careful"},
        Log("e", "hi", "warning", "Careful"),
    ),
    ({"msg": "log", "event_id": "e", "log": "hi", "title": None}, Log("e", "hi", "info", "")),
    (
        {"msg": "process_generating", "event_id": "e", "output": {"data": [1]}, "success": True},
        Output("e", [1]),
    ),
    (
        {"msg": "process_streaming", "event_id": "e", "output": {"data": [1]}, "time_limit": 3},
        Piece("e", [1]),
    ),
    (
        {"msg": "process_completed", "event_id": "e", "output": {"data": [], "duration": 0.5}},
        Completed("e", [], 0.5),
    ),
    ({"msg": "process_completed", "event_id": "e", "output": {}, "success": True}, Cancelled("e")),
    ({"msg": "process_completed", "event_id": "e", "output": {"data": None}}, Cancelled("e")),
    ({"msg": "process_generating", "event_id": "e", "output": {}}, Cancelled("e")),
    ({"msg": "unexpected_error", "event_id": None, "message": "oh"}, Broken("oh")),
    ({"msg": "unexpected_error"}, Broken("")),
    ({"msg": "unexpected_error", "message": "x", "session_not_found": True}, Broken("x", True)),
    ({"msg": "close_stream", "event_id": None}, Closing()),
    ({"msg": "heartbeat"}, Heartbeat()),
    ({"msg": "send_hash"}, HashWanted()),
    ({"msg": "send_data", "event_id": "e"}, DataWanted("e")),
    ({"msg": "send_data", "event_id": None}, DataWanted("")),
    ({"msg": "send_data"}, DataWanted("")),
    ({"msg": "queue_full"}, Full()),
]


@pytest.mark.parametrize(("message", "event"), MESSAGES)
def test_each_message_is_read_as_one_event(message, event):
    """Shapes observed on 3.50.2 to 6.31.0 (queue_full by the code); every field may be missing."""
    assert parse_message(json.dumps(message).encode()) == event

    assert parse_message(json.dumps({**message, "new_in_gradio_9": [{}]}).encode()) == event


@pytest.mark.parametrize(
    ("output", "title", "event"),
    [
        ({"error": "boom", "title": "Oops"}, "Error", Failed("e", "boom", "Oops")),
        ({"error": "boom"}, "Error", Failed("e", "boom", "Error")),
        ({"error": "boom"}, None, Failed("e", "boom")),
        ({"error": None}, None, Failed("e", None)),
        ({}, None, Failed("e", None)),
        ({"error": {"code": 3}}, None, Failed("e", "{'code': 3}")),
        ({"error": "boom", "data": [1]}, None, Failed("e", "boom")),
    ],
)
def test_a_failure_keeps_the_apps_words_and_heading(output, title, event):
    """Observed: the heading stands in the output or beside it; None hides the words."""
    assert (
        read("process_completed", event_id="e", output=output, success=False, title=title) == event
    )


def test_a_failure_may_come_instead_of_a_partial_output():
    """By the code of every version with this message: its `success` may be false."""
    for msg in ("process_generating", "process_streaming"):
        assert read(msg, event_id="e", output={"error": "x"}, success=False) == Failed("e", "x")


def test_an_unknown_session_is_told_in_words_by_older_apps():
    """Observed: 4.44.1 has no `session_not_found`, only "404: Session not found."."""
    assert read("unexpected_error", message="404: Session not found.").session_not_found


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (b'{"msg": "from_gradio_9", "event_id": 3}', "from_gradio_9"),
        (b'{"event_id": "e", "msg": "from_gradio_9"}', "from_gradio_9"),
        (b'{"msg": "send_data", "event_id": 3}', "send_data"),
        (b'{"msg": "estimation", "rank": "first"}', "estimation"),
        (b'{"msg": "progress", "progress_data": [3]}', "progress"),
        (b'{"msg": "log", "log": null}', "log"),
        (b'{"msg": "process_starts", "event_id": 3}', "process_starts"),
        (b'{"msg": "unexpected_error", "message": 3}', "unexpected_error"),
        (b'{"msg": "heartbeat", "event_id": 3}', "heartbeat"),
    ],
)
def test_what_carries_no_outcome_may_have_any_form(message, kind):
    """Ours: unknown messages, and notes in an unexpected form, must not cost a result."""
    assert parse_message(message) == Ignored(kind)


@pytest.mark.parametrize(
    "message",
    [
        b'{"msg": "process_completed"}',
        b'{"msg": "process_completed", "output": null}',
        b'{"msg": "process_completed", "output": {"data": 3}}',
        b'{"msg": "process_completed", "output": {"data": {}}}',
        b'{"msg": "process_completed", "output": {"data": []}, "event_id": 3}',
        b'{"msg": "process_completed", "output": {"data": [1e999]}}',
        b'{"msg": "process_generating", "output": []}',
        b'{"msg": "process_streaming", "success": true}',
        b'{"msg": ""}',
        b'{"msg": 3}',
        b'{"msg": null}',
        b"{}",
        b"[]",
        b"null",
        b'"estimation"',
    ],
)
def test_an_outcome_must_be_right(message):
    """Ours: a result in a wrong form, or a message that does not say what it is."""
    with pytest.raises(RemoteProtocolError, match="of a wrong form"):
        parse_message(message)


DEEP = b"[" * 20_000 + b"]" * 20_000


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"hello",
        b'{"msg": "heartbeat"',
        b'{"msg": "process_completed", "output": {"data": ["\xff"]}}',
        b'{"msg": "from_gradio_9", "x": ',
        b'{"msg": "estimation", "rank": "first", oops}',
        b"\xff\xfe",
        b'{"msg": "process_completed", "output": {"data": ' + DEEP + b"}}",
        b'{"msg": "from_gradio_9", "x": ' + DEEP + b"}",
    ],
)
def test_a_message_that_is_not_json_is_the_apps_fault(message):
    """Ours: cut, garbled or too deep, also behind the place where it was found odd."""
    with pytest.raises(RemoteProtocolError, match=r"not JSON|of a wrong form"):
        parse_message(message)


@given(
    message=st.sampled_from([json.dumps(message).encode() for message, _ in MESSAGES]),
    place=st.integers(min_value=0),
    bytes_=st.binary(max_size=3),
    length=st.integers(0, 4),
)
def test_a_garbled_message_is_read_or_refused(message, place, bytes_, length):
    """Ours: nothing else comes out of a message, whatever the network did to it."""
    place %= len(message) + 1
    garbled = message[:place] + bytes_ + message[place + length :]
    try:
        parse_message(garbled)
    except RemoteProtocolError:
        pass


EVENTS = {type(event): event for _, event in MESSAGES}
EVENTS[Failed], EVENTS[Ignored] = Failed("e", "boom"), Ignored("new")
EVENTS[ProgressUnit] = ProgressUnit()


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: type(event).__name__)
def test_an_event_does_not_change(event):
    """Ours: several readers are shown the same one."""
    with pytest.raises(AttributeError, match="immutable"):
        event.event_id = "other"


leaves = st.sampled_from([None, True, 0, -3, 2.5, "", "text"])
json_values = leaves | st.lists(leaves, max_size=3) | st.dictionaries(st.sampled_from("ab"), leaves)


@given(
    kind=st.sampled_from([message["msg"] for message, _ in MESSAGES] + ["other"]),
    fields=st.dictionaries(
        st.sampled_from(
            """event_id output success rank rank_eta eta progress_data log level title
            message""".split()
        ),
        json_values,
    ),
    output=st.none() | st.dictionaries(st.sampled_from(["data", "error", "title"]), json_values),
)
def test_any_json_is_read_or_refused(kind, fields, output):
    """Ours: as above, for fields of every type."""
    if output is not None:
        fields["output"] = output
    try:
        read(kind, **fields)
    except RemoteProtocolError:
        assert kind.startswith("process_")
