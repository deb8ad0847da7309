"""An association gives back what it did not spend: every counter follows."""

from datetime import date
from typing import Any

import pytest

from tests.budget.conftest import NEXT_YEAR, WHO, commit, open_envelope, plan
from traitdunion.budget import operations, queries
from traitdunion.budget.models import Commitment, Envelope
from traitdunion.budget.operations import BadAmount
from traitdunion.budget.states import Spending
from traitdunion.partners.states import Kind

pytestmark = pytest.mark.django_db


def paid(envelope: Envelope, *, ahead: int = 0, done: int = 0) -> Commitment:
    """A grant committed whole, paid for what was advanced and done."""
    grant = commit(envelope, 8_000, spending=Spending.GRANTS, reference="S-1")
    if ahead:
        operations.grant_advance(commitment=grant, amount_cents=ahead, document="S-1", **WHO)
    if done:
        operations.certify(commitment=grant, amount_cents=done, document="S-1", **WHO)
    request = operations.request_payment(
        commitment=grant, amount_cents=ahead + done, counted_from=date(2020, 5, 4), plan=plan(),
        **WHO,
    )  # fmt: skip
    operations.record_payment(request=request, paid_on=date(2020, 5, 6), **WHO)
    return grant


def give_back(grant: Commitment, cents: int, **changes: Any) -> None:
    operations.give_back(
        commitment=grant, amount_cents=cents, document="Titre 1",
        reason="Action arrêtée avant son terme.", **{**WHO, **changes},
    )  # fmt: skip


@pytest.mark.parametrize("kind", [Kind.PREFECTURE, Kind.LOCAL_AUTHORITY])
@pytest.mark.parametrize(("ahead", "done"), [(8_000, 0), (0, 8_000), (3_000, 5_000)])
def test_what_comes_back_in_its_year_may_be_granted_again(
    db: None, kind: str, ahead: int, done: int
) -> None:
    envelope = open_envelope(10_000, kind)
    grant = paid(envelope, ahead=ahead, done=done)

    give_back(grant, 3_500)

    envelope.refresh_from_db()
    grant.refresh_from_db()
    assert (grant.amount_cents, grant.paid_cents, grant.requested_cents) == (4_500,) * 3
    assert envelope.available_cents == 5_500 and envelope.cp_available_cents == 5_500
    assert list(queries.check()) == []


def test_what_comes_back_later_is_lost_for_the_programme(db: None) -> None:
    envelope = open_envelope(10_000)
    grant = paid(envelope, done=8_000)

    give_back(grant, 3_500, at=NEXT_YEAR)

    envelope.refresh_from_db()
    assert envelope.available_cents == 2_000 and envelope.lapsed_cents == 3_500
    assert list(queries.check()) == []


def test_nobody_gives_back_more_than_was_paid(db: None) -> None:
    grant = paid(open_envelope(10_000), done=5_000)

    with pytest.raises(BadAmount, match=r"50,00.€ seulement ont été versés"):
        give_back(grant, 5_001)
