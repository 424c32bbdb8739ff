"""Endpoints from `/info` alone."""

import msgspec
import pytest

from anyspace._errors import RemoteProtocolError
from anyspace.schema import parse_info


def described(*parameters, returns=(), unnamed=None):
    info = {"named_endpoints": {"/run": {"parameters": parameters, "returns": returns}}}
    if unnamed is not None:
        info["unnamed_endpoints"] = unnamed
    return parse_info(msgspec.json.encode(info))


def test_names_types_and_defaults_are_read():
    """As 6.31.0 writes them."""
    app = described(
        {
            "label": "Prompt",
            "parameter_name": "prompt",
            "parameter_has_default": True,
            "parameter_default": "a fox",
            "type": {"type": "string"},
            "component": "Textbox",
        },
        returns=[{"label": "Result", "type": {"type": "object"}, "component": "Image"}],
    )

    endpoint = app.endpoint("/run")
    (prompt,), (result,) = endpoint.parameters, endpoint.outputs
    assert (prompt.name, prompt.label, prompt.component) == ("prompt", "Prompt", "textbox")
    assert (prompt.required, prompt.default) == (False, "a fox")
    assert (result.label, result.component) == ("Result", "image")


@pytest.mark.parametrize(
    ("words", "bounds"),
    [
        ("numeric value between 0 and 100", (0, 100)),
        ("numeric value between -1.5 and 2", (-1.5, 2)),
        ("numeric value between 1.2.3 and 2", (None, None)),
        ("a number", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_range_is_read_from_its_words(words, bounds):
    """Observed on 3.50.2 to 6.31.0: /info has ranges in words only."""
    kind = {"type": "number", **({"description": words} if words else {})}
    app = described({"label": "N", "parameter_name": "n", "type": kind, "component": "Slider"})

    (parameter,) = app.endpoint("/run").parameters
    assert (parameter.minimum, parameter.maximum) == bounds


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        ("Option from: ['a', 'b']", [("a", "a"), ("b", "b")]),
        ("Option from: [('Large', 'l'), ('Small', 2)]", [("Large", "l"), ("Small", 2)]),
        ("List of options from: ['a']", [("a", "a")]),
        ("Option from: [('Large', 'l'), ('Sm…", None),
        ("Option from: ['a', open('b')]", None),
        ("Option from: [1j]", None),
        ("Any of them", None),
    ],
)
def test_choices_are_read_from_their_words(words, choices):
    """Observed on 3.50.2, the last one whose /info has them in words only."""
    kind = {"type": "string", "description": words}
    app = described({"label": "Size", "type": kind, "component": "Dropdown"})

    (parameter,) = app.endpoint("/run").parameters
    read = parameter.choices and [(choice.label, choice.value) for choice in parameter.choices]
    assert read == choices


def test_odd_labels_and_types_do_not_harm():
    """Ours: what an app says is not trusted."""
    app = described({"label": 3, "type": "text", "component": 4}, {"component": "Number"})

    assert [parameter.name for parameter in app.endpoint("/run").parameters] != []


def test_unnamed_endpoints_keep_their_numbers():
    """Up to 4.11; a key that is no number is left out."""
    app = described(unnamed={"7": {"parameters": [], "returns": []}, "x": {}})

    assert [endpoint.fn_index for endpoint in app.endpoints.values()] == [0, 7]


@pytest.mark.parametrize("info", [b"", b"[]", b"{}", b'{"named_endpoints": []}'])
def test_anything_else_is_refused(info):
    """Ours."""
    with pytest.raises(RemoteProtocolError, match="not what /info"):
        parse_info(info)
