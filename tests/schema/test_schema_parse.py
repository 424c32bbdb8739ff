"""What /config and /info say, read into one App."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace._errors import RemoteProtocolError
from anyspace.schema import App, Choice, Parameter, Slot, Visibility, parse_app
from tests.schema.apps import RECORDED, described, load, recorded, widget

GRADIOS = pytest.mark.parametrize("gradio", RECORDED)
VERSIONS = {"gradio4": "4.44.1", "gradio5": "5.50.0", "gradio6": "6.31.0"}
TEXT, NUMBER, STATE = widget(1, "textbox", label="Text"), widget(2, "number"), widget(3, "state")


def only(app):
    """The one endpoint of an app."""
    (endpoint,) = app.endpoints.values()
    return endpoint


def parameter(component, told=None):
    """The one parameter of an app with one widget."""
    named = None if told is None else {"/run": {"parameters": [told], "returns": []}}
    return only(
        described([component], [{"api_name": "run", "inputs": [component["id"]]}], named)
    ).parameters[0]


# --- the recordings ---------------------------------------------------------------------------


@GRADIOS
def test_the_app_names_itself(gradio):
    """Recorded from the kitchen app."""
    app = recorded(gradio)

    assert (app.title, app.version, app.space_id) == ("Kitchen", VERSIONS[gradio], "")
    assert app.app_id > 2**32
    assert app.described
    assert app.max_file_size is None


@GRADIOS
def test_every_endpoint_is_found_with_its_number(gradio):
    """Recorded: `id` is the number on the wire (4.32 and later); the private one is left out."""
    app = recorded(gradio)
    numbers = {name: endpoint.fn_index for name, endpoint in app.endpoints.items()}

    assert numbers["/echo"] == 0
    assert numbers["/écho_ünïcode"] == 31
    assert 18 not in numbers.values()
    assert app.private == (("/secret",) if gradio == "gradio6" else ("18",))
    assert all(name == endpoint.name for name, endpoint in app.endpoints.items())


@GRADIOS
def test_who_may_call_an_endpoint_is_told(gradio):
    """Recorded: `show_api` up to 5, `api_visibility` from 6."""
    app = recorded(gradio)
    visibilities = {e.visibility for e in app.endpoints.values() if e.name != "/undocumented"}

    assert app.endpoints["/undocumented"].visibility is Visibility.UNDOCUMENTED
    assert visibilities == {Visibility.PUBLIC}


@GRADIOS
def test_how_an_endpoint_runs_is_told(gradio):
    """Recorded: queue, generators and batches."""
    endpoints = recorded(gradio).endpoints

    assert [n for n, e in endpoints.items() if not e.queued] == ["/unqueued", "/journal"]
    assert [n for n, e in endpoints.items() if e.generator] == ["/count", "/grow", "/slow"]
    assert [n for n, e in endpoints.items() if e.batch] == ["/batch"]
    assert not any(e.streaming or e.oauth_token for e in endpoints.values())
    assert endpoints["/echo"].triggers == (("button", "Run", "click"),)


@GRADIOS
def test_names_and_defaults_come_from_the_info(gradio):
    """Recorded: the function's own names (4.23 and later) and the widgets' values."""
    numbers = recorded(gradio).endpoints["/numbers"]
    a, b = numbers.parameters

    assert (a.name, a.label, a.required, a.default) == ("a", "A", True, None)
    assert (b.name, b.label, b.required, b.default) == ("b", "B", False, 5)
    assert a.named
    assert b.named


@GRADIOS
def test_ranges_come_from_the_widget(gradio):
    """Recorded: /info has them only in words."""
    _, slider = recorded(gradio).endpoints["/numbers"].parameters

    assert (slider.component, slider.minimum, slider.maximum, slider.step) == ("slider", 0, 100, 5)


@GRADIOS
def test_choices_have_labels_and_values(gradio):
    """Recorded: a radio, a dropdown of several with labels of its own, a checkbox group."""
    colour, sizes, tags = recorded(gradio).endpoints["/choices"].parameters

    assert colour.choices == (
        Choice("red", "red"),
        Choice("green", "green"),
        Choice("blue", "blue"),
    )
    assert sizes.choices == (Choice("Small", "s"), Choice("Large", "l"))
    assert tags.choices == (Choice("a", "a"), Choice("b", "b"))
    assert (colour.multiple, sizes.multiple, tags.multiple) == (False, True, True)
    assert not any(p.open_choices for p in (colour, sizes, tags))


@GRADIOS
def test_files_are_told_from_their_schema(gradio):
    """Recorded: FileData up to 4, ImageData from 5, and lists and mappings of them."""
    endpoints = recorded(gradio).endpoints
    takes = {n: [p.takes_file for p in e.parameters] for n, e in endpoints.items()}
    gives = {n: [o.gives_file for o in e.outputs] for n, e in endpoints.items()}

    assert {n: t for n, t in takes.items() if any(t)} == {
        "/invert": [True],
        "/describe_files": [True, True],
        "/copy_files": [True],
        "/count_gallery": [True],
        "/tone": [False, True],
        "/chat": [True, False],
        "/edit": [True],
    }
    assert [n for n, g in gives.items() if any(g)] == [
        "/invert",
        "/copy_files",
        "/gallery",
        "/tone",
    ]


@GRADIOS
def test_which_files_are_taken_is_told(gradio):
    """Recorded: kinds by the widget's type, extensions where the app gives them."""
    endpoints = recorded(gradio).endpoints
    many, one = endpoints["/describe_files"].parameters

    assert (many.file_count, many.file_types) == ("multiple", ())
    assert (one.file_count, one.file_types) == ("single", (".txt",))
    assert endpoints["/invert"].parameters[0].file_types == ("image",)
    assert endpoints["/tone"].parameters[1].file_types == ("audio", "video")
    assert endpoints["/echo"].parameters[0].file_count == ""


@GRADIOS
def test_state_has_a_slot_and_no_parameter(gradio):
    """Recorded from /accumulate: the server fills in the state itself."""
    accumulate = recorded(gradio).endpoints["/accumulate"]

    assert [p.name for p in accumulate.parameters] == ["number"]
    assert accumulate.input_slots == (Slot(0), Slot(None))
    assert [o.label for o in accumulate.outputs] == ["Total"]
    assert accumulate.output_slots == (True, False)
    assert accumulate.fill([3]) == [3, None]
    assert accumulate.visible([3, None]) == [3]


@GRADIOS
def test_outputs_keep_their_order_and_labels(gradio):
    """Recorded: two labels are the same."""
    outputs = recorded(gradio).endpoints["/same_labels"].outputs

    assert [(o.label, o.component) for o in outputs] == [
        ("Value", "number"),
        ("Value", "number"),
        ("Other", "textbox"),
    ]
    assert recorded(gradio).endpoints["/nothing"].outputs == ()


@GRADIOS
def test_without_the_info_the_widgets_say_enough(gradio):
    """Recorded: as for apps whose /info answers 500."""
    with_info, app = recorded(gradio), parse_app(load(gradio)[0])

    assert not app.described
    assert list(app.endpoints) == list(with_info.endpoints)
    slots = {n: e.input_slots for n, e in app.endpoints.items()}
    assert slots == {n: e.input_slots for n, e in with_info.endpoints.items()}
    a, b = app.endpoints["/numbers"].parameters
    assert (a.name, a.named, a.required, a.json_type) == ("a", False, True, {"type": "number"})
    assert (b.name, b.default, b.maximum) == ("b", 5, 100)
    assert [p.name for p in app.endpoints["/écho_ünïcode"].parameters] == ["größe_in_ä"]
    for name in ("/invert", "/describe_files", "/copy_files", "/tone"):
        before = [p.takes_file for p in with_info.endpoints[name].parameters]
        assert [p.takes_file for p in app.endpoints[name].parameters] == before


# --- the recording of Gradio 3 ----------------------------------------------------------------


def test_gradio_3_names_endpoints_and_numbers_them_by_place():
    """Recorded from the kitchen app on 3.50.2."""
    app = recorded("gradio3")
    endpoints = app.endpoints

    assert (app.title, app.version, app.described) == ("Kitchen", "3.50.2", True)
    assert (endpoints["/echo"].fn_index, endpoints["/écho_ünïcode"].fn_index) == (0, 28)
    assert app.private == ("18",)
    assert [n for n, e in endpoints.items() if not e.queued] == ["/unqueued", "/journal"]
    assert [n for n, e in endpoints.items() if e.generator] == ["/count", "/grow", "/slow"]
    assert {e.visibility for e in endpoints.values()} == {Visibility.PUBLIC}


def test_gradio_3_has_no_names_of_parameters():
    """Recorded from 3.50.2: they are made from the labels; the values are the widgets'."""
    a, b = recorded("gradio3").endpoints["/numbers"].parameters

    assert (a.name, a.named, a.required, a.json_type) == ("a", False, True, {"type": "number"})
    assert (b.name, b.required, b.default, b.maximum) == ("b", False, 5, 100)


def test_files_of_gradio_3_are_told_from_the_widget():
    """Recorded from 3.50.2: its own words for files are neither today's nor what it takes."""
    endpoints = recorded("gradio3").endpoints
    takes = {n: [p.takes_file for p in e.parameters] for n, e in endpoints.items()}
    gives = {n: [o.gives_file for o in e.outputs] for n, e in endpoints.items()}

    assert {n: t for n, t in takes.items() if any(t)} == {
        "/invert": [True],
        "/describe_files": [True, True],
        "/copy_files": [True],
        "/count_gallery": [True],
        "/tone": [False, True],
    }
    assert [n for n, g in gives.items() if any(g)] == [
        "/invert",
        "/copy_files",
        "/gallery",
        "/tone",
    ]
    many, one = endpoints["/describe_files"].parameters
    assert (many.file_count, one.file_count, one.file_types) == ("multiple", "single", (".txt",))
    assert many.json_type["type"] == "array"


# --- endpoints --------------------------------------------------------------------------------


def test_an_endpoint_without_an_id_has_the_number_of_its_place():
    """Observed before 4.32; what runs in the browser only has a place too."""
    app = described(
        [TEXT],
        [{"api_name": "a"}, {"api_name": "js", "backend_fn": False}, {"api_name": "b"}],
    )

    assert {name: e.fn_index for name, e in app.endpoints.items()} == {"/a": 0, "/b": 2}


def test_an_endpoint_with_an_id_has_that_number():
    """Observed from 4.32 on; 0 is a number too."""
    app = described([], [{"id": 7, "api_name": "a"}, {"id": 0, "api_name": "b"}])

    assert {name: e.fn_index for name, e in app.endpoints.items()} == {"/a": 7, "/b": 0}


@pytest.mark.parametrize(
    ("dependency", "visibility"),
    [
        ({"api_name": "a"}, Visibility.PUBLIC),
        ({"api_name": "a", "api_visibility": "public"}, Visibility.PUBLIC),
        ({"api_name": "a", "show_api": True}, Visibility.PUBLIC),
        ({"api_name": "a", "show_api": False}, Visibility.UNDOCUMENTED),
        ({"api_name": "a", "api_visibility": "undocumented"}, Visibility.UNDOCUMENTED),
        ({"api_name": None}, Visibility.UNNAMED),
        ({}, Visibility.UNNAMED),
    ],
)
def test_visibility_is_read_in_both_ways(dependency, visibility):
    """By the code of 4, 5 and 6; endpoints without a name exist before 4.12."""
    assert only(described([], [dependency])).visibility is visibility


@pytest.mark.parametrize(
    ("dependency", "name"),
    [
        ({"api_name": False}, "0"),
        ({"api_name": False, "show_api": False}, "0"),
        ({"api_name": "a", "api_visibility": "private"}, "/a"),
    ],
)
def test_a_private_endpoint_is_only_named(dependency, name):
    """Observed: `api_name=False` up to 5, a visibility from 6 on."""
    app = described([], [dependency])

    assert app.endpoints == {}
    assert app.private == (name,)


def test_an_endpoint_without_a_name_is_described_by_number():
    """By the code of Gradio before 4.12."""
    told = {"0": {"parameters": [{"label": "Prompt", "type": {"type": "string"}}], "returns": []}}

    endpoint = only(described([TEXT], [{"inputs": [1]}], {}, told))

    assert (endpoint.name, endpoint.api_name, endpoint.fn_index) == ("0", "", 0)
    assert endpoint.parameters[0].label == "Prompt"


def test_an_endpoint_that_the_info_leaves_out_is_read_from_its_widgets():
    """Observed: undocumented ones, where `all_endpoints` is not known."""
    endpoint = only(described([TEXT], [{"api_name": "a", "inputs": [1], "outputs": [1]}], {}))

    assert [p.label for p in endpoint.parameters] == ["Text"]
    assert [(o.label, o.json_type) for o in endpoint.outputs] == [("Text", {"type": "string"})]


def test_info_that_does_not_match_the_widgets_is_left_aside():
    """Ours: which of three names belongs to which of two widgets cannot be told."""
    told = [{"label": name, "parameter_name": name} for name in "xyz"]
    returns = [{"label": "x"}, {"label": "y"}]

    endpoint = only(
        described(
            [TEXT, NUMBER],
            [{"api_name": "a", "inputs": [1, 2], "outputs": [1]}],
            {"/a": {"parameters": told, "returns": returns}},
        )
    )

    assert [p.name for p in endpoint.parameters] == ["text", "param_1"]
    assert [o.label for o in endpoint.outputs] == ["Text"]


def test_what_else_an_endpoint_says_is_kept():
    """By the code of 5 and 6: description, live streams, the caller's token."""
    endpoint = only(
        described(
            [],
            [
                {
                    "api_name": "a",
                    "connection": "stream",
                    "batch": True,
                    "types": {"generator": True},
                }
            ],
            {"/a": {"description": "Says a.", "oauth_token": "required"}},
        )
    )

    assert endpoint.description == "Says a."
    assert endpoint.oauth_token == "required"
    assert (endpoint.streaming, endpoint.batch, endpoint.generator) == (True, True, True)


def test_a_description_that_is_no_text_is_dropped():
    """Ours: `false` was seen for functions without one."""
    assert (
        only(described([], [{"api_name": "a"}], {"/a": {"description": False}})).description == ""
    )


@pytest.mark.parametrize(
    ("queue", "enable_queue", "queued"),
    [
        (True, False, True),
        (False, True, False),
        (None, True, True),
        (None, False, False),
        (None, None, False),
    ],
)
def test_an_endpoint_waits_in_the_queue_unless_it_says_otherwise(queue, enable_queue, queued):
    """Observed: null means whatever holds for the app."""
    app = described([], [{"api_name": "a", "queue": queue}], enable_queue=enable_queue)

    assert only(app).queued is queued


@pytest.mark.parametrize(
    ("targets", "triggers"),
    [
        ([[1, "change"]], (("textbox", "Text", "change"),)),
        ([[4, "click"]], (("button", "Run", "click"),)),
        ([[None, "load"], [99, "load"]], (("app", "", "load"), ("app", "", "load"))),
        ([[1, None]], (("textbox", "Text", ""),)),
        ([1], (("textbox", "Text", ""),)),
        ([[1, "change", "x"]], (("app", "", ""),)),
        (None, ()),
    ],
)
def test_what_runs_an_endpoint_on_the_page_is_told(targets, triggers):
    """Observed: pairs from 4.0 on, numbers before; a load event has no widget."""
    button = widget(4, "button", value="Run", label="no")

    assert (
        only(described([TEXT, button], [{"api_name": "a", "targets": targets}])).triggers
        == triggers
    )


# --- parameters ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("component", "slot"),
    [
        (widget(1, "state", value=3), Slot(None)),
        (widget(1, "state", skip_api=True, value=3), Slot(None)),
        (widget(1, "tab"), Slot(None)),
        (widget(1, "dataset", value=3), Slot(None, 3)),
        (widget(1, "button", skip_api=True, value="Run"), Slot(None, "Run")),
        (widget(1, "textbox", skip_api=True), Slot(None)),
    ],
)
def test_a_hidden_widget_keeps_its_slot(component, slot):
    """Observed: /info leaves it out, the wire does not; only state is filled by the server."""
    endpoint = only(
        described([component, NUMBER], [{"api_name": "a", "inputs": [1, 2], "outputs": [1, 2]}])
    )

    assert endpoint.input_slots == (slot, Slot(0))
    assert endpoint.output_slots == (False, True)
    assert endpoint.fill(["x"]) == [slot.constant, "x"]


@pytest.mark.parametrize(
    "component",
    [widget(1, "state", skip_api=False), widget(1, "button"), widget(1, "textbox", skip_api=False)],
)
def test_a_widget_that_is_not_hidden_is_a_parameter(component):
    """Observed: `skip_api` wins where it is told, the type decides where it is not."""
    assert len(only(described([component], [{"api_name": "a", "inputs": [1]}])).parameters) == 1


def test_a_widget_that_the_config_lacks_takes_anything():
    """Ours: a number without a component is no reason to refuse the app."""
    endpoint = only(described([], [{"api_name": "a", "inputs": [9, "x", None], "outputs": [9]}]))

    assert [(p.name, p.component, p.json_type) for p in endpoint.parameters] == [
        ("param_0", "", {}),
        ("param_1", "", {}),
        ("param_2", "", {}),
    ]
    assert [o.component for o in endpoint.outputs] == [""]


@pytest.mark.parametrize(
    ("props", "told", "required", "default"),
    [
        ({"value": 3}, {"parameter_has_default": True, "parameter_default": 4}, False, 4),
        ({"value": 3}, {"parameter_has_default": False, "parameter_default": None}, True, None),
        ({"value": 3}, {"parameter_has_default": True, "parameter_default": None}, False, None),
        ({"value": 3}, {}, False, 3),
        ({"value": 0}, {}, False, 0),
        ({"value": ""}, {}, False, ""),
        ({"value": None}, {}, True, None),
        ({}, {}, True, None),
    ],
)
def test_a_default_is_the_infos_or_the_widgets(props, told, required, default):
    """Observed: /info tells it from 4.23 on; before, a widget without a value needs one."""
    read = parameter(widget(1, "number", **props), told)

    assert (read.required, read.default) == (required, default)


@pytest.mark.parametrize(
    ("listed", "told", "choices"),
    [
        ([["Small", "s"], ["Three", 3]], {}, (Choice("Small", "s"), Choice("Three", 3))),
        (["a", 1, None], {}, (Choice("a", "a"), Choice("1", 1), Choice("None", None))),
        ([[1, 2, 3]], {}, (Choice("[1, 2, 3]", [1, 2, 3]),)),
        ([], {"enum": ["a"]}, ()),
        (None, {"enum": ["a", "b"]}, (Choice("a", "a"), Choice("b", "b"))),
        (None, {"type": "array", "items": {"enum": ["a"]}}, (Choice("a", "a"),)),
        (None, {"type": "array", "items": True}, None),
        (None, {"type": "string"}, None),
        ("abc", {"enum": 3}, None),
    ],
)
def test_choices_are_pairs_or_plain(listed, told, choices):
    """Observed: pairs from 3.40 on, plain values before; else the enum of /info."""
    assert parameter(widget(1, "radio", choices=listed), {"type": told}).choices == choices


@pytest.mark.parametrize(
    ("component", "multiple", "open_choices"),
    [
        (widget(1, "radio"), False, False),
        (widget(1, "dropdown", multiselect=None, allow_custom_value=True), False, True),
        (widget(1, "dropdown", multiselect=True), True, False),
        (widget(1, "checkboxgroup"), True, False),
    ],
)
def test_a_widget_says_how_many_choices_it_takes(component, multiple, open_choices):
    """Observed on 4.44.1 to 6.31.0."""
    read = parameter(component)

    assert (read.multiple, read.open_choices) == (multiple, open_choices)


def test_limits_are_numbers():
    """Ours: whatever else stands there sets no limit."""
    read = parameter(
        widget(
            1,
            "textbox",
            minimum="0",
            maximum=True,
            step=0.5,
            max_length=80.0,
            info="i",
            placeholder="p",
        )
    )
    bare = parameter(widget(1, "textbox", max_length=None, placeholder=3))

    assert (read.minimum, read.maximum, read.step, read.max_length) == (None, None, 0.5, 80)
    assert isinstance(read.max_length, int)
    assert (read.info, read.placeholder) == ("i", "p")
    assert (bare.max_length, bare.info, bare.placeholder) == (None, "", "")


def test_the_columns_of_a_table_come_from_the_widget():
    """Observed on every version; ours: whatever else stands there names none."""
    assert parameter(widget(1, "dataframe", headers=["a", 2])).headers == ("a", "2")
    assert parameter(widget(1, "dataframe", headers="ab")).headers == ()


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        (
            '__i18n__{"__type__": "translation_metadata", "key": "chat_interface.chatbot"}',
            "Chatbot",
        ),
        ('__i18n__{"key": "submit_all"}', "Submit all"),
        ('__i18n__{"key": 1}', '__i18n__{"key": 1}'),
        ("__i18n__nonsense", "__i18n__nonsense"),
    ],
)
def test_a_label_that_the_browser_translates_is_the_word_that_is_meant(label, shown):
    """Observed on 6.31.0, in the page that `gr.ChatInterface` makes."""
    assert parameter(widget(1, "textbox", label=label)).label == shown


FILE = {"properties": {"path": {}, "orig_name": {}}}


@pytest.mark.parametrize(
    ("component", "told", "json_type"),
    [
        ({"type": "textbox"}, {"type": {"type": "number"}}, {"type": "number"}),
        ({"type": "textbox", "api_info": {"type": "number"}}, {}, {"type": "number"}),
        ({"type": "textbox", "api_info": "text"}, {"type": "string"}, {"type": "string"}),
        ({"type": "slider"}, {}, {"type": "number"}),
        ({"type": "checkbox"}, {}, {"type": "boolean"}),
        ({"type": "somebodys"}, {}, {}),
        ({"type": "image"}, {"type": {"type": "string"}}, {"type": "string"}),
    ],
)
def test_a_type_is_the_infos_the_widgets_or_a_guess(component, told, json_type):
    """Ours, in this order; a widget nobody knows takes anything."""
    assert parameter({"id": 1, **component}, told).json_type == json_type


@pytest.mark.parametrize(
    ("type", "told", "json_type"),
    [
        ("radio", {"type": {"type": "string", "x": 1}}, {"type": "string", "x": 1}),
        ("textbox", {}, {"type": "string"}),
        ("textbox", {"type": "str"}, {"type": "string"}),
        ("somebodys", {}, {}),
    ],
)
def test_a_type_of_gradio_3_is_the_infos_or_a_guess(type, told, json_type):
    """Observed on 3.50.2: what its /config says of the type has another form."""
    component = {
        "id": 1,
        "type": type,
        "serializer": "StringSerializable",
        "api_info": {"info": {"type": "string"}, "serialized_info": False},
    }

    assert parameter(component, told).json_type == json_type


@pytest.mark.parametrize("type", ["image", "audio", "gallery"])
def test_a_file_of_gradio_3_has_todays_form_whatever_the_info_says(type):
    """Observed on 3.50.2: a picture is said to be text."""
    component = {"id": 1, "type": type, "serializer": "ImgSerializable"}

    assert parameter(component, {"type": {"type": "string"}}).takes_file


def test_a_gallery_holds_files_without_the_info_too():
    """Ours."""
    assert parameter(widget(1, "gallery")).takes_file


@pytest.mark.parametrize(
    ("component", "many"),
    [
        (widget(1, "image"), False),
        (widget(1, "file", file_count="single"), False),
        (widget(1, "file", file_count="multiple"), True),
        (widget(1, "file", file_count="directory"), True),
        (widget(1, "uploadbutton"), False),
    ],
)
def test_a_file_widget_takes_files_without_the_info_too(component, many):
    """Ours."""
    read = parameter(component)

    assert read.takes_file
    assert (read.json_type["type"] == "array") is many
    assert read.file_count == component["props"].get("file_count", "single")


@pytest.mark.parametrize(
    ("component", "kinds"),
    [
        (widget(1, "image"), ("image",)),
        (widget(1, "audio"), ("audio", "video")),
        (widget(1, "video"), ("video", "audio")),
        (widget(1, "file"), ()),
        (widget(1, "file", file_types=[".txt", None, "image"]), (".txt", "image")),
        (widget(1, "image", file_types=[]), ()),
    ],
)
def test_a_file_widget_says_which_files(component, kinds):
    """Observed on 4.44.1 to 6.31.0; sound may come in a video and the other way round."""
    assert parameter(component).file_types == kinds


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Guidance Scale", "guidance_scale"),
        ("  # of steps (max.) ", "of_steps_max"),
        ("Größe in Ä", "größe_in_ä"),
        ("画像サイズ", "画像サイズ"),
        ("Длина ответа", "длина_ответа"),
        ("طول النص", "طول_النص"),
        ("프롬프트", "프롬프트"),
        ("2nd image", "param_2nd_image"),
        ("٣ صور", "param_٣_صور"),
        ("🎨", "param_0"),
        ("___", "param_0"),
        ("", "param_0"),
    ],
)
def test_a_name_is_made_from_the_label_in_any_alphabet(label, name):
    """Ours, for apps before 4.23."""
    read = parameter(widget(1, "textbox", label=label))

    assert (read.name, read.named) == (name, False)


def test_names_made_from_labels_differ():
    """Ours: the second and third of a label are numbered, and so is what was numbered by hand."""
    labels = ["Seed", "seed", "SEED!", "Seed 2", "", ""]
    widgets = [widget(i, "number", label=label) for i, label in enumerate(labels)]

    endpoint = only(described(widgets, [{"api_name": "a", "inputs": list(range(6))}]))

    names = [p.name for p in endpoint.parameters]
    assert names == ["seed", "seed_2", "seed_3", "seed_2_2", "param_4", "param_5"]


def test_a_label_is_the_infos_or_the_widgets():
    """Ours."""
    assert parameter(widget(1, "textbox", label="W"), {"label": "I"}).label == "I"
    assert parameter(widget(1, "textbox", label="W"), {"label": None}).label == "W"
    assert parameter(widget(1, "textbox", label=None), {"label": 3}).label == ""


# --- the app ------------------------------------------------------------------------------------


def test_an_app_says_what_it_is():
    """Observed fields of /config; a limit may come as a float."""
    app = described(
        [],
        [],
        {},
        title="T",
        version="6.31.0",
        space_id="ada/kitchen",
        app_id=7,
        max_file_size=1024.0,
    )

    assert app == App(
        title="T",
        version="6.31.0",
        endpoints={},
        space_id="ada/kitchen",
        app_id=7,
        max_file_size=1024,
        described=True,
        headings=("T",),
    )
    assert isinstance(app.max_file_size, int)


def test_an_app_that_says_nothing_is_still_one():
    """Ours."""
    app = described([], [], app_id="x", title=None)

    assert app == App(title="", version="", endpoints={}, described=False)
    assert (app.app_id, app.max_file_size, app.space_id) == (0, None, "")


DEEP = b"[" * 20_000 + b"]" * 20_000


@pytest.mark.parametrize(
    "config",
    [
        b"",
        b"[]",
        b"{}",
        b'{"components": []}',
        b'{"components": [{"type": "textbox"}], "dependencies": []}',
        b'{"components": [], "dependencies": [], "title": "\xff"}',
        b'{"components": [], "dependencies": [], "x": ' + DEEP + b"}",
    ],
)
def test_a_config_of_another_form_is_the_apps_fault(config):
    """Ours."""
    with pytest.raises(RemoteProtocolError, match="/config cannot be read"):
        parse_app(config)


@pytest.mark.parametrize(
    "info",
    [
        b"",
        b"Internal Server Error",
        b"[]",
        b'{"named_endpoints": 3}',
        b'"\xff"',
        DEEP,
        b'{"named_endpoints": {"\xff": {}}}',
    ],
)
def test_an_info_of_another_form_is_as_good_as_none(info):
    """Ours: an HTML page with status 200, say."""
    config = load("gradio6")[0]

    assert parse_app(config, info) == parse_app(config)


leaves = st.sampled_from([None, True, 0, 1, 2.5, "", "a", "path", "#/$defs/x"])
keys = st.sampled_from(
    "type properties items enum anyOf $ref $defs x path meta required value choices label".split()
)
odd = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=10,
)


@given(props=st.dictionaries(keys, odd), told=odd, inputs=odd, targets=odd)
def test_any_description_is_read_or_refused(props, told, inputs, targets):
    """Ours: an app may say what it likes of its widgets."""
    config = {
        "components": [{"id": 1, "type": "textbox", "props": props, "api_info": told}],
        "dependencies": [
            {"api_name": "a", "inputs": [1, inputs], "outputs": [inputs], "targets": [targets]}
        ],
    }
    info = {"named_endpoints": {"/a": {"parameters": [{"type": told}, {"label": told}]}}}

    app = parse_app(json.dumps(config).encode(), json.dumps(info).encode())

    assert all(isinstance(p, Parameter) for p in only(app).parameters)
