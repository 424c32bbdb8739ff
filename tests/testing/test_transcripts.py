"""The file of a recorded conversation: what is written is what is read, and people can read it."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from anyspace.testing import Answered, Asked, Body, Ended, Part, Said, Transcript
from anyspace.testing._bodies import event_from, read_body, write_body, write_event

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
PLAIN = (
    JSON.map(lambda value: Body(json=value))
    | TEXT.map(lambda text: Body(text=text))
    | st.binary(max_size=60).map(lambda data: Body(base64=data))
)
PARTS = st.builds(
    Part,
    name=TEXT,
    body=st.none() | PLAIN,
    filename=st.none() | TEXT,
    type=st.just("") | st.just("image/png"),
)
BODIES = st.none() | PLAIN | st.lists(PARTS, max_size=3).map(lambda parts: Body(form=parts))
HEADERS = st.dictionaries(TEXT, TEXT, max_size=3)
WHEN = {"exchange": st.integers(1, 9), "at": st.floats(0, 1e6)}
RECORDS = (
    st.builds(
        Asked,
        **WHEN,
        method=st.sampled_from(["GET", "POST"]),
        target=TEXT,
        headers=HEADERS,
        body=BODIES,
        socket=st.booleans(),
    )
    | st.builds(
        Answered,
        **WHEN,
        status=st.integers(100, 599),
        headers=HEADERS,
        cookies=st.lists(TEXT, max_size=2),
        body=BODIES,
        streams=st.booleans(),
    )
    | st.builds(Said, **WHEN, body=BODIES, by=st.sampled_from(["app", "client"]), event=TEXT)
    | st.builds(
        Ended,
        **WHEN,
        by=st.sampled_from(["app", "client"]),
        cut=st.booleans(),
        code=st.integers(0, 4999),
    )
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("transcripts") / "talk.transcript"


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORDS, max_size=5), TEXT)
def test_what_was_saved_is_what_is_loaded(place, records, root):
    """Ours: whatever stands in the texts, line ends and braces too."""
    saved = Transcript(records, root)
    saved.save(place)
    assert Transcript.load(place) == saved


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS, max_size=4))
def test_other_tools_read_it_as_json_one_value_after_the_other(place, records):
    """Ours: as ``jq`` does; the first value says what it is."""
    Transcript(records).save(place)
    text = place.read_text("utf-8")
    decoder, at, values = json.JSONDecoder(), 0, []
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        values.append(value)
        at += len(text[at:]) - len(text[at:].lstrip("\n"))
    assert values[0] == {"what": "transcript", "version": 1}
    assert [value["exchange"] for value in values[1:]] == [record.exchange for record in records]


def test_the_file_can_be_read_by_people(place):
    """A record that fits stands on a line; of others the first line tells what they are."""
    answer = {"components": [{"id": i, "label": "a label of some length"} for i in range(3)]}
    Transcript(
        [
            Asked(exchange=1, at=0.0, method="GET", target="/config"),
            Answered(exchange=1, at=0.021, status=200, body=Body(json=answer)),
            Said(exchange=2, at=0.04, body=Body(json={"msg": "estimation", "rank": 0})),
            Ended(exchange=2, at=0.8, cut=True),
        ]
    ).save(place)
    assert place.read_text() == (
        '{"what": "transcript", "version": 1}\n'
        '{"what": "request", "exchange": 1, "at": 0.0, "method": "GET", "target": "/config"}\n'
        '{"what": "answer", "exchange": 1, "at": 0.021, "status": 200,\n'
        '  "body": {\n'
        '    "json": {\n'
        '      "components": [\n'
        '        {"id": 0, "label": "a label of some length"},\n'
        '        {"id": 1, "label": "a label of some length"},\n'
        '        {"id": 2, "label": "a label of some length"}\n'
        "      ]\n"
        "    }\n"
        "  }\n"
        "}\n"
        '{"what": "piece", "exchange": 2, "at": 0.04, '
        '"body": {"json": {"msg": "estimation", "rank": 0}}}\n'
        '{"what": "end", "exchange": 2, "at": 0.8, "cut": true}\n'
    )


def test_large_bytes_lie_beside_it_by_their_content(tmp_path):
    """Ours: up to 4 KiB inside; what no record names any more goes, other people's files stay."""
    path = tmp_path / "deep" / "talk.transcript"
    folder = tmp_path / "deep" / "talk.transcript.files"
    small, large = bytes(4096), bytes(range(256)) * 17
    kind = {"content-type": "image/png"}
    records = [
        Asked(exchange=1, at=0.0, method="GET", target="/a"),
        Answered(exchange=1, at=0.0, status=200, headers=kind, body=Body(base64=large)),
        Answered(exchange=1, at=0.0, status=200, headers=kind, body=Body(base64=small)),
    ]
    talk = Transcript(records)
    talk.save(path)
    name = hashlib.sha256(large).hexdigest()[:16] + ".png"
    assert [file.name for file in folder.iterdir()] == [name]
    assert f'"body": {{"file": "{name}"}}' in path.read_text()
    assert Transcript.load(path) == talk
    assert talk.records[1].body.base64 == large  # saving changed nothing here

    (folder / "notes.txt").write_text("mine")
    Transcript(records[:1]).save(path)
    assert [file.name for file in folder.iterdir()] == ["notes.txt"]
    (folder / "notes.txt").unlink()
    Transcript(records[:1]).save(path)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not begin as one"),
        ('{"what": "end", "exchange": 1, "at": 0}\n', "does not begin as one"),
        ('{"what": "transcript", "version": 2}\n', "has format 2"),
        ('{"what": "transcript", "version": 1}\n\nnonsense\n}\n', "line 3"),
        ('{"what": "transcript", "version": 1}\n{"what": "end", "exchange": 1,\n', "line 2"),
        ('{"what": "transcript", "version": 1}\n{"what": "end", "at": 0}\n', "line 2.*exchange"),
        ('{"what": "transcript", "version": 1}\n{"what": "end", "exchange": 1, "at": 0, "x": 1}\n',
         "unknown field"),
        ('{"what": "transcript", "version": 1}\n{"what": "piece", "exchange": 1, "at": 0, '
         '"body": {"file": "../../secret"}}\n', "no name of a file beside it"),
    ],
)  # fmt: skip
def test_what_is_no_transcript_is_said_so(tmp_path, text, words):
    """With the line, for files are edited by hand."""
    path = tmp_path / "talk.transcript"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"talk\.transcript.*{words}"):
        Transcript.load(path)


# --- bodies ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind", "body"),
    [
        (b"", "text/plain", None),
        (b'{"a": 1}', "application/json; charset=utf-8", Body(json={"a": 1})),
        (b'{"a": 1}', "", Body(json={"a": 1})),
        (b'{"a": 1}', "text/html", Body(text='{"a": 1}')),
        (b"NaN", "application/json", Body(text="NaN")),
        (b'"\\ud800"', "application/json", Body(text='"\\ud800"')),
        ("süß".encode(), "text/csv", Body(text="süß")),
        (b"\xff\xfe", "text/plain", Body(base64=b"\xff\xfe")),
        (b"PK\0\0", "application/zip", Body(base64=b"PK\0\0")),
    ],
)
def test_a_body_is_shown_in_the_form_that_tells_most(data, kind, body):
    """Ours; and its bytes come back, but for the spaces in JSON."""
    assert read_body(data, kind) == body
    assert write_body(body).replace(b" ", b"") == data.replace(b" ", b"")


def test_the_parts_of_a_form_are_shown_one_by_one():
    """As aiohttp and httpx write them; a line end at the end of a file is the file's."""
    data = (
        b'--xyz\r\nContent-Disposition: form-data; name="files"; filename="a b.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhello\r\n\r\n--xyz\r\n"
        b'Content-Disposition: form-data; name="note"\r\n\r\nyes\r\n--xyz--\r\n'
    )
    body = read_body(data, 'multipart/form-data; boundary="xyz"')
    assert body == Body(
        form=[
            Part(name="files", filename="a b.txt", type="text/plain", body=Body(text="hello\r\n")),
            Part(name="note", body=Body(text="yes")),
        ]
    )


@given(st.binary(max_size=80) | TEXT.map(str.encode))
def test_any_bytes_of_a_stream_come_back(data):
    """What is not an event as Gradio writes it is kept as it is."""
    event, body = event_from(data)
    if body.json is UNSET:
        assert write_event(event, body) == data
    else:
        assert event_from(write_event(event, body)) == (event, body)


@pytest.mark.parametrize(
    ("block", "event", "body"),
    [
        (b'data: {"msg": "x"}\n\n', "", Body(json={"msg": "x"})),
        (b'data:{"msg":"x"}\n\n', "", Body(json={"msg": "x"})),
        (b"event: complete\ndata: [1]\n\n", "complete", Body(json=[1])),
        (b"event: heartbeat\ndata: null\n\n", "heartbeat", Body(json=None)),
        (b": a comment\n\n", "", Body(text=": a comment\n\n")),
        (b"id: 1\ndata: 1\n\n", "", Body(text="id: 1\ndata: 1\n\n")),
        (b"data: half", "", Body(text="data: half")),
        (b"data: \xff\n\n", "", Body(base64=b"data: \xff\n\n")),
    ],
)
def test_events_are_shown_by_their_data(block, event, body):
    """Both kinds of Gradio's streams: the queue's, and ``/call``'s with named events."""
    assert event_from(block) == (event, body)
