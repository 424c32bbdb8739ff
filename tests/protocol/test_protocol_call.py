"""One call: its states and its requests."""

import gc
import itertools
import weakref

import pytest

from anyspace._errors import (
    AppError,
    LocalProtocolError,
    QueueFull,
    RemoteProtocolError,
)
from anyspace.protocol import (
    Broken,
    Call,
    CallState,
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
    Progress,
    Queued,
    Request,
    Requests,
    Response,
    Started,
    Stream,
    Wire,
)
from tests.transcripts import load

JSON = (("content-type", "application/json"),)
JOINED = Response(200, b'{"event_id": "e"}')
EVENTS = [
    Queued("e"),
    Started("e"),
    Progress("e", ()),
    Log("e", "hi"),
    Output("e", [1]),
    Heartbeat(),
    Ignored("new"),
    Completed("e", [1]),
    Failed("e", "boom"),
    Cancelled("e"),
    Broken("gone"),
    Closing(),
    HashWanted(),
    DataWanted("e"),
    Full(),
]
ENDED = [CallState.COMPLETED, CallState.FAILED, CallState.CANCELLED, CallState.LOST]


def new_call(version="6.31.0", prefix="/gradio_api", protocol="sse_v3"):
    return Call(Requests(Wire.negotiate(protocol, version, prefix)), ["a", None], 3, "s")


def old_call(protocol):
    """A call to an app that asks for the data itself."""
    return new_call({"ws": "3.50.2", "sse": "4.0.2"}[protocol], "", protocol)


def call_in(state):
    """A call that went the shortest way to a state."""
    call = new_call()
    if state is CallState.NEW:
        return call
    call.join_request()
    if state is CallState.JOINING:
        return call
    call.receive_join(JOINED)
    event = {
        CallState.RUNNING: Started("e"),
        CallState.COMPLETED: Completed("e", []),
        CallState.FAILED: Failed("e", "boom"),
        CallState.CANCELLED: Cancelled("e"),
        CallState.LOST: Broken("gone"),
    }
    if state in event:
        call.receive_event(event[state])
    assert call.state is state
    return call


def test_a_call_goes_from_new_to_waiting():
    """The way of every call; requests observed on Gradio 6.31.0."""
    call = new_call()
    assert (call.state, call.event_id, call.fn_index, call.session_hash) == (
        CallState.NEW,
        "",
        3,
        "s",
    )

    request = call.join_request()

    assert call.state is CallState.JOINING
    assert request == Request(
        "POST",
        "/gradio_api/queue/join",
        b'{"data":["a",null],"fn_index":3,"session_hash":"s","event_data":null,"trigger_id":null}',
        JSON,
    )

    call.receive_join(JOINED)

    assert call.state is CallState.WAITING
    assert call.event_id == "e"
    assert call.data_request() == Request("GET", "/gradio_api/queue/data?session_hash=s")


def test_a_job_is_never_sent_twice():
    """Ours: the join request is given out once, whatever became of it."""
    call = new_call()
    call.join_request()

    with pytest.raises(LocalProtocolError, match="the call is JOINING, not NEW"):
        call.join_request()


class Data(list):
    """A list that can be watched."""


def test_what_was_sent_is_forgotten():
    """Ours: a picture as base64 need not stay for as long as the job runs."""
    data = Data(["a"])
    watched = weakref.ref(data)
    call = Call(Requests(Wire.negotiate("sse_v3", "6.31.0", "")), data, 3, "s")

    request = call.join_request()
    call.receive_join(JOINED)
    del data
    gc.collect()

    assert watched() is None
    assert b'"data":["a"]' in request.body


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.NEW])
def test_a_call_that_began_cannot_join_again(state):
    """Ours: as above, in any later state."""
    with pytest.raises(LocalProtocolError):
        call_in(state).join_request()


def test_a_job_whose_submission_was_not_answered_is_named_by_its_stream():
    """Ours: so that it can be cancelled all the same."""
    call = call_in(CallState.JOINING)
    call.learn_id("e9")
    assert (call.state, call.event_id) == (CallState.WAITING, "e9")
    told = call.cancel_request(alone=True)
    assert told is not None
    assert b'"event_id":"e9"' in told.body


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.JOINING])
def test_a_job_has_one_name(state):
    """Ours: only while it is being submitted it may have none."""
    with pytest.raises(LocalProtocolError):
        call_in(state).learn_id("e9")


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.JOINING])
def test_the_answer_to_a_join_is_taken_once(state):
    """Ours: the driver hands it in right after the request."""
    with pytest.raises(LocalProtocolError, match="not JOINING"):
        call_in(state).receive_join(JOINED)


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(503, b'{"detail": "Queue is full. Max size is 1 and size is 1."}'), QueueFull),
        (Response(400, b'{"detail": "No function index provided."}'), AppError),
        (Response(200, b"{}"), RemoteProtocolError),
    ],
)
def test_a_job_that_was_not_accepted_has_failed(response, error):
    """Ours: the call is over, and there is nothing to cancel."""
    call = call_in(CallState.JOINING)

    with pytest.raises(error):
        call.receive_join(response)

    assert call.state is CallState.FAILED
    assert call.cancel_request(alone=True) is None


# What each event makes of a call that joins, one that waits and one that runs; None is an error.
J, W, R = UNDERWAY = (CallState.JOINING, CallState.WAITING, CallState.RUNNING)
AFTER = {
    Queued: (J, W, R),
    Started: (None, R, R),
    Progress: (J, W, R),
    Log: (J, W, R),
    Output: (None, R, R),
    Heartbeat: (J, W, R),
    Ignored: (J, W, R),
    HashWanted: (J, None, None),
    DataWanted: (W, None, None),
    Full: (CallState.FAILED, None, None),
    Completed: (None, CallState.COMPLETED, CallState.COMPLETED),
    Failed: (CallState.FAILED,) * 3,
    Cancelled: (None, CallState.CANCELLED, CallState.CANCELLED),
    Broken: (CallState.LOST,) * 3,
    Closing: (None, None, None),
}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("state", UNDERWAY)
def test_each_event_leads_where_the_table_says(state, event):
    """Observed orders on 3.50.2 to 6.31.0, e.g. a job that ends without having started."""
    call = call_in(state)
    after = AFTER[type(event)][UNDERWAY.index(state)]

    if after is None:
        with pytest.raises(
            RemoteProtocolError,
            match=f"{type(event).__name__} came while the job was {state.name}",
        ):
            call.receive_event(event)
        assert call.state is state
    else:
        call.receive_event(event)
        assert call.state is after


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_before_the_job_was_sent_is_the_apps_fault(event):
    """Ours: nobody can speak of a job that has not entered the queue."""
    call = new_call()

    with pytest.raises(RemoteProtocolError, match="while the job was NEW"):
        call.receive_event(event)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("state", ENDED)
def test_a_call_ends_once(state, event):
    """Ours: a cancelled job may still be answered."""
    call = call_in(state)

    call.receive_event(event)
    call.receive_eof()

    assert call.state is state


@pytest.mark.parametrize("state", CallState)
def test_a_state_says_whether_it_is_the_end(state):
    """Ours."""
    assert state.ended is (state in ENDED)


@pytest.mark.parametrize("state", [state for state in CallState if state not in ENDED])
def test_a_call_whose_stream_ended_is_lost(state):
    """Ours: whether the job still runs is not known."""
    call = call_in(state)

    call.receive_eof()

    assert call.state is CallState.LOST


@pytest.mark.parametrize("state", [CallState.NEW, CallState.JOINING, *ENDED])
@pytest.mark.parametrize("alone", [True, False])
def test_there_is_nothing_to_cancel_before_and_after(state, alone):
    """Ours: what the app has no data of cannot run, and an ended job is left alone."""
    assert call_in(state).cancel_request(alone=alone) is None


@pytest.mark.parametrize("state", [CallState.WAITING, CallState.RUNNING])
def test_a_job_alone_in_its_session_is_cancelled(state):
    """Observed on 4.31 and later: /cancel kills every job of the function in the session."""
    assert call_in(state).cancel_request(alone=True) == Request(
        "POST",
        "/gradio_api/cancel",
        b'{"session_hash":"s","fn_index":3,"event_id":"e"}',
        JSON,
    )


@pytest.mark.parametrize(
    ("version", "prefix", "alone"), [("6.31.0", "/gradio_api", False), ("4.29.0", "", True)]
)
def test_a_job_with_siblings_or_an_old_app_is_reset(version, prefix, alone):
    """Observed: /reset stops one job at its next yield, and is all there is before 4.31."""
    call = new_call(version, prefix)
    call.join_request()
    call.receive_join(JOINED)

    assert call.cancel_request(alone=alone) == Request(
        "POST", f"{prefix}/reset", b'{"event_id":"e"}', JSON
    )


# --- calls whose data the app asks for, and calls outside the queue ---------------------------


@pytest.mark.parametrize(
    ("protocol", "entrance", "name", "event_id", "body"),
    [
        ("ws", "/queue/join", "", "", b'{"data":["a",null],"fn_index":3,"session_hash":"s"}'),
        (
            "sse",
            "/queue/join?fn_index=3&session_hash=s",
            "e",
            "e",
            b'{"data":["a",null],"fn_index":3,"session_hash":"s","event_id":"e"}',
        ),
    ],
)
def test_an_older_app_asks_for_the_data_after_the_job_has_entered(
    protocol, entrance, name, event_id, body
):
    """Observed on 3.50.2 (no event ids there) and 4.0.2."""
    call = old_call(protocol)
    request = call.join_request()
    assert (request.method, request.path) == ("GET", entrance)
    assert request.once is ("fn_index" in entrance)  # that one enqueues

    call.receive_event(Queued(name, 0))
    assert (call.state, call.event_id) == (CallState.JOINING, "")

    asked = DataWanted(name)
    answer = call.answer_to(asked)
    call.receive_event(asked)

    assert answer == Request("POST", "/queue/data", body, JSON)
    assert (call.state, call.event_id) == (CallState.WAITING, event_id)


def test_a_websocket_is_told_session_and_function_first():
    """Observed on 3.50.2: `send_hash` comes before anything else."""
    call = old_call("ws")
    call.join_request()

    answer = call.answer_to(HashWanted())
    call.receive_event(HashWanted())

    assert answer.body == b'{"session_hash":"s","fn_index":3}'
    assert call.state is CallState.JOINING


@pytest.mark.parametrize(
    "event",
    [event for event in EVENTS if not isinstance(event, HashWanted | DataWanted)],
    ids=lambda event: type(event).__name__,
)
def test_other_events_want_no_answer(event):
    """Ours."""
    call = old_call("sse")
    call.join_request()

    assert call.answer_to(event) is None
    assert call.state is CallState.JOINING


def test_data_that_was_handed_in_is_forgotten():
    """Ours: as above. An app that asks twice breaks the rules and gets nothing more."""
    data = Data(["a"])
    watched = weakref.ref(data)
    call = Call(Requests(Wire.negotiate("sse", "4.0.2", "")), data, 3, "s")
    call.join_request()
    request = call.answer_to(DataWanted("e"))
    call.receive_event(DataWanted("e"))
    del data
    gc.collect()

    assert watched() is None
    assert b'"data":["a"]' in request.body
    assert b'"data":[]' in call.answer_to(DataWanted("e")).body
    with pytest.raises(RemoteProtocolError, match="DataWanted came while the job was WAITING"):
        call.receive_event(DataWanted("e"))


@pytest.mark.parametrize("protocol", ["ws", "sse"])
def test_a_full_queue_is_the_end(protocol):
    """By the code up to 4.8: a message instead of a status."""
    call = old_call(protocol)
    call.join_request()

    call.receive_event(Full())

    assert call.state is CallState.FAILED


@pytest.mark.parametrize(
    ("protocol", "body"),
    [("ws", b'{"session_hash":"s","fn_index":3}'), ("sse", b'{"event_id":"e"}')],
)
@pytest.mark.parametrize("alone", [True, False])
def test_an_older_app_is_asked_to_stop_a_jobs_iterator(protocol, body, alone):
    """By the code of 3.50.2 (no event ids there) and 4.0.2: there is no /cancel."""
    call = old_call(protocol)
    call.join_request()
    assert call.cancel_request(alone=alone) is None

    asked = DataWanted("e" if protocol == "sse" else "")
    call.answer_to(asked)
    call.receive_event(asked)

    expected = None if protocol == "ws" and not alone else Request("POST", "/reset", body, JSON)
    # 3.x resets every job of the function in the session: closing the socket has to do.
    assert call.cancel_request(alone=alone) == expected


@pytest.mark.parametrize(
    ("outcome", "end"),
    [(Completed("", [1]), CallState.COMPLETED), (Failed("", "boom"), CallState.FAILED)],
)
def test_a_call_outside_the_queue_runs_at_once(outcome, end):
    """Observed on 3.50.2: the answer to the request is the result."""
    data = Data(["a"])
    watched = weakref.ref(data)
    call = Call(Requests(Wire.negotiate(None, "3.50.2", "")), data, 3, "s", api_name="/echo")

    request = call.run_request()
    del data
    gc.collect()

    assert request.path == "/api/echo"
    assert b'"data":["a"]' in request.body
    assert watched() is None
    assert call.state is CallState.RUNNING
    with pytest.raises(LocalProtocolError, match="the call is RUNNING, not NEW"):
        call.run_request()

    call.receive_event(outcome)

    assert call.state is end


@pytest.mark.parametrize(
    ("what", "end"),
    [
        ("echo", CallState.COMPLETED),
        ("grow", CallState.COMPLETED),
        ("waiting", CallState.COMPLETED),
        ("with_logs", CallState.COMPLETED),
        ("raise_error", CallState.FAILED),
        ("hidden_error", CallState.FAILED),
        ("cancelled", CallState.CANCELLED),
    ],
)
@pytest.mark.parametrize("gradio", ["gradio4", "gradio5", "gradio6"])
def test_recorded_conversations_lead_to_their_end(gradio, what, end):
    """Recorded from 4.44.1, 5.50.0 and 6.31.0."""
    stream = Stream("sse_v3")
    stream.receive_data(load(f"sse_v3/{gradio}_{what}.sse"))
    call = call_in(CallState.WAITING)
    states = [call.state]

    for event in stream.events():
        if not isinstance(event, Closing):
            call.receive_event(event)
            states.append(call.state)
    call.receive_eof()

    assert [state for state, _ in itertools.groupby(states)] == [
        CallState.WAITING,
        CallState.RUNNING,
        end,
    ]
    assert call.state is end
