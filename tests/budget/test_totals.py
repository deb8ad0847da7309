"""What is added up: each euro once, whoever passed it on and whatever the year."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.budget.conftest import AT, EUROS, PLAN_FILE
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Envelope
from traitdunion.partners import operations as partners
from traitdunion.partners.states import Kind
from traitdunion.programme import operations as programmes
from traitdunion.programme.models import Source, Strand

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"by": ROBOT, "at": AT}
NEXT = datetime(2021, 1, 8, 9, tzinfo=UTC)


@pytest.fixture
def root() -> Envelope:
    return _root("equipment", 1_000)


def _root(strand: str, euros: int) -> Envelope:
    programmes.load(toml=PLAN_FILE.read_text(), **WHO)
    ministry = partners.create_organisation(
        kind=Kind.MINISTRY, name="Ministère", identifiers={}, **WHO
    )
    return operations.open_envelope(
        strand=Strand.objects.get(code=strand),
        source=Source.objects.get(name="plan"),
        holder=ministry,
        label="Plan",
        year=2020,
        amount_cents=euros * EUROS,
        **WHO,
    )


def _under(root: Envelope, euros: int) -> Envelope:
    return operations.open_under(
        parent=root,
        holder=root.holder,
        label="Antenne",
        ae_cents=euros * EUROS,
        cp_cents=euros * EUROS,
        document="DEL-1",
        **WHO,
    )


def test_what_is_carried_over_is_opened_once_for_the_draw(root: Envelope) -> None:
    child = _under(root, 400)
    for one in (child, root):
        one.refresh_from_db()
        operations.close_year(envelope=one, by=ROBOT, at=NEXT)
    operations.carry_over(
        envelope=child, ae_cents=40_000, cp_cents=40_000, document="REP", by=ROBOT, at=NEXT
    )
    operations.lapse(envelope=root, document="FIN", by=ROBOT, at=NEXT)

    opened = queries.authorized_by_source()

    assert opened == {root.source_id: 400 * EUROS}


def test_two_years_of_one_envelope_show_what_was_carried_over_once(root: Envelope) -> None:
    operations.close_year(envelope=root, by=ROBOT, at=NEXT)
    operations.carry_over(
        envelope=root, ae_cents=100_000, cp_cents=60_000, document="REP", by=ROBOT, at=NEXT
    )

    both = queries.totals(Envelope.objects.all())
    last = queries.totals(Envelope.objects.filter(year=2021))

    assert (both.authorized_cents, both.cp_granted_cents) == (100_000, 100_000)
    assert (last.authorized_cents, last.cp_granted_cents) == (100_000, 60_000)


def test_credits_for_mentoring_are_promised_to_nobody_who_waits_for_a_tablet() -> None:
    mentoring = _root("mentoring", 5_000)

    assert mentoring.source_id is not None
    assert queries.authorized_by_source() == {}


def test_what_waits_for_signatures_is_told_in_both_ledgers(root: Envelope) -> None:
    child = _under(root, 100)
    terms = {"envelope": str(child.pk), "ae_cents": 500, "cp_cents": 300, "document": "DEL-2"}
    operations.ask(
        holder_id=root.holder_id,
        subject_kind="budget.delegation",
        subject_id=str(child.pk),
        terms=terms,
        label="DEL-2",
        amount_cents=500,
        needed=1,
        **WHO,
    )

    assert queries.waiting(root) == queries.Waiting(500, 300)
    assert queries.waiting(child) == queries.Waiting()
