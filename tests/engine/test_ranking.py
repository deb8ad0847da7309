"""One queue for all neighbourhoods, exact to the last fraction."""

import heapq
import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from apportionment import methods as apportionment
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


def by_heap(columns: dict[str, Any]) -> list[int]:
    """Each next device goes where the share already served is the smallest, by exact fractions."""
    waiting: dict[tuple[int, int], list[int]] = {}
    for i, where in enumerate(zip(columns["degree"], columns["neighbourhood"], strict=True)):
        waiting.setdefault(where, []).append(i)
    heap: list[tuple[Any, ...]] = []
    for where, rows in waiting.items():
        rows.sort(key=lambda i: (-columns["priority"][i], columns["ticket"][i]))
        before = columns["served_before"][rows[0]]
        whole = min(before + len(rows), columns["ceiling"][rows[0]])
        # Where nothing may be claimed, all are level and wait for a check.
        for some in [rows] if whole else [[row] for row in rows]:
            push(heap, where, some, before, whole, columns)
    found = []
    while heap:
        degree, _over, _key, _ticket, row, where, rows, before, whole = heapq.heappop(heap)
        found.append(row)
        assert degree == where[0]
        push(heap, where, rows, before + 1, whole, columns)
    return found


def push(heap: list, where: tuple, rows: list[int], before: int, whole: int, columns: Any) -> None:
    """The next of a neighbourhood's needs, with the share that is served before it."""
    if not rows:
        return
    key = Fraction(before, whole) if whole else Fraction(1)
    ticket = columns["ticket"][rows[0]]
    heapq.heappush(
        heap, (where[0], key >= 1, key, ticket, rows[0], where, rows[1:], before, whole)
    )


def invented(chance: random.Random) -> dict[str, Any]:
    """A few needs; what is declared agrees inside a neighbourhood and degree."""
    size, places = chance.randrange(1, 40), chance.randrange(1, 6)
    column = lambda most: [chance.randrange(most) for _ in range(size)]  # noqa: E731
    degree, place = column(3), column(places)
    before = {(d, q): chance.choice([0, 0, 1, 3]) for d in range(3) for q in range(places)}
    most = {where: chance.choice([2**40, 0, 1, 2, 5]) for where in before}
    where = list(zip(degree, place, strict=True))
    return {
        "degree": degree,
        "neighbourhood": place,
        "priority": column(3),
        "ticket": chance.sample(range(10**6), size),
        "served_before": [before[one] for one in where],
        "ceiling": [most[one] for one in where],
    }


def test_the_queue_is_that_of_a_heap_of_exact_fractions() -> None:
    # Ten thousand of them: python benchmarks/ranking.py --cases 10000
    chance = random.Random(5)
    for _case in range(400):
        columns = invented(chance)

        arrays = {name: np.array(values) for name, values in columns.items()}

        assert rank(**arrays).tolist() == by_heap(columns)


def test_wherever_the_money_stops_each_neighbourhood_has_what_adams_gives_it() -> None:
    chance = random.Random(8)
    compared = 0
    for _case in range(60):
        sizes = [chance.randrange(1, 60) for _ in range(chance.randrange(2, 9))]
        place = np.repeat(np.arange(len(sizes)), sizes)
        order = rank(
            degree=np.zeros(len(place), int),
            neighbourhood=place,
            priority=np.zeros(len(place)),
            ticket=np.array(chance.sample(range(10**6), len(place)), dtype=np.uint64),
        )
        seats = chance.randrange(len(sizes), len(place))
        given_ = np.bincount(place[order[:seats]], minlength=len(sizes))
        # Where two neighbourhoods are level, the package refuses and the tickets choose.
        last, following = (
            Fraction(int(given_[place[order[n]]]) - (n < seats), sizes[place[order[n]]])
            for n in (seats - 1, seats)
        )
        if last == following:
            continue
        adams = apportionment.compute(
            "adams", sizes, seats, parties=[str(n) for n in range(len(sizes))], verbose=False
        )

        assert given_.tolist() == list(adams)
        compared += 1
    assert compared > 20


def padded(columns: dict[str, np.ndarray], count: int, **more: int) -> dict[str, np.ndarray]:
    """The same list with needs that are not there, at the bottom of neighbourhood 0."""
    added = {"degree": 0, "neighbourhood": 0, "priority": 0, **more}
    rng = np.random.default_rng(1)
    return {
        name: np.concatenate(
            (
                values,
                rng.integers(0, 2**63, count, dtype=np.uint64)
                if name == "ticket"
                else np.full(count, added[name]),
            )
        )
        for name, values in columns.items()
    }


@pytest.fixture
def census() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    size = 600
    return {
        "degree": rng.integers(0, 3, size),
        "neighbourhood": rng.integers(0, 10, size),
        "priority": rng.integers(1, 4, size).astype(float),
        "ticket": rng.integers(0, 2**63, size, dtype=np.uint64),
    }


def test_padding_a_list_with_light_needs_gains_nothing(census: dict[str, np.ndarray]) -> None:
    heavy = census["degree"] < 2

    for count in (1, 20, 500):
        order = rank(**padded(census, count, degree=2))

        real = order[order < len(heavy)]
        plain = rank(**census)
        assert real[heavy[real]].tolist() == plain[heavy[plain]].tolist()
        # Nor does a light need that is padded come before any that is heavier.
        assert (order[: heavy.sum()] < len(heavy)).all()


def test_padding_beyond_the_ceiling_gains_nothing_and_goes_to_be_checked(
    census: dict[str, np.ndarray],
) -> None:
    where = (census["degree"] == 0) & (census["neighbourhood"] == 0)
    most = np.where(where, where.sum(), 2**40)
    plain = rank(**census, ceiling=most)

    longer = padded({**census, "ceiling": most}, 50, ceiling=int(where.sum()))
    order = rank(**longer)

    assert order[order < len(where)].tolist() == plain.tolist()
    # The needs that are not there end their degree, to be checked one by one.
    first_light = (longer["degree"] == 0).sum()
    assert sorted(order[first_light - 50 : first_light]) == list(range(600, 650))


def test_what_padding_won_in_a_wave_is_lost_in_the_next(census: dict[str, np.ndarray]) -> None:
    mine = (census["degree"] == 0) & (census["neighbourhood"] == 0)
    order = rank(**padded(census, 30, priority=3))
    served = order[:70]
    stolen = int((served >= 600).sum())
    truly = int(mine[served[served < 600]].sum())
    left = np.setdiff1d(np.arange(600), served)
    after = {name: values[left] for name, values in census.items()}

    honest = rank(**after, served_before=np.where(mine[left], truly, 0))
    caught = rank(**after, served_before=np.where(mine[left], truly + stolen, 0))

    places = [np.flatnonzero(mine[left][one]) for one in (honest, caught)]
    assert stolen > 0
    assert (places[1] >= places[0]).all() and (places[1] > places[0]).any()


@pytest.mark.parametrize("size", [50_000])
def test_at_size_the_order_and_the_names_of_the_rows_change_nothing(size: int) -> None:
    rng = np.random.default_rng(4)
    columns = {
        "degree": rng.integers(0, 3, size),
        "neighbourhood": rng.integers(0, 1_500, size),
        "priority": rng.integers(0, 3, size).astype(float),
        "ticket": rng.permutation(size).astype(np.uint64),
    }
    plain, mixed = rank(**columns), rng.permutation(size)
    names = rng.permutation(10_000)[:1_500]

    shuffled = rank(**{name: values[mixed] for name, values in columns.items()})
    renamed = rank(**{**columns, "neighbourhood": names[columns["neighbourhood"]]})

    assert np.array_equal(mixed[shuffled], plain)
    assert np.array_equal(renamed, plain)


def test_at_size_a_need_added_at_the_bottom_keeps_every_order_and_worsens_no_rank_of_its_own() -> (
    None
):
    rng = np.random.default_rng(6)
    size = 50_000
    columns = {
        "degree": rng.integers(0, 3, size),
        "neighbourhood": rng.integers(0, 1_500, size),
        "priority": rng.integers(1, 3, size).astype(float),
        "ticket": rng.permutation(size).astype(np.uint64),
    }
    plain = rank(**columns)

    longer = rank(**padded(columns, 1))
    kept = longer[longer < size]

    place = np.empty((2, size), np.int64)
    place[0, plain], place[1, longer[longer < size]] = (
        np.arange(size),
        np.flatnonzero(longer < size),
    )
    own = (columns["degree"] == 0) & (columns["neighbourhood"] == 0)
    assert (place[1, own] <= place[0, own]).all()
    for one in (0, 7, 1_499):
        here = columns["neighbourhood"] == one
        assert kept[here[kept]].tolist() == plain[here[plain]].tolist()
