"""What is taken out of a recording before it is written."""

from __future__ import annotations

import base64
from urllib.parse import quote

import msgspec
import pytest

from anyspace._secrets import MARK
from anyspace.testing import Answered, Asked, Body, Ended, Part, Said
from anyspace.testing._cleaning import ADDRESS, clean

TOKEN = "hf_" + "aB3dE5gH7jK9mN1pQ3"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s5_gnature-part"


def asked(target="/", *, exchange=1, **fields):
    return Asked(exchange=exchange, at=0.0, method="POST", target=target, **fields)


def answered(*, exchange=1, **fields):
    return Answered(exchange=exchange, at=0.0, status=200, **fields)


def cleaned(*records, addresses=(), secrets=()):
    return clean(list(records), addresses, secrets)


def text_of(records):
    return msgspec.json.encode(records).decode()


# --- secrets ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization", f"Bearer {TOKEN}"),
        ("authorization", "Basic YWRhOmxvdmVsYWNl"),
        ("x-hf-authorization", f"Bearer {TOKEN}"),
        ("cookie", "access-token-x=wQ3xT7oLkM2pV9aa; theme=dark"),
        ("x-ip-token", JWT),
        ("x-whatever-the-user-sends", "opensesame"),
    ],
)
def test_of_a_requests_headers_only_the_harmless_keep_their_values(name, value):
    """Ours: whatever is not known is taken for a secret; that it was sent is kept."""
    harmless = {"accept": "*/*", "content-type": "application/json", "x-gradio-user": "api"}
    (record,) = cleaned(asked(headers={name: value, "host": "h", "user-agent": "u", **harmless}))
    assert record.headers == {name: MARK, **harmless}


def test_of_an_answers_headers_only_the_known_are_kept_and_cookies_lose_their_values():
    """Observed: Gradio sets two at a login."""
    (record,) = cleaned(
        answered(
            headers={"content-type": "text/html", "x-secret": "s", "date": "now", "location": "/x"},
            cookies=["access-token-1=wQ3xT7oLkM; Path=/; expires=Tue, 1 Dec 2026; HttpOnly"],
        )
    )
    assert record.headers == {"content-type": "text/html", "location": "/x"}
    assert record.cookies == [f"access-token-1={MARK}; Path=/; HttpOnly"]


@pytest.mark.parametrize(
    "body",
    [
        Body(json={"data": [], "oauth_token": "oauth-1234567890"}),
        Body(json={"deep": [{"Password": "oauth-1234567890"}]}),
        Body(text="username=ada&password=oauth-1234567890"),
        Body(form=[Part(name="password", body=Body(text="oauth-1234567890"))]),
        Body(text="see https://x.hf.space/file=a?__sign=oauth-1234567890&x=1"),
        Body(json={"data": ["https://x.hf.space/file=a?__sign=oauth-1234567890"]}),
    ],
)
def test_values_go_that_say_by_name_what_they_are(body):
    """In JSON at any depth, in both kinds of forms, in addresses in any text."""
    records = cleaned(asked(body=body))
    assert "oauth-1234567890" not in text_of(records)
    assert MARK in text_of(records)


@pytest.mark.parametrize(
    "target", ["/file=a?__sign={}", "/x?a=1&token={}", "/x?access_token={}&b="]
)
def test_secrets_go_from_addresses(target):
    """Observed: Spaces sign the addresses of private media."""
    (record,) = cleaned(asked(target.format(quote(JWT))))
    assert record.target == target.format(MARK)


@pytest.mark.parametrize(
    "secret", [TOKEN, JWT, "sk-proj-abcdefghij0123456789", f"Bearer {'x' * 9}"]
)
def test_what_looks_like_a_token_goes_wherever_it_stands(secret):
    """A key that a user typed into a text field has no name that tells."""
    records = cleaned(
        Said(exchange=1, at=0.0, body=Body(json={"output": {"data": [f"got {secret}!"]}}))
    )
    assert secret not in text_of(records)
    assert f"{MARK}!" in text_of(records)


@pytest.mark.parametrize(
    "repeated",
    [
        Body(json={"error": "no user for pa/ss wörd & co"}),
        Body(json={"pa/ss wörd & co": 1}),
        Body(text="<p>pa/ss wörd &amp; co</p>"),
        Body(text="/x?q=pa%2Fss%20w%C3%B6rd%20%26%20co"),
        Body(text="/x?q=pa%2Fss+w%C3%B6rd+%26+co"),
        Body(text='{"a": "pa/ss w\\u00f6rd & co"}'),
        Body(base64="\0pa/ss wörd & co\0".encode()),
    ],
)
def test_what_was_a_secret_once_is_one_everywhere(repeated):
    """Apps repeat what they were told, spelled as their answer wants it; before it was told too."""
    secret = Body(json={"password": "pa/ss wörd & co"})
    records = cleaned(answered(body=repeated), asked(body=secret))
    changed = records[0].body
    if changed.base64 is not msgspec.UNSET:
        assert changed.base64 == f"\0{MARK}\0".encode()
        return
    assert "rd" not in text_of([changed]).replace("word", "")
    assert MARK in text_of([changed])


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ({"authorization": "Token abcdef-ghijkl-mnopqr"}, "abcdef-ghijkl-mnopqr"),
        ({"cookie": "session=abcdef%2Dghijkl-mnopqr; theme=dark"}, "abcdef-ghijkl-mnopqr"),
        ({"x-api-key": "abcdef-ghijkl-mnopqr"}, "abcdef-ghijkl-mnopqr"),
    ],
)
def test_credentials_of_headers_are_looked_for_in_all_the_rest(headers, secret):
    """Without the scheme, and as the cookie means them."""
    records = cleaned(asked(headers=headers), answered(body=Body(json=[f"you are {secret}"])))
    assert records[1].body == Body(json=[f"you are {MARK}"])


def test_the_user_knows_more_secrets():
    """However short; nothing at all is no secret."""
    record = asked("/who/ada", body=Body(json={"data": ["ada", "Ada"]}))
    (record,) = cleaned(record, secrets=["ada", ""])
    assert (record.target, record.body) == (f"/who/{MARK}", Body(json={"data": [MARK, "Ada"]}))


def test_short_words_are_not_hunted_for_because_they_were_a_password_once():
    """Ours: a password like "red" would take the word out of everything."""
    login = asked("/login", body=Body(text="username=ada&password=red"))
    records = cleaned(login, answered(body=Body(json={"colour": "red"})))
    assert records[0].body == Body(text=f"username=ada&password={MARK}")
    assert records[1].body == Body(json={"colour": "red"})


def test_other_bytes_stay_as_they_are():
    """Pictures do not change because some bytes look like something."""
    data = base64.b64decode("iVBORw0KGgo=") + bytes(range(256))
    (record,) = cleaned(answered(body=Body(base64=data)), secrets=["not in there"])
    assert record.body == Body(base64=data)


# --- names and addresses ---------------------------------------------------------


def test_names_that_were_made_up_are_numbered_as_they_came():
    """So recording the same again changes little; paths have them too."""
    session, event, upload = "3f9a8c7d6e5b4a21", "0c1d2e3f4a5b6c7d8e9f", "up1oad9x8y7z"
    records = cleaned(
        asked(f"/upload?upload_id={upload}"),
        asked("/queue/join", body=Body(json={"session_hash": session, "data": [session]})),
        answered(body=Body(json={"event_id": event})),
        asked(f"/queue/data?session_hash={session}"),
        Said(exchange=1, at=0.0, body=Body(json={"url": f"/stream/{session}/{event}/x.m3u8"})),
        asked(f"/call/infer/{event}"),
        Ended(exchange=1, at=0.0),
    )
    assert records[0].target == "/upload?upload_id=upload-1"
    assert records[1].body == Body(json={"session_hash": "session-1", "data": ["session-1"]})
    assert records[2].body == Body(json={"event_id": "event-1"})
    assert records[3].target == "/queue/data?session_hash=session-1"
    assert records[4].body == Body(json={"url": "/stream/session-1/event-1/x.m3u8"})
    assert records[5].target == "/call/infer/event-1"


def test_names_that_people_gave_are_left():
    """A session called "default" is a word of many texts."""
    record = asked(body=Body(json={"session_hash": "default", "data": ["default"]}))
    assert cleaned(record) == [record]


def test_the_apps_address_is_nobodys_in_the_file():
    """In texts, addresses and redirects."""
    here = "http://127.0.0.1:7860"
    records = cleaned(
        answered(headers={"location": f"{here}/sub/"}, body=Body(json={"root": f"{here}/sub"})),
        asked(headers={"content-type": "multipart/form-data; boundary=abc"}),
        addresses=[here],
    )
    assert records[0].headers == {"location": f"{ADDRESS}/sub/"}
    assert records[0].body == Body(json={"root": f"{ADDRESS}/sub"})
    assert records[1].headers == {"content-type": "multipart/form-data"}
