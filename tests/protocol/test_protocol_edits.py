"""Edits: what changed since the last partial output, and the value it leads to."""

import copy

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyspace._errors import RemoteProtocolError
from anyspace.protocol import apply_edits, make_edits
from tests.protocol.diffs import NUMBERINGS, diff

# Few different leaves and keys, so that two values often have something in common.
values = st.recursive(
    st.sampled_from([None, True, 0, 1, 2.5, "", "a", "ab", "文字"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from("xyz"), inner),
    max_leaves=25,
)
numberings = pytest.mark.parametrize("numbering", NUMBERINGS)


@numberings
@given(old=values, new=values)
def test_the_servers_edits_lead_to_the_servers_value(numbering, old, new):
    """For any two values. The comparison is Gradio's (4.44.1, and 5.50.0 with 6.31.0)."""
    before = copy.deepcopy(old)
    edits = diff(old, new, numbering)
    sent = copy.deepcopy(edits)

    assert apply_edits(old, edits) == new

    assert old == before
    assert edits == sent


@numberings
@given(steps=st.lists(values, min_size=2, max_size=8))
def test_a_value_that_was_handed_out_never_changes(numbering, steps):
    """Ours: edits are applied to the last value again and again, and readers keep them all."""
    handed_out = [steps[0]]
    for new in steps[1:]:
        handed_out.append(apply_edits(handed_out[-1], diff(handed_out[-1], new, numbering)))
    seen_then = copy.deepcopy(handed_out)

    apply_edits(handed_out[-1], diff(handed_out[-1], steps[0], numbering))

    assert handed_out == seen_then == steps


@pytest.mark.parametrize(
    ("old", "edits", "new"),
    [
        ("a", [], "a"),
        ("a", [["replace", [], {"b": 1}]], {"b": 1}),
        ("word", [["append", [], "s é"]], "words é"),
        ("", [["append", [], ""]], ""),
        ([1, 2], [["add", [2], 3]], [1, 2, 3]),
        ([1, 3], [["add", [1], 2]], [1, 2, 3]),
        ({}, [["add", ["k"], []]], {"k": []}),
        ({"k": 1, "l": 2}, [["delete", ["k"], None]], {"l": 2}),
        ({"k": [{"l": "a"}]}, [["append", ["k", 0, "l"], "b"]], {"k": [{"l": "ab"}]}),
        ({"k": [{"l": "a"}]}, [["replace", ["k", 0], None]], {"k": [None]}),
        (None, [["replace", [], [1]], ["add", [1], 2]], [1, 2]),
    ],
)
def test_each_operation_does_what_its_name_says(old, edits, new):
    """Observed on Gradio 4.44.1 to 6.31.0; an empty path is the value itself."""
    assert apply_edits(old, edits) == new


@pytest.mark.parametrize(
    ("old", "edits", "new"),
    [
        ([1, 2, 3], [["delete", [1], None], ["delete", [2], None]], [1]),  # 4.44.1
        ([1, 2, 3], [["delete", [1], None], ["delete", [1], None]], [1]),  # 5.50.0, 6.31.0
        ([[1, 2], [3, 4]], [["delete", [0, 1], None], ["delete", [1, 0], None]], [[1], [3]]),
    ],
)
def test_a_list_loses_its_end_however_the_deletion_is_numbered(old, edits, new):
    """Observed: 4.44.1 numbers by the old places, 5.50.0 and 6.31.0 miscount nested lists."""
    assert apply_edits(old, edits) == new


def test_a_value_sent_twice_is_edited_once():
    """Ours: the same object may stand at two places; a change at one stays there."""
    twice = ["a"]
    value = [twice, twice]

    assert apply_edits(value, [["append", [0, 0], "b"]]) == [["ab"], ["a"]]

    assert value == [["a"], ["a"]]


def test_what_no_edit_touches_is_shared():
    """Ours: a large value with a small change is not copied as a whole."""
    large = [[1] * 100, {"k": "v"}]

    edited = apply_edits(large, [["add", [1, "l"], 1]])

    assert edited[0] is large[0]
    assert edited[1] is not large[1]


def test_a_value_from_an_edit_can_be_edited_without_changing_the_edit():
    """Ours: the edits belong to the message."""
    edits = [["replace", [], [["a"]]], ["append", [0, 0], "b"]]

    assert apply_edits(None, edits) == [["ab"]]

    assert edits == [["replace", [], [["a"]]], ["append", [0, 0], "b"]]


@pytest.mark.parametrize(
    ("old", "edits"),
    [
        pytest.param("a", [["move", [], 1]], id="unknown operation"),
        pytest.param("a", [["append", []]], id="too short"),
        pytest.param("a", [["append", [], "b", "c"]], id="too long"),
        pytest.param("a", ["append"], id="not a list"),
        pytest.param("a", None, id="no edits"),
        pytest.param("a", [["append", None, "b"]], id="no path"),
        pytest.param("a", [["append", [0], "b"]], id="into text"),
        pytest.param("aa", [["append", [0, 0], "b"]], id="deep into text"),
        pytest.param(3, [["append", [], "b"]], id="append to a number"),
        pytest.param(["a"], [["append", [], ["b"]]], id="append to a list"),
        pytest.param("a", [["append", [], 3]], id="append a number"),
        pytest.param(None, [["replace", [0], 1]], id="into nothing"),
        pytest.param([1], [["replace", [1], 1]], id="behind the list"),
        pytest.param([1], [["replace", ["k"], 1]], id="a key in a list"),
        pytest.param([1], [["add", ["k"], 1]], id="a key added to a list"),
        pytest.param([1], [["add", [2**63], 1]], id="a place that no list has"),
        pytest.param([1], [["delete", ["k"], None]], id="a key deleted from a list"),
        pytest.param([], [["delete", [0], None]], id="nothing left to delete"),
        pytest.param({}, [["delete", ["k"], None]], id="no such key"),
        pytest.param({}, [["append", ["k"], "b"]], id="append to no such key"),
        pytest.param({}, [["add", [[1]], 1]], id="a key that is a list"),
        pytest.param({}, [["replace", ["k", "l"], 1]], id="below no such key"),
    ],
)
def test_edits_that_do_not_fit_are_the_apps_fault(old, edits):
    """Ours: refuse rather than guess, and say what was sent."""
    with pytest.raises(RemoteProtocolError, match="edits that do not fit"):
        apply_edits(old, edits)


@given(old=values, edits=values)
def test_nonsense_is_the_apps_fault_too(old, edits):
    """Ours: whatever JSON stands where edits should be, no other error comes out."""
    before = copy.deepcopy(old)
    try:
        apply_edits(old, edits)
    except RemoteProtocolError:
        pass
    assert old == before


def literal(edits, value):
    """Apply edits as Gradio's own clients do: every index is taken at its word."""
    value = copy.deepcopy(value)
    for operation, path, new in edits:
        if not path:
            value = value + new if operation == "append" else new
            continue
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        if operation == "append":
            holder[path[-1]] += new
        elif operation == "delete":
            del holder[path[-1]]
        elif operation == "add" and isinstance(holder, list):
            holder.insert(path[-1], new)
        else:
            holder[path[-1]] = new
    return value


@given(old=values, new=values)
def test_edits_that_are_made_lead_to_the_value_for_every_client(old, new):
    """Ours, checked as Gradio's clients read edits and as `apply_edits` does."""
    edits = make_edits(old, new)

    assert apply_edits(old, edits) == new
    read = literal(copy.deepcopy(edits), old)
    assert msgspec.json.encode(read, order="sorted") == msgspec.json.encode(new, order="sorted")


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        ("a", "a", []),
        ("wo", "words", [["append", [], "rds"]]),
        ("words", "wo", [["replace", [], "wo"]]),
        (1, True, [["replace", [], True]]),
        ([1, 2, 3], [1], [["delete", [2], None], ["delete", [1], None]]),
        ([1], [1, 2], [["add", [1], 2]]),
        (
            {"a": 1, "b": 2},
            {"b": 3, "c": 4},
            [
                ["delete", ["a"], None],
                ["replace", ["b"], 3],
                ["add", ["c"], 4],
            ],
        ),
        ({"a": [{"b": "x"}]}, {"a": [{"b": "xy"}]}, [["append", ["a", 0, "b"], "y"]]),
    ],
)
def test_edits_are_as_small_as_gradios(old, new, edits):
    """The four operations of ``gradio/utils.py: diff`` (6.31.0), deletions from the end."""
    assert make_edits(old, new) == edits
