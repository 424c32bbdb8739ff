"""Finding out what we talk to: one conversation per case."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace._errors import (
    AnyspaceError,
    AuthenticationError,
    NotGradio,
    RateLimited,
    RemoteProtocolError,
    SpaceNotFound,
    SpaceUnavailable,
    UnsupportedGeneration,
)
from anyspace.protocol import Connected, Credentials, Request, Response, connect

ROOT = "https://ada-kitchen.hf.space"
ADA = Credentials("ada", "lovelace")
CONFIG = {
    "version": "6.31.0",
    "protocol": "sse_v3",
    "api_prefix": "/gradio_api",
    "dependencies": [{"id": 0}],
    "components": [],
}
INFO = Response(200, b'{"named_endpoints": {}}', {"content-type": "application/json"})
REFUSED = b'{"detail":{"error":"Not authenticated","auth_message":null}}'


def config(url="", **changes):
    body = json.dumps({**CONFIG, **changes}).encode()
    return Response(200, body, {"content-type": "application/json"}, url or f"{ROOT}/config")


def json_answer(status, body, url=f"{ROOT}/config"):
    return Response(status, body, {"content-type": "application/json"}, url)


def page(status, title=""):
    body = f"<html><title>{title}</title></html>".encode()
    return Response(status, body, {"content-type": "text/html; charset=utf-8"}, f"{ROOT}/config")


def redirect(location, status=307, url=f"{ROOT}/config"):
    return Response(status, b"", {"location": location}, url)


def converse(*responses, credentials=None):
    """Answer the flow's requests in turn; return what it asked and what it found out."""
    flow = connect(credentials)
    asked = [next(flow)]
    for number, response in enumerate(responses, 1):
        try:
            asked.append(flow.send(response))
        except StopIteration as stop:
            assert number == len(responses), "it did not hear all answers"
            return asked, stop.value
    raise AssertionError(f"it asks for {asked[-1]}")


def paths(asked):
    return [request.path for request in asked]


def test_two_questions_are_enough():
    """Observed on 6.31.0: /config lies at the root, /info below the prefix."""
    asked, connected = converse(config(), INFO)

    assert asked == [
        Request("GET", "/config"),
        Request("GET", "/gradio_api/info?all_endpoints=True"),
    ]
    assert connected.root == ""
    assert connected.wire.generation.name == "sse_v3"
    assert connected.wire.known
    assert connected.wire.cancels
    assert (connected.wire.version, connected.wire.prefix) == ("6.31.0", "/gradio_api")
    assert connected.config == config().body
    assert connected.info == INFO.body


def test_gradio_4_has_no_prefix():
    """Observed on 4.44.1: the field is absent."""
    asked, connected = converse(config(version="4.44.1", api_prefix=None), INFO)

    assert paths(asked) == ["/config", "/info?all_endpoints=True"]
    assert connected.wire.prefix == ""


def test_an_app_that_does_not_say_its_version_is_taken_for_a_new_one():
    """Ours."""
    _, connected = converse(config(version=None), INFO)

    assert connected.wire.version == ""
    assert connected.wire.cancels


@pytest.mark.parametrize("status", [404, 500, 401])
def test_info_is_helpful_but_not_needed(status):
    """Observed: several versions answer 500 for unusual components."""
    _, connected = converse(config(), Response(status, b"Internal Server Error"))

    assert connected.info is None
    assert isinstance(connected, Connected)


def test_an_unknown_generation_is_tried_as_the_newest():
    """Ours: each one so far kept the requests of the one before."""
    asked, connected = converse(config(protocol="sse_v9", version="9.0.0"), INFO)

    assert len(asked) == 2
    assert not connected.wire.known


@pytest.mark.parametrize(
    ("protocol", "version", "generation"),
    [
        (None, "3.50.2", "ws"),
        ("ws", "3.50.2", "ws"),
        ("sse", "4.0.2", "sse"),
        ("sse_v1", "4.16.0", "sse_v1"),
        ("sse_v2", "4.19.2", "sse_v2"),
        ("sse_v2.1", "4.21.0", "sse_v2.1"),
    ],
)
def test_older_generations_are_connected_to_with_the_same_questions(protocol, version, generation):
    """Observed on these versions: /config and /info lie at the root."""
    asked, connected = converse(config(protocol=protocol, version=version, api_prefix=None), INFO)

    assert paths(asked) == ["/config", "/info?all_endpoints=True"]
    assert connected.wire.generation.name == generation
    assert connected.wire.known
    assert not connected.wire.cancels


def test_an_app_older_than_gradio_3_is_refused():
    """A known gap; /info is not asked for."""
    with pytest.raises(UnsupportedGeneration, match=r"the app runs Gradio 2\.9\.4"):
        converse(config(protocol=None, version="2.9.4", api_prefix=None))


# --- login -------------------------------------------------------------------------------------

LOGIN = Request(
    "POST",
    "/login",
    b"username=ada&password=lovelace",
    (("content-type", "application/x-www-form-urlencoded"),),
)


@pytest.mark.parametrize("refusal", [REFUSED, b'{"detail":"Not authenticated"}'])
def test_a_login_is_posted_when_it_is_wanted(refusal):
    """Observed on 5.50.0 and 6.31.0, and on 4.44.1."""
    asked, connected = converse(
        json_answer(401, refusal),
        json_answer(200, b'{"success":true}'),
        config(),
        INFO,
        credentials=ADA,
    )

    assert asked == [
        Request("GET", "/config"),
        LOGIN,
        Request("GET", "/config"),
        Request("GET", "/gradio_api/info?all_endpoints=True"),
    ]
    assert connected.info == INFO.body


def test_no_login_is_posted_when_none_is_wanted():
    """Ours: the password goes to nobody who did not ask."""
    asked, _ = converse(config(), INFO, credentials=ADA)

    assert paths(asked) == ["/config", "/gradio_api/info?all_endpoints=True"]


def test_without_credentials_the_error_says_how_to_pass_them():
    """Observed: 401 in JSON."""
    with pytest.raises(AuthenticationError, match=r"Not authenticated.*auth=\(user, password\)"):
        converse(json_answer(401, REFUSED))


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_wrong_password_is_called_so(status):
    """Observed: 400 "Incorrect credentials." on 4.44.1, 5.50.0 and 6.31.0; the others ours."""
    wrong = json_answer(status, b'{"detail":"Incorrect credentials."}')

    with pytest.raises(AuthenticationError, match="refused the login of 'ada': wrong user name"):
        converse(json_answer(401, REFUSED), wrong, credentials=ADA)


def test_a_login_that_fails_otherwise_is_no_wrong_password():
    """Ours: an outage is never read as a verdict."""
    with pytest.raises(SpaceUnavailable):
        converse(json_answer(401, REFUSED), Response(502), credentials=ADA)


def test_a_login_that_does_not_help_is_not_repeated():
    """Ours: cookies that are not kept, say; the question is asked twice and not more."""
    accepted = json_answer(200, b'{"success":true}')

    with pytest.raises(AuthenticationError, match="wants a login"):
        converse(json_answer(401, REFUSED), accepted, json_answer(401, REFUSED), credentials=ADA)


def test_a_login_goes_where_a_redirect_on_the_same_host_led():
    """Ours: from http to https, or below a sub-path."""
    answering = f"{ROOT}/sub/config"

    asked, connected = converse(
        redirect("/sub/config", url="http://ada-kitchen.hf.space/config"),
        json_answer(401, REFUSED, answering),
        json_answer(200, b'{"success":true}', f"{ROOT}/sub/login"),
        config(answering),
        INFO,
        credentials=ADA,
    )

    root = "http://ada-kitchen.hf.space/sub"
    assert paths(asked)[1:] == [
        f"{root}/config",
        f"{root}/login",
        f"{root}/config",
        f"{root}/gradio_api/info?all_endpoints=True",
    ]
    assert connected.root == root


def test_a_password_is_not_sent_to_another_host():
    """Ours: a redirect must not carry it away."""
    away = "https://else.where/config"

    with pytest.raises(AuthenticationError, match=r"https://else\.where, another server"):
        converse(redirect(away), json_answer(401, REFUSED, away), credentials=ADA)


def test_a_password_is_not_sent_to_a_page():
    """Ours: a 401 in HTML is the Hub's, for a private Space, and has nothing to do with the app."""
    with pytest.raises(SpaceNotFound, match="private Space and the token is missing"):
        converse(page(401), credentials=ADA)


def test_a_password_is_not_shown():
    """Ours: it would end in logs."""
    assert repr(ADA) == "Credentials('ada', …)"
    assert "lovelace" not in f"{ADA} {ADA!r}"


def test_what_was_found_out_does_not_change():
    """Ours: neither the credentials nor the wire."""
    _, connected = converse(config(), INFO)

    for found, name in ((ADA, "password"), (connected, "root"), (connected.wire, "prefix")):
        with pytest.raises(AttributeError, match="immutable"):
            setattr(found, name, "")


# --- redirects ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "asked_next", "root"),
    [
        ("https://ada.hf.space/config", "https://ada.hf.space/config", "https://ada.hf.space"),
        ("//ada.hf.space/config", "https://ada.hf.space/config", "https://ada.hf.space"),
        ("/sub/path/config", f"{ROOT}/sub/path/config", f"{ROOT}/sub/path"),
        ("/sub/config/", f"{ROOT}/sub/config/", f"{ROOT}/sub"),
        ("/sub/config?a=/config", f"{ROOT}/sub/config?a=/config", f"{ROOT}/sub"),
        ("/sub/config#top", f"{ROOT}/sub/config", f"{ROOT}/sub"),
        ("/configs/a/config", f"{ROOT}/configs/a/config", f"{ROOT}/configs/a"),
        ("/config/config", f"{ROOT}/config/config", f"{ROOT}/config"),
        ("https://config/config", "https://config/config", "https://config"),
        ("http://h:8000/config", "http://h:8000/config", "http://h:8000"),
        ("HTTP://h/config", "http://h/config", "http://h"),
    ],
)
def test_the_address_that_answers_becomes_the_root(status, location, asked_next, root):
    """Ours: Spaces redirect http to https, and apps move below sub-paths."""
    asked, connected = converse(redirect(location, status), config(asked_next), INFO)

    assert paths(asked) == ["/config", asked_next, f"{root}/gradio_api/info?all_endpoints=True"]
    assert connected.root == root


def test_redirects_may_follow_each_other():
    """Ours: http to https, then below a sub-path."""
    _, connected = converse(
        redirect("https://h/config", url="http://h/config"),
        redirect("/sub/config", url="https://h/config"),
        config("https://h/sub/config"),
        INFO,
    )

    assert connected.root == "https://h/sub"


@pytest.mark.parametrize(
    "location",
    [
        "/login",
        "https://huggingface.co/login?next=/config",
        "/configuration",
        "/",
        "/config/x",
        "ftp://h/config",
        "javascript:/config",
        "http://[",
        "HTTP:/config",
        "https://h/?x=/config",
    ],
)
def test_a_redirect_to_another_page_is_not_followed(location):
    """Ours: a login page is no configuration, and only http and https are asked."""
    with pytest.raises(NotGradio, match=r"redirects to .* another page") as caught:
        converse(redirect(location))

    assert repr(location) in str(caught.value)


def test_an_answer_need_not_repeat_the_address_that_was_asked():
    """Ours: `Response.url` may be empty when nothing moved."""
    away = "https://else.where/config"

    asked, connected = converse(
        redirect("https://h/config", url=""),
        redirect("/sub/config", url=""),
        msgspec.structs.replace(config(), url=""),
        INFO,
    )

    assert paths(asked)[2] == "https://h/sub/config"
    assert connected.root == "https://h/sub"
    with pytest.raises(AuthenticationError, match="another server"):
        converse(redirect(away), json_answer(401, REFUSED, url=""), credentials=ADA)


def test_redirects_in_a_circle_end():
    """Ours; a redirect that does not say where leads back to itself."""
    for location in ("/config", ""):
        with pytest.raises(RemoteProtocolError, match="redirects more than 5 times"):
            converse(*[redirect(location)] * 5)


@given(location=st.text() | st.from_regex(r"(https?:)?//[\[\]\w.:@]*/(config)?[?#]?"))
def test_any_redirect_is_followed_or_refused(location):
    """Ours: no address makes the reading itself fail."""
    flow = connect()
    next(flow)
    try:
        request = flow.send(redirect(location))
    except NotGradio:
        return
    assert request.path.startswith(("https://", "http://"))


# --- what else may answer ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "error", "message"),
    [
        (page(200), NotGradio, "its /config is a web page"),
        (Response(200, b"hello"), NotGradio, "something that is not JSON"),
        (Response(200, b""), NotGradio, "something that is not JSON"),
        (Response(200, b"[]"), NotGradio, "not JSON"),
        (Response(200, b'{"version": 3}'), NotGradio, "not JSON"),
        (Response(200, b'{"version": "\xff"}'), NotGradio, "not JSON"),
        (Response(200, b'{"x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"), NotGradio, "not JSON"),
        (Response(200, b'{"name": "some other app"}'), NotGradio, "does not describe a Gradio app"),
        (page(401), SpaceNotFound, "the token is missing (HTTP 401)"),
        (page(404), SpaceNotFound, "the token is missing (HTTP 404)"),
        (json_answer(404, b'{"detail":"Not Found"}'), SpaceNotFound, "(HTTP 404: Not Found)"),
        (page(403, "Forbidden"), AuthenticationError, "wants a login (Forbidden)"),
        (page(502), SpaceUnavailable, "does not run now (HTTP 502)"),
        (page(503, "Sleeping"), SpaceUnavailable, "(HTTP 503: Sleeping)"),
        (page(504), SpaceUnavailable, "(HTTP 504)"),
        (Response(429, headers={"retry-after": "3"}), RateLimited, "again in 3 s"),
        (Response(500, b"Internal Server Error"), RemoteProtocolError, "HTTP 500"),
        (Response(204), RemoteProtocolError, "HTTP 204"),
    ],
)
def test_whatever_else_answers_is_called_by_its_name(response, error, message):
    """Ours: HTML is never a configuration, an outage is never "not Gradio"."""
    page = [Response(200, b"<html>")] if response.status == 404 else []
    with pytest.raises(AnyspaceError) as caught:
        converse(response, *page)

    assert type(caught.value) is error
    assert message in str(caught.value)


@pytest.mark.parametrize("away", ["http://ada-kitchen.hf.space/config", f"{ROOT}:8443/config"])
def test_a_password_is_not_sent_down_to_http_or_to_another_port(away):
    """Ours: the same name is not the same server."""
    with pytest.raises(AuthenticationError, match="another server"):
        converse(redirect(away), json_answer(401, REFUSED, away), credentials=ADA)


# --- the configuration in a page ---------------------------------------------------


PAGE = b"""<html><script>window.gradio_config = {"version": "3.0.26\\n",
"dependencies": [], "components": []};</script><script>more({})</script></html>"""


def test_a_configuration_is_found_in_the_page_where_there_is_no_other():
    """Observed on 3.0.26 and 3.1.7: pages hold the whole configuration."""
    asked, found = converse(
        Response(404, b"{}", {"content-type": "application/json"}),
        Response(200, PAGE, {"content-type": "text/html"}),
        Response(404),
    )

    assert [request.path for request in asked] == ["/config", "/", "/info?all_endpoints=True"]
    assert found.wire.version == "3.0.26"
    assert not found.wire.queues
    assert found.config.startswith(b'{"version"')


@pytest.mark.parametrize(
    "page", [Response(200, b"<html>Hello</html>"), Response(404, PAGE), Response(500)]
)
def test_a_page_without_one_leaves_it_at_the_first_answer(page):
    """Ours: nothing is there, and so it is told."""
    with pytest.raises(SpaceNotFound, match="no Gradio app answers there"):
        converse(Response(404, b"<html>", {"content-type": "text/html"}), page)


@pytest.mark.parametrize(
    "page",
    [
        b"window.gradio_config = {",
        b"window.gradio_config = 3</script>",
        b"window.gradio_config = {" + b"x</script>" * 100,
    ],
)
def test_a_page_that_only_begins_a_configuration_has_none(page):
    """Ours: a page may be made so that looking for the end would never end."""
    with pytest.raises(SpaceNotFound):
        converse(Response(404), Response(200, page, {"content-type": "text/html"}))


def test_a_configuration_may_speak_of_scripts():
    """It ends with a brace before the end of a script, and not at the first end of one."""
    page = b'window.gradio_config = {"dependencies": [], "title": "a</script>"};</script>'
    _, found = converse(
        Response(404), Response(200, page, {"content-type": "text/html"}), Response(404)
    )
    assert b"a</script>" in found.config
