"""Fitting a caller's arguments to an endpoint."""

import enum
import math
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from anyspace._errors import ArgumentError, FileError
from anyspace.schema import (
    Choice,
    Endpoint,
    FileValue,
    Parameter,
    Slot,
    bind_names,
    fit_arguments,
)
from tests.schema.apps import RECORDED, recorded

GRADIOS = pytest.mark.parametrize("gradio", RECORDED)
TEXT, NUMBER, INTEGER = {"type": "string"}, {"type": "number"}, {"type": "integer"}
FILE = {"type": "object", "properties": {"path": TEXT, "orig_name": TEXT, "meta": {}}}
PICTURE = {"properties": {"image": {"$ref": "#/$defs/F"}, "caption": TEXT}, "required": ["image"]}
FILM = {"properties": {"video": {"$ref": "#/$defs/F"}, "caption": TEXT}, "required": ["video"]}


class Photo(FileValue):
    """A file for tests, equal by its name."""

    def __init__(self, name, mime_type="image/png", size=3):
        self.name = name
        self.mime_type = mime_type
        self.size = size

    def __eq__(self, other):
        return isinstance(other, Photo) and self.name == other.name

    __hash__ = None

    def __repr__(self):
        return f"Photo({self.name!r})"


class Columns:
    """Has columns, and is no table for all that."""

    columns = ("a",)


KINDS = {".png": "image/png", ".txt": "text/plain", ".mp4": "video/mp4", ".bin": ""}
URL = "https://example.com/a.png"


def to_file(value):
    """Paths and URLs are files, as for the client; plain text is none."""
    if isinstance(value, PurePosixPath):
        if value.stem == "missing":
            raise FileError(f"there is no {value.name}")
        return Photo(value.name, KINDS[value.suffix])
    if isinstance(value, str) and value.startswith("https:"):
        return {"path": value, "url": value}
    return None


def one(json_type=TEXT, **fields):
    """An endpoint with the single parameter `x`."""
    fields = {"label": "", "component": "textbox", **fields}
    return Endpoint(
        api_name="/run",
        fn_index=0,
        parameters=(Parameter(name="x", json_type=json_type, **fields),),
        input_slots=(Slot(0),),
    )


def file(json_type=FILE, **fields):
    """As above, for a parameter that takes files."""
    return one({**json_type, "$defs": {"F": FILE}}, takes_file=True, component="file", **fields)


def fit(endpoint, *args, **kwargs):
    return fit_arguments(endpoint, args, kwargs, to_file=to_file)


def fitted(endpoint, value):
    """What is sent for the only argument."""
    (sent,) = fit(endpoint, value)
    return sent


def problems(endpoint, *args, **kwargs):
    with pytest.raises(ArgumentError) as caught:
        fit(endpoint, *args, **kwargs)
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    assert caught.value.endpoint == endpoint.name
    return list(caught.value.problems)


def problem(endpoint, value):
    (only,) = problems(endpoint, value)
    return only


# --- names ------------------------------------------------------------------------------------

THREE = Endpoint(
    api_name="/draw",
    fn_index=0,
    parameters=(
        Parameter(name="prompt", label="", component="textbox", json_type=TEXT),
        Parameter(
            name="seed", label="", component="number", json_type=NUMBER, required=False, default=7
        ),
        Parameter(name="steps", label="", component="number", json_type=NUMBER),
    ),
)
NONE = Endpoint(api_name="/none", fn_index=1)
MISSING = "is missing and has no default; None leaves the field empty"


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        (["a", 7, 3], {}),
        (["a"], {"seed": 7, "steps": 3}),
        ([], {"steps": 3, "prompt": "a"}),
        (["a"], {"steps": 3}),
    ],
)
def test_arguments_come_by_position_or_by_name(args, kwargs):
    """Ours; what is left out gets its default."""
    assert fit(THREE, *args, **kwargs) == ["a", 7, 3]


def test_an_endpoint_without_parameters_takes_nothing():
    """Ours."""
    assert fit(NONE) == []
    assert problems(NONE, "a") == ["1 positional arguments for 0 parameters"]
    assert problems(NONE, x=1) == ["x: no such parameter; it takes no arguments"]


@pytest.mark.parametrize(
    ("args", "kwargs", "told"),
    [
        (["a"], {}, [f"steps: {MISSING}"]),
        ([], {}, [f"prompt: {MISSING}", f"steps: {MISSING}"]),
        (["a", 1, 2, 3], {}, ["4 positional arguments for 3 parameters"]),
        (["a", 1, 2], {"seed": 5}, ["seed: given twice, by position and by name"]),
        (["a", 1, 2], {"promt": 5}, ["promt: no such parameter; did you mean prompt?"]),
        (
            ["a", 1, 2],
            {"width": 5},
            ["width: no such parameter; it takes prompt, seed, steps"],
        ),
    ],
)
def test_names_that_do_not_fit_are_told(args, kwargs, told):
    """Ours: a near name is offered, else all of them."""
    assert problems(THREE, *args, **kwargs) == told


def test_all_problems_are_told_in_one_error():
    """Ours: names and values, one line each."""
    with pytest.raises(ArgumentError) as caught:
        fit(THREE, 3, steps="many", sed=1)

    assert str(caught.value) == (
        "/draw: 3 arguments do not fit:\n"
        "  - sed: no such parameter; did you mean seed?\n"
        "  - prompt: takes text, not int (3)\n"
        "  - steps: takes a number, not text ('many')"
    )
    assert len(caught.value.problems) == 3


def test_one_problem_is_told_on_one_line():
    """Ours."""
    with pytest.raises(ArgumentError) as caught:
        fit(THREE, "a")

    assert str(caught.value) == f"/draw: steps: {MISSING}"


def test_names_are_bound_without_looking_at_the_values():
    """Ours: what recipes ask before they have any values."""
    assert bind_names(THREE, [object], {"x": 1}) == (
        [object, UNSET, UNSET],
        ["x: no such parameter; it takes prompt, seed, steps", f"steps: {MISSING}"],
    )


def test_a_default_is_sent_as_it_is():
    """Observed: a default file lies on the server already and is not looked at here."""
    default = {"path": "/tmp/gradio/default.png", "meta": {"_type": "gradio.FileData"}}
    endpoint = file(required=False, default=default)

    (sent,) = fit(endpoint)

    assert sent is default


# --- None ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        one(),
        one(NUMBER),
        one(FILE, takes_file=True),
        one({"type": "array"}),
        one(choices=(Choice("a", "a"),)),
        one({"type": "array"}, choices=(Choice("a", "a"),), multiple=True),
        one({}),
    ],
)
def test_none_leaves_a_field_empty(endpoint):
    """Observed: every widget but one may be empty."""
    assert fitted(endpoint, None) is None


def test_a_slider_is_never_empty():
    """Observed: the server fails on it."""
    assert problem(one(NUMBER, component="slider"), None) == (
        "x: None, but a slider always has a number"
    )


# --- plain values -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("json_type", "value"),
    [
        (TEXT, ""),
        (TEXT, "a"),
        (NUMBER, 3),
        (NUMBER, 2.5),
        (INTEGER, 3),
        (INTEGER, 3.0),
        ({"type": "boolean"}, False),
        ({"type": "array"}, []),
        ({"type": "array", "items": {}}, [1, "a", None]),
        ({"type": "array", "items": TEXT}, ["a", None]),
        ({"type": "array", "prefixItems": [TEXT, NUMBER]}, ["a", 1, {"b": 2}]),
        ({"type": "array", "prefixItems": [TEXT], "items": NUMBER}, ["a", 1, 2]),
        ({"type": "object"}, {}),
        ({"type": "object", "properties": {"a": TEXT}}, {"a": "b", "c": [1]}),
        ({"properties": {"a": TEXT}, "required": ["a"]}, {"a": None}),
        ({"type": "object", "properties": 3, "required": True}, {"a": 1}),
        ({"anyOf": [TEXT, {"type": "null"}]}, "a"),
        ({"anyOf": [NUMBER, TEXT]}, "a"),
        ({"oneOf": [NUMBER, {"type": "array", "items": TEXT}]}, ["a"]),
        ({"anyOf": []}, "a"),
        ({"anyOf": 3, "type": "string"}, "a"),
        ({"type": "somebodys"}, "a"),
        ({"type": ["string", "null"]}, "a"),
        ({"type": {}, "description": "any valid json"}, {"a": [1, None, True, 2.5, "b"]}),
        ({}, {"path": "/not/a/file"}),
        ({"$ref": "#/$defs/N", "$defs": {"N": NUMBER}}, 3),
    ],
)
def test_what_fits_is_sent_as_it_is(json_type, value):
    """Types seen in /info of 4.44.1 to 6.31.0, and what JSON Schema allows."""
    sent = fitted(one(json_type), value)

    assert sent == value
    assert type(sent) is type(value)


@pytest.mark.parametrize(
    ("json_type", "value", "told"),
    [
        (TEXT, 3, "x: takes text, not int (3)"),
        (TEXT, ["a"], "x: takes text, not list"),
        (TEXT, b"a", "x: takes text, not bytes, and it takes no file"),
        (TEXT, Path("a.png"), f"x: takes text, not {type(Path()).__name__}, and it takes no file"),
        (TEXT, Photo("a.png"), "x: takes text, not Photo, and it takes no file"),
        (NUMBER, "3", "x: takes a number, not text ('3')"),
        (NUMBER, True, "x: takes a number, not bool (True)"),
        (NUMBER, "n" * 60, f"x: takes a number, not text ('{'n' * 36}...)"),
        (NUMBER, "n" * 38, f"x: takes a number, not text ('{'n' * 38}')"),
        (INTEGER, 2.5, "x: takes a whole number, not float (2.5)"),
        (INTEGER, True, "x: takes a whole number, not bool (True)"),
        (INTEGER, "3", "x: takes a whole number, not text ('3')"),
        ({"type": "boolean"}, 1, "x: takes True or False, not int (1)"),
        ({"type": "array"}, "abc", "x: takes a list, not text ('abc')"),
        ({"type": "array"}, {"a": 1}, "x: takes a list, not dict"),
        ({"type": "array"}, Photo("a.png"), "x: takes a list, not Photo, and it takes no file"),
        ({"type": "array", "items": TEXT}, ["a", 3], "x[1]: takes text, not int (3)"),
        ({"type": "array", "prefixItems": [TEXT]}, [3, 3], "x[0]: takes text, not int (3)"),
        ({"type": "object"}, "abc", "x: takes a mapping, not text ('abc')"),
        ({"properties": {"a": TEXT}, "required": ["a", "b"]}, {"a": ""}, "x: has no 'b'"),
        (
            {"properties": {"a": {"items": TEXT, "type": "array"}}},
            {"a": [0]},
            "x.a[0]: takes text, not int (0)",
        ),
        ({"anyOf": [TEXT, {"type": "null"}]}, 3, "x: takes text, not int (3)"),
        ({"anyOf": [{"type": "null"}, TEXT]}, 3, "x: takes None, not int (3)"),
        ({"type": "null"}, "a", "x: takes None, not text ('a')"),
        ({}, {"a": [{1, 2}]}, "x.a[0]: takes JSON, not set"),
        ({}, object, "x: takes JSON, not type"),
        ({}, Photo("a.png"), "x: takes JSON, not Photo, and it takes no file"),
        ({}, Columns(), "x: takes JSON, not Columns"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(json_type, value, told):
    """Ours: what would be right, what came, and where in the value."""
    assert problem(one(json_type), value) == told


def test_several_places_of_one_value_are_told():
    """Ours."""
    assert problems(one({"type": "array", "items": TEXT}), [1, "a", 2]) == [
        "x[0]: takes text, not int (1)",
        "x[2]: takes text, not int (2)",
    ]


@pytest.mark.parametrize(
    ("bounds", "value", "told"),
    [
        ({"minimum": 1, "maximum": 4}, 0.5, "x: 0.5 is out of range, it takes 1 to 4"),
        ({"minimum": 1, "maximum": 4}, 5, "x: 5 is out of range, it takes 1 to 4"),
        ({"minimum": 1}, 0, "x: 0 is out of range, it takes 1 to any"),
        ({"maximum": 4}, 5, "x: 5 is out of range, it takes any to 4"),
        (
            {"minimum": 0, "maximum": 2147483647},
            -1,
            "x: -1 is out of range, it takes 0 to 2147483647",
        ),
    ],
)
def test_a_number_out_of_range_is_told_with_the_range(bounds, value, told):
    """Observed: 5.50.0 refuses it, 4.44.1 does not; a seed's bound is written out."""
    assert problem(one(NUMBER, **bounds), value) == told
    assert problem(one(INTEGER, **bounds), math.floor(value)).endswith(
        told.partition("it takes")[2]
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("bounds", [{}, {"minimum": 1, "maximum": 4}])
def test_what_json_has_no_number_for_is_refused(bounds, value):
    """JSON has neither; they would reach the app as nothing at all."""
    assert problem(one(NUMBER, **bounds), value) == f"x: {value!r} is no number that can be sent"


@pytest.mark.parametrize("value", [1, 2.5, 4])
def test_a_number_in_range_fits_whatever_the_step(value):
    """Observed: no version insists on the step."""
    assert fitted(one(NUMBER, minimum=1, maximum=4, step=2), value) == value


def test_a_range_means_nothing_to_text():
    """Ours: a widget of somebody's own may have one."""
    assert fitted(one(TEXT, minimum=1, maximum=4), "a") == "a"
    assert fitted(one({"type": "array", "items": NUMBER}, minimum=1), [None]) == [None]


class Array0:
    """What numpy's scalars and 0-d arrays have, without numpy."""

    ndim = 0

    def __init__(self, value):
        self.value = value

    def item(self):
        return self.value


class Float64(float):
    """numpy's float64: a float by its class, with an `item` of its own."""

    ndim = 0

    def item(self):
        return float(self)


class Word(str):
    """numpy's str_, or anybody's text."""


class Colour(str, enum.Enum):  # noqa: UP042 - its text is "Colour.RED"
    RED = "red"


class Table:
    """What pandas' tables have, without pandas."""

    columns = ("a", 1)

    def to_numpy(self):
        return self

    def tolist(self):
        return [[1, "x"], [2, "y"]]


TABLE = {"headers": ["a", "1"], "data": [[1, "x"], [2, "y"]]}
FRAME = {
    "type": "object",
    "properties": {"headers": {"type": "array"}, "data": {"type": "array"}},
    "required": ["headers", "data"],
}


@pytest.mark.parametrize(
    ("json_type", "value", "sent"),
    [
        (NUMBER, Array0(2.5), 2.5),
        (INTEGER, Array0(3), 3),
        (NUMBER, Float64(2.5), 2.5),
        (TEXT, Word("a"), "a"),
        ({}, Array0(3), 3),
        ({}, {"a": [Array0(3), Word("b")]}, {"a": [3, "b"]}),
        ({}, (1, (2,)), [1, [2]]),
        ({"type": "array", "items": NUMBER}, (Array0(1), 2), [1, 2]),
        ({"properties": {"a": NUMBER}}, {"a": Array0(1)}, {"a": 1}),
        (FRAME, Table(), TABLE),
        ({}, Table(), TABLE),
    ],
)
def test_values_that_only_python_has_become_plain(json_type, value, sent):
    """Ours: numpy's numbers, pandas' tables and tuples are JSON by no other way."""
    plain = fitted(one(json_type), value)

    assert plain == sent
    assert type(plain) is type(sent)


def test_an_enum_of_text_stays_what_it_is():
    """Ours: its text is its value, not its name."""
    assert fitted(one(), Colour.RED) == "red"


def test_an_array_of_numbers_is_no_list():
    """Ours (known gap): a picture as an array cannot be told from a table as an array."""
    array = Array0(3)
    array.ndim = 2

    assert problem(one({"type": "array"}), array) == "x: takes a list, not Array0"


# --- choices --------------------------------------------------------------------------------------

SIZES = (Choice("Small", "s"), Choice("Large", "l"), Choice("3", 3))


@pytest.mark.parametrize("value", ["s", 3])
def test_a_choice_is_sent_by_its_value(value):
    """Observed."""
    assert fitted(one(choices=SIZES), value) == value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Small", "x: 'Small' is a label, the value for it is 's'"),
        ("x", "x: 'x' is not on offer; it takes 's', 'l', 3"),
        ("3", "x: '3' is a label, the value for it is 3"),
        (4, "x: 4 is not on offer; it takes 's', 'l', 3"),
        (["s"], "x: ['s'] is not on offer; it takes 's', 'l', 3"),
        (("s",), "x: ['s'] is not on offer; it takes 's', 'l', 3"),
    ],
)
def test_what_is_not_on_offer_is_told_with_what_is(value, told):
    """Observed: 5.50.0 refuses it, 4.44.1 takes it; a label is the commonest mistake."""
    assert problem(one(choices=SIZES), value) == told


def test_a_near_choice_is_offered():
    """Ours."""
    choices = tuple(Choice(name, name) for name in ("euler", "ddim"))

    assert problem(one(choices=choices), "eular") == (
        "x: 'eular' is not on offer (did you mean 'euler'?); it takes 'euler', 'ddim'"
    )


def test_a_long_list_of_choices_is_cut():
    """Ours: a hundred fonts are not told."""
    choices = tuple(Choice(str(i), i) for i in range(15))
    all_told = tuple(Choice(str(i), i) for i in range(12))

    assert problem(one(choices=choices), -1).endswith(
        "it takes 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more"
    )
    assert problem(one(choices=all_told), -1).endswith("9, 10, 11")


def test_other_choices_may_be_taken_too():
    """Observed: `allow_custom_value`."""
    assert fitted(one(choices=SIZES, open_choices=True), "own") == "own"
    assert fitted(one(choices=SIZES, open_choices=True, multiple=True), ["own"]) == ["own"]


@pytest.mark.parametrize("json_type", [TEXT, {"type": "array", "items": TEXT}])
@pytest.mark.parametrize(("value", "sent"), [(["s", "l"], ["s", "l"]), (("s",), ["s"]), ([], [])])
def test_several_choices_are_a_list(json_type, value, sent):
    """Observed: dropdowns of several, checkbox groups."""
    multiple = json_type is TEXT

    assert fitted(one(json_type, choices=SIZES, multiple=multiple), value) == sent


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("s", ["x: takes a list, not text ('s')"]),
        (
            ["s", "Large", "x"],
            [
                "x: 'Large' is a label, the value for it is 'l'",
                "x: 'x' is not on offer; it takes 's', 'l', 3",
            ],
        ),
    ],
)
def test_each_of_several_choices_must_be_on_offer(value, told):
    """Ours: every wrong one is told."""
    assert problems(one(choices=SIZES, multiple=True), value) == told


def test_a_choice_may_come_from_numpy():
    """Ours."""
    assert fitted(one(choices=SIZES), Array0(3)) == 3


# --- files -----------------------------------------------------------------------------------

PNG, TXT = Path("a.png"), Path("b.txt")
STORED = {"path": "/tmp/gradio/a.png", "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (PNG, Photo("a.png")),
        (Photo("z.png"), Photo("z.png")),
        (URL, {"path": URL, "url": URL}),
        (STORED, STORED),
        ({"url": URL}, {"url": URL}),
        (None, None),
    ],
)
def test_a_file_may_come_as_a_path_a_url_or_an_output(value, sent):
    """Ours; what an app returned can be sent back as it is."""
    assert fitted(file(), value) == sent


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            "a.png",
            "x: takes a file, and plain text is none: for a local file pass Path('a.png') "
            "or anyspace.file('a.png'), else a URL",
        ),
        (3, "x: takes a file, not int"),
        ([PNG], "x: takes a file, not list"),
        ({"name": "a.png"}, "x: is a mapping, but not one that names a file"),
        ({"path": None, "url": 3}, "x: is a mapping, but not one that names a file"),
        (Path("missing.png"), "x: there is no missing.png"),
    ],
)
def test_what_is_no_file_is_told_with_advice(value, told):
    """Ours: text stays text, so a path must be said to be one."""
    assert problem(file(), value) == told


def test_text_stays_text_where_no_file_is_taken():
    """Ours: a prompt that looks like a path or a URL is a prompt."""
    for text in ("a.png", URL, "/etc/passwd"):
        assert fitted(one(), text) == text
        assert fitted(one({}), {"path": text}) == {"path": text}


def test_files_are_not_made_where_none_is_taken():
    """Ours: a path for a text parameter is told, not uploaded."""
    assert problem(one({}), PNG) == f"x: takes JSON, not {type(PNG).__name__}, and it takes no file"


@pytest.mark.parametrize(
    ("types", "fits"),
    [
        ((), True),
        (("image",), True),
        (("IMAGE",), True),
        (("image/*",), True),
        (("image/png",), True),
        (("image/jpeg",), False),
        (("file",), True),
        (("video", ".png"), True),
        ((".PNG",), True),
        ((".jpg",), False),
        (("text",), False),
        (("ima",), False),
    ],
)
def test_a_file_must_be_of_a_kind_that_is_taken(types, fits):
    """As Gradio compares them: extensions, kinds and whole types."""
    endpoint = file(file_types=types)

    if fits:
        assert fitted(endpoint, PNG) == Photo("a.png")
    else:
        told = f"x: a.png is image/png, it takes {', '.join(types)}"
        assert problem(endpoint, PNG) == told


def test_a_file_of_unknown_kind_may_be_of_any():
    """Ours: refuse only what is known to be wrong."""
    assert fitted(file(file_types=("image",)), Path("c.bin")) == Photo("c.bin")
    assert problem(file(file_types=(".png",)), Path("c.bin")) == (
        "x: c.bin is a file of unknown type, it takes .png"
    )


@pytest.mark.parametrize(
    ("size", "limit", "fits"),
    [(3, None, True), (3, 3, True), (4, 3, False), (None, 3, True), (0, 0, True)],
)
def test_a_file_that_is_too_large_is_told(size, limit, fits):
    """Observed: /upload answers 413; here before anything is sent."""
    photo = Photo("a.png", size=size)

    def run():
        return fit_arguments(file(), [photo], {}, to_file=to_file, max_file_size=limit)

    if fits:
        assert run() == [photo]
    else:
        with pytest.raises(ArgumentError, match=r"x: a\.png has 4 bytes, the app takes at most 3"):
            run()


def test_a_file_can_have_two_problems():
    """Ours: both are told."""
    with pytest.raises(ArgumentError) as caught:
        fit_arguments(file(file_types=(".txt",)), [PNG], {}, to_file=to_file, max_file_size=1)

    assert caught.value.problems == (
        "x: a.png has 3 bytes, the app takes at most 1",
        "x: a.png is image/png, it takes .txt",
    )


FILES = {"type": "array", "items": {"$ref": "#/$defs/F"}}


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ([PNG, URL], [Photo("a.png"), {"path": URL, "url": URL}]),
        ((PNG, TXT), [Photo("a.png"), Photo("b.txt")]),
        (PNG, [Photo("a.png")]),
        (Photo("a.png"), [Photo("a.png")]),
        (URL, [{"path": URL, "url": URL}]),
        ([], []),
        ([None], [None]),
    ],
)
def test_several_files_are_a_list_and_one_may_stand_alone(value, sent):
    """Ours."""
    assert fitted(file(FILES), value) == sent


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("a.png", ["x: takes a list, not text ('a.png')"]),
        (
            [PNG, "a.png"],
            [
                "x[1]: takes a file, and plain text is none: for a local file pass "
                "Path('a.png') or anyspace.file('a.png'), else a URL"
            ],
        ),
        ([3], ["x[0]: takes a file, not int"]),
        (Path("missing.png"), ["x: there is no missing.png"]),
        ([Path("missing.png"), PNG], ["x: there is no missing.png"]),
    ],
)
def test_each_of_several_files_is_checked_once(value, told):
    """Ours: a file that cannot be read is one problem."""
    assert problems(file(FILES), value) == told


GALLERY = {"type": "array", "items": {"anyOf": [PICTURE, FILM]}}


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ([PNG], [{"image": Photo("a.png"), "caption": None}]),
        (PNG, [{"image": Photo("a.png"), "caption": None}]),
        ([(PNG, "one")], [{"image": Photo("a.png"), "caption": "one"}]),
        ([{"image": PNG}], [{"image": Photo("a.png")}]),
        (
            [{"image": STORED, "caption": "c"}, URL],
            [
                {"image": STORED, "caption": "c"},
                {"image": {"path": URL, "url": URL}, "caption": None},
            ],
        ),
        ([{"video": Path("c.mp4")}], [{"video": Photo("c.mp4")}]),
    ],
)
def test_a_gallery_takes_pictures_with_and_without_captions(value, sent):
    """Ours; the mappings are those of 4.44.1 to 6.31.0."""
    assert fitted(file(GALLERY), value) == sent


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([3], "x[0].image: takes a file, not int"),
        ([{"caption": "c"}], "x[0]: has no 'image'"),
        ([(PNG, 3)], "x[0].caption: takes text, not int (3)"),
        ([(PNG, "c", 1)], "x[0].image: takes a file, not tuple"),
        ([{"video": 3}], "x[0]: has no 'image'"),
    ],
)
def test_what_is_no_picture_of_a_gallery_is_told(value, told):
    """Ours: in the words of the first form that would do."""
    assert problem(file(GALLERY), value) == told


def test_a_film_given_alone_is_taken_for_a_picture():
    """Known gap: the first form that takes a file wins; {"video": ...} says it plainly."""
    assert fitted(file(GALLERY), [Path("c.mp4")]) == [{"image": Photo("c.mp4"), "caption": None}]


MESSAGE = {"type": "object", "properties": {"text": TEXT, "files": FILES}, "required": ["text"]}
VIDEO = {"type": "object", "properties": {"video": FILE, "subtitles": {}}, "required": ["video"]}
EDITOR = {
    "type": "object",
    "properties": {
        "background": {"anyOf": [{"$ref": "#/$defs/F"}, {"type": "null"}]},
        "layers": FILES,
        "composite": {"anyOf": [{"$ref": "#/$defs/F"}, {"type": "null"}]},
    },
}


@pytest.mark.parametrize(
    ("json_type", "value", "sent"),
    [
        (MESSAGE, "hi", {"text": "hi", "files": []}),
        (MESSAGE, {"text": "hi", "files": [PNG]}, {"text": "hi", "files": [Photo("a.png")]}),
        (MESSAGE, {"text": "hi", "files": PNG}, {"text": "hi", "files": [Photo("a.png")]}),
        (MESSAGE, {"text": "hi"}, {"text": "hi"}),
        ({"properties": {"text": TEXT, "a": FILE}}, "hi", {"text": "hi"}),
        (VIDEO, Path("c.mp4"), {"video": Photo("c.mp4")}),
        (VIDEO, {"video": PNG, "subtitles": None}, {"video": Photo("a.png"), "subtitles": None}),
        (
            EDITOR,
            PNG,
            {"background": Photo("a.png"), "layers": [], "composite": Photo("a.png")},
        ),
        (
            EDITOR,
            {"background": None, "layers": [PNG], "composite": None},
            {"background": None, "layers": [Photo("a.png")], "composite": None},
        ),
        ({"type": "array", "items": {}}, [PNG, "a"], [Photo("a.png"), "a"]),
        ({"additionalProperties": FILE}, {"a": [PNG]}, {"a": [Photo("a.png")]}),
        (
            {},
            {"role": "user", "content": Photo("a.png")},
            {"role": "user", "content": Photo("a.png")},
        ),
    ],
)
def test_a_widget_with_files_inside_takes_what_callers_have(json_type, value, sent):
    """Ours; the mappings are those of 4.44.1 to 6.31.0, a video's that of 4."""
    assert fitted(file(json_type), value) == sent


@pytest.mark.parametrize(
    ("json_type", "value", "told"),
    [
        (MESSAGE, 3, "x: takes a mapping, not int (3)"),
        (MESSAGE, {"files": []}, "x: has no 'text'"),
        (MESSAGE, {"text": "hi", "files": ["a.png"]}, "x.files[0]: takes a file, and plain text"),
        (EDITOR, 3, "x.background: takes a file, not int"),
        ({}, {"a": Path("missing.png")}, "x: there is no missing.png"),
        ({}, {"a": {3}}, "x.a: takes JSON, not set"),
    ],
)
def test_what_does_not_fit_inside_is_told_with_its_place(json_type, value, told):
    """Ours."""
    assert problems(file(json_type), value)[0].startswith(told)


def test_without_a_way_to_make_files_only_ready_ones_are_taken():
    """Ours: recipes check a call before there is a client."""
    ready = Photo("a.png")

    assert fit_arguments(file(), [ready], {}) == [ready]
    assert fit_arguments(file(FILES), [[ready]], {}) == [[ready]]
    assert fit_arguments(file(), [STORED], {}) == [STORED]
    with pytest.raises(ArgumentError, match="takes a file, not"):
        fit_arguments(file(), [PNG], {})


# --- unchecked ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "value", "sent"),
    [
        (one(NUMBER, maximum=4), 5, 5),
        (one(NUMBER), "3", "3"),
        (one(choices=SIZES), "own", "own"),
        (one(NUMBER, component="slider"), None, None),
        (file(file_types=(".txt",)), PNG, Photo("a.png")),
        (file(), "a.png", "a.png"),
        (one(NUMBER), Array0(3), 3),
        (file(GALLERY), [PNG], [{"image": Photo("a.png"), "caption": None}]),
    ],
)
def test_unchecked_values_are_sent_whatever_they_are(endpoint, value, sent):
    """Ours, for apps that describe themselves wrongly; files are made all the same."""
    assert fit_arguments(endpoint, [value], {}, to_file=to_file, check=False) == [sent]


def test_unchecked_values_that_are_missing_are_defaults():
    """Ours: None where there is none."""
    assert fit_arguments(THREE, [], {}, check=False) == [None, 7, None]


def test_names_are_checked_in_any_case():
    """Ours: an argument that would get lost is no use."""
    with pytest.raises(ArgumentError) as caught:
        fit_arguments(THREE, [1, 2, 3, 4], {"seed": 1, "x": 2}, check=False)

    assert len(caught.value.problems) == 3


# --- the recordings -------------------------------------------------------------------------------


@GRADIOS
@pytest.mark.parametrize(
    ("name", "args", "sent"),
    [
        ("/echo", ["é"], ["é"]),
        ("/numbers", [1], [1, 5]),
        ("/choices", ["blue", ["l"], ["a"]], ["blue", ["l"], ["a"]]),
        ("/invert", [PNG], [Photo("a.png")]),
        ("/describe_files", [[PNG, TXT], TXT], [[Photo("a.png"), Photo("b.txt")], Photo("b.txt")]),
        ("/copy_files", [PNG], [[Photo("a.png")]]),
        ("/count_gallery", [[PNG]], [[{"image": Photo("a.png"), "caption": None}]]),
        ("/tone", [8000, None], [8000, None]),
        ("/accumulate", [3], [3, None]),
        ("/chat", ["hi", None], [{"text": "hi", "files": []}, None]),
        (
            "/chat",
            [{"text": "hi", "files": [PNG]}, []],
            [{"text": "hi", "files": [Photo("a.png")]}, []],
        ),
        (
            "/edit",
            [PNG],
            [{"background": Photo("a.png"), "layers": [], "composite": Photo("a.png")}],
        ),
        ("/table", [Table()], [TABLE]),
        ("/nothing", [], []),
        ("/écho_ünïcode", ["文"], ["文"]),
    ],
)
def test_arguments_fit_the_recorded_endpoints(gradio, name, args, sent):
    """Recorded from the kitchen app: what is sent for natural arguments, slot by slot."""
    endpoint = recorded(gradio).endpoints[name]

    assert endpoint.fill(fit(endpoint, *args)) == sent


@GRADIOS
@pytest.mark.parametrize(
    ("name", "args", "told"),
    [
        (
            "/numbers",
            ["1", 101],
            ["a: takes a number", "b: 101 is out of range, it takes 0 to 100"],
        ),
        (
            "/choices",
            ["pink", ["Small"], "a"],
            ["colour: 'pink' is not", "sizes: 'Small' is a label", "tags: takes a list"],
        ),
        ("/invert", ["a.png"], ["image: takes a file, and plain text is none"]),
        ("/invert", [TXT], ["image: b.txt is text/plain, it takes image"]),
        ("/describe_files", [[], PNG], ["one: a.png is image/png, it takes .txt"]),
        ("/table", [{"headers": []}], ["frame: has no 'data'"]),
        ("/echo", [], ["text: is missing"]),
    ],
)
def test_what_does_not_fit_the_recorded_endpoints_is_told(gradio, name, args, told):
    """Recorded from the kitchen app."""
    found = problems(recorded(gradio).endpoints[name], *args)

    assert len(found) == len(told)
    assert all(problem.startswith(start) for problem, start in zip(found, told, strict=True))


values = st.recursive(
    st.sampled_from(
        [None, True, 3, 2.5, "", "a", URL, b"x", PNG, Path("missing.png"), Array0(1), Table()]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.sampled_from(["image", "caption", "text", "files", "path", "data"]), inner
        )
    ),
    max_leaves=6,
)


@GRADIOS
@given(data=st.data(), check=st.booleans())
def test_any_value_fits_or_is_told(gradio, data, check):
    """Ours: for every endpoint of the recordings, nothing else comes out."""
    endpoint = data.draw(st.sampled_from(list(recorded(gradio).endpoints.values())))
    args = [data.draw(values) for _ in endpoint.parameters]
    try:
        sent = fit_arguments(endpoint, args, {}, to_file=to_file, check=check)
    except ArgumentError:
        assert check
    else:
        assert len(sent) == len(args)


def test_a_dropdown_that_is_filled_later_takes_any_value():
    """Ours: apps fill dropdowns while they run; /config then has an empty list."""
    assert fitted(one(choices=()), "anything") == "anything"


def test_what_is_nested_too_deep_is_told_as_such():
    """An app's description may be made to be; a list may hold itself."""
    itself = []
    itself.append(itself)
    assert problem(one({}), itself) == "x: it, or what the app says of it, is nested too deep"
    schema = {"type": "string"}
    for _ in range(1000):
        schema = {"anyOf": [schema]}
    assert "is nested too deep" in problem(one(schema), "a")


# --- tables -----------------------------------------------------------------------------------

TABLE = {
    "type": "object",
    "properties": {
        "headers": {"type": "array", "items": TEXT},
        "data": {"type": "array", "items": {"type": "array", "items": {}}},
    },
    "required": ["headers", "data"],
}


class Grid:
    """As numpy's array of two dimensions."""

    dtype, ndim = "float64", 2

    def tolist(self):
        return [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("json_type", [TABLE, {}], ids=["4.0 and later", "3.x"])
@pytest.mark.parametrize(
    ("value", "headers", "sent"),
    [
        ([["Ada", 36]], ("name", "age"), {"headers": ["name", "age"], "data": [["Ada", 36]]}),
        ([("Ada", 36)], ("1", "2", "3"), {"headers": ["1", "2"], "data": [["Ada", 36]]}),
        (Grid(), (), {"headers": ["1", "2"], "data": [[1.0, 2.0], [3.0, 4.0]]}),
        ([], (), {"headers": [], "data": []}),
        ({"headers": ["a"], "data": [[1]]}, (), {"headers": ["a"], "data": [[1]]}),
    ],
)
def test_rows_alone_are_a_table(json_type, value, headers, sent):
    """Observed: no version takes rows without headers, and rows are what callers have."""
    endpoint = one(json_type, component="dataframe", headers=headers)
    assert fitted(endpoint, value) == sent


def test_what_is_neither_table_nor_rows_is_told():
    """Ours."""
    assert problem(one(TABLE, component="dataframe"), [1, 2]) == "x: takes a mapping, not list"
