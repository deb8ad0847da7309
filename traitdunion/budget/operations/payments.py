"""Asking for a payment, noting that it was made or sent back; the platform itself never pays."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.identifiers import squeezed
from traitdunion.base.money import euros
from traitdunion.budget.legs import Leg, legs, rights_ledger
from traitdunion.budget.models import Commitment, Envelope, Movement, PaymentRequest
from traitdunion.budget.operations import ledger, years
from traitdunion.budget.operations.commitments import BadNumber
from traitdunion.budget.refusals import BadAmount, check_amount
from traitdunion.budget.states import (
    PAYMENT_MOVES,
    Account,
    Document,
    Ledger,
    MovementKind,
    Origin,
    PaymentState,
    Regime,
)
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.programme.schema import Plan


@transaction.atomic
def request_payment(
    *,
    commitment: Commitment,
    amount_cents: int,
    counted_from: date,
    plan: "Plan",
    by: Actor,
    at: datetime,
    invoice: str = "",
    dp_number: str = "",
) -> PaymentRequest:
    """
    Ask the accountant to pay what is certified or advanced, once.

    Args:
        counted_from: the day from which the law counts: the later of the invoice and the service.
    Raises: BadAmount beyond what may be asked for, BadNumber.
    """
    check_amount(amount_cents)
    room = (
        Q(requested_cents__lte=F("certified_cents") + F("advanced_cents") - amount_cents)
        & Q(requested_cents__lte=F("amount_cents") - amount_cents)
    )  # fmt: skip
    asked = Commitment.objects.filter(room, pk=commitment.pk).update(
        requested_cents=F("requested_cents") + amount_cents
    )
    commitment.refresh_from_db()
    if not asked:
        raise BadAmount(
            _(
                "« %(label)s » : on demande %(asked)s et il reste %(left)s de service fait ou"
                " d’avance à payer."
            )
            % {
                "label": commitment.label,
                "asked": euros(amount_cents),
                "left": euros(commitment.payable_cents),
            }
        )
    request = _request(commitment, amount_cents, counted_from, plan, invoice, dp_number, at)
    facts = {"amount_cents": amount_cents, "commitment": str(commitment.pk)}
    journal.record(verb="budget.payment_requested", subject=request, by=by, at=at, facts=facts)
    return request


def _request(
    commitment: Commitment,
    amount_cents: int,
    counted_from: date,
    plan: "Plan",
    invoice: str,
    dp_number: str,
    at: datetime,
) -> PaymentRequest:
    rule = plan.payment_rule(commitment.spending, counted_from)
    due = counted_from + timedelta(days=rule.days) if rule and rule.days is not None else None
    return PaymentRequest.objects.create(
        commitment=commitment,
        envelope_id=commitment.envelope_id,
        amount_cents=amount_cents,
        invoice=invoice,
        dp_number=_checked_dp(dp_number),
        requested_at=at,
        counted_from=counted_from,
        rule=rule.code if rule else "",
        due_on=due,
    )


def _checked_dp(text: str) -> str:
    clean = squeezed(text)[:20]
    if clean and PaymentRequest.objects.filter(dp_number=clean).exists():
        raise BadNumber(
            _("La demande de paiement %(number)s est déjà enregistrée.") % {"number": clean}
        )
    return clean


@transaction.atomic
def number_payment(
    *, request: PaymentRequest, dp_number: str, by: Actor, at: datetime
) -> PaymentRequest:
    """Note the number that Chorus gave to the request. Raises BadNumber."""
    request.dp_number = _checked_dp(dp_number)
    PaymentRequest.objects.filter(pk=request.pk).update(dp_number=request.dp_number)
    facts = {"dp": request.dp_number}
    journal.record(verb="budget.payment_numbered", subject=request, by=by, at=at, facts=facts)
    return request


@transaction.atomic
def cancel_payment(*, request: PaymentRequest, by: Actor, at: datetime) -> PaymentRequest:
    """Take back a request that was not paid. Raises MoveRefused."""
    refusal = _("Cette demande n’attend plus de paiement.")
    moves = {PaymentState.REQUESTED: PAYMENT_MOVES[PaymentState.REQUESTED]}
    states.move(row=request, to=PaymentState.CANCELLED, moves=moves, refusal=refusal)
    Commitment.objects.filter(pk=request.commitment_id).update(
        requested_cents=F("requested_cents") - request.amount_cents
    )
    journal.record(verb="budget.payment_cancelled", subject=request, by=by, at=at)
    return request


@transaction.atomic
def record_payment(
    *,
    request: PaymentRequest,
    paid_on: date,
    by: Actor,
    at: datetime,
    origin: str = Origin.HERE,
    document: str = "",
) -> Movement:
    """
    Note that the accountant paid: CP leave the envelope.

    Raises: MoveRefused when it is paid or cancelled already, PaymentCreditsTooSmall.
    """
    refusal = _("Cette demande n’attend plus de paiement.")
    moves = {PaymentState.REQUESTED: PAYMENT_MOVES[PaymentState.REQUESTED]}
    changes = {"paid_on": paid_on, "paid_at": at}
    states.move(row=request, to=PaymentState.PAID, moves=moves, refusal=refusal, **changes)
    commitment = request.commitment
    envelope = Envelope.objects.get(pk=commitment.envelope_id)
    done = ledger.post(
        kind=MovementKind.PAY,
        envelope=envelope,
        amount_cents=request.amount_cents,
        entries=_paid(envelope, request.amount_cents),
        document=document or request.dp_number or request.invoice or commitment.reference,
        document_kind=Document.PAYMENT,
        commitment=commitment,
        origin=origin,
        by=by,
        at=at,
    )
    if request.envelope_id != envelope.pk:
        PaymentRequest.objects.filter(pk=request.pk).update(envelope=envelope)
    return done


@transaction.atomic
def record_unasked_payment(
    *,
    commitment: Commitment,
    amount_cents: int,
    paid_on: date,
    dp_number: str,
    plan: "Plan",
    by: Actor,
    at: datetime,
    origin: str = Origin.ELSEWHERE,
    document: str = "",
) -> PaymentRequest:
    """Record a payment that was made without having been asked for here: a fact, never refused."""
    check_amount(amount_cents)
    request = _request(commitment, amount_cents, paid_on, plan, "", dp_number, at)
    PaymentRequest.objects.filter(pk=request.pk).update(
        state=PaymentState.PAID, paid_on=paid_on, paid_at=at
    )
    envelope = Envelope.objects.get(pk=commitment.envelope_id)
    ledger.post(
        kind=MovementKind.PAY,
        envelope=envelope,
        amount_cents=amount_cents,
        entries=_paid(envelope, amount_cents),
        document=document or dp_number,
        document_kind=Document.EXTRACT if origin == Origin.ELSEWHERE else Document.PAYMENT,
        commitment=commitment,
        unasked_cents=amount_cents,
        origin=origin,
        by=by,
        at=at,
    )
    request.refresh_from_db()
    return request


def _paid(envelope: Envelope, amount_cents: int) -> list[Leg]:
    """CP for the State; elsewhere the money that was set aside leaves the purse."""
    due = legs(envelope, Ledger.DUE, amount_cents, Account.PAYABLE, Account.TREASURY)
    if envelope.regime == Regime.STATE:
        return due + legs(envelope, Ledger.CP, amount_cents, Account.PAID, Account.AVAILABLE)
    own = rights_ledger(envelope)
    return due + legs(envelope, own, amount_cents, Account.PAID, Account.COMMITTED)


@transaction.atomic
def send_back(*, request: PaymentRequest, reason: str, by: Actor, at: datetime) -> PaymentRequest:
    """
    The bank sent the money back: the payment is undone, and the request is open again; one that
    neither service nor advance covers falls.

    Raises: MoveRefused, BadAmount without a reason.
    """
    if len(reason.strip()) < 10:
        raise BadAmount(_("Dites pourquoi en une phrase, sans désigner personne."))
    request.commitment.refresh_from_db()
    commitment, envelope = request.commitment, request.envelope
    is_covered = (
        commitment.requested_cents <= commitment.certified_cents + commitment.advanced_cents
    )
    to = PaymentState.REQUESTED if is_covered else PaymentState.CANCELLED
    refusal = _("Seul un paiement fait peut être renvoyé.")
    moves = {PaymentState.PAID: PAYMENT_MOVES[PaymentState.PAID]}
    changes = {"paid_on": None, "paid_at": None}
    states.move(row=request, to=to, moves=moves, refusal=refusal, **changes)
    mirrored = [
        Leg(leg.envelope_id, leg.ledger, leg.account, -leg.amount_cents)
        for leg in _paid(envelope, request.amount_cents)
    ]
    ledger.post(
        kind=MovementKind.REVERSE,
        envelope=envelope,
        amount_cents=request.amount_cents,
        entries=mirrored,
        document=request.dp_number or commitment.reference,
        document_kind=Document.PAYMENT,
        commitment=commitment,
        reason=reason.strip(),
        unasked_cents=0 if is_covered else -request.amount_cents,
        after_closing=True,
        by=by,
        at=at,
    )
    commitment.refresh_from_db()
    if commitment.envelope_id != envelope.pk:
        # Paid in a year that is closed since: what is owed again is owed in this one.
        years.forward_part(
            commitment=commitment,
            before=envelope,
            after=commitment.envelope,
            amount_cents=request.amount_cents,
            by=by,
            at=at,
        )
    return request
