"""Look-alikes are found across the lots in which a long list is compared."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.people import arrays
from traitdunion.people import operations as people
from traitdunion.people.models import Person
from traitdunion.people.operations import NewChild

pytestmark = pytest.mark.django_db

BEFORE = datetime(2020, 5, 4, 8, 0, tzinfo=UTC)
ONE, OTHER = uuid4(), uuid4()
NOW = BEFORE + timedelta(days=1)


def listed(relay: UUID, at: datetime, *children: NewChild) -> list[UUID]:
    return people.register_children(rows=children, relay_id=relay, notice_days=30, by=ROBOT, at=at)


def found() -> set[tuple]:
    return {(pair.person_id, pair.other_id) for pair in arrays.resembling(listed_at=NOW)}


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "CHUNK", 2)
    monkeypatch.setattr(arrays, "_READ", 3)


@pytest.mark.usefixtures("few_at_a_time")
def test_a_child_listed_before_is_found_again_when_lots_are_cut_between_days() -> None:
    others = [NewChild(f"Zoé{n}", "Bel", date(2009, 1, n)) for n in range(1, 9)]
    [old, *_rest] = listed(ONE, BEFORE, NewChild("Aïcha", "Diallo", date(2009, 1, 4)), *others)

    [new] = listed(OTHER, NOW, NewChild("Aicha", "Dialo", date(2009, 1, 4)))

    assert found() == {(new, old)}


@pytest.mark.usefixtures("few_at_a_time")
def test_a_slip_in_the_birth_date_does_not_hide_a_child_nor_make_two_namesakes_one() -> None:
    listed(ONE, BEFORE, *[NewChild("Ana", f"Sow{n}", date(2010, 2, n)) for n in range(1, 7)])
    [old, _namesake] = listed(
        ONE,
        BEFORE,
        NewChild("Issa", "Traoré", date(2010, 7, 9)),
        NewChild("Issa", "Traoré", date(2005, 1, 30)),
    )

    [new] = listed(OTHER, NOW, NewChild("Issa", "Traoré", date(2010, 9, 7)))

    assert found() == {(new, old)}


def test_children_listed_before_are_not_compared_again() -> None:
    twins = (NewChild("Ana", "Sow", date(2010, 2, 3)), NewChild("Anna", "Sow", date(2010, 2, 3)))
    listed(ONE, BEFORE, *twins)

    assert found() == set()
    assert Person.objects.count() == 2
