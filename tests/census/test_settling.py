"""What the machine could not decide waits for a person; closing freezes the rest."""

from datetime import timedelta
from itertools import permutations

import pytest

from tests.census.conftest import AT, World, listed
from traitdunion.base.actors import ROBOT
from traitdunion.base.errors import MoveRefused
from traitdunion.census import closed, operations, queries
from traitdunion.census.models import Duplicate, Need
from traitdunion.census.operations.running import TooEarly
from traitdunion.census.states import Asked, NeedState
from traitdunion.partners import queries as partners
from traitdunion.partners.queries import Seat
from traitdunion.people.models import EligibilityDecision

ON_THE_EDGE = "DIALLO;Aïcha;04/05/2009;5e B;2.41005;48.805;;aucun;aucune"
INSIDE = "MARTIN;Léo;01/02/2008;4e A;2.405;48.805;;aucun;aucune"
LATER = AT + timedelta(days=30)


def seat_of(world: World, organisation: object) -> Seat:
    return Seat(None, organisation, "MANAGER", partners.perimeter(organisation, "MANAGER"))


def test_a_person_settles_an_address_near_a_limit(world: World) -> None:
    world.take(listed(ON_THE_EDGE))

    operations.settle_address(
        need=Need.objects.get(), neighbourhood_id=world.north.pk, layer="vue sur place",
        by=ROBOT, at=LATER,
    )  # fmt: skip

    need = Need.objects.get()
    assert (need.state, need.neighbourhood) == (NeedState.OPEN, world.north)
    assert list(EligibilityDecision.objects.order_by("at").values_list("answer", "method")) == [
        ("review", "GIVEN_POINT"),
        ("in", "PERSON"),
    ]


def test_outside_is_an_answer_too(world: World) -> None:
    world.take(listed(ON_THE_EDGE))

    operations.settle_address(
        need=Need.objects.get(), neighbourhood_id=None, layer="vue sur place", by=ROBOT, at=LATER
    )

    assert Need.objects.get().state == NeedState.OUT


def test_an_address_that_is_not_in_doubt_is_not_settled(world: World) -> None:
    world.take(listed(INSIDE))

    with pytest.raises(MoveRefused):
        operations.settle_address(
            need=Need.objects.get(), neighbourhood_id=None, layer="", by=ROBOT, at=LATER
        )


def test_the_same_child_keeps_one_need(world: World) -> None:
    world.take(listed(INSIDE, INSIDE.replace("MARTIN", "MARTN")))
    flag = Duplicate.objects.get()

    operations.settle_duplicate(duplicate=flag, verdict="SAME", by=ROBOT, at=LATER)

    assert Need.objects.get(pk=flag.need_id).state == NeedState.WITHDRAWN
    assert Need.objects.get(pk=flag.other_id).state == NeedState.OPEN


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("gone", [None, 0, 1, 2])
def test_a_child_found_in_three_lists_keeps_one_need_in_any_order(
    world: World, order: tuple[int, ...], gone: int | None
) -> None:
    world.take(
        listed(INSIDE, INSIDE.replace("MARTIN", "MARTN"), INSIDE.replace("MARTIN", "MARTI"))
    )
    pairs = list(Duplicate.objects.order_by("pk"))
    needs = list(Need.objects.order_by("pk"))
    assert len(pairs) == 2
    if gone is not None:
        operations.withdraw(need=needs[gone], reason="relay", by=ROBOT, at=LATER)

    for n in order:
        operations.settle_duplicate(duplicate=pairs[n], verdict="SAME", by=ROBOT, at=LATER)

    states = list(Need.objects.order_by("state").values_list("state", flat=True))
    assert states == [NeedState.OPEN, NeedState.WITHDRAWN, NeedState.WITHDRAWN]


def test_where_the_newer_need_is_gone_nothing_waits(world: World) -> None:
    world.take(listed(INSIDE, INSIDE.replace("MARTIN", "MARTN")))
    seat = seat_of(world, world.school)
    assert queries.duplicates_to_settle(seat).count() == 1

    operations.withdraw(need=Duplicate.objects.get().need, reason="relay", by=ROBOT, at=LATER)

    assert not queries.duplicates_to_settle(seat)


def test_a_pair_is_settled_once(world: World) -> None:
    world.take(listed(INSIDE, INSIDE.replace("MARTIN", "MARTN")))
    operations.settle_duplicate(
        duplicate=Duplicate.objects.get(), verdict="DIFFERENT", by=ROBOT, at=LATER
    )

    with pytest.raises(MoveRefused):
        operations.settle_duplicate(
            duplicate=Duplicate.objects.get(), verdict="SAME", by=ROBOT, at=LATER
        )


def test_no_census_is_not_no_need(world: World) -> None:
    world.take(listed(INSIDE))
    operations.ask(
        census=world.census, neighbourhood_ids=[world.south.pk], contact=world.school,
        by=ROBOT, at=AT,
    )  # fmt: skip

    rows = queries.board(world.census, seat_of(world, world.prefecture), world.plan, "2015")

    assert {row.code: row.asked for row in rows} == {
        "QP094001": Asked.ANSWERED,
        "QP094002": Asked.SILENT,
    }
    assert rows[0].phone == world.school.phone


def test_a_neighbourhood_may_answer_that_it_needs_nothing(world: World) -> None:
    operations.answer_no_need(
        census=world.census, neighbourhood_id=world.south.pk, by=ROBOT, at=AT
    )

    rows = queries.board(world.census, seat_of(world, world.prefecture), world.plan, "2015")

    assert {row.code: row.asked for row in rows} == {
        "QP094001": Asked.NOT_ASKED,
        "QP094002": Asked.NO_NEED,
    }


def test_a_census_does_not_close_while_corrections_are_open(world: World) -> None:
    with pytest.raises(TooEarly):
        operations.close(census=world.census, by=ROBOT, at=AT)


def test_the_digest_of_a_closed_census_changes_with_its_needs(world: World) -> None:
    world.take(listed(INSIDE, ON_THE_EDGE))

    census = operations.close(census=world.census, by=ROBOT, at=LATER)

    lines = closed.lines_of(census)
    assert (len(lines), closed.digest_of(lines)) == (2, census.digest)
    assert closed.digest_of(lines[1:]) != census.digest


def test_the_seed_comes_after_the_digest_and_once(world: World) -> None:
    with pytest.raises(MoveRefused):
        operations.publish_seed(census=world.census, by=ROBOT, at=LATER)

    operations.close(census=world.census, by=ROBOT, at=LATER)
    operations.publish_seed(census=world.census, by=ROBOT, at=LATER)

    with pytest.raises(MoveRefused):
        operations.publish_seed(census=world.census, by=ROBOT, at=LATER)


def test_a_relay_sees_its_own_needs_alone(world: World) -> None:
    world.take(listed(INSIDE))
    foreign = seat_of(world, world.other_school)

    assert queries.needs_seen_by(seat_of(world, world.school)).count() == 1
    assert queries.needs_seen_by(foreign).count() == 0
    assert queries.needs_seen_by(seat_of(world, world.prefecture)).count() == 1
    assert queries.needs_seen_by(None).count() == 0
