"""What préfectures and rectorats had begun before the programme: facts, with their origin."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.budget.models import Commitment, Envelope
from traitdunion.budget.operations.commitments import commit
from traitdunion.budget.operations.payments import record_unasked_payment
from traitdunion.budget.operations.service import certify
from traitdunion.budget.refusals import BadAmount
from traitdunion.budget.states import Origin, Spending

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import Plan


@transaction.atomic
def take_over(
    *,
    envelope: Envelope,
    amount_cents: int,
    certified_cents: int,
    paid_cents: int,
    signed_on: date,
    label: str,
    reference: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
    ej_number: str = "",
    spending: str = Spending.ORDERS,
    beneficiary: "Organisation | None" = None,
) -> Commitment:
    """
    Enter a commitment signed before the programme, with what was certified and paid of it.

    It is never refused for lack of credits: the excess shows, to be put right. Raises BadAmount on
    amounts that contradict one another, BadNumber.
    """
    if not 0 <= paid_cents <= certified_cents <= amount_cents:
        raise BadAmount(
            _("Le payé ne dépasse pas le service fait, ni le service fait l’engagement.")
        )
    fact = {"by": by, "at": at, "origin": Origin.OPENING}
    commitment = commit(
        envelope=envelope,
        amount_cents=amount_cents,
        label=label,
        reference=reference,
        ej_number=ej_number,
        spending=spending,
        beneficiary=beneficiary,
        **fact,
    )
    if certified_cents:
        certify(commitment=commitment, amount_cents=certified_cents, document=reference, **fact)
    if paid_cents:
        record_unasked_payment(
            commitment=commitment,
            amount_cents=paid_cents,
            paid_on=signed_on,
            dp_number="",
            plan=plan,
            document=reference,
            **fact,
        )
    commitment.refresh_from_db()
    return commitment
