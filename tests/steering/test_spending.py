"""Who spends slower than time passes, and where needs wait for money."""

from datetime import date
from typing import Any

import pytest

from tests.allocation.conftest import MAY, TABLET, Scene, scene, world
from traitdunion.allocation import queries as awards
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations as budget
from traitdunion.partners import operations as partners
from traitdunion.partners import queries as seats
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.steering import spending
from traitdunion.steering.spending import Pace, SpendingRow

__all__ = ["scene", "world"]
pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"by": ROBOT, "at": MAY}
HALF_WAY = date(2020, 9, 3)


def seat_of(organisation: Organisation, role: str = Role.MANAGER) -> seats.Seat:
    user = User.objects.create(email=f"{organisation.pk}@example.org", full_name="Alice")
    partners.seat(user=user, organisation=organisation, role=role, **WHO)
    return seats.seats(user)[0]


def row_of(found: spending.Spending, name: str) -> SpendingRow:
    return next(row for row in found.rows if row.name == name)


def test_needs_that_wait_are_told_with_what_is_missing_for_them(scene: Scene) -> None:
    scene.shared_out(served=2, waiting=3)
    here = scene.world.prefecture

    found = spending.spending(seat_of(here), on=HALF_WAY)

    # The purse is not spent yet, and promised whole: what it holds is for those who are served.
    row = row_of(found, here.name)
    assert (row.available_cents, row.waiting_cents) == (2 * TABLET, 3 * TABLET)
    assert found.lacking == [row]


def test_a_need_served_out_of_turn_waits_no_more(scene: Scene) -> None:
    wave = scene.shared_out(served=1, waiting=2)
    scene.fund(1)
    need = awards.waiting_lines(wave)[-1].need
    scene.serve_out_of_turn(need, wave)
    here = scene.world.prefecture

    found = spending.spending(seat_of(here), on=HALF_WAY)

    assert row_of(found, here.name).waiting_cents == TABLET


def test_each_territory_has_its_own_row_and_its_own_needs(scene: Scene) -> None:
    scene.shared_out(served=1, waiting=2)
    here = scene.world.prefecture

    found = spending.spending(seat_of(here), on=HALF_WAY, by="departement")

    name = here.department.name
    assert [row.name for row in found.rows] == [name]
    assert row_of(found, name).waiting_cents == 2 * TABLET


def test_another_territory_is_neither_seen_nor_told(scene: Scene) -> None:
    scene.shared_out(served=1, waiting=2)
    elsewhere = partners.create_organisation(
        kind=Kind.PREFECTURE, name="Ailleurs", identifiers={}, **WHO
    )

    found = spending.spending(seat_of(elsewhere), on=HALF_WAY)

    assert (found.rows, found.spare, found.lacking) == ([], [], [])


def test_what_would_be_left_at_this_pace_is_proposed_within_what_is_available(
    scene: Scene,
) -> None:
    envelope = scene.fund(10)
    budget.commit(
        envelope=envelope, amount_cents=2 * TABLET, label="Commande", reference="BC-1", **WHO
    )
    envelope.refresh_from_db()

    (pace,) = spending.spending(seat_of(envelope.holder), on=HALF_WAY).spare

    # Half of the time for a fifth of the money: three fifths would be left at the end.
    assert pace.envelope == envelope
    assert pace.spare_cents == pytest.approx(6 * TABLET, rel=0.02)


def test_an_envelope_that_goes_faster_than_time_is_left_alone(scene: Scene) -> None:
    envelope = scene.fund(10)
    budget.commit(
        envelope=envelope, amount_cents=8 * TABLET, label="Commande", reference="BC-1", **WHO
    )

    assert spending.spending(seat_of(envelope.holder), on=HALF_WAY).spare == []


def test_what_awards_were_promised_is_never_proposed_to_be_taken_back(scene: Scene) -> None:
    scene.shared_out(served=4, waiting=0)
    scene.fund(3)

    found = spending.spending(seat_of(scene.world.prefecture), on=HALF_WAY)

    # The second envelope is not promised, but the promises may be kept with either.
    assert sum(pace.spare_cents for pace in found.spare) == 0


def test_nothing_is_proposed_from_an_envelope_to_put_right(scene: Scene) -> None:
    envelope = scene.fund(10)
    envelope.ae_excess_cents = 1

    assert Pace(envelope, 10 * TABLET, 0.5).spare_cents == 0
