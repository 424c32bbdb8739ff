"""The way by `/call`: where the queue is fenced off, and how its events are read."""

import pytest

from anyspace._errors import LocalProtocolError, RemoteProtocolError, SpaceNotFound
from anyspace.protocol import (
    Call,
    CallState,
    Completed,
    Failed,
    Heartbeat,
    Ignored,
    NamedStream,
    Output,
    Piece,
    Request,
    Requests,
    Response,
    Wire,
)

JSON = (("content-type", "application/json"),)
FENCED = Response(404, b"<html>", {"content-type": "text/html"})
JOINED = Response(200, b'{"event_id": "e1"}')


def call(version="6.31.0", protocol="sse_v3", prefix="/gradio_api", **options):
    options = {"api_name": "/echo", **options}
    return Call(Requests(Wire.negotiate(protocol, version, prefix)), ["a"], 3, "s", **options)


def joining(**options):
    job = call(**options)
    job.join_request()
    return job


def play(data, size=10_000):
    stream = NamedStream()
    for i in range(0, len(data), size):
        stream.receive_data(data[i : i + size])
    stream.receive_eof()
    return list(stream.events()), stream.truncated


# --- the detour ------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 404, 405, 501])
def test_a_job_that_was_turned_away_goes_by_name(status):
    """Ours: some proxies let only some paths through; the app never saw the first request."""
    job = joining()

    assert job.detour(Response(status)) == Request(
        "POST", "/gradio_api/call/echo", b'{"data":["a"]}', JSON
    )


def test_the_jobs_id_is_its_session_then():
    """By the code of 6.31.0: an event without a session is its own."""
    job = joining()
    job.detour(FENCED)
    job.receive_join(JOINED)

    assert job.data_request() == Request("GET", "/gradio_api/call/echo/e1")
    assert job.cancel_request(alone=True).body == (
        b'{"session_hash":"e1","fn_index":3,"event_id":"e1"}'
    )


def test_a_name_is_escaped_on_the_way():
    """Ours: a name may hold anything."""
    job = joining(api_name="/é/b")

    assert job.detour(FENCED).path == "/gradio_api/call/%C3%A9%2Fb"


@pytest.mark.parametrize(
    ("options", "response"),
    [
        ({}, JOINED),
        ({}, Response(503)),
        ({}, Response(500)),
        ({}, Response(401)),
        ({"api_name": ""}, FENCED),
        ({"version": "4.19.2", "protocol": "sse_v2", "prefix": ""}, FENCED),
    ],
)
def test_there_is_no_detour_when_the_app_may_have_answered_or_has_no_such_way(options, response):
    """Ours: a job is never sent twice."""
    job = joining(**options)

    assert job.detour(response) is None
    assert not job.by_name


def test_a_job_that_was_not_sent_has_nothing_to_go_round():
    """Ours: a step the driver must not take."""
    with pytest.raises(LocalProtocolError):
        call().detour(FENCED)


def test_a_job_turned_away_twice_ends_as_the_answer_says():
    """Ours."""
    job = joining()
    job.detour(FENCED)

    with pytest.raises(SpaceNotFound):
        job.receive_join(FENCED)
    assert job.state is CallState.FAILED


def test_the_callers_token_goes_along_where_it_is_wanted():
    """By the code of 6.21: a field of the body, on either way."""
    job = call(oauth_token="hf_x")

    assert b'"oauth_token":"hf_x"' in job.join_request().body
    assert job.detour(FENCED).body == b'{"data":["a"],"oauth_token":"hf_x"}'


def test_no_token_is_sent_where_none_is_wanted():
    """Ours."""
    assert b"oauth_token" not in call().join_request().body


# --- its events ------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_events_are_told_apart_by_their_names(size):
    """As 6.31.0 and 4.44.1 sent them."""
    data = (
        b'event: generating\ndata: ["a"]\n\n'
        b"event: heartbeat\ndata: null\n\n"
        b"event: news\ndata: 1\n\n"
        b'event: complete\ndata: ["ab"]\n\n'
    )

    events, truncated = play(data, size)

    assert events == [Output("", ["a"]), Heartbeat(), Ignored("news"), Completed("", ["ab"])]
    assert not truncated


@pytest.mark.parametrize(
    ("data", "failed"),
    [
        (b"null", Failed("", None)),
        (b'"404: Not Found"', Failed("", "404: Not Found")),
        (b'{"error": "boom", "title": "Oh"}', Failed("", "boom", "Oh")),
        (b'{"error": null}', Failed("", None)),
        (b'{"error": 3, "title": 4}', Failed("", "3")),
    ],
)
def test_an_error_is_told_in_several_ways(data, failed):
    """Without words before 6.13, bare for the stream itself, with a title from 6.13 on."""
    assert play(b"event: error\ndata: " + data + b"\n\n") == ([failed], False)


@pytest.mark.parametrize("data", [b"{", b'{"a": 1}', b"\xff"])
def test_values_that_are_no_list_are_the_apps_fault(data):
    """Ours."""
    with pytest.raises(RemoteProtocolError, match="wrong form"):
        play(b"event: complete\ndata: " + data + b"\n\n")


def test_half_an_event_at_the_end_is_not_taken():
    """Ours: the end of the body may be the network's."""
    assert play(b'event: complete\ndata: ["a') == ([], True)
    assert play(b'event: complete\ndata: ["a"]') == ([Completed("", ["a"])], False)


# --- pieces of a stream ----------------------------------------------------------


def test_the_first_piece_is_the_result_and_the_app_is_told_that_no_more_comes():
    """Observed on 5.0.2 to 6.31.0: else it waits for the next piece until its time limit."""
    job = joining()
    job.receive_join(JOINED)

    answer = job.answer_to(Piece("e1", ["heard"]))
    job.receive_event(Piece("e1", ["heard"]))

    assert answer == Request("POST", "/gradio_api/stream/e1/close")
    assert job.state is CallState.COMPLETED
