"""Certifying what came, granting advances, and undoing by a movement that says why."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.budget.legs import Leg, legs
from traitdunion.budget.models import Commitment, Entry, Envelope, Movement
from traitdunion.budget.operations import ledger
from traitdunion.budget.refusals import BadAmount, check_amount
from traitdunion.budget.states import Account, Document, Ledger, MovementKind, Origin, Regime


class CannotReverse(Refusal):
    """This movement is undone otherwise, is undone already, or is the undoing of another."""


# Those undone by their mirror; an engagement is given back, a payment is sent back.
MIRRORED = frozenset(
    {MovementKind.ALLOT, MovementKind.DELEGATE, MovementKind.WITHDRAW, MovementKind.ADVANCE}
)


@transaction.atomic
def certify(
    *,
    commitment: Commitment,
    amount_cents: int,
    document: str,
    by: Actor,
    at: datetime,
    document_kind: str = Document.RECEIPT,
    origin: str = Origin.HERE,
) -> Movement:
    """
    Certify that what was bought for that amount came. Raises BadAmount beyond the commitment.
    """
    check_amount(amount_cents)
    envelope = Envelope.objects.get(pk=commitment.envelope_id)
    return ledger.post(
        kind=MovementKind.CERTIFY,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=legs(envelope, Ledger.DUE, amount_cents, Account.EXPENSE, Account.PAYABLE),
        document=document,
        document_kind=Document.GIFT if envelope.regime == Regime.IN_KIND else document_kind,
        commitment=commitment,
        origin=origin,
        by=by,
        at=at,
    )


@transaction.atomic
def grant_advance(
    *, commitment: Commitment, amount_cents: int, document: str, by: Actor, at: datetime
) -> Movement:
    """
    Decide that so much may be paid before the service is done. Raises BadAmount.
    """
    check_amount(amount_cents)
    commitment.refresh_from_db()
    if commitment.advanced_cents + amount_cents > commitment.amount_cents:
        raise BadAmount(_("Une avance ne dépasse pas l’engagement."))
    envelope = commitment.envelope
    return ledger.post(
        kind=MovementKind.ADVANCE,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=legs(envelope, Ledger.DUE, amount_cents, Account.ADVANCE, Account.OFF_BALANCE),
        document=document,
        commitment=commitment,
        by=by,
        at=at,
    )


@transaction.atomic
def reverse(*, movement: Movement, reason: str, by: Actor, at: datetime) -> Movement:
    """
    Undo a movement by its mirror; both stay. Raises CannotReverse, EnvelopeTooSmall.
    """
    if movement.kind not in MIRRORED:
        raise CannotReverse(
            _(
                "Un mouvement « %(kind)s » ne s’annule pas ainsi : retirez l’engagement, ou"
                " renvoyez le paiement."
            )
            % {"kind": MovementKind(movement.kind).label}
        )
    if len(reason.strip()) < 10:
        raise CannotReverse(_("Dites pourquoi en une phrase, sans désigner personne."))
    if Movement.objects.filter(reverses=movement).exists():
        raise CannotReverse(_("Ce mouvement est déjà annulé."))
    return _mirror(movement, reason.strip(), by, at)


@transaction.atomic
def uncertify(
    *, commitment: Commitment, amount_cents: int, document: str, reason: str, by: Actor,
    at: datetime,
) -> Movement:  # fmt: skip
    """
    Take back a certification that was wrong, as far as nothing was asked or paid on it.

    Raises: BadAmount.
    """
    check_amount(amount_cents)
    envelope = Envelope.objects.get(pk=commitment.envelope_id)
    return ledger.post(
        kind=MovementKind.REVERSE,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=legs(envelope, Ledger.DUE, amount_cents, Account.PAYABLE, Account.EXPENSE),
        document=document,
        document_kind=Document.RECEIPT,
        commitment=commitment,
        reason=reason,
        by=by,
        at=at,
    )


def _mirror(movement: Movement, reason: str, by: Actor, at: datetime) -> Movement:
    entries = [
        Leg(entry.envelope_id, entry.ledger, entry.account, -entry.amount_cents)
        for entry in Entry.objects.filter(movement=movement).order_by("id")
    ]
    return ledger.post(
        kind=MovementKind.REVERSE,
        envelope=movement.envelope,
        amount_cents=movement.amount_cents,
        entries=entries,
        document=movement.document,
        document_kind=movement.document_kind,
        commitment=movement.commitment,
        reverses=movement,
        reason=reason,
        by=by,
        at=at,
    )
