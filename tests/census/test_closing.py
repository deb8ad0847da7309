"""A census closes on its day; then its list is kept, and whatever changes in it is seen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tests.census.conftest import AT, World, listed
from traitdunion.base import append_only
from traitdunion.base.actors import ROBOT
from traitdunion.census import closed, operations, queries
from traitdunion.census.models import Amendment, Census, ClosedLine, Duplicate, Need
from traitdunion.census.operations import CensusClosed, TooEarly
from traitdunion.census.operations.running import WrongDates
from traitdunion.census.states import State
from traitdunion.cli import worker
from traitdunion.journal import checking as journal
from traitdunion.programme.models import Programme

pytestmark = pytest.mark.django_db
INSIDE = "MARTIN;Léo;01/02/2008;4e A;2.405;48.805;0612345678;aucun;aucune"
SISTER = "MARTIN;Jeanne;08/09/2010;6e A;2.405;48.805;0612345678;aucun;aucune"
EDGE = "DIALLO;Aïcha;04/05/2009;5e B;2.41005;48.805;;aucun;aucune"
# The programme's day ends in Paris: 22:30 UTC on the 6th is already the 7th there.
EVENING = datetime(2020, 5, 6, 21, 30, tzinfo=UTC)
NIGHT = datetime(2020, 5, 6, 22, 30, tzinfo=UTC)


def close(world: World) -> Census:
    return operations.close(census=world.census, by=ROBOT, at=EVENING)


def test_a_list_is_taken_until_the_last_hour_of_the_last_day(world: World) -> None:
    world.take(listed(INSIDE), at=EVENING)

    with pytest.raises(CensusClosed, match="06/05/2020"):
        world.take(listed(EDGE), at=NIGHT)
    assert Need.objects.count() == 1


def test_a_list_read_while_somebody_closes_leaves_nothing(world: World) -> None:
    """The relay's page still holds a census that it believes open."""
    Census.objects.filter(pk=world.census.pk).update(state=State.CLOSED)

    with pytest.raises(CensusClosed, match="clos"):
        world.take(listed(INSIDE))
    assert not Need.objects.exists()


@pytest.mark.parametrize("day", [date(2020, 5, 4), date(2020, 5, 5)])
def test_nobody_closes_before_the_day_that_relays_were_told(world: World, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    with pytest.raises(TooEarly):
        operations.close(census=world.census, by=ROBOT, at=at)


def test_the_worker_closes_the_day_after_and_only_then(world: World) -> None:
    duty = next(one for one in worker.duties() if one.name == "closings")

    assert duty.do(EVENING) == 0
    assert duty.do(NIGHT) == 1
    assert duty.do(NIGHT) == 0
    census = queries.census(world.census.pk)
    assert (census.state, len(census.digest)) == (State.CLOSED, 64)


def test_a_census_opened_after_the_dates_of_the_plan_lasts_as_long_from_that_day(
    world: World,
) -> None:
    close(world)
    at = AT + timedelta(days=400)

    later = operations.open_census(programme=world.programme, plan=world.plan, by=ROBOT, at=at)

    assert later.closes_on - at.date() == date(2020, 5, 6) - date(2020, 4, 21)
    with pytest.raises(WrongDates, match="passé"):
        operations.open_census(
            programme=world.programme, plan=world.plan, by=ROBOT, at=at,
            corrections_until=date(2020, 5, 1), closes_on=date(2020, 5, 2),
        )  # fmt: skip


def test_the_closed_list_is_kept_with_a_key_for_each_household(world: World) -> None:
    world.take(listed(INSIDE, SISTER, EDGE))

    census = close(world)

    lines = {line.need.person_id: line for line in closed.lines_of(census)}
    homes = [line.household for line in lines.values()]
    assert sorted(homes.count(one) for one in homes) == [1, 2, 2]
    assert closed.digest_of(lines.values()) == census.digest
    assert not list(queries.check()) and not list(journal.check())


def test_the_digest_says_which_children_live_together(world: World) -> None:
    world.take(listed(INSIDE, SISTER))
    lines = closed.lines_of(close(world))
    before = closed.digest_of(lines)

    lines[0].household = "another"

    assert closed.digest_of(lines) != before


def test_what_is_settled_after_the_closing_stands_beside_the_list(world: World) -> None:
    world.take(listed(INSIDE, EDGE))
    census = close(world)
    doubtful = Need.objects.get(state="DOUBTFUL")

    operations.settle_address(
        need=doubtful, neighbourhood_id=world.north.pk, layer="vu", by=ROBOT, at=NIGHT
    )
    operations.withdraw(
        need=Need.objects.exclude(pk=doubtful.pk).get(), reason="relay", by=ROBOT, at=NIGHT
    )

    told = [(one.why, one.state) for one in closed.amendments(census)]
    assert told == [("ADDRESS", "OPEN"), ("WITHDRAWN", "WITHDRAWN")]
    assert closed.digest_of(closed.lines_of(census)) == census.digest
    assert not list(queries.check()) and not list(journal.check())


def test_a_double_settled_after_the_closing_is_told_too(world: World) -> None:
    world.take(listed(INSIDE, INSIDE.replace("MARTIN", "MARTN")))
    census = close(world)

    operations.settle_duplicate(
        duplicate=Duplicate.objects.get(), verdict="DIFFERENT", by=ROBOT, at=NIGHT
    )

    assert [(one.why, one.state) for one in closed.amendments(census)] == [("DUPLICATE", "OPEN")]
    assert not list(queries.check())


def test_what_is_settled_before_the_closing_is_in_the_list_alone(world: World) -> None:
    world.take(listed(INSIDE))

    operations.withdraw(need=Need.objects.get(), reason="relay", by=ROBOT, at=AT)

    assert not Amendment.objects.exists()
    assert closed.line_count(close(world)) == 0


@pytest.mark.parametrize("change", [{"degree": 2}, {"priority": 9}, {"kind": "key_4g"}])
def test_a_need_changed_behind_the_services_back_is_named(
    world: World, change: dict[str, object]
) -> None:
    world.take(listed(INSIDE))
    close(world)
    need = Need.objects.get()
    assert not list(queries.check())

    Need.objects.filter(pk=need.pk).update(**change)

    reason = "it is not as its census closed, and nothing says why"
    assert list(queries.check()) == [("census_need", str(need.pk), reason)]


def test_a_need_slipped_in_after_the_closing_is_named(world: World) -> None:
    world.take(listed(INSIDE, EDGE))
    need = Need.objects.get(state="OPEN")
    Need.objects.filter(pk=need.pk).update(state="OUT")
    close(world)

    Need.objects.filter(pk=need.pk).update(state="OPEN")

    assert [reason for *_where, reason in queries.check()] == [
        "it entered after its census closed"
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE census_closedline SET household = 'another'",
        "DELETE FROM census_closedline WHERE degree = 0",
    ],
)
def test_a_line_changed_or_removed_is_named_even_with_the_triggers_back(
    world: World, statement: str
) -> None:
    world.take(listed(INSIDE, EDGE))
    close(world)
    assert not list(queries.check()) and not list(journal.check())

    with connection.schema_editor() as editor:
        append_only.unprotect(editor, "census_closedline")
        with connection.cursor() as cursor:
            cursor.execute(statement)
        append_only.protect(editor, "census_closedline")

    told = [table for table, *_rest in [*journal.check(), *queries.check()]]
    assert "census_closedline" in told
    assert "census_census" in told or not ClosedLine.objects.exists()


def test_the_seed_follows_from_the_text_announced_and_the_digest(world: World) -> None:
    world.take(listed(INSIDE))
    census = close(world)

    operations.publish_seed(census=census, by=ROBOT, at=NIGHT)

    assert census.seed == closed.seed_after("continuite-educative-2020-vague-1", census.digest)


def test_nobody_gets_another_seed_by_changing_the_programme_after_the_closing(
    world: World,
) -> None:
    world.take(listed(INSIDE))
    census = close(world)
    expected = closed.seed_after(world.plan.allocation.seed, census.digest)
    programme = Programme.objects.get()
    source = programme.source.replace("continuite-educative-2020-vague-1", "une graine choisie")
    Programme.objects.update(source=source, digest="another")

    operations.publish_seed(census=queries.census(census.pk), by=ROBOT, at=NIGHT)

    assert queries.census(census.pk).seed == expected


def test_another_list_gives_another_seed(world: World) -> None:
    assert closed.seed_after("graine", "a" * 64) != closed.seed_after("graine", "b" * 64)
