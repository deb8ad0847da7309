"""
The whole rule against a second writing of it, taken from the contract's five steps with fractions.
"""

import hashlib
import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traitdunion.engine.queue import Contradiction, Need, Rules, Source, allocate, ticket

pytestmark = pytest.mark.once

PRICES = {"tablet": 18_500, "key_4g": 6_000, "both": 24_500}


def by_hand(needs: list[Need], rules: Rules) -> list[tuple[str, int, str, str, str]]:
    """
    (need, degree, key, decision, source) in order of rank, written straight from the contract.
    """
    tickets = {n.need: (_ticket(rules.seed, n.need), n.need.encode()) for n in needs}
    degree = {n.need: n.degree for n in needs}
    homes: dict[str, list[Need]] = {}
    for need in needs:
        if need.household:
            homes.setdefault(need.household, []).append(need)
    for members in homes.values():
        members.sort(key=lambda n: (n.degree, -n.priority, tickets[n.need]))
        for other in members[1:]:
            degree[other.need] = rules.last_degree
    keys = _keys(needs, degree, tickets)
    queue = sorted(needs, key=lambda n: _place(n, degree, keys, tickets))
    paid = _pay(queue, degree, keys, rules)
    return [
        (
            n.need,
            degree[n.need],
            _text(keys.get(n.need)),
            _decision(n, keys, paid),
            paid.get(n.need, ""),
        )
        for n in queue
    ]


def _ticket(seed: str, need: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{need}".encode()).digest()[:8], "big")


def _keys(needs: list[Need], degree: dict, tickets: dict) -> dict[str, Fraction]:
    groups: dict[tuple[str, int], list[Need]] = {}
    for need in needs:
        if need.state == "open":
            groups.setdefault((need.neighbourhood, degree[need.need]), []).append(need)
    keys = {}
    for (place, level), members in groups.items():
        declared = [n for n in needs if (n.neighbourhood, n.degree) == (place, level)]
        served = next((n.served_before for n in declared if n.served_before is not None), 0)
        ceiling = next((n.ceiling for n in declared if n.ceiling is not None), None)
        total = served + len(members)
        m = total if ceiling is None else min(total, ceiling)
        members.sort(key=lambda n: (-n.priority, tickets[n.need]))
        for k, need in enumerate(members, 1):
            keys[need.need] = Fraction(served + k - 1, m) if m else Fraction(1)
    return keys


def _place(need: Need, degree: dict, keys: dict, tickets: dict) -> tuple[Any, ...]:
    if need.state == "doubtful":
        return degree[need.need], 2, Fraction(0), tickets[need.need]
    key = keys[need.need]
    return degree[need.need], int(key >= 1), key, tickets[need.need]


def _pay(queue: list[Need], degree: dict, keys: dict, rules: Rules) -> dict[str, str]:
    left = {s.name: s.amount_cents for s in rules.sources}
    closed: set[str] = set()
    paid: dict[str, str] = {}
    payable = [n for n in queue if n.state == "open" and keys[n.need] < 1]
    for level in sorted({degree[n.need] for n in payable}):
        here = [n for n in payable if degree[n.need] == level]
        for second_turn in (False, True):
            for need in here:
                if need.need in paid:
                    continue
                for source in rules.sources:
                    own = source.pays_for == "all" or bool(need.cite_educative)
                    fits = source.fungible if second_turn else own
                    price = PRICES[need.kind]
                    if fits and source.name not in closed and left[source.name] >= price:
                        left[source.name] -= price
                        paid[need.need] = source.name
                        break
        for need in here:
            if need.need not in paid:
                for source in rules.sources:
                    own = source.pays_for == "all" or bool(need.cite_educative)
                    if own or source.fungible:
                        closed.add(source.name)
    return paid


def _text(key: Fraction | None) -> str:
    return "" if key is None else f"{key.numerator}/{key.denominator}"


def _decision(need: Need, keys: dict, paid: dict) -> str:
    if need.state == "doubtful":
        return "doubtful"
    if keys[need.need] >= 1:
        return "check"
    return "served" if need.need in paid else "waiting"


PLACES = ["Q1", "Q2", "Q3", "Q4"]


@st.composite
def a_census(draw: st.DrawFn) -> tuple[list[Need], Rules]:
    rng = random.Random(draw(st.integers(0, 10**9)))
    before = {(p, d): rng.choice([None, 0, 1, 3]) for p in PLACES for d in range(3)}
    ceilings = {(p, d): rng.choice([None, None, 0, 2, 5]) for p in PLACES for d in range(3)}
    needs = []
    for number in range(draw(st.integers(0, 24))):
        place, degree = rng.choice(PLACES), rng.randrange(3)
        doubtful = rng.random() < 0.15
        needs.append(
            Need(
                need=f"n{number}",
                neighbourhood="" if doubtful and rng.random() < 0.5 else place,
                kind=rng.choice(list(PRICES)),
                degree=degree,
                priority=rng.choice([0, 0, 1, 2.5]),
                household=rng.choice(["", "", "h1", "h2", "h3"]),
                cite_educative=rng.choice(["", "", "C1"]),
                served_before=before[place, degree],
                ceiling=ceilings[place, degree],
                state="doubtful" if doubtful else "open",
            )
        )
    sources = (
        Source("cites", rng.randrange(0, 200_000), "cites_educatives", rng.random() < 0.7),
        Source("plan", rng.randrange(0, 400_000), "all", rng.random() < 0.3),
        Source("fonds", rng.randrange(0, 60_000), "all", rng.random() < 0.5),
    )
    return needs, Rules("graine", 2, PRICES, sources[: rng.randint(1, 3)])


def told(needs: list[Need], rules: Rules) -> list[tuple[str, int, str, str, str]]:
    return [(r.need, r.degree, r.key, r.decision, r.source) for r in allocate(needs, rules)]


@settings(max_examples=600, deadline=None)
@given(a_census())
def test_the_queue_is_the_one_anybody_redoes_by_hand(given_census: tuple) -> None:
    needs, rules = given_census

    assert told(needs, rules) == by_hand(needs, rules)


@settings(max_examples=100, deadline=None)
@given(a_census(), st.randoms())
def test_the_order_of_the_rows_changes_nothing(given_census: tuple, rng: random.Random) -> None:
    needs, rules = given_census
    shuffled = list(needs)
    rng.shuffle(shuffled)

    assert told(needs, rules) == told(shuffled, rules)


def test_a_lighter_need_never_passes_a_heavier_one_for_money() -> None:
    heavy = Need("lourd", "Q1", "both", degree=0)
    light = Need("léger", "Q1", "key_4g", degree=1)
    rules = Rules("g", 2, PRICES, (Source("plan", 7_000, "all"),))

    decisions = {row.need: row.decision for row in allocate([heavy, light], rules)}

    assert decisions == {"lourd": "waiting", "léger": "waiting"}


def test_inside_a_degree_a_cheaper_need_may_be_paid_first() -> None:
    rules = Rules("g", 2, PRICES, (Source("plan", 7_000, "all"),))

    rows = allocate([Need("a", "Q1", "both"), Need("b", "Q1", "key_4g")], rules)

    assert {row.need: row.decision for row in rows} == {"a": "waiting", "b": "served"}


def test_brothers_and_sisters_keep_one_heavy_need() -> None:
    needs = [Need(f"e{n}", "Q1", "tablet", degree=0, household="h") for n in range(3)]
    rules = Rules("g", 2, PRICES, (Source("plan", 10**6, "all"),))

    assert sorted(row.degree for row in allocate(needs, rules)) == [0, 2, 2]


def test_two_declarations_of_one_place_that_differ_are_refused_by_name() -> None:
    needs = [
        Need("a", "Q1", "tablet", served_before=1),
        Need("b", "Q1", "tablet", served_before=2),
    ]

    with pytest.raises(Contradiction) as refused:
        allocate(needs, Rules("g", 2, PRICES, ()))

    assert refused.value.needs == ("a", "b")


def test_a_ticket_is_the_first_eight_bytes_of_its_digest() -> None:
    assert ticket("graine", "b-1") == 0x56D59B1E84390AFC
