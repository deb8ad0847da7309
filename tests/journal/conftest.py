from datetime import UTC, date, datetime, timedelta

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.equipment import operations as equipment
from traitdunion.equipment.states import Move, State
from traitdunion.journal import operations as journal
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Kind
from traitdunion.people import operations as people
from traitdunion.people.operations import NewChild

AT = datetime(2020, 5, 4, 9, 30, 15, 250, tzinfo=UTC)
WHO = {"by": ROBOT, "at": AT}


class Office:
    """A school, its children and its tablets: rows in every table that only grows."""

    def __init__(self) -> None:
        self.school = partners.create_organisation(
            kind=Kind.SCHOOL, name="Collège A", identifiers={}, **WHO
        )
        self.days = 0

    @property
    def at(self) -> datetime:
        return AT + timedelta(days=self.days)

    def work_a_day(self) -> None:
        """Seven children known and judged, five tablets in, two of them sent to be repaired."""
        self.days += 1
        who = {"by": ROBOT, "at": self.at}
        rows = [
            NewChild("Ana", f"Essai {self.days} {n}", date(2008, 3, 1), lon=2.4, lat=48.8)
            for n in range(7)
        ]
        children = people.register_children(
            rows=rows, relay_id=self.school.pk, notice_days=30, **who
        )
        people.decide_eligibility(person_ids=children, generation="2015", tolerance_m=12.5, **who)
        people.confirm_eligibility(
            person_id=children[0], neighbourhood_id=None, layer="à la main", **who
        )
        self._move_tablets(who)

    def _move_tablets(self, who: dict) -> None:
        new = [
            equipment.NewDevice("tablet", f"TAB{self.days:02d}{n:03d}", "Tablette")
            for n in range(5)
        ]
        devices = equipment.register_devices(
            rows=new, owner=self.school, holder=self.school, origin="BC-1", **who
        )
        for device in devices[:2]:
            equipment.move(
                device=device,
                to=equipment.Place(organisation_id=self.school.pk),
                state=State.IN_REPAIR,
                as_move=Move.TO_REPAIR,
                document="réparation « dalle »",
                **who,
            )

    def seal(self) -> int:
        return journal.seal(by=ROBOT, at=self.at)


@pytest.fixture
def office(db: None) -> Office:
    """Three days, each sealed in the evening."""
    made = Office()
    for _day in range(3):
        made.work_a_day()
        made.seal()
    return made
