"""`rank`: hand-computed queues, exact fractions, bad arrays named."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.engine.ranking import rank

pytestmark = pytest.mark.once


def queue(**columns: list) -> list[int]:
    size = len(next(iter(columns.values())))
    plain = {
        "degree": [0] * size,
        "neighbourhood": [0] * size,
        "priority": [0.0] * size,
        "ticket": list(range(size)),
    }
    arrays = {name: np.array(values) for name, values in (plain | columns).items()}
    arrays["ticket"] = arrays["ticket"].astype(np.uint64)
    return rank(**arrays).tolist()


def test_each_neighbourhood_advances_at_the_same_pace() -> None:
    # Four needs in the first, two in the second: keys 0, 1/4, 1/2, 3/4 and 0, 1/2.
    assert queue(neighbourhood=[0, 0, 0, 0, 1, 1]) == [0, 4, 1, 2, 5, 3]


def test_a_heavier_degree_comes_first_whatever_the_ticket() -> None:
    assert queue(degree=[2, 0, 1]) == [1, 2, 0]


def test_a_higher_priority_comes_first_inside_its_neighbourhood() -> None:
    assert queue(priority=[0, 3]) == [1, 0]


def test_what_earlier_waves_served_counts() -> None:
    # The first place already served three of its four: its last need has the key 3/4.
    assert queue(neighbourhood=[0, 1, 1], served_before=[3, 0, 0]) == [1, 2, 0]


def test_needs_beyond_the_ceiling_wait_at_the_end_of_their_degree() -> None:
    assert queue(degree=[0, 0, 1], ceiling=[1, 1, 9]) == [0, 1, 2]
    assert queue(neighbourhood=[0, 0, 1], ceiling=[1, 1, 9]) == [0, 2, 1]


def test_a_ceiling_of_nothing_sends_every_need_to_a_check() -> None:
    assert queue(neighbourhood=[0, 1], ceiling=[0, 5]) == [1, 0]


def test_equal_tickets_keep_the_order_of_the_rows() -> None:
    assert queue(neighbourhood=[0, 1, 2], ticket=[7, 7, 7]) == [0, 1, 2]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**40)), min_size=1, max_size=40))
def test_huge_counts_are_still_compared_exactly(rows: list[tuple[int, int]]) -> None:
    places = np.array([place for place, _big in rows])
    before = np.array([10**9 + 7 * place + rows[0][1] % 1_000 for place, _big in rows])
    order = queue(neighbourhood=places.tolist(), served_before=before.tolist())
    seen: dict[int, int] = {}
    sizes = {place: int((places == place).sum()) for place in set(places.tolist())}
    keys = []
    for index in range(len(rows)):
        place = int(places[index])
        k = seen[place] = seen.get(place, 0) + 1
        s = int(before[index])
        keys.append(Fraction(s + k - 1, s + sizes[place]))

    assert order == sorted(range(len(rows)), key=lambda i: (keys[i], i))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("priority", np.array([np.nan, 0])),
        ("priority", np.array([-1.0, 0])),
        ("degree", np.array([-1, 0])),
        ("neighbourhood", np.array([0])),
        ("ticket", np.array([0.5, 1.0])),
        ("served_before", np.array([-1, 0])),
        ("ceiling", np.array([[1, 2]])),
    ],
)
def test_a_bad_array_is_named(name: str, value: np.ndarray) -> None:
    good = {
        "degree": np.zeros(2, int),
        "neighbourhood": np.zeros(2, int),
        "priority": np.zeros(2),
        "ticket": np.arange(2, dtype=np.uint64),
    }

    with pytest.raises(ValueError, match=name):
        rank(**(good | {name: value}))


def test_nothing_gives_nothing() -> None:
    empty = np.zeros(0, int)

    found = rank(degree=empty, neighbourhood=empty, priority=empty, ticket=empty.astype(np.uint64))

    assert found.shape == (0,)
