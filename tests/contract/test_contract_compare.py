"""What changed in an app, and whom it harms."""

from __future__ import annotations

import pytest

from anyspace.contract import AppSignature, compare, sign_app, type_in_words
from tests.contract.apps import argument, endpoint, signed
from tests.schema.apps import RECORDED, recorded

PROMPT = argument("prompt")
STEPS = argument("steps", "slider", minimum=1, maximum=50, default=4)
DRAW = endpoint("/infer", PROMPT, STEPS)
FILE = {"type": "object", "properties": {"path": {}, "meta": {}}}


def told(before, after):
    """The changes as (text, whom it harms)."""
    found = compare(signed(*before), signed(*after))
    assert found.safe is all(change.safe for change in found.changes)
    return [(str(change), change.harm.value) for change in found.changes]


def changed(old, new):
    """What is told of one argument."""
    return told([endpoint("/infer", old)], [endpoint("/infer", new)])


@pytest.mark.parametrize("name", RECORDED)
def test_an_app_that_is_as_it_was_has_not_changed(name):
    """Recorded from real servers; what it takes down is the same each time."""
    now = sign_app(recorded(name))
    assert now.endpoints
    assert compare(now, sign_app(recorded(name))).changes == ()


def test_another_version_of_gradio_alone_changes_nothing():
    """The same app on 5 and on 6, whose JSON schemas differ. Recorded from real servers."""
    old, new = sign_app(recorded("gradio5")), sign_app(recorded("gradio6"))
    shared = {name for name in old.endpoints if name in new.endpoints}
    assert shared
    one, other = (
        AppSignature(endpoints={name: which.endpoints[name] for name in sorted(shared)})
        for which in (old, new)
    )
    assert [str(change) for change in compare(one, other).changes if not change.safe] == []


# --- endpoints --------------------------------------------------------------------------


def test_an_endpoint_that_only_has_another_name_is_the_same():
    """The step of the two Spaces of the story: /infer is called /run."""
    found = compare(signed(DRAW), signed(endpoint("/run", PROMPT, STEPS)))
    assert found.renamed == {"/infer": "/run"}
    assert found.safe
    assert [str(change) for change in found.changes] == ["/infer is called /run now"]


def test_a_renamed_endpoint_may_have_gained_what_may_be_left_out():
    """Ours: only what harms stands in the way."""
    more = endpoint("/run", PROMPT, argument("seed", "number", default=0), STEPS)
    assert told([DRAW], [more]) == [
        ("/infer is called /run now", "nobody"),
        ("/infer: seed is new", "nobody"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([DRAW], [endpoint("/a", PROMPT, STEPS), endpoint("/b", PROMPT, STEPS)]),
        ([DRAW, endpoint("/again", PROMPT, STEPS)], [endpoint("/run", PROMPT, STEPS)]),
        ([DRAW], [endpoint("/run", PROMPT, STEPS, returns="gallery")]),
        ([DRAW], [endpoint("/run", PROMPT)]),
        ([DRAW], [endpoint("/run", PROMPT, STEPS, argument("style"))]),
        ([endpoint("/lambda")], [endpoint("/lambda_1")]),
    ],
    ids=["two-heirs", "two-gone", "other-result", "argument-gone", "argument-new", "no-arguments"],
)
def test_where_there_is_doubt_nothing_is_taken_for_renamed(before, after):
    """Ours: a call must not land where nobody meant it to."""
    found = compare(signed(*before), signed(*after))
    assert found.renamed == {}
    assert not found.safe
    assert "is gone" in str(found.changes[0])


def test_what_may_have_taken_the_place_is_named_with_what_differs():
    """So that the reader need not look for it."""
    ((text, harm), _) = told([DRAW], [endpoint("/run", PROMPT)])
    assert text == "/infer is gone; /run is new and differs: steps is gone"
    assert harm == "everybody"
    clear = endpoint("/clear", returns="textbox")
    ((text, _),) = told([DRAW, clear], [clear])
    assert text == "/infer is gone"
    ((text, _), *_) = told([DRAW], [endpoint("/a", PROMPT, STEPS), endpoint("/b", PROMPT, STEPS)])
    assert text == "/infer is gone; /a is new and takes the same"


def test_a_new_endpoint_harms_nobody():
    """It is told all the same."""
    assert told([DRAW], [DRAW, endpoint("/more")]) == [("/more is new", "nobody")]


# --- arguments --------------------------------------------------------------------------


def test_arguments_that_moved_are_told_and_harm_nobody():
    """Who calls by position is taken where the lock says."""
    assert told([DRAW], [endpoint("/infer", STEPS, PROMPT)]) == [
        ("/infer takes its arguments in another order: steps, prompt", "nobody")
    ]


def test_an_argument_that_is_gone_harms_who_gives_it():
    """And nobody else."""
    assert told([DRAW], [endpoint("/infer", PROMPT)]) == [("/infer: steps is gone", "who gives it")]


@pytest.mark.parametrize(
    ("new", "text", "harm"),
    [
        (argument("style", default="x"), "/infer: style is new", "nobody"),
        (argument("style"), "/infer: style is new and has no default", "who leaves it out"),
    ],
)
def test_a_new_argument_harms_who_leaves_it_out_if_it_has_no_default(new, text, harm):
    """A default makes it harmless."""
    assert told([DRAW], [endpoint("/infer", PROMPT, STEPS, new)]) == [(text, harm)]


@pytest.mark.parametrize(
    ("old", "new", "text", "harm"),
    [
        (argument("x"), argument("x", "number"), "takes number, it was string", "who gives it"),
        (argument("x"), argument("x", json_type={}), "takes any, it was string", "nobody"),
        (
            argument("x", json_type={"type": "integer"}),
            argument("x", "number"),
            "takes number, it was integer",
            "nobody",
        ),
        (
            argument("x", "number"),
            argument("x", json_type={"type": "integer"}),
            "takes integer, it was number",
            "nobody",
        ),
        (
            argument("x"),
            argument("x", json_type={"anyOf": [{"type": "string"}, {"type": "number"}]}),
            "takes number or string, it was string",
            "nobody",
        ),
        (argument("x", default=1), argument("x"), "has no default any more", "who leaves it out"),
        (argument("x"), argument("x", default=1), "has a default now: 1", "nobody"),
        (
            argument("x", default=1),
            argument("x", default=2),
            "has the default 2, it was 1",
            "nobody",
        ),
        (
            argument("x", choices=["a", "b"]),
            argument("x", choices=["b", "c"]),
            "no longer takes 'a'",
            "some values",
        ),
        (argument("x", choices=["a"]), argument("x"), "takes other values", "nobody"),
        (argument("x"), argument("x", choices=["a"]), "takes only 'a'", "some values"),
        (argument("x", choices="ab"), argument("x", choices="ba"), "in another order", "nobody"),
        (argument("x"), argument("x", choices=range(10)), "7 and 2 more", "some values"),
        (
            argument("x", "slider", minimum=0, maximum=9),
            argument("x", "slider", minimum=0, maximum=5),
            "takes 0 to 5, it was 0 to 9",
            "some values",
        ),
        (
            argument("x", "slider", minimum=1, maximum=5),
            argument("x", "slider", minimum=0, maximum=9),
            "takes 0 to 9, it was 1 to 5",
            "nobody",
        ),
        (
            argument("x", "number"),
            argument("x", "number", minimum=2),
            "takes at least 2, it was any number",
            "some values",
        ),
        (
            argument("x", "number", maximum=2.5),
            argument("x", "number"),
            "takes any number, it was at most 2.5",
            "nobody",
        ),
    ],
)
def test_another_form_harms_whom_it_shuts_out(old, new, text, harm):
    """Kinds, defaults, choices and ranges."""
    first, *_ = changed(old, new)
    assert text in first[0]
    assert first[1] == harm


def test_choices_that_went_and_came_are_told_apart():
    """The one harms, the other does not."""
    assert changed(argument("x", choices=["a"]), argument("x", choices=["b"])) == [
        ("/infer: x no longer takes 'a'", "some values"),
        ("/infer: x also takes 'b'", "nobody"),
    ]


def test_a_choice_that_takes_other_values_too_is_none():
    """``allow_custom_value``: what the page offers binds nobody."""
    offered = argument("x", choices=["a"], open_choices=True)
    assert changed(offered, argument("x", choices=["b"], open_choices=True)) == []


def test_a_default_file_is_not_compared():
    """It is a place on the app's disk, another one after each restart."""
    one, other = (
        argument("x", "image", json_type=FILE, takes_file=True, default={"path": f"/tmp/{n}"})
        for n in "ab"
    )
    assert changed(one, other) == []


# --- results ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "text", "harm"),
    [
        ("image", "gallery", "returns gallery, it was image", "everybody"),
        ("image", "image, number Seed", "returns image, Seed (number), it was image", "everybody"),
        ("image", "", "returns nothing, it was image", "everybody"),
        ("image Old", "image New", "labels what it returns New (image)", "nobody"),
    ],
)
def test_another_result_harms_everybody(old, new, text, harm):
    """But for its labels."""
    ((said, whom),) = told([endpoint("/a", returns=old)], [endpoint("/a", returns=new)])
    assert text in said
    assert whom == harm


# --- kinds in words ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({}, "any"),
        ({"enum": ["a"], "type": "string"}, "string"),
        ({"type": ["string", "null"]}, "any"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string"),
        ({"anyOf": [{"type": "null"}]}, "any"),
        ({"oneOf": [{"type": "number"}, {"type": "boolean"}]}, "boolean or number"),
        ({"anyOf": "odd", "type": "string"}, "string"),
        ({"type": "array", "items": {"type": "string"}}, "list of string"),
        ({"type": "array"}, "list of any"),
        (FILE, "file"),
        ({"$ref": "#/$defs/F", "$defs": {"F": FILE}}, "file"),
        (
            {"type": "object", "properties": {"a": {"$ref": "#/$defs/F"}}, "$defs": {"F": FILE}},
            "file",
        ),
        ({"properties": {"a": {"type": "string"}}}, "mapping"),
        ({"type": "array", "items": {"$ref": "#/$defs/L"}}, "list of any"),
        (
            {
                "$ref": "#/$defs/L",
                "$defs": {"L": {"type": "array", "items": {"$ref": "#/$defs/L"}}},
            },
            "list of list of list of list of any",
        ),
    ],
)
def test_kinds_are_told_in_words_that_outlive_a_version(schema, words):
    """Ours: null and the many shapes of a file are left out, and what refers to itself ends."""
    assert type_in_words(schema) == words
