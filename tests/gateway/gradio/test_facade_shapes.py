"""Shapes: what tools have built in, served by any Space of the task."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest

from anyspace import recipes
from anyspace.gateway.gradio._menu import make_menu
from anyspace.gateway.gradio._outbox import Outbox
from anyspace.gateway.gradio._shapes import fit_shape, plan_values, say_result, shapes_for
from anyspace.protocol import Completed, Log, Output, Progress, Queued, Started
from anyspace.schema import App, Choice, Endpoint, OutputField, Parameter, Slot

FLUX, MIDJOURNEY, DRAW = shapes_for("text-to-image")


def made(*files, text="", data=None):
    return SimpleNamespace(files=files, text=text, data=data)


def endpoint(name, parameters, outputs=("image",), number=0):
    return Endpoint(
        api_name=name,
        fn_index=number,
        parameters=tuple(parameters),
        outputs=tuple(OutputField(label=o, component=o, json_type={}) for o in outputs),
        input_slots=tuple(map(Slot, range(len(parameters)))),
        output_slots=(True,) * len(outputs),
    )


def takes(name, component="textbox", kind="string", **more):
    return Parameter(name=name, label=name, component=component, json_type={"type": kind}, **more)


def app_of(*endpoints):
    return App(title="A", version="4.44.1", endpoints={e.name: e for e in endpoints})


def menu_of(app, shapes=(FLUX, MIDJOURNEY), *, alone=True):
    return make_menu(app, shapes, alone=alone, show_default=lambda value: value)


def test_the_two_known_shapes_are_those_of_the_story():
    """As facts: names, order, defaults, ranges and numbers of both Spaces."""
    assert (FLUX.name, FLUX.number) == ("/infer", 2)
    assert [(p.name, p.default, p.minimum, p.maximum, p.step) for p in FLUX.parameters] == [
        ("prompt", None, None, None, None),
        ("seed", 0, 0, 2147483647, 1),
        ("randomize_seed", True, None, None, None),
        ("width", 1024, 256, 2048, 32),
        ("height", 1024, 256, 2048, 32),
        ("num_inference_steps", 4, 1, 50, 1),
    ]
    assert [field.component for _, field in FLUX.outputs] == ["image", "slider"]
    assert (MIDJOURNEY.name, MIDJOURNEY.number) == ("/run", 3)
    assert [(p.name, p.default) for p in MIDJOURNEY.parameters] == [
        ("prompt", None),
        ("negative_prompt", ""),
        ("use_negative_prompt", True),
        ("style", "2560 x 1440"),
        ("seed", 0),
        ("width", 1024),
        ("height", 1024),
        ("guidance_scale", 6),
        ("randomize_seed", True),
    ]
    assert [field.component for _, field in MIDJOURNEY.outputs] == ["gallery", "slider"]


@pytest.mark.parametrize("task", recipes.task_names())
def test_every_task_has_a_shape_with_its_fields(task):
    """Named after the task; what it cannot do without comes first, and is required."""
    *_, shape = shapes_for(task)
    names = [parameter.name for parameter in shape.parameters]
    assert shape.name == f"/{task.replace('-', '_')}"
    assert set(names) == set(recipes.field_names(task)) - {"fix_seed"}
    required = [parameter.name for parameter in shape.parameters if parameter.required]
    assert names[: len(required)] == required
    assert required == [g[0] for g in recipes.needed_fields(task) if len(g) == 1]
    assert shapes_for("") == ()


@pytest.mark.parametrize(
    ("arguments", "values", "seed"),
    [
        ({"prompt": "x", "seed": 7, "randomize_seed": False}, {"prompt": "x", "seed": 7}, 7),
        ({"prompt": "x", "seed": 7, "randomize_seed": True}, {"prompt": "x", "seed": 99}, 99),
        ({"prompt": "x", "seed": None}, {"prompt": "x", "seed": 99}, 99),
        ({"prompt": "x"}, {"prompt": "x"}, 0),
        ({"negative_prompt": "y", "use_negative_prompt": False}, {}, 0),
        ({"negative_prompt": "y", "use_negative_prompt": True}, {"negative_prompt": "y"}, 0),
        ({"style": "2560 x 1440"}, {}, 0),
        ({"style": "Anime"}, {"style": "Anime"}, 0),
        ({"width": None}, {}, 0),
        ({"seed": "seven"}, {"seed": "seven"}, 0),
    ],
)
def test_arguments_become_values_of_the_task(arguments, values, seed):
    """A random seed is drawn here, so that it is known and every Space has one."""
    assert plan_values(arguments, draw=lambda _: 99) == (values, seed)


def test_seeds_are_drawn_from_the_whole_range():
    """0 to 2147483647, as the Spaces themselves do."""
    asked = []
    plan_values({"seed": 0, "randomize_seed": True}, draw=lambda n: asked.append(n) or 1)
    assert asked == [2**31]
    assert 0 <= plan_values({"randomize_seed": True})[1] < 2**31


def test_results_are_laid_out_as_the_shape_says():
    """The picture at `data[0].url`, or at `data[0][0].image.url`."""
    result = made("one", "two")
    assert say_result(FLUX, result, 7) == ["one", 7]
    assert say_result(MIDJOURNEY, result, 7) == [
        [{"image": "one", "caption": None}, {"image": "two", "caption": None}],
        7,
    ]
    assert say_result(DRAW, result, 7) == ["one", ["one", "two"], 7]
    assert say_result(FLUX, made(), 7) == [None, 7]
    *_, translation = shapes_for("translation")
    assert say_result(translation, made(text="hello"), 0) == ["hello", []]
    *_, embedding = shapes_for("feature-extraction")
    assert say_result(embedding, made(data=[1.0]), 0) == [[1.0]]


def test_defaults_and_ranges_are_the_spaces_own():
    """So what a tool leaves out is what the Space itself would do."""
    own = endpoint(
        "/generate",
        [
            takes("prompt"),
            takes("steps", "slider", "number", required=False, default=28, minimum=1, maximum=60),
            takes("width", "slider", "number", required=False, default=768, maximum=1440, step=64),
            takes("seed", "slider", "number", required=False, default=42),
        ],
    )
    binding = recipes.bind(app_of(own), "text-to-image")
    fitted = {p.name: p for p in fit_shape(FLUX, binding).parameters}

    assert (fitted["num_inference_steps"].default, fitted["num_inference_steps"].maximum) == (
        28,
        60,
    )
    assert (fitted["width"].default, fitted["width"].maximum, fitted["width"].step) == (
        768,
        1440,
        64,
    )
    assert (fitted["height"].default, fitted["seed"].default) == (1024, 0)
    assert list(fitted) == [parameter.name for parameter in FLUX.parameters]
    assert fit_shape(FLUX, None) is FLUX


def test_styles_are_the_spaces_own():
    """One that it does not have is brought to the nearest, or left out with a note."""
    styles = (Choice("Anime", "Anime"), Choice("Photo", "Photo"))
    own = endpoint(
        "/generate",
        [
            takes("prompt"),
            takes("style", "radio", required=False, default="Photo", choices=styles),
        ],
    )
    binding = recipes.bind(app_of(own), "text-to-image")
    style = {p.name: p for p in fit_shape(MIDJOURNEY, binding).parameters}["style"]

    assert (style.default, style.choices, style.open_choices) == ("Photo", styles, True)


# --- the menu ----------------------------------------------------------------------------


def own_flux(*more, outputs=("image", "slider"), number=0):
    return endpoint("/infer", [*FLUX.parameters, *more], outputs, number)


def test_a_space_of_that_shape_keeps_its_endpoint():
    """It is the same to who calls it, and the Space says more about itself."""
    for own in (own_flux(), own_flux(takes("more", required=False))):
        menu = menu_of(app_of(own))
        assert menu.find(name="/infer").own is own
        assert "/space_infer" not in menu.app.endpoints


@pytest.mark.parametrize(
    "own",
    [
        own_flux(takes("more")),
        own_flux(outputs=("gallery",)),
        own_flux(outputs=()),
        endpoint("/infer", [takes("text")]),
        endpoint("/infer", [*FLUX.parameters[:-1], takes("guidance"), FLUX.parameters[-1]]),
    ],
    ids=["wants more", "gives another", "gives nothing", "takes another", "other order"],
)
def test_a_space_of_another_shape_has_its_endpoint_under_another_name(own):
    """A tool with the shape built in works with it all the same."""
    menu = menu_of(app_of(own))
    assert menu.find(name="/infer").shape is FLUX
    assert menu.find(name="/space_infer").own is own


def test_several_spaces_stand_behind_a_shape_whatever_theirs_is():
    """The first one's own endpoint could not be stepped in for."""
    menu = menu_of(app_of(own_flux()), alone=False)
    assert menu.find(name="/infer").shape is FLUX


def test_old_numbers_lead_to_the_shapes_and_own_ones_stay_otherwise():
    """`fn_index` 2 and 3 when the story was written."""
    own = [endpoint(f"/own_{number}", [], number=number) for number in range(5)]
    menu = menu_of(app_of(*own))

    assert menu.find(number=2).shape is FLUX
    assert menu.find(number=3).shape is MIDJOURNEY
    for number in (0, 1, 4):
        assert menu.find(number=number).own is own[number]
    assert {d.shown.fn_index: d.own.name for d in menu if d.shown.fn_index > 4} == {
        5: "/own_2",
        6: "/own_3",
    }


def test_without_a_task_everything_is_the_spaces_own():
    """Names and numbers too; what has no name gets one, as today's Gradio gives it."""
    nameless = msgspec.structs.replace(endpoint("", [], number=3), api_name="")
    menu = menu_of(app_of(endpoint("/a", []), nameless), shapes=())
    assert [(d.shown.api_name, d.shown.fn_index) for d in menu] == [("/a", 0), ("/fn_3", 3)]
    assert menu.keeps_state is False


def test_a_name_that_is_taken_twice_is_not_lost():
    """A Space may have a `/space_infer` of its own."""
    one, two = endpoint("/infer", []), endpoint("/space_infer", [], number=1)
    menu = menu_of(app_of(one, two))
    assert menu.find(name="/space_infer").own is two
    assert menu.find(name="/space_space_infer").own is one


# --- the outbox --------------------------------------------------------------------------


def taken(outbox):
    events = []
    while outbox:
        events.append(outbox.take())
    return events


def test_an_outbox_gives_back_what_was_put_in_order():
    """As long as it is not too much."""
    events = [Started("a"), Output("a", [1]), Output("b", [2]), Log("a", "x"), Completed("a", [1])]
    outbox = Outbox()
    for event in events:
        outbox.put(event)
    assert taken(outbox) == events
    assert outbox.take() is None


def test_newer_news_stand_for_older_of_the_same_job():
    """Places in the queue and progress; of outputs the newest sixteen."""
    outbox = Outbox()
    for number in range(100):
        outbox.put(Queued("a", number))
        outbox.put(Progress("a", ()))
        outbox.put(Output("a", [number]))
    outbox.put(Queued("b", 0))
    events = taken(outbox)
    assert [e.rank for e in events if isinstance(e, Queued)] == [99, 0]
    assert sum(isinstance(e, Progress) for e in events) == 1
    assert [e.data for e in events if isinstance(e, Output)] == [[n] for n in range(84, 100)]


def test_notes_are_bounded_over_all_jobs():
    """An app that talks without end does not fill the memory."""
    outbox = Outbox()
    for number in range(1000):
        outbox.put(Log(str(number % 7), str(number)))
    assert [e.message for e in taken(outbox)] == [str(n) for n in range(800, 1000)]


def test_ends_are_told_again_after_a_break_and_not_after_an_order_end():
    """Ours: nobody knows what arrived before the connection broke."""
    outbox = Outbox()
    for event in (Completed("a", [1]), Completed("b", [2]), Started("c")):
        outbox.put(event)
    told = [outbox.take(), outbox.take()]
    outbox.rewind()
    assert taken(outbox) == [*told, Started("c")]
    outbox.settle()
    outbox.rewind()
    assert not outbox
