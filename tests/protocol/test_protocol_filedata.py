"""Files among the data, as the three styles write them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace.protocol import (
    Completed,
    FileStyle,
    Stream,
    parse_message,
    read_file,
    read_gallery,
    write_file,
)
from tests.transcripts import load

NAMED, UNMARKED, MARKED = FileStyle.NAMED, FileStyle.UNMARKED, FileStyle.MARKED
STYLES = pytest.mark.parametrize("style", FileStyle)
DECLARED = pytest.mark.parametrize("declared", [True, False])
MARK = {"_type": "gradio.FileData"}
PICTURE = "data:image/png;base64,iVBORw0K"


def result(name):
    """The values of a recorded job."""
    data = load(name)
    if name.startswith("ws/"):
        *_, completed = (parse_message(frame) for frame in data.splitlines())
    else:
        stream = Stream(name.split("/")[0])
        stream.receive_data(data)
        (completed,) = (event for event in stream.events() if isinstance(event, Completed))
    return completed.data


# --- reading ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "style", "orig_name"),
    [
        ("ws/gradio3_tone.jsonl", NAMED, "audio.wav"),
        ("sse/gradio4_tone.sse", UNMARKED, None),
        ("sse_v1/gradio4_tone.sse", UNMARKED, "audio.wav"),
        ("sse_v2/gradio4_tone.sse", UNMARKED, "audio.wav"),
        ("sse_v2.1/gradio4_tone.sse", MARKED, "audio.wav"),
    ],
)
def test_a_file_of_every_generation_has_a_path(name, style, orig_name):
    """Recorded from /tone on 3.50.2, 4.0.2, 4.16.0, 4.19.2 and 4.21.0."""
    (value,) = result(name)

    file = read_file(style, value, declared=True)

    assert file["path"].endswith("/audio.wav")
    assert file["orig_name"] == orig_name


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("ws/gradio3_gallery.jsonl", NAMED),
        ("sse/gradio4_gallery.sse", UNMARKED),
        ("sse_v2.1/gradio4_gallery.sse", MARKED),
    ],
)
def test_what_lies_around_a_file_is_none(name, style):
    """Recorded from /gallery: pairs on 3.50.2, mappings on 4.0.2 and 4.21.0."""
    (((picture, caption),),) = (
        [item.values() if isinstance(item, dict) else item for item in value]
        for value in result(name)
    )
    (value,) = result(name)

    assert read_file(style, picture, declared=True)["path"].endswith("/image.png")
    for around in (value, value[0], caption):
        assert read_file(style, around, declared=True) is None


@STYLES
@DECLARED
def test_a_marked_file_is_one_wherever_it_stands(style, declared):
    """Ours: no other value has the mark; the file is handed out as it is."""
    value = {"path": "/tmp/a", "meta": MARK}

    assert read_file(style, value, declared=declared) is value


@DECLARED
@pytest.mark.parametrize(
    "value",
    [
        {"path": "/tmp/a", "url": None, "orig_name": "a"},
        {"path": "/tmp/a", "meta": None},
        {"path": "/tmp/a", "meta": "gradio.FileData"},
        {"path": "/tmp/a", "meta": {"_type": "other"}},
        {"name": "/tmp/a", "data": None, "is_file": True},
        PICTURE,
    ],
)
def test_without_the_mark_nothing_is_a_file_where_files_are_marked(value, declared):
    """Ours, from 4.21 on: a path alone says nothing, JSON may have one too."""
    assert read_file(MARKED, value, declared=declared) is None


@pytest.mark.parametrize("keys", ["path url", "path orig_name", "url orig_name", ""])
def test_an_unmarked_file_is_declared_and_has_all_its_keys(keys):
    """Observed on 4.0.2 to 4.19.2: five keys at least, of which three are enough for us."""
    whole = {"path": "/tmp/a", "url": None, "orig_name": None, "size": None, "mime_type": None}
    part = dict.fromkeys(keys.split(), "x")

    assert read_file(UNMARKED, whole, declared=True) is whole
    assert read_file(UNMARKED, whole, declared=False) is None
    assert read_file(UNMARKED, part, declared=True) is None


@DECLARED
@pytest.mark.parametrize(
    ("value", "file"),
    [
        (
            {"name": "/tmp/a", "data": None, "is_file": True, "orig_name": "a", "size": 2},
            {"path": "/tmp/a", "orig_name": "a", "size": 2},
        ),
        (
            {"name": "/tmp/a", "data": None, "is_file": True},
            {"path": "/tmp/a", "orig_name": None, "size": None},
        ),
        (
            {"name": "/tmp/a", "data": None, "is_file": False},
            {"path": "/tmp/a", "orig_name": None, "size": None},
        ),
        (
            {"name": "a.png", "data": PICTURE, "is_file": False},
            {"url": PICTURE, "orig_name": "a.png", "size": None},
        ),
        (
            {"name": "x", "data": PICTURE, "is_file": False, "orig_name": "a.png", "size": 6},
            {"url": PICTURE, "orig_name": "a.png", "size": 6},
        ),
        ({"name": "/tmp/a", "data": None}, None),
        ({"name": "/tmp/a", "is_file": True}, None),
        ({"path": "/tmp/a", "url": None, "orig_name": "a"}, None),
    ],
)
def test_a_named_file_lies_on_the_server_or_in_the_data(value, file, declared):
    """Observed on 3.50.2 with `is_file`; what else stands in a file is ours."""
    assert read_file(NAMED, value, declared=declared) == file


def test_a_picture_as_text_is_a_file_where_one_is_declared():
    """Observed on 3.50.2 from /invert; elsewhere text stays text."""
    assert read_file(NAMED, PICTURE, declared=True) == {"url": PICTURE}
    assert read_file(NAMED, PICTURE, declared=False) is None
    assert read_file(NAMED, "/tmp/a.png", declared=True) is None
    assert read_file(UNMARKED, PICTURE, declared=True) is None


# --- galleries ----------------------------------------------------------------------------


def test_a_gallery_of_gradio_3_has_pairs_or_bare_files():
    """Recorded from /gallery on 3.50.2; files without captions by its code."""
    (pairs,) = result("ws/gradio3_gallery.jsonl")
    ((file, caption),) = pairs

    assert caption == "picture 0"
    assert read_gallery(NAMED, pairs) == [{"image": file, "caption": "picture 0"}]
    assert read_gallery(NAMED, [file, [file, None], [file]]) == [
        {"image": file, "caption": None},
        {"image": file, "caption": None},
        {"image": [file], "caption": None},
    ]
    assert read_gallery(NAMED, None) is None


@pytest.mark.parametrize(
    ("name", "style"),
    [("sse/gradio4_gallery.sse", UNMARKED), ("sse_v2.1/gradio4_gallery.sse", MARKED)],
)
def test_a_gallery_has_todays_form_from_4_0_on(name, style):
    """Recorded from /gallery on 4.0.2 and 4.21.0."""
    (value,) = result(name)

    assert read_gallery(style, value) is value
    assert value[0].keys() == {"image", "caption"}


# --- any value ----------------------------------------------------------------------------

leaves = st.sampled_from([None, True, 0, 2.5, "", "text", PICTURE, MARK, "gradio.FileData"])
keys = st.sampled_from("path url orig_name name data is_file meta _type size".split())
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner), max_leaves=8
)


@given(style=st.sampled_from(FileStyle), value=values, declared=st.booleans())
def test_any_value_is_a_file_or_none(style, value, declared):
    """Ours: no value makes the reading itself fail; what is written anew says where it is."""
    file = read_file(style, value, declared=declared)

    assert file is None or file is value or file.keys() & {"path", "url"}


# --- writing ------------------------------------------------------------------------------


def test_a_named_file_is_written_with_its_place_as_its_name():
    """Observed: what 3.50.2 takes after an upload."""
    assert write_file(NAMED, "/tmp/a", name="a.txt", mime_type="text/plain", size=3) == {
        "name": "/tmp/a",
        "data": None,
        "is_file": True,
        "orig_name": "a.txt",
        "size": 3,
    }


@pytest.mark.parametrize("style", [UNMARKED, MARKED])
def test_a_file_is_written_with_its_mark_from_4_0_on(style):
    """Observed: 4.0.2 and 4.16.0, which do not know the mark, take it too."""
    assert write_file(style, "/tmp/a", name="a.txt", mime_type="text/plain", size=3) == {
        "path": "/tmp/a",
        "url": None,
        "orig_name": "a.txt",
        "mime_type": "text/plain",
        "size": 3,
        "meta": MARK,
    }


def test_a_file_that_the_app_fetches_is_its_url_twice():
    """Ours, so that either may be looked at; an unknown type or size is null."""
    url = "https://a/b.png"

    written = write_file(MARKED, url, name="b.png", mime_type="", size=None, url=url)

    assert (written["path"], written["url"]) == (url, url)
    assert (written["mime_type"], written["size"]) == (None, None)


@STYLES
def test_what_was_written_is_read_as_a_file_again(style):
    """Ours, also after its way over the wire."""
    written = write_file(style, "/tmp/a", name="a.txt", mime_type="", size=3)

    file = read_file(style, json.loads(json.dumps(written)), declared=True)

    assert (file["path"], file["orig_name"], file["size"]) == ("/tmp/a", "a.txt", 3)
