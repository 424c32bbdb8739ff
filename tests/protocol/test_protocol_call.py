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
    Failed,
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
]
ENDED = [CallState.COMPLETED, CallState.FAILED, CallState.CANCELLED, CallState.LOST]


def new_call(version="6.31.0", prefix="/gradio_api"):
    return Call(Requests(Wire.negotiate("sse_v3", version, prefix)), ["a", None], 3, "s")


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
        (("content-type", "application/json"),),
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
    del data
    gc.collect()

    assert watched() is None
    assert b'"data":["a"]' in request.body


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.NEW])
def test_a_call_that_began_cannot_join_again(state):
    """Ours: as above, in any later state."""
    with pytest.raises(LocalProtocolError):
        call_in(state).join_request()


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


# What each event makes of a call that waits, and of one that runs; None is an error.
AFTER = {
    Queued: (CallState.WAITING, CallState.RUNNING),
    Started: (CallState.RUNNING, CallState.RUNNING),
    Progress: (CallState.WAITING, CallState.RUNNING),
    Log: (CallState.WAITING, CallState.RUNNING),
    Output: (CallState.RUNNING, CallState.RUNNING),
    Heartbeat: (CallState.WAITING, CallState.RUNNING),
    Ignored: (CallState.WAITING, CallState.RUNNING),
    Completed: (CallState.COMPLETED, CallState.COMPLETED),
    Failed: (CallState.FAILED, CallState.FAILED),
    Cancelled: (CallState.CANCELLED, CallState.CANCELLED),
    Broken: (CallState.LOST, CallState.LOST),
    Closing: (None, None),
}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("state", [CallState.WAITING, CallState.RUNNING])
def test_each_event_leads_where_the_table_says(state, event):
    """Observed orders on 4.44.1 to 6.31.0, e.g. a job that ends without having started."""
    call = call_in(state)
    after = AFTER[type(event)][state is CallState.RUNNING]

    if after is None:
        with pytest.raises(
            RemoteProtocolError, match=f"Closing came while the job was {state.name}"
        ):
            call.receive_event(event)
        assert call.state is state
    else:
        call.receive_event(event)
        assert call.state is after


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("state", [CallState.NEW, CallState.JOINING])
def test_an_event_before_the_job_was_accepted_is_the_apps_fault(state, event):
    """Ours: nobody can speak of a job that has no id yet."""
    call = call_in(state)

    with pytest.raises(RemoteProtocolError, match=f"while the job was {state.name}"):
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
    """Ours: without an id nothing can be named, and an ended job is left alone."""
    assert call_in(state).cancel_request(alone=alone) is None


@pytest.mark.parametrize("state", [CallState.WAITING, CallState.RUNNING])
def test_a_job_alone_in_its_session_is_cancelled(state):
    """Observed on 4.31 and later: /cancel kills every job of the function in the session."""
    assert call_in(state).cancel_request(alone=True) == Request(
        "POST",
        "/gradio_api/cancel",
        b'{"session_hash":"s","fn_index":3,"event_id":"e"}',
        (("content-type", "application/json"),),
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
        "POST",
        f"{prefix}/reset",
        b'{"event_id":"e"}',
        (("content-type", "application/json"),),
    )


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
