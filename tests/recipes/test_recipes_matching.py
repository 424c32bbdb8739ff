"""The best total of a match, against trying every possibility."""

from hypothesis import given
from hypothesis import strategies as st

from anyspace.recipes._matching import best_match

scores = st.floats(min_value=0.3, max_value=1.0)
tables = st.lists(st.dictionaries(st.sampled_from("abcd"), scores), max_size=5)


def best_total(table, fields):
    """Try every possibility."""
    if not fields:
        return 0.0
    field, *rest = fields
    seated = [
        options[field] + best_total([o if j != i else {} for j, o in enumerate(table)], rest)
        for i, options in enumerate(table)
        if field in options
    ]
    return max([best_total(table, rest), *seated])


@given(tables)
def test_no_other_match_has_a_greater_total(table):
    """Ours: greedy choices lose where one field stands in another's way."""
    match = best_match(table)

    assert len(set(match.values())) == len(match)
    total = sum(table[position][field] for field, position in match.items())
    assert abs(total - best_total(table, list("abcd"))) < 1e-6


def test_a_field_moves_on_for_one_that_has_no_other_place():
    """Ours: the negative prompt's box goes to the negative prompt."""
    table = [{"prompt": 1.0, "negative": 0.9}, {"prompt": 0.8}]

    assert best_match(table) == {"prompt": 1, "negative": 0}


def test_a_field_stays_out_where_it_would_cost_more_than_it_gains():
    """Ours: a weak claim does not push a strong one out."""
    assert best_match([{"seed": 1.0, "steps": 0.4}]) == {"seed": 0}
    assert best_match([{"steps": 0.4, "seed": 1.0}]) == {"seed": 0}
