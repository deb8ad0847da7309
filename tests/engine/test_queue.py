"""Who is served, by which purse: the engine against the same rule redone slowly."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.engine import by_hand
from traitdunion.engine import changes, drawing, explain, scale
from traitdunion.engine.queue import (
    DOUBTFUL,
    Contradiction,
    Need,
    Ranked,
    Rules,
    Source,
    allocate,
    columns_of,
    ticket,
)

pytestmark = pytest.mark.once

PRICES = {"tablet": 100, "key_4g": 40, "both": 130}


def rules(*sources: Source, seed: str = "graine", last_degree: int = 2) -> Rules:
    return Rules(seed, last_degree, PRICES, sources)


def need(name: str, place: str = "QP1", kind: str = "tablet", **more: Any) -> Need:
    return Need(need=name, neighbourhood=place, kind=kind, **more)


def plan(cents: int) -> Source:
    return Source("plan", cents, "all")


def seen(ranked: list[Ranked]) -> list[by_hand.Line]:
    return [(r.need, r.rank, r.degree, r.key, r.decision, r.source) for r in ranked]


def decisions(ranked: list[Ranked]) -> dict[str, str]:
    return {r.need: r.decision for r in ranked}


@st.composite
def censuses(draw: st.DrawFn) -> list[Need]:
    """Up to 22 needs in three neighbourhoods, with every column used or not."""
    counts = st.none() | st.integers(0, 5)
    declared = {(q, d): (draw(counts), draw(counts)) for q in ("A", "B", "") for d in range(4)}
    needs = []
    for number in range(draw(st.integers(0, 22))):
        place, degree = draw(st.sampled_from(["A", "B"])), draw(st.integers(0, 3))
        is_doubtful = draw(st.integers(0, 4)) == 0
        if is_doubtful and draw(st.booleans()):
            place = ""
        before, ceiling = declared[place, degree] if place else (None, None)
        needs.append(
            Need(
                need=f"é{number}",
                neighbourhood=place,
                kind=draw(st.sampled_from(sorted(PRICES))),
                degree=degree,
                priority=draw(st.sampled_from([0.0, 1.0, 0.5])),
                household=draw(st.sampled_from(["", "", "h1", "h2", "h3"])),
                cite_educative=draw(st.sampled_from(["", "c"])),
                served_before=before,
                ceiling=ceiling,
                state=DOUBTFUL if is_doubtful else "open",
            )
        )
    return needs


purses = st.lists(
    st.tuples(st.integers(0, 900), st.sampled_from(["all", "cites_educatives"]), st.booleans()),
    max_size=4,
).map(lambda found: [Source(f"s{i}", *one) for i, one in enumerate(found)])


@settings(max_examples=700, deadline=None)
@given(censuses(), purses, st.sampled_from(["a", "b"]), st.integers(0, 3))
def test_the_result_is_the_one_redone_by_hand(
    needs: list[Need], sources: list[Source], seed: str, last_degree: int
) -> None:
    rule = rules(*sources, seed=seed, last_degree=last_degree)

    assert seen(allocate(needs, rule)) == by_hand.queue(needs, rule)


@settings(max_examples=100, deadline=None)
@given(censuses(), purses, st.randoms())
def test_the_order_of_the_rows_changes_nothing(
    needs: list[Need], sources: list[Source], chance: random.Random
) -> None:
    rule, mixed = rules(*sources), list(needs)
    chance.shuffle(mixed)

    first, second = allocate(needs, rule), allocate(mixed, rule)

    assert seen(first) == seen(second)
    assert [r.reason for r in first] == [r.reason for r in second]


@settings(max_examples=100, deadline=None)
@given(censuses(), purses)
def test_no_purse_pays_more_than_it_holds(needs: list[Need], sources: list[Source]) -> None:
    ranked = allocate(needs, rules(*sources))

    for source in sources:
        paid = sum(r.cost_cents for r in ranked if r.source == source.name)
        assert paid <= source.amount_cents


def test_a_ticket_is_the_first_eight_bytes_of_the_digest() -> None:
    # printf 'graine:b-1' | sha256sum
    assert ticket("graine", "b-1") == 0x56D59B1E84390AFC


def test_a_brother_and_a_sister_share_before_a_third_screen_comes() -> None:
    home = [need("aîné", priority=1, household="h"), need("cadette", household="h")]

    ranked = allocate([*home, need("voisin", degree=1)], rules(plan(10_000)))

    assert [(r.need, r.degree) for r in ranked] == [("aîné", 0), ("voisin", 1), ("cadette", 2)]


def test_a_doubtful_sister_counts_in_her_household() -> None:
    home = [need("sûr", household="h"), need("doute", priority=2, household="h", state=DOUBTFUL)]

    ranked = allocate(home, rules(plan(10_000)))

    assert [(r.need, r.degree, r.decision) for r in ranked] == [
        ("doute", 0, "doubtful"),
        ("sûr", 2, "served"),
    ]


def test_a_lighter_need_never_passes_a_heavier_one_for_money() -> None:
    needs = [need("lourd", kind="both"), need("léger", kind="key_4g", degree=1)]

    assert decisions(allocate(needs, rules(plan(129)))) == {"lourd": "waiting", "léger": "waiting"}


def test_inside_a_degree_a_cheaper_need_may_pass() -> None:
    needs = [need("cher", kind="both", priority=1), need("moins cher", kind="key_4g")]

    found = decisions(allocate(needs, rules(plan(129))))

    assert found == {"cher": "waiting", "moins cher": "served"}


def test_a_purse_whose_shortfall_another_made_good_goes_on() -> None:
    sources = (Source("cités", 200, "cites_educatives", fungible=True), plan(40))
    needs = [need("dehors"), need("clé", kind="key_4g", degree=1)]

    ranked = allocate(needs, rules(*sources))

    assert [(r.need, r.source) for r in ranked] == [("dehors", "cités"), ("clé", "plan")]


def test_the_purse_of_the_cites_serves_its_own_before_it_helps() -> None:
    sources = (Source("cités", 100, "cites_educatives", fungible=True),)
    needs = [need("dehors", priority=5), need("dedans", cite_educative="c")]

    assert decisions(allocate(needs, rules(*sources))) == {"dehors": "waiting", "dedans": "served"}


def test_a_purse_that_could_not_pay_pays_nothing_lighter() -> None:
    sources = (Source("cités", 50, "cites_educatives"), plan(1_000))
    needs = [need("un", cite_educative="c"), need("deux", kind="key_4g", degree=1)]

    # « cités » could not pay the first, but « plan » did: it may still pay a lighter one.
    ranked = allocate([*needs, need("trois", kind="key_4g", degree=2, cite_educative="c")],
                      rules(*sources))  # fmt: skip

    assert [r.source for r in ranked] == ["plan", "plan", "cités"]


def test_two_answers_on_what_was_served_before_are_refused_with_their_needs() -> None:
    needs = [need("un", served_before=1), need("deux", served_before=2)]

    with pytest.raises(Contradiction) as refused:
        allocate(needs, rules())

    assert refused.value.column == "served_before"
    assert set(refused.value.needs) == {"un", "deux"}


def test_two_neighbourhoods_may_have_different_ceilings() -> None:
    needs = [need("un", "QP1", ceiling=0), need("deux", "QP2", ceiling=3)]

    assert decisions(allocate(needs, rules(plan(999)))) == {"un": "check", "deux": "served"}


@settings(max_examples=400, deadline=None)
@given(censuses(), purses, st.integers(0, 2), st.integers(0, 300))
def test_the_money_that_a_waiting_need_lacks_serves_it_and_so_does_more(
    needs: list[Need], sources: list[Source], last_degree: int, more: int
) -> None:
    rule = rules(*sources, last_degree=last_degree)
    drawn = drawing.draw(columns_of(needs), rule)
    found = changes.of(drawn, rule)

    for row in np.flatnonzero(drawn.decision == drawing.WAITING):
        missing = int(found.cents[row])
        assert missing > 0
        for added in (missing, missing + more):
            richer = allocate(needs, rules(*enriched(sources, added), last_degree=last_degree))
            served = [r.need for r in richer if r.decision == "served"]
            assert needs[row].need in served
            # Nobody who waits is passed: those before are served as well.
            before = [r for r in richer if r.decision in {"served", "waiting"}]
            upto = [r.need for r in before].index(needs[row].need)
            assert {r.decision for r in before[:upto] if r.degree < before[upto].degree} <= {
                "served"
            }


def enriched(sources: list[Source], cents: int) -> list[Source]:
    """More in the last purse, where it is for all; else a new one."""
    if sources and sources[-1].pays_for == "all":
        last = sources[-1]
        return [*sources[:-1], Source(last.name, last.amount_cents + cents, "all", last.fungible)]
    return [*sources, Source("plus", cents, "all")]


@settings(max_examples=500, deadline=None)
@given(censuses(), purses, st.integers(0, 2))
def test_a_doubt_settled_or_a_check_passed_gives_what_was_promised(
    needs: list[Need], sources: list[Source], last_degree: int
) -> None:
    rule = rules(*sources, last_degree=last_degree)
    drawn = drawing.draw(columns_of(needs), rule)
    found = changes.of(drawn, rule)

    promised = 0
    for row, becomes in enumerate(found.becomes):
        if drawn.decision[row] == drawing.DOUBTFUL and needs[row].neighbourhood:
            after = [replace(n, state="open") if n is needs[row] else n for n in needs]
        elif drawn.decision[row] == drawing.CHECK:
            where = (needs[row].neighbourhood, int(drawn.degree[row]))
            after = [
                replace(n, ceiling=None) if (n.neighbourhood, n.degree) == where else n
                for n in needs
            ]
        else:
            assert becomes == changes.UNKNOWN
            continue
        (line,) = (r for r in allocate(after, rule) if r.need == needs[row].need)
        names = {
            changes.SERVED: "served",
            changes.WAITING: "waiting",
            changes.CHECK: "check",
        }
        assert names[int(becomes)] == line.decision
        assert found.rank[row] == (0 if line.decision == "check" else line.rank)
        promised += 1
    event(f"promises: {min(promised, 3)}")


@settings(max_examples=60, deadline=None)
@given(censuses(), purses)
def test_compiled_the_loops_give_the_same(needs: list[Need], sources: list[Source]) -> None:
    rule = rules(*sources)
    plain = allocate(needs, rule)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scale, "FEW_STEPS", 0)

        assert allocate(needs, rule) == plain


def test_adding_a_need_at_the_bottom_of_a_neighbourhood_worsens_no_rank_of_its_own() -> None:
    chance = random.Random(7)
    needs = [
        need(f"n{i}", f"Q{chance.randrange(4)}", priority=chance.randrange(1, 4), degree=i % 2)
        for i in range(60)
    ]
    rule = rules(plan(2_500))

    for place in ("Q0", "Q3"):
        first = [r for r in allocate(needs, rule) if needs[r.index].neighbourhood == place]
        longer = [*needs, need("dernier", place, priority=0)]
        after = [r for r in allocate(longer, rule) if longer[r.index].neighbourhood == place]

        assert [r.need for r in after if r.need != "dernier"] == [r.need for r in first]
        ranks = {r.need: r.rank for r in after}
        assert all(ranks[r.need] <= r.rank + (r.degree > 0) for r in first)


def test_a_need_that_waits_says_how_much_more_would_serve_it() -> None:
    needs = [need(str(n)) for n in range(3)]

    ranked = allocate(needs, rules(plan(100)))
    richer = allocate(needs, rules(plan(300)))

    assert ranked[2].reason.values["missing"] == "2 €"
    assert "2 € de plus dans « plan »" in ranked[2].reason.french()
    assert richer[2].decision == "served"


def test_a_second_child_who_waits_is_told_that_the_household_counts() -> None:
    home = [need("a", household="h"), need("b", household="h")]

    second = allocate(home, rules(plan(100)))[1]

    assert second.reason.code == explain.SHARED
    assert "foyer" in second.reason.french()


@pytest.mark.parametrize("code", explain.SENTENCES)
def test_every_reason_is_one_french_sentence(code: str) -> None:
    values = {"rank": "3", "source": "plan", "missing": "185 €", "then": "2"}

    sentence = explain.Reason(code, values).french()

    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert "%" not in sentence
