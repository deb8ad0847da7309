from datetime import UTC, date, datetime

import pytest

from traitdunion.base.actors import ROBOT
from traitdunion.equipment import operations
from traitdunion.equipment.models import Device
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation
from traitdunion.partners.states import Kind
from traitdunion.people import operations as people
from traitdunion.people.operations import NewChild

AT = datetime(2020, 5, 4, 9, tzinfo=UTC)
WHO = {"by": ROBOT, "at": AT}


class Cupboard:
    """Two schools, three children, and the devices of the first school."""

    def __init__(self) -> None:
        self.school, self.other = _school("Collège A"), _school("Collège B")
        rows = [NewChild(name, "Essai", date(2008, 3, 1)) for name in ("Ana", "Ben", "Cléo")]
        self.children = people.register_children(
            rows=rows, relay_id=self.school.pk, notice_days=30, **WHO
        )

    def stock(self, count: int = 1) -> list[Device]:
        rows = [operations.NewDevice("tablet", f"TAB{n:05d}", "Tablette") for n in range(count)]
        return operations.register_devices(
            rows=rows, owner=self.school, holder=self.school, origin="BC-1", **WHO
        )


def _school(name: str) -> Organisation:
    return partners.create_organisation(kind=Kind.SCHOOL, name=name, identifiers={}, **WHO)


@pytest.fixture
def cupboard(db: None) -> Cupboard:
    return Cupboard()
