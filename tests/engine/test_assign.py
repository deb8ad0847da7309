"""The pairs chosen are the best there are, whatever the market looks like."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from traitdunion.engine import matching
from traitdunion.engine.matching import assign

pytestmark = pytest.mark.once

Arrays = dict[str, np.ndarray]


def market(seed: int, *, young: int, mentors: int, degree: int, largest: int = 50) -> Arrays:
    rng = np.random.default_rng(seed)
    return {
        "young": rng.integers(0, young, young * degree),
        "mentor": rng.integers(0, mentors, young * degree),
        "weight": rng.integers(-2, largest, young * degree),
        "mentor_capacity": rng.integers(0, 4, mentors),
    }


def total(edges: Arrays, mask: np.ndarray) -> int:
    """Their total, once sure that the pairs are allowed."""
    assert mask.dtype == np.bool_
    assert mask.shape == edges["young"].shape
    assert np.bincount(edges["young"][mask], minlength=1).max() <= 1
    load = np.bincount(edges["mentor"][mask], minlength=len(edges["mentor_capacity"]))
    assert (load <= edges["mentor_capacity"]).all()
    return int(edges["weight"][mask].sum())


def by_hand(edges: Arrays, who: int = 0, left: tuple[int, ...] | None = None) -> int:
    """Every set of pairs, one young person after another."""
    left = tuple(edges["mentor_capacity"].tolist()) if left is None else left
    if who > edges["young"].max(initial=-1):
        return 0
    best = by_hand(edges, who + 1, left)
    for edge in np.flatnonzero(edges["young"] == who):
        at = int(edges["mentor"][edge])
        if left[at]:
            after = (*left[:at], left[at] - 1, *left[at + 1 :])
            best = max(best, int(edges["weight"][edge]) + by_hand(edges, who + 1, after))
    return best


def dense(edges: Arrays) -> int:
    """The same by SciPy: a column for each place, and nothing where there is no edge."""
    places = np.repeat(np.arange(len(edges["mentor_capacity"])), edges["mentor_capacity"])
    worth = np.zeros((int(edges["young"].max()) + 1, len(edges["mentor_capacity"])), np.int64)
    np.maximum.at(worth, (edges["young"], edges["mentor"]), edges["weight"])
    table = worth[:, places]
    rows, columns = linear_sum_assignment(table, maximize=True)
    return int(table[rows, columns].sum())


def greedy(edges: Arrays) -> int:
    taken, left, worth = set(), edges["mentor_capacity"].copy(), 0
    for edge in np.argsort(-edges["weight"], kind="stable"):
        who, at, value = (int(edges[name][edge]) for name in ("young", "mentor", "weight"))
        if value > 0 and who not in taken and left[at]:
            taken.add(who)
            left[at] -= 1
            worth += value
    return worth


@st.composite
def small(draw: st.DrawFn) -> Arrays:
    mentors = draw(st.integers(1, 3))
    edge = st.tuples(st.integers(0, 4), st.integers(0, mentors - 1), st.integers(-1, 6))
    edges = np.array(draw(st.lists(edge, max_size=12)), dtype=np.int64).reshape(-1, 3)
    places = draw(st.lists(st.integers(0, 3), min_size=mentors, max_size=mentors))
    return dict(zip(("young", "mentor", "weight"), edges.T, strict=True)) | {
        "mentor_capacity": np.array(places)
    }


@settings(max_examples=400, deadline=None)
@given(small())
def test_no_other_set_of_pairs_is_worth_more(edges: Arrays) -> None:
    assert total(edges, assign(**edges)) == by_hand(edges)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 90), st.integers(1, 60), st.integers(1, 12))
def test_it_is_worth_what_scipy_finds(seed: int, young: int, mentors: int, degree: int) -> None:
    edges = market(seed, young=young, mentors=mentors, degree=degree)

    assert total(edges, assign(**edges)) == dense(edges)


def test_it_is_never_worth_less_than_the_greedy_choice() -> None:
    for seed in range(100):
        edges = market(seed, young=60, mentors=40, degree=6)

        assert total(edges, assign(**edges)) >= greedy(edges)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_from_any_state_the_repair_reaches_the_optimum_and_proves_it(
    seed: int, highest: int
) -> None:
    rng = np.random.default_rng(seed)
    raw = market(seed, young=40, mentors=25, degree=5)
    keep = raw["weight"] > 0
    order = np.argsort(raw["young"][keep], kind="stable")
    columns = {name: raw[name][keep][order] for name in ("young", "mentor", "weight")}
    graph = matching.indexed(
        columns["young"].astype(np.int32),
        columns["mentor"].astype(np.int32),
        columns["weight"],
        young=40,
        mentors=25,
    )
    capacity = raw["mentor_capacity"]
    chosen, left = np.full(40, -1), capacity.copy()
    for edge in rng.permutation(len(graph.owner)):
        who, at = graph.owner[edge], graph.mentor[edge]
        if chosen[who] < 0 and left[at] and rng.random() < 0.7:
            chosen[who] = edge
            left[at] -= 1
    start = matching.Market(rng.integers(0, highest + 1, 25), chosen, np.zeros(40, np.int64))

    result = matching.solve(graph, capacity, start)

    assert result.proves(graph, capacity)
    assert int(graph.weight[result.chosen[result.chosen >= 0]].sum()) == dense(raw)


def test_a_wrong_set_of_pairs_is_not_proven() -> None:
    # Negative control: the same prices, and one pair less.
    graph = matching.indexed(
        np.array([0, 1], np.int32),
        np.array([0, 0], np.int32),
        np.array([5, 4]),
        young=2,
        mentors=1,
    )
    capacity = np.array([1])
    result = matching.solve(graph, capacity)
    assert result.proves(graph, capacity)

    result.chosen[0] = -1

    assert not result.proves(graph, capacity)


def test_everybody_wants_the_same_mentor() -> None:
    mask = assign(range(5), [0] * 5, [1, 5, 3, 5, 2], mentor_capacity=[2])

    assert mask.tolist() == [False, True, False, True, False]


def test_equal_weights_leave_nobody_out_who_can_be_paired() -> None:
    # Young person 0 may go anywhere, the others to one mentor each.
    mask = assign([0, 0, 0, 1, 2], [0, 1, 2, 0, 1], [1] * 5, mentor_capacity=[1, 1, 1])

    assert mask.tolist() == [False, False, True, True, True]


@pytest.mark.parametrize("places", [[0, 0], []])
def test_nobody_is_paired_where_there_is_no_place(places: list[int]) -> None:
    count = len(places)

    assert not assign(range(count), range(count), [9] * count, mentor_capacity=places).any()


def test_the_order_of_the_edges_does_not_change_the_total() -> None:
    edges = market(7, young=200, mentors=120, degree=8, largest=2**40)
    shuffled = np.random.default_rng(1).permutation(len(edges["young"]))
    other = {n: c[shuffled] if n != "mentor_capacity" else c for n, c in edges.items()}

    assert total(edges, assign(**edges)) == total(other, assign(**other))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weight": [1.0, float("nan")]}, "weight: row 1"),
        ({"weight": [1.0, float("inf")]}, "weight: row 1"),
        ({"weight": [1.5, 1.0]}, "weight: row 0"),
        ({"weight": [1, 2**61 + 1]}, "weight: row 1"),
        ({"weight": [1, 2**70]}, "weight: row 1"),
        ({"weight": np.array([1, 2**63 + 5], np.uint64)}, "weight: row 1"),
        ({"weight": [1]}, "weight: 1 rows"),
        ({"weight": ["a", "b"]}, "weight: integers"),
        ({"young": [0, -1]}, "young: row 1"),
        ({"young": [[0, 1]]}, "young: one dimension"),
        ({"mentor": [0, 2]}, "mentor: row 1"),
        ({"mentor": [-1, 0]}, "mentor: row 0"),
        ({"mentor_capacity": [1, -1]}, "mentor_capacity: row 1"),
        ({"mentor_capacity": [1, float("nan")]}, "mentor_capacity: row 1"),
    ],
)
def test_a_wrong_argument_is_named_with_its_row(wrong: dict[str, Any], said: str) -> None:
    columns = {"young": [0, 1], "mentor": [0, 1], "weight": [1, 1], "mentor_capacity": [1, 1]}

    with pytest.raises(ValueError, match=said):
        assign(**columns | wrong)


def test_a_total_that_would_not_fit_is_refused_before_anything() -> None:
    with pytest.raises(ValueError, match=r"weight: row 0: .*overflow"):
        assign(range(8), range(8), [2**61] * 8, mentor_capacity=[1] * 8)
