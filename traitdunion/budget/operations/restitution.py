"""Money that a beneficiary gives back after it was paid, whole or in part."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.money import euros
from traitdunion.budget.legs import Leg, legs, rights_ledger
from traitdunion.budget.models import Commitment, Envelope, Movement
from traitdunion.budget.operations import ledger
from traitdunion.budget.operations.commitments import release
from traitdunion.budget.operations.service import uncertify
from traitdunion.budget.refusals import BadAmount, check_amount
from traitdunion.budget.states import Account, Document, Ledger, MovementKind, Regime


@transaction.atomic
def give_back(
    *,
    commitment: Commitment,
    amount_cents: int,
    document: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Movement:
    """
    Enter money that came back: payment, service or advance, and commitment go down together.

    In its own year the credits may be used again; later they are lost. Raises BadAmount beyond
    what was paid.
    """
    _check_paid(commitment, amount_cents)
    envelope = Envelope.objects.get(pk=commitment.envelope_id)
    back = ledger.post(
        kind=MovementKind.RETURN,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=_unpaid(envelope, amount_cents),
        document=document,
        document_kind=Document.PAYMENT,
        commitment=commitment,
        unasked_cents=-amount_cents,
        after_closing=True,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    # What was paid ahead goes first: what remains paid stays covered by what was done.
    advanced = min(amount_cents, commitment.advanced_cents)
    if advanced:
        take_back_advance(
            commitment=commitment,
            amount_cents=advanced,
            document=document,
            reason=reason,
            by=by,
            at=at,
        )
    if certified := amount_cents - advanced:
        uncertify(
            commitment=commitment,
            amount_cents=certified,
            document=document,
            reason=reason,
            by=by,
            at=at,
        )
    release(commitment=commitment, amount_cents=amount_cents, document=document, by=by, at=at)
    return back


def _check_paid(commitment: Commitment, amount_cents: int) -> None:
    check_amount(amount_cents)
    commitment.refresh_from_db()
    if amount_cents > commitment.paid_cents:
        raise BadAmount(
            _("« %(label)s » : on rend %(asked)s et %(paid)s seulement ont été versés.")
            % {
                "label": commitment.label,
                "asked": euros(amount_cents),
                "paid": euros(commitment.paid_cents),
            }
        )


def _unpaid(envelope: Envelope, amount_cents: int) -> list[Leg]:
    """The payment undone; payment credits of a closed year are lost, not available again."""
    found = legs(envelope, Ledger.DUE, amount_cents, Account.TREASURY, Account.PAYABLE)
    if envelope.regime == Regime.STATE:
        to = Account.LAPSED if envelope.is_closed else Account.AVAILABLE
        return found + legs(envelope, Ledger.CP, amount_cents, to, Account.PAID)
    own = rights_ledger(envelope)
    return found + legs(envelope, own, amount_cents, Account.COMMITTED, Account.PAID)


@transaction.atomic
def take_back_advance(
    *, commitment: Commitment, amount_cents: int, document: str, reason: str, by: Actor,
    at: datetime,
) -> Movement:  # fmt: skip
    """
    An advance that was granted and neither asked for nor paid no longer may be. Raises BadAmount.
    """
    check_amount(amount_cents)
    envelope = Envelope.objects.get(pk=commitment.envelope_id)
    return ledger.post(
        kind=MovementKind.REVERSE,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=legs(envelope, Ledger.DUE, amount_cents, Account.OFF_BALANCE, Account.ADVANCE),
        document=document,
        commitment=commitment,
        reason=reason.strip(),
        by=by,
        at=at,
    )
