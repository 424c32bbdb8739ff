"""An app and its endpoints: finding one, laying out values, saying what it does."""

import pytest

from anyspace._errors import UnknownEndpoint
from anyspace.schema import App, Choice, Endpoint, OutputField, Parameter, Slot, Visibility

JSON = {"type": "string"}


def app(*endpoints, private=()):
    return App(title="", version="", endpoints={e.name: e for e in endpoints}, private=private)


def named(name, fn_index=0, visibility=Visibility.PUBLIC):
    return Endpoint(api_name=name, fn_index=fn_index, visibility=visibility)


INFER, UPSCALE = named("/infer", 0), named("/upscale", 4)
HIDDEN = named("/hidden", 5, Visibility.UNDOCUMENTED)
BARE = named("", 7, Visibility.UNNAMED)


@pytest.mark.parametrize(
    ("api_name", "fn_index", "found"),
    [
        ("/infer", None, INFER),
        ("infer", None, INFER),
        ("//infer", None, INFER),
        ("/upscale", None, UPSCALE),
        ("/hidden", None, HIDDEN),
        ("7", None, BARE),
        ("/7", None, BARE),
        (None, 0, INFER),
        (None, 4, UPSCALE),
        (None, 7, BARE),
        ("/infer", 4, INFER),
    ],
)
def test_an_endpoint_is_found_by_name_or_number(api_name, fn_index, found):
    """Ours: the slash may be left out, and the name counts more than the number."""
    assert app(INFER, UPSCALE, HIDDEN, BARE).endpoint(api_name, fn_index=fn_index) is found


@pytest.mark.parametrize(
    ("endpoints", "found"),
    [([INFER], INFER), ([INFER, HIDDEN, BARE], INFER), ([HIDDEN], HIDDEN), ([BARE], BARE)],
)
def test_the_only_documented_endpoint_needs_no_name(endpoints, found):
    """Ours: or the only one at all."""
    assert app(*endpoints).endpoint() is found


@pytest.mark.parametrize(
    ("endpoints", "message"),
    [
        ([], "the app has no endpoint that can be called"),
        (
            [INFER, UPSCALE, HIDDEN],
            "the app has several endpoints, say which: api_name= one of /infer, /upscale",
        ),
        ([HIDDEN, BARE], "api_name= one of /hidden, 7"),
    ],
)
def test_without_a_name_there_must_be_one(endpoints, message):
    """Ours: the names are told."""
    with pytest.raises(UnknownEndpoint) as caught:
        app(*endpoints).endpoint()

    assert str(caught.value).endswith(message)


@pytest.mark.parametrize(
    ("api_name", "message"),
    [
        (
            "/infre",
            "the app has no endpoint /infre; did you mean /infer? It has: /infer, /upscale, 7",
        ),
        (
            "infre",
            "the app has no endpoint /infre; did you mean /infer? It has: /infer, /upscale, 7",
        ),
        ("/x", "the app has no endpoint /x. It has: /infer, /upscale, 7"),
        ("", "the app has no endpoint /. It has: /infer, /upscale, 7"),
        ("/secret", "/secret is private: only the app's own page may call it"),
        ("secret", "/secret is private: only the app's own page may call it"),
    ],
)
def test_an_unknown_name_is_refused_with_a_hint(api_name, message):
    """Ours."""
    with pytest.raises(UnknownEndpoint) as caught:
        app(INFER, UPSCALE, BARE, private=("/secret",)).endpoint(api_name)

    assert str(caught.value) == message


def test_an_unknown_name_of_an_app_without_endpoints():
    """Ours."""
    with pytest.raises(UnknownEndpoint, match=r"no endpoint /x\. It has: none$"):
        app().endpoint("/x")


def test_an_unknown_number_is_refused_with_the_numbers_there_are():
    """Ours."""
    with pytest.raises(UnknownEndpoint, match="no endpoint number 3; it has 0, 4"):
        app(INFER, UPSCALE).endpoint(fn_index=3)


def test_values_are_laid_out_slot_by_slot():
    """Ours: hidden slots get their constant, and a parameter may stand anywhere."""
    endpoint = Endpoint(
        api_name="/a", fn_index=0, input_slots=(Slot(None), Slot(1), Slot(None, "c"), Slot(0))
    )

    assert endpoint.fill(["x", "y"]) == [None, "y", "c", "x"]


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        ([1, None, 2], [1, 2]),
        ([1, 2], [1, 2]),
        ([1, None, 2, 3], [1, 2]),
        ([1], [1]),
        ([], []),
    ],
)
def test_returned_slots_that_callers_do_not_see_are_left_out(data, seen):
    """Ours; an app that leaves them out itself, or sends more or less, loses nothing else."""
    output = OutputField(label="", component="textbox", json_type=JSON)
    endpoint = Endpoint(
        api_name="/a", fn_index=0, outputs=(output, output), output_slots=(True, False, True)
    )

    assert endpoint.visible(data) == seen


def test_data_handed_out_is_a_list_of_its_own():
    """Ours: a caller may change it."""
    endpoint = Endpoint(api_name="/a", fn_index=0)
    data = []

    assert endpoint.visible(data) is not data


@pytest.mark.parametrize(
    ("labels", "returned"),
    [
        ([], "nothing"),
        (["Picture"], "Picture (image)"),
        ([""], "image"),
        (["Picture", ""], "[Picture (image), image]"),
    ],
)
def test_a_signature_says_what_goes_in_and_out(labels, returned):
    """Ours."""
    endpoint = Endpoint(
        api_name="/infer",
        fn_index=0,
        parameters=(
            Parameter(name="prompt", label="", component="textbox", json_type=JSON),
            Parameter(
                name="seed", label="", component="slider", json_type=JSON, required=False, default=0
            ),
        ),
        outputs=tuple(OutputField(label=x, component="image", json_type=JSON) for x in labels),
    )

    assert endpoint.signature() == f"/infer(prompt, seed=0) -> {returned}"


@pytest.mark.parametrize(
    "part",
    [
        Choice("a", 1),
        Parameter(name="x", label="", component="", json_type=JSON),
        OutputField(label="", component="", json_type=JSON),
        Slot(0),
        INFER,
        app(INFER),
    ],
    ids=lambda part: type(part).__name__,
)
def test_a_description_does_not_change(part):
    """Ours: it is shared by every call."""
    name = part.__struct_fields__[0]

    with pytest.raises(AttributeError):
        setattr(part, name, getattr(part, name))


def test_a_parameter_that_says_nothing_takes_any_value_and_needs_one():
    """Ours: what is not told sets no limit."""
    assert Parameter(name="x", label="", component="", json_type=JSON) == Parameter(
        name="x",
        label="",
        component="",
        json_type=JSON,
        named=True,
        required=True,
        default=None,
        choices=None,
        open_choices=False,
        multiple=False,
        minimum=None,
        maximum=None,
        step=None,
        max_length=None,
        file_types=(),
        file_count="",
        takes_file=False,
        placeholder="",
        info="",
    )


def test_an_endpoint_that_says_nothing_is_public_and_queued():
    """Ours."""
    assert Endpoint(api_name="/a", fn_index=0) == Endpoint(
        api_name="/a",
        fn_index=0,
        visibility=Visibility.PUBLIC,
        parameters=(),
        outputs=(),
        input_slots=(),
        output_slots=(),
        description="",
        queued=True,
        generator=False,
        batch=False,
        streaming=False,
        oauth_token="",
        triggers=(),
    )


def test_visibilities_are_gradios_words():
    """By the code of 6 (`api_visibility`); "unnamed" is ours."""
    assert [v.value for v in Visibility] == ["public", "undocumented", "unnamed", "private"]


def test_an_endpoint_without_a_name_goes_by_its_number():
    """Ours."""
    assert BARE.signature() == "7() -> nothing"
    assert INFER.name == "/infer"
