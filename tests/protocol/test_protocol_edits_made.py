"""Edits made here: what leads from one value to the next."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from anyspace.protocol import apply_edits, make_edits

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@given(_VALUES, _VALUES)
def test_edits_lead_from_any_value_to_any_other(old, new):
    """Ours: and give back the very types, which True == 1 would hide."""
    got = apply_edits(old, make_edits(old, new))
    assert json.dumps(got, sort_keys=True) == json.dumps(new, sort_keys=True)


def test_a_text_that_grew_is_told_by_what_was_added():
    """As servers do (gradio/utils.py: diff); that is what keeps a job's updates small."""
    before = {"role": "assistant", "content": "hel"}
    edits = make_edits([before], [{**before, "content": "hello"}])
    assert edits == [["append", [0, "content"], "lo"]]


def test_what_is_the_same_object_needs_no_look():
    """Ours: applied edits share what they leave, so an unchanged table costs nothing."""
    table = [[1.5] * 3] * 4
    assert make_edits([table, "a"], [table, "b"]) == [["replace", [1], "b"]]


def test_what_is_equal_needs_no_edit():
    """Whole values of the older generations are new objects each time."""
    assert make_edits([float("1.5"), {"a": "b"}], [float("1.5"), {"a": "b"}]) == []
