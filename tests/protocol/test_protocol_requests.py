"""Requests as data, and what their answers mean."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace._errors import (
    AnyspaceError,
    AppError,
    ArgumentError,
    AuthenticationError,
    FileError,
    NotGradio,
    QueueFull,
    RateLimited,
    RemoteProtocolError,
    SpaceNotFound,
    SpaceUnavailable,
)
from anyspace.protocol import (
    Completed,
    Failed,
    Request,
    Requests,
    Response,
    Wire,
    error_for,
    parse_join,
    parse_retry_after,
    parse_run,
    parse_upload,
)
from anyspace.protocol._requests import login

JSON = (("content-type", "application/json"),)
PREFIXES = pytest.mark.parametrize(
    ("requests", "prefix"),
    [
        (Requests(Wire.negotiate("sse_v3", "4.44.1", "")), ""),
        (Requests(Wire.negotiate("sse_v3", "6.31.0", "/gradio_api")), "/gradio_api"),
    ],
    ids=["4.44.1", "6.31.0"],
)


def answer(status, document, **headers):
    body = json.dumps(document).encode()
    return Response(status, body, {"content-type": "application/json", **headers})


def text(status, words, kind="text/plain; charset=utf-8"):
    return Response(status, words.encode(), {"content-type": kind})


def page(status, html):
    return text(status, html, "Text/HTML; charset=utf-8")


# --- requests -----------------------------------------------------------------------------


@PREFIXES
def test_info_asks_for_every_endpoint(requests, prefix):
    """Observed: undocumented endpoints are listed only when asked for; 4.44.1 ignores it."""
    assert requests.info() == Request("GET", f"{prefix}/info?all_endpoints=True")


@PREFIXES
def test_a_job_is_joined_with_one_value_per_slot(requests, prefix):
    """Observed: what 4.44.1 to 6.31.0 accept."""
    request = requests.join(["é", None, 1.5, {"path": "/tmp/x"}], 7, "a session")

    assert request.method == "POST"
    assert request.path == f"{prefix}/queue/join"
    assert request.headers == JSON
    assert json.loads(request.body) == {
        "data": ["é", None, 1.5, {"path": "/tmp/x"}],
        "fn_index": 7,
        "session_hash": "a session",
        "event_data": None,
        "trigger_id": None,
    }


@PREFIXES
def test_the_stream_is_opened_by_session(requests, prefix):
    """Observed; any text serves as a session, so it is encoded."""
    assert requests.data("s1") == Request("GET", f"{prefix}/queue/data?session_hash=s1")
    assert requests.data("a&b/ é").path == f"{prefix}/queue/data?session_hash=a%26b%2F%20%C3%A9"


@PREFIXES
def test_cancel_and_reset_name_the_job(requests, prefix):
    """Observed on 4.31 and later, and by the code of earlier versions."""
    assert requests.cancel(7, "s", "e") == Request(
        "POST", f"{prefix}/cancel", b'{"session_hash":"s","fn_index":7,"event_id":"e"}', JSON
    )
    assert requests.reset("e", 7, "s") == Request(
        "POST", f"{prefix}/reset", b'{"event_id":"e"}', JSON
    )


SSE = Requests(Wire.negotiate("sse", "4.0.2", ""))
WS = Requests(Wire.negotiate("ws", "3.50.2", ""))


def test_a_job_enters_the_queue_where_its_stream_begins():
    """Observed on 4.0.2 and 4.8.0; any text serves as a session, so it is encoded."""
    assert SSE.enter(7, "s") == Request("GET", "/queue/join?fn_index=7&session_hash=s", once=True)
    assert SSE.enter(0, "a&b é").path == "/queue/join?fn_index=0&session_hash=a%26b+%C3%A9"


def test_a_websocket_is_opened_and_introduced():
    """Observed on 3.50.2."""
    assert WS.socket() == Request("GET", "/queue/join")
    assert WS.introduce(7, "s") == b'{"session_hash":"s","fn_index":7}'


@pytest.mark.parametrize(
    ("requests", "event_id", "named"), [(SSE, "e", {"event_id": "e"}), (WS, "", {})]
)
def test_data_is_handed_in_with_the_jobs_id_where_there_is_one(requests, event_id, named):
    """Observed on 4.0.2, and on 3.50.2, which has no ids."""
    request = requests.hand_in(["é", None], 7, "s", event_id)

    assert (request.method, request.path, request.headers) == ("POST", "/queue/data", JSON)
    assert json.loads(request.body) == {
        "data": ["é", None],
        "fn_index": 7,
        "session_hash": "s",
        **named,
    }


def test_an_app_without_ids_resets_a_sessions_job_of_a_function():
    """By the code of 3.50.2."""
    assert WS.reset("", 7, "s") == Request(
        "POST", "/reset", b'{"session_hash":"s","fn_index":7}', JSON
    )


@pytest.mark.parametrize(
    ("api_name", "path"),
    [
        ("/echo", "/api/echo"),
        ("echo", "/api/echo"),
        ("", "/api/predict"),
        ("/a/b", "/api/a%2Fb"),
        ("/écho", "/api/%C3%A9cho"),
    ],
)
def test_a_function_is_run_outside_the_queue_by_name_and_number(api_name, path):
    """Observed on 3.50.2; one without a name goes by its number alone."""
    request = WS.run(api_name, ["a", None], 7, "s")

    assert (request.method, request.path, request.headers) == ("POST", path, JSON)
    sent = json.loads(request.body)
    assert (sent["data"], sent["fn_index"], sent["session_hash"]) == (["a", None], 7, "s")


@PREFIXES
def test_files_are_sent_and_fetched_by_path(requests, prefix):
    """Observed; a path is encoded, because names hold what URLs do not."""
    assert requests.upload() == Request("POST", f"{prefix}/upload")
    assert requests.file("/tmp/a b/é#1%.png") == Request(
        "GET", f"{prefix}/file=/tmp/a%20b/%C3%A9%231%25.png"
    )


@PREFIXES
def test_a_file_of_another_app_is_fetched_through_this_one(requests, prefix):
    """Observed on 4.19.2, 4.44.1 and 5.50.0; the route decodes the path once."""
    there = "https://ada-fox.hf.space/gradio_api/file="
    assert requests.proxied(there, "/tmp/a b#1%.png") == Request(
        "GET", f"{prefix}/proxy={there}/tmp/a%20b%231%25.png"
    )


def test_a_login_is_a_form():
    """Observed on 4.44.1 to 6.31.0; below the root, never below the API prefix."""
    assert login("ada & é", "p=w") == Request(
        "POST",
        "/login",
        b"username=ada+%26+%C3%A9&password=p%3Dw",
        (("content-type", "application/x-www-form-urlencoded"),),
    )


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ({"content-type": "Text/HTML; charset=utf-8"}, "text/html"),
        ({"content-type": "application/json"}, "application/json"),
        ({}, ""),
    ],
)
def test_a_media_type_has_no_parameters(header, kind):
    """Ours."""
    assert Response(200, headers=header).content_type == kind


# --- answers to a join ----------------------------------------------------------------------


def test_an_accepted_job_has_an_id():
    """Observed on 4.44.1, 5.50.0 and 6.31.0."""
    assert parse_join(answer(200, {"event_id": "9dad42", "new_in_gradio_9": []})) == "9dad42"


@pytest.mark.parametrize(
    ("response", "error", "message"),
    [
        (answer(200, {}), RemoteProtocolError, "a form that is not Gradio's: '{}'"),
        (answer(200, {"event_id": None}), RemoteProtocolError, "not Gradio's"),
        (text(200, "ok"), RemoteProtocolError, "not Gradio's: 'ok'"),
        (text(200, "x" * 500), RemoteProtocolError, f"not Gradio's: '{'x' * 80}'"),
        (Response(200, b'"\xff"'), RemoteProtocolError, "not Gradio's"),
        (Response(200, b'{"event_id": "\xff"}'), RemoteProtocolError, "not Gradio's"),
        (Response(200, b'{"x": ' + b"[" * 20_000), RemoteProtocolError, "not Gradio's"),
        (
            page(200, "<title>Log &amp; in</title>"),
            NotGradio,
            "the answer to a submitted job is a web page: Log & in",
        ),
        (answer(400, {"detail": "Session hash not found."}), AppError, "Session hash not found."),
        (answer(503, {"detail": "Queue is full. Max size is 2."}), QueueFull, "Queue is full"),
        (answer(503, {"detail": "Queue is stopped."}), SpaceUnavailable, "Queue is stopped"),
        (answer(503, {"detail": "The disk is full."}), SpaceUnavailable, "The disk is full"),
        (answer(401, {"detail": "Not authenticated"}), AuthenticationError, "Not authenticated"),
    ],
)
def test_a_job_that_is_not_accepted_says_why(response, error, message):
    """Observed on 4.44.1 to 6.31.0, and pages of proxies; the rest ours."""
    with pytest.raises(error) as caught:
        parse_join(response)

    assert type(caught.value) is error
    assert message in str(caught.value)


# --- answers to a call outside the queue ----------------------------------------------------


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (answer(200, {"data": ["é"], "duration": 0.5}), Completed("", ["é"], 0.5)),
        (
            answer(200, {"data": [], "is_generating": False, "average_duration": 1}),
            Completed("", []),
        ),
        (answer(500, {"error": "boom"}), Failed("", "boom")),
        (answer(500, {"error": None}), Failed("", None)),
        (answer(500, {"error": {"code": 3}}), Failed("", None)),
    ],
)
def test_a_call_outside_the_queue_is_answered_with_its_outcome(response, outcome):
    """Observed on 3.50.2 with and without show_error; the last one ours."""
    assert parse_run(response) == outcome


@pytest.mark.parametrize(
    ("response", "error", "message"),
    [
        (answer(200, {}), RemoteProtocolError, "the answer to a call has a form that is not"),
        (answer(200, {"data": {}}), RemoteProtocolError, "not Gradio's"),
        (answer(200, {"data": None}), RemoteProtocolError, "not Gradio's"),
        (Response(200, b'{"data": ["\xff"]}'), RemoteProtocolError, "not Gradio's"),
        (Response(200, b'{"data": ' + b"[" * 20_000), RemoteProtocolError, "not Gradio's"),
        (page(200, "<title>Hello</title>"), NotGradio, "the answer to a call is a web page: Hello"),
        (text(500, "Internal Server Error"), RemoteProtocolError, "HTTP 500: Internal"),
        (answer(500, {"detail": "oh"}), RemoteProtocolError, "HTTP 500: oh"),
        (
            answer(404, {"detail": "This API endpoint does not accept direct HTTP POST requests."}),
            SpaceNotFound,
            "does not accept direct HTTP POST",
        ),
        (answer(401, {"detail": "Not authenticated"}), AuthenticationError, "Not authenticated"),
        (answer(502, {"error": "boom"}), SpaceUnavailable, "boom"),
    ],
)
def test_a_call_outside_the_queue_that_is_not_answered_says_why(response, error, message):
    """Ours, and by the code of 3.50.2."""
    with pytest.raises(error) as caught:
        parse_run(response)

    assert type(caught.value) is error
    assert message in str(caught.value)


# --- answers to an upload -------------------------------------------------------------------


def test_an_upload_is_answered_with_paths_in_order():
    """Observed on 4.44.1 to 6.31.0."""
    assert parse_upload(answer(200, ["/tmp/a.png", "/tmp/b.png"]), 2) == [
        "/tmp/a.png",
        "/tmp/b.png",
    ]


@pytest.mark.parametrize(
    ("response", "error", "message"),
    [
        (
            text(413, "File size exceeded maximum allowed size of 1024 bytes."),
            FileError,
            "refused the upload: File size exceeded maximum allowed size of 1024 bytes.",
        ),
        (answer(400, {"detail": "Invalid content type."}), FileError, "Invalid content type."),
        (Response(413), FileError, "refused the upload: HTTP 413"),
        (page(413, "<h1>no title</h1>"), FileError, "refused the upload: HTTP 413"),
        (answer(200, ["/tmp/a"]), RemoteProtocolError, "2 files were sent, the app took 1"),
        (answer(200, ["/a", "/b", "/c"]), RemoteProtocolError, "2 files were sent, the app took 3"),
        (answer(200, {"files": []}), RemoteProtocolError, "the answer to an upload has a form"),
        (answer(200, [None, None]), RemoteProtocolError, "not Gradio's"),
        (Response(200, b"\xff"), RemoteProtocolError, "not Gradio's"),
        (Response(200, b'["\xff"]'), RemoteProtocolError, "not Gradio's"),
        (page(200, "<html>"), NotGradio, "the answer to an upload is a web page"),
        (text(500, "Internal Server Error"), RemoteProtocolError, "HTTP 500"),
        (answer(404, {"detail": "Not Found"}), SpaceNotFound, "Not Found"),
    ],
)
def test_an_upload_that_fails_says_why(response, error, message):
    """Observed: 413 with max_file_size on 4.44.1 to 6.31.0; the rest by the code, or ours."""
    with pytest.raises(error) as caught:
        parse_upload(response, 2)

    assert type(caught.value) is error
    assert message in str(caught.value)


# --- unsuccessful answers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "error", "message"),
    [
        (answer(401, {"detail": "Not authenticated"}), AuthenticationError, "login (Not auth"),
        (
            answer(401, {"detail": {"error": "Not authenticated", "auth_message": None}}),
            AuthenticationError,
            "login (Not authenticated)",
        ),
        (
            answer(401, {"detail": {"error": None, "auth_message": "Members only"}}),
            AuthenticationError,
            "login (Members only)",
        ),
        (answer(401, {"detail": {}}), AuthenticationError, "login (HTTP 401)"),
        (Response(403), AuthenticationError, "login (HTTP 403); pass auth=(user, password)"),
        (answer(404, {"detail": "Not Found"}), SpaceNotFound, "(HTTP 404: Not Found)"),
        (
            page(404, "<TITLE lang='en'>\n 404 &ndash; Nobody\n</TITLE>"),
            SpaceNotFound,
            "404 – Nobody",
        ),
        (page(404, "<h1>Sorry</h1>"), SpaceNotFound, "(HTTP 404)"),
        (Response(429), RateLimited, "too many requests"),
        (Response(502), SpaceUnavailable, "does not run now (HTTP 502)"),
        (page(503, "<title>Sleeping</title>"), SpaceUnavailable, "(HTTP 503: Sleeping)"),
        (text(504, "upstream timed out"), SpaceUnavailable, "(HTTP 504: upstream timed out)"),
        (
            answer(503, {"detail": "Queue is full. Max size is 1 and size is 1."}),
            QueueFull,
            "Max size",
        ),
        (
            answer(500, {"detail": "Queue is full."}),
            RemoteProtocolError,
            "HTTP 500: Queue is full.",
        ),
        (answer(400, {"detail": "check_age failed"}), AppError, "check_age failed"),
        (Response(400), AppError, "the app refused the request (HTTP 400)"),
        (
            text(500, "Internal Server Error"),
            RemoteProtocolError,
            "HTTP 500: Internal Server Error",
        ),
        (
            answer(500, {"error": "no such function"}),
            RemoteProtocolError,
            "HTTP 500: no such function",
        ),
        (answer(500, {"trace": "secret"}), RemoteProtocolError, "the app answered HTTP 500"),
        (answer(500, ["a", "list"]), RemoteProtocolError, '["a", "list"]'),
        (Response(500, b"\xff<oops>"), RemoteProtocolError, "HTTP 500: \ufffd<oops>"),
        (Response(500, b" \n<html>"), RemoteProtocolError, "the app answered HTTP 500"),
        (Response(500, b'{"x":' * 20_000), RemoteProtocolError, "HTTP 500"),
        (Response(418), RemoteProtocolError, "the app answered HTTP 418"),
        (
            Response(307, headers={"location": "https://else.where/x"}),
            RemoteProtocolError,
            "redirects to 'https://else.where/x', not followed",
        ),
        (Response(302), RemoteProtocolError, "redirects to 'somewhere'"),
        (Response(300), RemoteProtocolError, "redirects to"),
        (Response(399), RemoteProtocolError, "redirects to"),
    ],
)
def test_an_unsuccessful_answer_becomes_the_error_that_fits(response, error, message):
    """Bodies observed on 4.44.1 to 6.31.0 and from proxies; the rest ours."""
    caught = error_for(response)

    assert type(caught) is error
    assert message in str(caught)


def test_the_status_of_an_odd_answer_is_kept():
    """Ours: the gateway passes it on."""
    assert error_for(Response(500)).status == 500
    assert error_for(Response(302)).status == 302


def test_a_long_answer_is_told_on_one_short_line():
    """Observed: 5.50.0 sends a whole traceback as text."""
    told = str(error_for(text(500, "Traceback\n  File x\n" * 100)))

    assert "Traceback File x Traceback" in told
    assert "\n" not in told
    assert told.endswith("...")
    assert len(told) == len("the app answered HTTP 500: ") + 300


def test_a_line_that_just_fits_is_told_whole():
    """Ours."""
    assert str(error_for(text(500, "x" * 300))).endswith("x" * 300)


VERDICT = {
    "__type__": "validate",
    "is_valid": False,
    "message": "Text is empty",
    "parameter_name": "text",
}
FASTAPI = {
    "type": "list_type",
    "loc": ["body", "data"],
    "msg": "Input should be a valid list",
    "input": "x",
}


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        ({"detail": [FASTAPI]}, ["body.data: Input should be a valid list"]),
        (
            {"detail": [{"type": "json_invalid", "loc": ["body", 0], "msg": "JSON decode error"}]},
            ["body.0: JSON decode error"],
        ),
        ({"detail": [{"msg": "no"}, {"msg": "never", "loc": 3}]}, ["no", "never"]),
        ({"detail": [VERDICT]}, ["text: Text is empty"]),
        ({"detail": VERDICT}, ["text: Text is empty"]),
        (
            {"detail": [{**VERDICT, "is_valid": True}, {**VERDICT, "parameter_name": None}]},
            ["Text is empty"],
        ),
        ({"detail": [{"__type__": "validate", "message": None}]}, []),
        ({"detail": [{"other": 1}, "text", None]}, []),
    ],
)
def test_refused_arguments_name_each_problem(document, problems):
    """Observed: FastAPI's list on 4.44.1 to 6.31.0, a validator's verdicts on 6.31.0."""
    caught = error_for(answer(422, document))

    assert type(caught) is ArgumentError
    assert caught.problems == tuple(problems)
    assert str(caught) == f"the app refused the arguments: {'; '.join(problems) or 'HTTP 422'}"


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (answer(422, {"detail": "wrong"}), "the app refused the arguments: wrong"),
        (text(422, "Unprocessable"), "the app refused the arguments: Unprocessable"),
        (Response(422), "the app refused the arguments: HTTP 422"),
    ],
)
def test_refused_arguments_without_a_list_keep_the_words(response, message):
    """Ours."""
    caught = error_for(response)

    assert str(caught) == message
    assert caught.problems == ()


# --- when to try again ------------------------------------------------------------------------

NOON = 1445412480.0  # Wed, 21 Oct 2015 07:28:00 GMT


@pytest.mark.parametrize(
    ("headers", "now", "seconds"),
    [
        ({"retry-after": "30"}, None, 30.0),
        ({"retry-after": " 1.5 "}, None, 1.5),
        ({"retry-after": "0"}, None, 0.0),
        ({"retry-after": "-3"}, None, None),
        ({"retry-after": "soon"}, None, None),
        ({"retry-after": "soon"}, NOON, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, None, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, NOON - 90, 90.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, NOON + 90, 0.0),
        ({"retry-after": ""}, NOON, None),
        (
            {
                "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT",
                "date": "Wed, 21 Oct 2015 07:27:30 GMT",
            },
            None,
            30.0,
        ),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT", "date": "today"}, None, None),
        ({"retry-after": "9" * 400}, None, None),
        ({"ratelimit": '"api";r=0;t=55'}, None, 55.0),
        ({"ratelimit": '"api";r=0;t=55', "retry-after": "3"}, None, 3.0),
        ({"ratelimit": '"api";r=0;t=55', "retry-after": "soon"}, NOON, 55.0),
        ({"ratelimit": '"api";r=0;start=5'}, None, None),
        ({}, None, None),
    ],
)
def test_how_long_to_wait_is_read_from_either_header(headers, now, seconds):
    """HTTP's Retry-After in both forms; RateLimit as the Hub documents it."""
    assert parse_retry_after(headers, now=now) == seconds


@given(value=st.text(max_size=30) | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [+-]?\w+"))
def test_any_header_is_read_as_seconds_or_as_nothing(value):
    """Ours: a header is no reason to fail."""
    seconds = parse_retry_after({"retry-after": value, "ratelimit": value}, now=NOON)

    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("headers", "seconds", "message"),
    [
        ({"retry-after": "30"}, 30.0, "too many requests: slow down; try again in 30 s"),
        ({"ratelimit": '"api";r=0;t=55'}, 55.0, "too many requests: slow down; try again in 55 s"),
        ({"retry-after": "0"}, 0.0, "too many requests: slow down; try again in 0 s"),
        ({}, None, "too many requests: slow down"),
    ],
)
def test_too_many_requests_say_when_to_try_again(headers, seconds, message):
    """As the Hub documents it."""
    caught = error_for(answer(429, {"error": "slow down"}, **headers))

    assert (caught.retry_after, str(caught)) == (seconds, message)


# --- whatever comes -----------------------------------------------------------------------------

leaves = st.sampled_from([None, True, 0, 3, "", "words", "Queue is full"])
items = st.dictionaries(
    st.sampled_from(
        ["msg", "loc", "__type__", "is_valid", "message", "parameter_name", "error", "auth_message"]
    ),
    leaves | st.lists(leaves, max_size=2) | st.just("validate"),
)
documents = st.dictionaries(
    st.sampled_from(["detail", "error"]), leaves | items | st.lists(items | leaves, max_size=3)
)


@given(
    status=st.sampled_from([*range(300, 600, 7), 400, 401, 404, 422, 429, 503]),
    body=documents.map(lambda d: json.dumps(d).encode()) | st.binary(max_size=20),
    kind=st.sampled_from(["", "text/html", "application/json"]),
)
def test_every_answer_has_an_error_of_ours(status, body, kind):
    """Ours: no answer makes the reading itself fail."""
    response = Response(status, body, {"content-type": kind})

    assert isinstance(error_for(response), AnyspaceError)

    for parse in (parse_join, lambda answer: parse_upload(answer, 1)):
        with pytest.raises(AnyspaceError):
            parse(response)
    try:
        assert isinstance(parse_run(response), Failed)
    except AnyspaceError:
        pass
