"""Calls are carried across changes, or stopped."""

from __future__ import annotations

import pytest

from anyspace import ContractError
from anyspace.contract import Contract
from tests.contract.apps import app, argument, endpoint, signed

PROMPT = argument("prompt")
STEPS = argument("steps", "slider", minimum=1, maximum=50, default=4)
STYLE = argument("style", choices=["oil", "ink"], default="oil")
DRAW = endpoint("/infer", PROMPT, STEPS, STYLE)


def held(*now, locked=(DRAW,)):
    """What was locked against what is there."""
    return Contract(signed(*locked), app(*now), "ada/paint")


def carried(now, *args, **kwargs):
    return held(now).carry(now, args, kwargs)


def refusal(now, *args, **kwargs):
    with pytest.raises(ContractError) as caught:
        carried(now, *args, **kwargs)
    assert caught.value.space == "ada/paint"
    assert "nothing was sent" in str(caught.value)
    assert "`anyspace lock ada/paint --update`" in str(caught.value)
    return caught.value.changes


def test_what_has_not_changed_goes_as_it_came():
    """The same objects, even."""
    args, kwargs = ("a fox",), {"steps": 8}
    got = held(DRAW).carry(DRAW, args, kwargs)
    assert got[0] is args
    assert got[1] is kwargs


def test_values_by_position_are_taken_in_the_locks_order():
    """They become names, which are the same everywhere."""
    assert carried(endpoint("/infer", STEPS, STYLE, PROMPT), "a fox", 8) == (
        (),
        {"prompt": "a fox", "steps": 8},
    )
    assert held(endpoint("/run", STEPS, STYLE, PROMPT)).order_of(endpoint("/run")) == [
        "prompt",
        "steps",
        "style",
    ]
    assert held(DRAW).order_of(endpoint("/more")) is None
    inserted = endpoint("/infer", argument("seed", default=0), PROMPT, STEPS, STYLE)
    assert carried(inserted, "a fox", style="ink") == ((), {"prompt": "a fox", "style": "ink"})


@pytest.mark.parametrize(
    ("args", "kwargs"), [(("a", 1, "oil", "more"), {}), (("a",), {"prompt": "b"})]
)
def test_a_call_that_is_wrong_in_itself_is_left_to_be_told_so(args, kwargs):
    """Too many values, or one given twice: no matter of the lock."""
    moved = endpoint("/infer", STEPS, STYLE, PROMPT)
    assert held(moved).carry(moved, args, kwargs) == (args, kwargs)


def test_a_renamed_endpoint_is_found_by_both_names():
    """With and without the slash."""
    run = endpoint("/run", PROMPT, STEPS, STYLE)
    contract = held(run)
    assert [contract.current_name(n) for n in ("/infer", "infer", "/run")] == ["/run"] * 3
    assert contract.carry(run, ("a fox",), {}) == (("a fox",), {})
    assert [str(change) for change in contract.changes_of("infer")] == ["/infer is called /run now"]
    assert contract.changes_of("/run") == contract.changes_of("/infer")


def test_an_endpoint_that_is_gone_stops_the_call():
    """With what may have taken its place."""
    with pytest.raises(ContractError) as caught:
        held(endpoint("/run", PROMPT)).current_name("/infer")
    assert caught.value.endpoint == "/infer"
    assert "/infer is gone; /run is new and differs" in caught.value.changes[0]


def test_a_name_that_nobody_knows_is_left_to_the_app():
    """It has a better answer."""
    assert held(DRAW).current_name("/nothing") == "/nothing"


def test_an_endpoint_that_is_not_in_the_lock_is_not_called():
    """Ours: nobody has looked at it; and what it may stand for is told."""
    run = endpoint("/run", PROMPT)
    assert refusal(run, "a fox") == (
        "/infer is gone; /run is new and differs: steps is gone; style is gone",
    )
    with pytest.raises(ContractError, match="/more of ada/paint is not in the lock; nothing was"):
        held(DRAW, run).carry(endpoint("/more"), (), {})


def test_an_argument_that_is_gone_stops_who_gives_it():
    """Also by position; who does not goes on."""
    now = endpoint("/infer", PROMPT, STYLE)
    assert refusal(now, "a fox", 8) == ("/infer: steps is gone",)
    assert refusal(now, prompt="a fox", steps=8) == ("/infer: steps is gone",)
    assert carried(now, "a fox") == (("a fox",), {})


def test_a_new_argument_without_a_default_stops_who_leaves_it_out():
    """Who gives it has seen it."""
    now = endpoint("/infer", PROMPT, STEPS, STYLE, argument("size"))
    assert refusal(now, "a fox") == ("/infer: size is new and has no default",)
    assert carried(now, "a fox", size="small")[1] == {"size": "small"}


def test_another_result_stops_every_call():
    """What comes back is what the caller works with."""
    now = endpoint("/infer", PROMPT, STEPS, STYLE, returns="gallery")
    assert refusal(now, "a fox") == ("/infer returns gallery, it was image",)


@pytest.mark.parametrize(
    ("now", "good", "bad"),
    [
        (argument("x", choices=["ink", None]), ["ink", ["ink"], None], ["oil", ["ink", "oil"]]),
        (argument("x", "slider", minimum=2, maximum=5), [2, 5.0, True, "7", None], [1, 5.5]),
        (argument("x", "slider", minimum=2), [2, 70], [1]),
        (argument("x", "slider", maximum=2), [-70, 2], [3]),
    ],
)
def test_only_values_that_are_not_taken_any_more_stop_the_call(now, good, bad):
    """Of a kind that no lock can judge, the app's own description does."""
    old = argument("x", now.component, json_type=now.json_type)
    before, after = endpoint("/f", old), endpoint("/f", now)
    contract = held(after, locked=[before])
    for value in good:
        assert contract.carry(after, (value,), {}) == ((value,), {})
    assert contract.carry(after, (), {}) == ((), {})
    for value in bad:
        with pytest.raises(ContractError):
            contract.carry(after, (value,), {})
