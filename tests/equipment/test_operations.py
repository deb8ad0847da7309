"""A device is in one place at every instant, and its log tells every place it has been."""

import copy

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.equipment.conftest import WHO, Cupboard
from traitdunion.base.identifiers import BadIdentifier
from traitdunion.equipment import operations, queries
from traitdunion.equipment.models import Custody, Device
from traitdunion.equipment.operations import NewDevice, Place


def lend(device: Device, child: object) -> Custody:
    return operations.move(
        device=device, to=Place(person_id=child), state="LENT", as_move="LENT", document="A", **WHO
    )


def lose(device: Device) -> Custody:
    return operations.move(
        device=device, to=Place(), state="LOST", as_move="LOST", document="A", **WHO
    )


def test_a_tablet_lent_is_with_the_child_and_nowhere_else(cupboard: Cupboard) -> None:
    (tablet,), ana = cupboard.stock(), cupboard.children[0]

    lend(tablet, ana)

    assert queries.held_by([ana]) == {ana: [tablet]}
    assert not queries.in_stock(cupboard.school.pk).exists()
    assert [line.move for line in queries.history(tablet)] == ["REGISTERED", "LENT"]


def test_a_tablet_read_before_it_moved_cannot_be_lent_a_second_time(cupboard: Cupboard) -> None:
    (tablet,), (ana, ben, _) = cupboard.stock(), cupboard.children
    read_earlier = copy.copy(tablet)
    lend(tablet, ana)

    with pytest.raises(operations.AlreadyHeld, match="prêté"):
        lend(read_earlier, ben)

    assert Device.objects.get(pk=tablet.pk).holder_person_id == ana


def test_a_lost_tablet_is_nowhere_and_comes_back_when_found(cupboard: Cupboard) -> None:
    (tablet,) = cupboard.stock()
    lose(tablet)
    assert (tablet.holder_organisation_id, tablet.holder_person_id) == (None, None)

    here = Place(organisation_id=cupboard.other.pk)
    operations.move(device=tablet, to=here, state="IN_STOCK", as_move="FOUND", document="", **WHO)

    assert list(queries.in_stock(cupboard.other.pk)) == [tablet]


def test_a_lost_tablet_cannot_be_lent(cupboard: Cupboard) -> None:
    (tablet,) = cupboard.stock()
    lose(tablet)

    with pytest.raises(operations.AlreadyHeld, match="perdu"):
        lend(tablet, cupboard.children[0])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (NewDevice("tablet", "X", "T"), "numéro de série"),
        (NewDevice("tablet", "TAB99", "T", imei="490154203237519"), "IMEI"),
        (NewDevice("key_4g", "KEY99", "T", iccid="8933150319051234567"), "carte SIM"),
    ],
)
def test_a_number_that_does_not_hold_together_enters_nothing(
    cupboard: Cupboard, row: NewDevice, problem: str
) -> None:
    rows = [NewDevice("tablet", "GOOD01", "T"), row]

    with pytest.raises(BadIdentifier, match=problem):
        operations.register_devices(
            rows=rows, owner=cupboard.school, holder=cupboard.school, origin="BC-1", **WHO
        )

    assert not Device.objects.exists()


def test_the_same_number_typed_two_ways_is_one_device(cupboard: Cupboard) -> None:
    cupboard.stock()
    row = NewDevice("tablet", " tab-000 00 ", "Tablette")

    with pytest.raises(operations.SerialKnown, match="TAB00000"):
        operations.register_devices(
            rows=[row], owner=cupboard.school, holder=cupboard.school, origin="BC-2", **WHO
        )


def test_a_letter_o_for_a_zero_is_said_and_never_guessed(cupboard: Cupboard) -> None:
    cupboard.stock()

    with pytest.raises(queries.NoSuchDevice, match="la lettre O du chiffre 0"):
        queries.device("TABOOOOO")


@pytest.mark.parametrize(
    "state, is_held, is_with_child",
    [
        ("IN_STOCK", False, False),
        ("IN_STOCK", True, True),
        ("IN_STOCK", False, True),
        ("LENT", False, False),
        ("LENT", True, True),
        ("LOST", True, False),
        ("STOLEN", False, True),
    ],
)
def test_the_database_refuses_two_places_or_none(
    cupboard: Cupboard, state: str, is_held: bool, is_with_child: bool
) -> None:
    (tablet,) = cupboard.stock()
    place = {
        "holder_organisation": cupboard.school.pk if is_held else None,
        "holder_person": cupboard.children[0] if is_with_child else None,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.filter(pk=tablet.pk).update(state=state, **place)


def test_the_log_never_has_two_lines_of_one_rank(cupboard: Cupboard) -> None:
    (tablet,) = cupboard.stock()
    (first,) = queries.history(tablet)

    with pytest.raises(IntegrityError), transaction.atomic():
        Custody.objects.create(
            device=tablet, seq=first.seq, move="LENT", state="LENT", at=first.at, by_kind="x"
        )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE equipment_custody SET seq = 9",
        "DELETE FROM equipment_custody",
        "INSERT OR REPLACE INTO equipment_custody SELECT * FROM equipment_custody",
        "UPDATE OR REPLACE equipment_custody SET seq = 9",
        "TRUNCATE equipment_custody",
    ],
)
def test_no_hand_rewrites_the_log_even_in_sql(cupboard: Cupboard, sql: str) -> None:
    (tablet,) = cupboard.stock()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert [line.seq for line in queries.history(tablet)] == [1]


def test_a_device_moved_behind_the_log_is_found(cupboard: Cupboard) -> None:
    (tablet,) = cupboard.stock()
    assert not list(queries.check())

    Device.objects.filter(pk=tablet.pk).update(holder_organisation=cupboard.other.pk)

    assert [row[2] for row in queries.check()] == ["it is not where its log says"]
