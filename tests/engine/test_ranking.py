"""One queue for all neighbourhoods, exact to the last fraction."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.engine.ranking import rank

pytestmark = pytest.mark.once

LARGE = 2**61


def queue(**columns: Any) -> list[int]:
    size = len(columns["neighbourhood"])
    given_ = {
        "degree": np.zeros(size, np.int64),
        "priority": np.zeros(size),
        "ticket": np.arange(size, dtype=np.uint64),
    }
    return rank(**given_ | columns).tolist()


def by_hand(columns: dict[str, list[Any]]) -> list[int]:
    """Steps 3 and 4, need by need, with fractions."""
    size = len(columns["degree"])
    where = list(zip(columns["degree"], columns["neighbourhood"], strict=True))
    keys = {}
    for i in range(size):
        group = [j for j in range(size) if where[j] == where[i]]
        group.sort(key=lambda j: (-columns["priority"][j], columns["ticket"][j], j))
        before = columns["served_before"][i]
        m = min(before + len(group), columns["ceiling"][i])
        keys[i] = Fraction(before + group.index(i), m) if m else Fraction(1)
    return sorted(
        range(size),
        key=lambda i: (columns["degree"][i], keys[i] >= 1, keys[i], columns["ticket"][i], i),
    )


@st.composite
def files(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Some needs; served_before and ceiling agree inside a neighbourhood and degree."""
    size = draw(st.integers(0, 25))
    count = st.one_of(st.integers(0, 6), st.integers(LARGE - 3, LARGE))
    declared = {
        (d, q): (draw(count), draw(st.one_of(count, st.just(2**63 - 1))))
        for d in range(3)
        for q in range(4)
    }
    column = lambda values: draw(st.lists(values, min_size=size, max_size=size))  # noqa: E731
    degree, place = column(st.integers(0, 2)), column(st.integers(0, 3))
    where = list(zip(degree, place, strict=True))
    return {
        "degree": degree,
        "neighbourhood": place,
        "priority": column(st.sampled_from([0.0, 1.0, 2.5])),
        "ticket": column(st.integers(0, 4) | st.integers(2**64 - 2, 2**64 - 1)),
        "served_before": [declared[w][0] for w in where],
        "ceiling": [declared[w][1] for w in where],
    }


@settings(max_examples=500, deadline=None)
@given(files())
def test_the_queue_is_the_one_redone_with_fractions(columns: dict[str, list[Any]]) -> None:
    arrays = {name: np.array(values, dtype=np.int64) for name, values in columns.items()
              if name not in {"priority", "ticket"}}  # fmt: skip
    arrays["ticket"] = np.array(columns["ticket"], dtype=np.uint64)
    arrays["priority"] = np.array(columns["priority"], dtype=np.float64)

    order = rank(**arrays)

    assert order.tolist() == by_hand(columns)
    assert order.dtype == np.int64


def test_two_neighbourhoods_advance_at_the_same_pace() -> None:
    # Four needs in the first, two in the second: keys 0, 1/4, 1/2, 3/4 and 0, 1/2.
    order = queue(neighbourhood=np.array([0, 0, 0, 0, 1, 1]))

    assert order == [0, 4, 1, 2, 5, 3]


def test_what_an_earlier_wave_served_comes_first_in_the_count() -> None:
    # One served of three declared in the first: keys 1/3 and 2/3; the second starts at 0.
    order = queue(neighbourhood=np.array([0, 0, 1]), served_before=np.array([1, 1, 0]))

    assert order == [2, 0, 1]


def test_beyond_its_ceiling_a_neighbourhood_goes_to_the_end_of_the_degree() -> None:
    place = np.array([0, 0, 0, 1, 1, 1])
    degree = np.array([0, 0, 0, 0, 0, 1])

    order = queue(neighbourhood=place, degree=degree, ceiling=np.array([1, 1, 1, 9, 9, 9]))

    assert order == [0, 3, 4, 1, 2, 5]


def test_a_ceiling_of_nothing_puts_every_need_at_the_end() -> None:
    order = queue(neighbourhood=np.array([0, 0, 1]), ceiling=np.array([0, 0, 5]))

    assert order == [2, 0, 1]


def test_a_heavier_need_comes_before_a_prior_one() -> None:
    degree, priority = np.array([1, 0]), np.array([9.0, 0.0])

    assert queue(neighbourhood=np.array([0, 0]), degree=degree, priority=priority) == [1, 0]


def test_equal_tickets_keep_the_order_of_the_rows() -> None:
    same = np.full(3, 7, dtype=np.uint64)

    assert queue(neighbourhood=np.array([2, 1, 0]), ticket=same) == [0, 1, 2]


def test_two_keys_that_doubles_confuse_are_told_apart() -> None:
    # Both divide to 0.5 in double precision; the second is smaller by 1 in 10**18.
    before = np.array([LARGE, LARGE - 1])
    ceiling = np.array([2 * LARGE, 2 * LARGE])
    assert before[0] / ceiling[0] == before[1] / ceiling[1]

    assert queue(neighbourhood=np.array([0, 1]), served_before=before, ceiling=ceiling) == [1, 0]


def test_nobody_to_rank_gives_an_empty_queue() -> None:
    empty = rank(degree=[], neighbourhood=[], priority=[], ticket=[])

    assert empty.tolist() == []
    assert empty.dtype == np.int64


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("degree", [0, -1]),
        ("degree", [0.5, 1]),
        ("degree", [[0, 1]]),
        ("neighbourhood", [[0], [1]]),
        ("neighbourhood", ["a", "b"]),
        ("neighbourhood", [0, np.inf]),
        ("neighbourhood", [0.0, 2.0**63]),
        ("priority", [np.nan, 1]),
        ("priority", [-1, 1]),
        ("priority", ["haute", "basse"]),
        ("ticket", [0.5, 1]),
        ("ticket", [-1, 1]),
        ("ticket", [1, 2, 3]),
        ("served_before", [0, -2]),
        ("served_before", [0, 2**63 - 1]),
        ("ceiling", [np.nan, 1]),
        ("ceiling", [1]),
    ],
)
def test_a_value_that_cannot_be_ranked_is_refused_by_its_name(
    argument: str, values: list[Any]
) -> None:
    with pytest.raises(ValueError, match=f"^{argument}: "):
        queue(**{"neighbourhood": np.zeros(2, int), argument: values})
