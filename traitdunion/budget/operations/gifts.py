"""What is given in kind: its value enters and is used up at once, and no cash moves."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.budget.legs import legs
from traitdunion.budget.models import Commitment, Envelope, Movement
from traitdunion.budget.operations import ledger
from traitdunion.budget.operations.envelopes import allot
from traitdunion.budget.refusals import BadAmount
from traitdunion.budget.states import Account, Document, Ledger, MovementKind, Regime

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.models import Source, Strand


@transaction.atomic
def allot_gift(
    *,
    strand: "Strand",
    source: "Source | None",
    holder: "Organisation",
    amount_cents: int,
    document: str,
    by: Actor,
    at: datetime,
) -> Envelope:
    """
    Enter the value of what a holder was given, in its envelope of gifts of the year.

    Args:
        source: the purse of gifts that the programme declares, if it does.
    Raises: BadAmount, EnvelopeClosed.
    """
    envelope, _is_new = Envelope.objects.get_or_create(
        regime=Regime.IN_KIND,
        holder=holder,
        strand=strand,
        year=timezone.localtime(at).year,
        defaults={
            "source": source,
            "label": _("Dons en nature, %(holder)s") % {"holder": holder.name[:150]},
            "opened_at": at,
        },
    )
    allot(
        envelope=envelope,
        amount_cents=amount_cents,
        document=document,
        document_kind=Document.GIFT,
        by=by,
        at=at,
    )
    return envelope


@transaction.atomic
def settle_gift(*, commitment: Commitment, document: str, by: Actor, at: datetime) -> Movement:
    """
    What came needs no payment: the donor brought it, and the accountant is asked nothing.

    Raises: BadAmount when it was not a gift, or is not certified whole.
    """
    commitment.refresh_from_db()
    envelope = Envelope.objects.get(pk=commitment.envelope_id)
    amount = commitment.certified_cents
    is_whole = amount == commitment.amount_cents and not commitment.requested_cents
    if envelope.regime != Regime.IN_KIND or not is_whole:
        raise BadAmount(_("Seul un don reçu en entier est soldé sans paiement."))
    return ledger.post(
        kind=MovementKind.PAY,
        envelope=envelope,
        amount_cents=amount,
        entries=legs(envelope, Ledger.DUE, amount, Account.PAYABLE, Account.DONATED)
        + legs(envelope, Ledger.OWN, amount, Account.PAID, Account.COMMITTED),
        document=document,
        document_kind=Document.GIFT,
        commitment=commitment,
        unasked_cents=amount,
        by=by,
        at=at,
    )
