"""An app's description, written anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from anyspace.schema import (
    App,
    Endpoint,
    OutputField,
    Parameter,
    Slot,
    Visibility,
    parse_app,
    render_app,
)
from tests.recipes.wild import load

DATA = Path(__file__).parent / "data"
FILE = {"properties": {"path": {"type": "string"}, "meta": {}}}
SERVERS = {
    f"Gradio {number}": parse_app(
        (DATA / f"gradio{number}_config.json").read_bytes(),
        (DATA / f"gradio{number}_info.json").read_bytes(),
    )
    for number in (3, 4, 5, 6)
}
WILD = {wild.name: wild.app for wild in load()}


def reread(app: App, **options) -> App:
    config, info = render_app(app, **options)
    return parse_app(msgspec.json.encode(config), msgspec.json.encode(info))


def as_json(value: Any) -> Any:
    """A default as it is once it was written: JSON has no tuples."""
    return msgspec.json.decode(msgspec.json.encode(value))


def settled(app: App) -> App:
    """An app as today's Gradio would say it: every endpoint and parameter has a name."""
    endpoints = {}
    for endpoint in app.endpoints.values():
        name = endpoint.api_name or f"/fn_{endpoint.fn_index}"
        seen = endpoint.visibility is Visibility.UNNAMED
        endpoints[name] = msgspec.structs.replace(
            endpoint,
            api_name=name,
            visibility=Visibility.PUBLIC if seen else endpoint.visibility,
            parameters=tuple(
                msgspec.structs.replace(p, named=True, widget=0, default=as_json(p.default))
                for p in endpoint.parameters
            ),
            outputs=tuple(msgspec.structs.replace(o, widget=0) for o in endpoint.outputs),
            input_slots=endpoint.input_slots or tuple(map(Slot, range(len(endpoint.parameters)))),
            output_slots=endpoint.output_slots or (True,) * len(endpoint.outputs),
            # Of no use to who calls it from outside, and so not written.
            triggers=(),
            reads=(),
            writes=(),
            queued=True,
            batch=False,
            streaming=False,
        )
    return msgspec.structs.replace(
        app,
        endpoints=endpoints,
        private=(),
        space_id="",
        headings=(),
        described=True,
        api_prefix="",  # that is for whoever shows the description
    )


@pytest.mark.parametrize("app", [*SERVERS.values(), *WILD.values()], ids=[*SERVERS, *WILD])
def test_what_is_written_is_read_as_the_same_app(app):
    """Real servers of four generations, and apps as they are found in the wild."""
    own = msgspec.structs.replace(
        settled(app),
        endpoints={
            name: msgspec.structs.replace(
                endpoint,
                parameters=tuple(
                    msgspec.structs.replace(p, widget=-1) for p in endpoint.parameters
                ),
                outputs=tuple(msgspec.structs.replace(o, widget=-1) for o in endpoint.outputs),
            )
            for name, endpoint in settled(app).endpoints.items()
        },
    )

    assert settled(reread(own, everything=True)) == settled(app)


def test_widgets_keep_their_numbers_and_states_get_new_ones():
    """Endpoints that share a widget go on sharing it."""
    shared = Parameter(
        name="text", label="Text", component="textbox", json_type={"type": "string"}, widget=7
    )
    shown = OutputField(label="Out", component="textbox", json_type={}, widget=7)
    one = Endpoint(
        api_name="/one",
        fn_index=0,
        parameters=(shared,),
        outputs=(shown,),
        input_slots=(Slot(None), Slot(0), Slot(None, "fixed")),
        output_slots=(False, True),
    )
    two = msgspec.structs.replace(one, api_name="/two", fn_index=1)

    config, _ = render_app(App(title="", version="6", endpoints={"/one": one, "/two": two}))

    first, second = config["dependencies"]
    assert first["inputs"][1] == second["inputs"][1] == first["outputs"][1] == 7
    numbers = [component["id"] for component in config["components"]]
    assert len(numbers) == len(set(numbers))
    states = {c["id"] for c in config["components"] if c["type"] == "state"}
    assert {first["inputs"][0], first["inputs"][2], first["outputs"][0]} <= states


def test_every_endpoint_stands_at_the_place_that_its_number_says():
    """Clients from before 4.32 count; what fills the places between cannot be called."""
    app = App(
        title="",
        version="6",
        endpoints={
            "/b": Endpoint(api_name="/b", fn_index=3),
            "/a": Endpoint(api_name="/a", fn_index=1),
        },
    )
    config, _ = render_app(app)

    assert [d["id"] for d in config["dependencies"]] == [0, 1, 2, 3]
    assert [d["api_name"] for d in config["dependencies"]] == [False, "a", False, "b"]
    assert list(reread(app).endpoints) == ["/a", "/b"]
    assert render_app(App(title="", version="6", endpoints={}))[0]["dependencies"] == []


def test_undocumented_endpoints_are_left_out_of_info_unless_asked_for():
    """As Gradio's ``?all_endpoints=true``."""
    hidden = Endpoint(api_name="/hidden", fn_index=0, visibility=Visibility.UNDOCUMENTED)
    app = App(title="", version="6", endpoints={"/hidden": hidden})

    assert render_app(app)[1]["named_endpoints"] == {}
    assert list(render_app(app, everything=True)[1]["named_endpoints"]) == ["/hidden"]
    assert reread(app).endpoint("/hidden").visibility is Visibility.UNDOCUMENTED


def test_what_is_added_to_config_is_there():
    """For who serves it: the root, the protocol."""
    config, _ = render_app(App(title="T", version="6", endpoints={}), root="http://x", theme=None)
    assert (config["root"], config["theme"], config["title"]) == ("http://x", None, "T")


@pytest.mark.parametrize(
    ("json_type", "python"),
    [
        ({"type": "string", "description": "words"}, "str"),
        ({"type": "array", "items": {"type": "integer"}}, "list[int]"),
        ({"enum": ["a", 2]}, "Literal['a', 2]"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "float | None"),
        ({"oneOf": [{"type": "boolean"}, FILE]}, "bool | filepath"),
        ({"$ref": "#/$defs/F", "$defs": {"F": FILE}}, "filepath"),
        ({"type": {}}, "Any"),
        ({"type": "array"}, "list[Any]"),
        ({"type": "tuple"}, "Any"),
        ({"type": "object"}, "dict(str, Any)"),
    ],
)
def test_types_are_said_as_python_says_them(json_type, python):
    """What gradio_client's `view_api` prints."""
    parameter = Parameter(name="p", label="P", component="json", json_type=json_type)
    endpoint = Endpoint(api_name="/e", fn_index=0, parameters=(parameter,), input_slots=(Slot(0),))

    _, info = render_app(App(title="", version="6", endpoints={"/e": endpoint}))

    (said,) = info["named_endpoints"]["/e"]["parameters"]
    assert said["python_type"]["type"] == python
    assert said["python_type"]["description"] == json_type.get("description", "")


def test_a_type_that_refers_to_itself_ends():
    """Ours: what an app says is not trusted."""
    loop = {"$defs": {"L": {"type": "array", "items": {"$ref": "#/$defs/L"}}}}
    parameter = Parameter(
        name="p", label="P", component="json", json_type={**loop, "$ref": "#/$defs/L"}
    )
    endpoint = Endpoint(api_name="/e", fn_index=0, parameters=(parameter,), input_slots=(Slot(0),))

    _, info = render_app(App(title="", version="6", endpoints={"/e": endpoint}))

    assert "Any" in info["named_endpoints"]["/e"]["parameters"][0]["python_type"]["type"]


def test_a_sample_is_the_default_where_there_is_one():
    """Clients show it, and some send it."""
    given = Parameter(
        name="p", label="P", component="textbox", json_type={"type": "string"}, default="x"
    )
    bare = msgspec.structs.replace(given, name="q", default=None)
    endpoint = Endpoint(
        api_name="/e",
        fn_index=0,
        parameters=(given, bare),
        input_slots=(Slot(0), Slot(1)),
        oauth_token="optional",
    )

    _, info = render_app(App(title="", version="6", endpoints={"/e": endpoint}))

    said = info["named_endpoints"]["/e"]
    assert [p["example_input"] for p in said["parameters"]] == ["x", "Hello!!"]
    assert said["oauth_token"] == "optional"
