"""A hand-over told in one go, as a program does: to whom, which device, how it was signed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.allocation import queries as allocation
from traitdunion.base.actors import Actor
from traitdunion.equipment import queries as register
from traitdunion.lending.models import Agreement, Loan
from traitdunion.lending.operations.handing_over import complete, hand_over
from traitdunion.lending.operations.preparing import (
    prepare_collective,
    prepare_one,
    prepare_without_award,
)
from traitdunion.lending.operations.printing import COLLECTIVE_TEMPLATE
from traitdunion.lending.states import LENT
from traitdunion.partners import queries as partners

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import LendingTable


@dataclass(frozen=True, slots=True)
class Borrower:
    """Whoever takes the device: by an award, a child without one and why, or an organisation."""

    award_id: UUID | None = None
    person_id: UUID | None = None
    reason: str = ""
    organisation_id: UUID | None = None
    received_by: str = ""


@transaction.atomic
def hand_over_to(
    *,
    borrower: Borrower,
    serial: str,
    relay: "Organisation",
    rules: "LendingTable",
    signature: str,
    signed_on: date | None,
    by: Actor,
    at: datetime,
    device_time: datetime | None = None,
) -> Loan:
    """
    Hand one device over from the relay's stock, preparing the agreement if there is none.

    An award of a tablet and a key takes two hand-overs, one for each.

    Raises: NoSuchAward for another relay's award as for none, NoSuchOrganisation, NoSuchDevice,
        NotInStock, KindMismatch, AlreadyHeld, NoLongerAwarded, HasOne, HasObjected, MoveRefused;
        nothing is half done.
    """
    agreement = _agreement(borrower, serial, relay, rules, by, at)
    when = {"by": by, "at": at, "device_time": device_time}
    if agreement.state in LENT and agreement.kind == "both":
        return complete(agreement=agreement, serial=serial, **when)
    (loan,) = hand_over(
        agreement=agreement, serials=[serial], signature=signature, signed_on=signed_on, **when
    )
    return loan


def _agreement(
    borrower: Borrower,
    serial: str,
    relay: "Organisation",
    rules: "LendingTable",
    by: Actor,
    at: datetime,
) -> Agreement:
    who = {"relay": relay, "by": by, "at": at}
    if borrower.award_id:
        award = allocation.award(borrower.award_id)
        if award.relay_id != relay.pk:
            raise allocation.NoSuchAward(_("Cette attribution n’existe pas."))
        return prepare_one(award=award, rules=rules, **who)
    kind = register.device(serial).kind
    if borrower.person_id:
        return prepare_without_award(
            person_id=borrower.person_id, kind=kind, reason=borrower.reason, rules=rules, **who
        )
    return prepare_collective(
        organisation=partners.organisation(borrower.organisation_id),
        kind=kind,
        due_back_on=rules.loan_end_date,
        template=COLLECTIVE_TEMPLATE,
        received_by=borrower.received_by,
        **who,
    )
