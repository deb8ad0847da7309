"""Each young person counted once, by two definitions, on any day; counted again from a file."""

import random
import zlib
from datetime import date, timedelta

import pytest

from tests.mentoring.ground import APRIL, AT, JULY, Ground, pair, session, weekly
from traitdunion.base import bulk
from traitdunion.mentoring import checking, operations, queries, recount
from traitdunion.mentoring.models import CountedChild, FollowedSpan, Session, YoungPerson
from traitdunion.mentoring.queries import Scope

pytestmark = pytest.mark.django_db
MAY = date(2020, 5, 4)
FIRST = "20/04/2020"


@pytest.fixture
def ground(db: None) -> Ground:
    return Ground()


def test_a_child_that_two_networks_follow_is_counted_once(ground: Ground) -> None:
    for network in (ground.first, ground.second):
        ground.pairs(pair(), network=network)
        ground.sessions(session(), network=network)

    assert queries.followed(JULY).wide == 1
    assert [one.wide for one in queries.by_network(JULY)] == [1, 1]
    assert queries.counted_twice() == 1
    assert list(checking.check()) == []


@pytest.mark.parametrize(
    "slip",
    ["DIALO;Aïcha;04/05/2009", "DIALLO;Aicha;05/04/2009", "DIALLO;Aycha;04/05/2009",
     "AICHA;Diallo;04/05/2009", "DIALLOO;Aïcha;04/05/2009"],
)  # fmt: skip
def test_one_slip_of_the_hand_does_not_make_two_children(ground: Ground, slip: str) -> None:
    ground.pairs(pair())

    ground.pairs(pair(child=slip), network=ground.second)

    assert CountedChild.objects.count() == 1


@pytest.mark.parametrize(
    "other", ["DIALLO;Aïcha;04/06/2009", "DIALLO;Awa;04/05/2009", "DIAL;Aïcha;04/05/2009"]
)
def test_another_child_stays_another(ground: Ground, other: str) -> None:
    ground.pairs(pair())

    ground.pairs(pair(child=other), network=ground.second)

    assert CountedChild.objects.count() == 2


def test_twins_of_one_network_are_two_even_when_another_lists_one_of_them(
    ground: Ground,
) -> None:
    ground.pairs(pair(child="DIALLO;Adama;04/05/2009"), network=ground.second)

    ground.pairs(
        pair("B1", "J1", "DIALLO;Adama;04/05/2009"), pair("B2", "J2", "DIALLO;Adame;04/05/2009")
    )

    assert CountedChild.objects.count() == 2


def test_two_lists_that_overlap_by_a_tenth_give_the_true_count_within_one_percent(
    ground: Ground,
) -> None:
    """A fifth of the copies have one letter wrong, or day and month swapped."""
    chance = random.Random(2020)
    children = [_child(chance) for _place in range(760)]
    first = children[:400]
    second = [_copied(one, chance) for one in children[360:400]] + children[400:]

    ground.pairs(*_rows(first))
    ground.pairs(*_rows(second), network=ground.second)

    enrolled, counted = YoungPerson.objects.count(), CountedChild.objects.count()
    assert enrolled == 800
    assert abs(counted - 760) <= 7, "within one percent"


def _child(chance: random.Random) -> tuple[str, str, date]:
    letters = "ABCDEFGHILMNORSTU"
    last = "".join(chance.choice(letters) for _place in range(chance.randint(4, 9)))
    first = chance.choice(("Aïcha", "Mehdi", "Lina", "Yanis", "Inès", "Adam", "Sarah", "Noah"))
    return last, first, date(2004, 1, 1) + timedelta(days=chance.randrange(3_600))


def _copied(child: tuple[str, str, date], chance: random.Random) -> tuple[str, str, date]:
    last, first, born = child
    if chance.random() >= 0.2:
        return child
    if born.day <= 12 and chance.random() < 0.5:
        return last, first, born.replace(month=born.day, day=born.month)
    place = chance.randrange(len(last))
    return last[:place] + chance.choice("XYZ") + last[place + 1 :], first, born


def _rows(children: list[tuple[str, str, date]]) -> list[str]:
    return [
        pair(f"B{k}", f"J{k}", f"{last};{first};{born:%d/%m/%Y}", mentor=f"M{k}")
        for k, (last, first, born) in enumerate(children)
    ]


def test_wide_and_strict_on_any_past_day(ground: Ground) -> None:
    ground.pairs(pair(start="20/04/2020"), at=AT)
    ground.sessions(*weekly("B1", MAY, 6), session("late", "B1", "15/06/2020", hour="09:00"))

    told = [queries.followed(on) for on in (APRIL, MAY, date(2020, 6, 14), date(2020, 6, 15))]

    assert [(one.wide, one.strict) for one in told] == [(0, 0), (1, 0), (1, 0), (1, 1)]
    # Twelve weeks after the third of May, too few sessions are left in the window.
    assert queries.followed(date(2020, 8, 20)).strict == 0


def test_by_network_place_and_level_both_counts_stand_together(ground: Ground) -> None:
    ground.pairs(pair(), pair("B2", "J2", "BEL;Zoé;22/01/2009", mentor="M2", level="CM2"))
    ground.sessions(session(), session("S2", "B2"))

    assert [(one.name, one.wide, one.strict) for one in queries.by_level(JULY)] == [
        ("CM2", 1, 0), ("5e", 1, 0)
    ]  # fmt: skip
    assert [one.name for one in queries.by_department(JULY)] == [ground.department.name]
    assert queries.followed(JULY, Scope(networks=(ground.second.pk,))).wide == 0
    assert queries.followed(JULY, Scope(departments=frozenset({"94"}))).wide == 2
    assert queries.followed(JULY, Scope(level="CM2")).wide == 1


def test_the_curve_starts_at_the_baseline_and_says_where_it_goes(ground: Ground) -> None:
    names = [f"B{k}" for k in range(6)]
    ground.pairs(*[
        pair(name, f"J{k}", f"{'ABCDEF'[k] * 5};Léa;04/05/2009", mentor=f"M{k}", start=FIRST)
        for k, name in enumerate(names)
    ])  # fmt: skip
    for k, name in enumerate(names):
        ground.sessions(*weekly(name, MAY + timedelta(days=7 * k), 1))

    curve = queries.curve(date(2020, 6, 15), ground.plan)

    assert (curve.points[0].on, curve.points[0].aim) == (APRIL, 15_000)
    assert [one.wide for one in curve.points] == [0, 0, 1, 2, 3, 4, 5, 6, 6]
    assert curve.wide is not None
    assert curve.wide.low < curve.wide.expected < curve.wide.high
    assert queries.curve(JULY, ground.plan).wide is None, "on the day itself there is a count"


def test_a_certificate_is_counted_again_from_its_file_alone(ground: Ground) -> None:
    ground.pairs(pair(start="20/04/2020"), pair("B2", "J2", "BEL;Zoé;22/01/2009", mentor="M2"))
    ground.sessions(*weekly("B1", MAY, 7), session("S2", "B2"))

    made = operations.certify_count(on=AT.date(), plan=ground.plan, by=ground.alice, at=AT)

    again = recount.recount(zlib.decompress(bytes(made.content)).decode())
    assert again == (made.wide, made.strict, None, made.sessions) == (2, 1, None, 8)
    assert (made.wide, made.strict) == (
        queries.followed(AT.date()).wide, queries.followed(AT.date()).strict
    )  # fmt: skip
    assert list(checking.check()) == []


def test_a_certificate_stands_when_sessions_are_corrected_afterwards(ground: Ground) -> None:
    ground.pairs(pair())
    ground.sessions(session())
    made = operations.certify_count(on=AT.date(), plan=ground.plan, by=ground.alice, at=AT)

    Session.objects.all().delete()
    operations.refresh_followed(
        children=list(CountedChild.objects.order_by("pk").values_list("pk", flat=True)),
        plan=ground.plan, by=ground.alice, at=AT,
    )  # fmt: skip

    assert queries.followed(AT.date()).wide == 0
    assert (made.wide, list(checking.check())) == (1, [])


def test_verify_names_a_child_whose_counter_was_changed(ground: Ground) -> None:
    ground.pairs(pair())
    ground.sessions(session())
    assert list(checking.check()) == []

    FollowedSpan.objects.filter(network=None).delete()

    wrong = [table for table, _pk, _reason in checking.check()]
    assert wrong == ["mentoring_countedchild"]


def test_a_count_of_a_day_that_has_not_come_is_refused(ground: Ground) -> None:
    with pytest.raises(operations.BadDay):
        operations.certify_count(on=JULY, plan=ground.plan, by=ground.alice, at=AT)


def test_counters_are_those_of_the_sessions_whatever_their_history(ground: Ground) -> None:
    chance = random.Random(7)
    ground.pairs(pair(start="20/04/2020"), pair("B2", "J2", "BEL;Zoé;22/01/2009", mentor="M2",
                                                start="20/04/2020"))  # fmt: skip
    for step in range(12):
        on = APRIL + timedelta(days=chance.randrange(55))
        name = chance.choice(("B1", "B2"))
        ground.sessions(session(f"S{chance.randrange(8)}", name, f"{on:%d/%m/%Y}",
                                hour=f"{8 + step}:00"))  # fmt: skip

        assert list(checking.check()) == []


def test_nothing_is_written_again_when_nothing_changed(ground: Ground) -> None:
    ground.pairs(pair())
    ground.sessions(*weekly("B1", MAY, 3))
    before = set(FollowedSpan.objects.values_list("pk", flat=True))

    children = bulk.new_ids(0) or [ground.young().child_id]
    operations.refresh_followed(children=children, plan=ground.plan, by=ground.alice, at=AT)

    assert set(FollowedSpan.objects.values_list("pk", flat=True)) == before
