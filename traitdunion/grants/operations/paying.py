"""Asking for the money, sending it away, noting what the accountant or the bank answered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, NotAllowed, Refusal
from traitdunion.base.identifiers import drawn_number
from traitdunion.base.spreadsheets import write_csv
from traitdunion.budget import operations as budget
from traitdunion.budget.states import Document, PaymentState
from traitdunion.gateways import operations as gateways
from traitdunion.gateways import sepa
from traitdunion.grants.models import (
    Application,
    BankChange,
    Decision,
    GrantPayment,
    PaymentFile,
)
from traitdunion.grants.queries import deciding
from traitdunion.grants.queries import paying as queries
from traitdunion.grants.states import (
    GRANT_PAYMENT_MOVES,
    Channel,
    GrantPaymentState,
    PaymentKind,
)
from traitdunion.journal import operations as journal
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Scheme

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation, User
    from traitdunion.programme.schema import Plan

REMIND_DAYS = 10
# As the reconciliation reads them back: EJ, DP and amount under the names it knows.
CHORUS = (
    "EJ", "DP", "Centre financier", "Domaine fonctionnel", "Activité", "Montant", "Décision",
    "Versement", "Bénéficiaire", "SIRET", "IBAN", "Titulaire", "À payer avant le",
)  # fmt: skip


class CannotPay(Refusal):
    """Something stands in the way of the payment: said whole."""


class SecondPersonNeeded(NotAllowed):
    """Whoever asked for other bank details does not release them."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Bank details, already checked."""

    iban: str
    holder: str


@transaction.atomic
def ask_payment(*, decision: Decision, plan: "Plan", by: Actor, at: datetime) -> GrantPayment:
    """
    Ask for what comes next, the advance, the balance or all of it, and count the legal delay.

    Raises: CannotPay, MoveRefused when it was just asked for, BadAmount.
    """
    kind = queries.next_kind(decision)
    if kind is None:
        raise CannotPay(_("Rien ne reste à demander sur cette subvention."))
    if blocked := queries.obstacles(decision):
        raise CannotPay(blocked[0])
    application, cents = decision.application, queries.amount_of(decision, kind)
    one = GrantPayment(
        decision=decision,
        kind=kind,
        amount_cents=cents,
        iban=application.iban,
        account_holder=application.account_holder or application.organisation.name,
        asked_at=at,
    )
    try:
        with transaction.atomic():
            one.save(force_insert=True)
    except IntegrityError:
        raise MoveRefused(_("Ce versement vient d’être demandé : rechargez la page.")) from None
    _cover(decision, kind, cents, by, at)
    counted = timezone.localdate(decision.notified_at or decision.decided_at)
    one.payment = budget.request_payment(
        commitment=decision.commitment,
        amount_cents=cents,
        counted_from=counted,
        plan=plan,
        invoice=decision.number,
        by=by,
        at=at,
    )
    one.due_on = one.payment.due_on
    one.save(update_fields=["payment", "due_on"])
    facts = {"amount_cents": cents, "decision": str(decision.pk)}
    journal.record(verb="grants.payment_asked", subject=one, by=by, at=at, facts=facts)
    return one


def _cover(decision: Decision, kind: str, cents: int, by: Actor, at: datetime) -> None:
    """An advance may be paid before anything is done; the rest is owed by the decision itself."""
    if kind == PaymentKind.ADVANCE:
        budget.grant_advance(
            commitment=decision.commitment,
            amount_cents=cents,
            document=decision.number,
            by=by,
            at=at,
        )
        return
    budget.certify(
        commitment=decision.commitment,
        amount_cents=cents,
        document=decision.number,
        document_kind=Document.DECISION,
        by=by,
        at=at,
    )


@transaction.atomic
def cancel(*, payment: GrantPayment, by: Actor, at: datetime) -> GrantPayment:
    """Take back a request that has not left. Raises MoveRefused."""
    refusal = _("Ce versement est parti ou annulé : il ne s’annule plus ici.")
    moves = {GrantPaymentState.PREPARED: frozenset({GrantPaymentState.CANCELLED})}
    states.move(row=payment, to=GrantPaymentState.CANCELLED, moves=moves, refusal=refusal)
    decision, cents = payment.decision, payment.amount_cents
    budget.cancel_payment(request=payment.payment, by=by, at=at)
    undo = budget.take_back_advance if payment.kind == PaymentKind.ADVANCE else budget.uncertify
    undo(
        commitment=decision.commitment,
        amount_cents=cents,
        document=decision.number,
        reason=_("Demande de versement annulée avant son départ."),
        by=by,
        at=at,
    )
    journal.record(verb="grants.payment_cancelled", subject=payment, by=by, at=at)
    return payment


# --- Leaving


@transaction.atomic
def send(
    *,
    payments: Sequence[GrantPayment],
    payer: "Organisation",
    account: sepa.Account | None,
    by: Actor,
    at: datetime,
) -> PaymentFile:
    """
    One file with these payments, for the State's accountant or for the payer's bank.

    Args:
        account: the payer's, when it is not the State; the platform never pays for the State.
    Raises: CannotPay, MoveRefused, NotATransferFile; then nothing has left.
    """
    if not payments:
        raise CannotPay(_("Aucun versement à transmettre : cochez-en au moins un."))
    channels = {queries.channel_of(one.decision.commitment.envelope) for one in payments}
    if len(channels) > 1:
        raise CannotPay(_("Crédits de l’État et autre argent partent dans deux fichiers."))
    (channel,) = channels
    changing = deciding.changing_accounts([one.decision.application_id for one in payments])
    for one in payments:
        _check_leaves(one, payer, changing)
    number = drawn_number("F")
    if channel == Channel.CHORUS:
        content = _chorus(payments)
    elif account is None:
        raise CannotPay(_("Donnez l’IBAN du compte qui paie."))
    else:
        content = _bank(payments, account, number, at)
    made = PaymentFile.objects.create(
        number=number,
        payer=payer,
        channel=channel,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        payments=len(payments),
        amount_cents=sum(one.amount_cents for one in payments),
        made_at=at,
    )
    rows = GrantPayment.objects.filter(
        pk__in=[one.pk for one in payments], state=GrantPaymentState.PREPARED
    )
    if rows.update(state=GrantPaymentState.SENT, file=made) != len(payments):
        raise MoveRefused(_("Un de ces versements vient de partir : rechargez la page."))
    facts = {"payments": len(payments), "amount_cents": made.amount_cents, "digest": made.digest}
    journal.record(verb="grants.payments_sent", subject=made, by=by, at=at, facts=facts)
    return made


def _check_leaves(one: GrantPayment, payer: "Organisation", changing: set[UUID]) -> None:
    if one.decision.commitment.envelope.holder_id != payer.pk:
        raise CannotPay(_("On ne transmet que les versements de ses propres crédits."))
    if one.decision.application_id in changing:
        raise CannotPay(
            _(
                "Demande %(number)s : ses coordonnées bancaires changent ; une seconde personne"
                " doit d’abord lever ce changement."
            )
            % {"number": one.decision.application.number}
        )


def _chorus(payments: Sequence[GrantPayment]) -> bytes:
    askers = [one.decision.application.organisation_id for one in payments]
    sirets = partners.values_of(askers, Scheme.SIRET)
    return write_csv(CHORUS, [_chorus_line(one, sirets) for one in payments])


def _chorus_line(one: GrantPayment, sirets: dict[UUID, str]) -> list[str]:
    commitment, asker = one.decision.commitment, one.decision.application.organisation
    return [
        commitment.ej_number,
        one.payment.dp_number if one.payment else "",
        commitment.cost_center,
        commitment.functional_domain,
        commitment.activity_code,
        f"{one.amount_cents // 100},{one.amount_cents % 100:02d}",
        one.decision.number,
        str(one.get_kind_display()),
        asker.name,
        sirets.get(asker.pk, ""),
        one.iban,
        one.account_holder,
        f"{one.due_on:%d/%m/%Y}" if one.due_on else "",
    ]


def _bank(
    payments: Sequence[GrantPayment], account: sepa.Account, number: str, at: datetime
) -> bytes:
    return sepa.transfers_file(
        payer=account,
        transfers=[
            sepa.Transfer(
                to=sepa.Account(one.account_holder, one.iban),
                amount_cents=one.amount_cents,
                reference=f"{one.decision.number}-{one.kind[0]}",
                label=f"Subvention {one.decision.number}",
            )
            for one in payments
        ],
        message=number,
        pay_on=timezone.localdate(at) + timedelta(days=1),
        at=timezone.localtime(at),
    )


# --- Coming back


@transaction.atomic
def note_paid(*, payment: GrantPayment, paid_on: date, by: Actor, at: datetime) -> GrantPayment:
    """The payer's bank did it. Raises MoveRefused, PaymentCreditsTooSmall."""
    if payment.payment is None or payment.payment.state != PaymentState.REQUESTED:
        raise MoveRefused(_("Ce versement n’attend plus de paiement."))
    budget.record_payment(
        request=payment.payment, paid_on=paid_on, document=payment.decision.number, by=by, at=at
    )
    return _paid(payment, by, at)


def settle(*, by: Actor, at: datetime) -> int:
    """Follow what the reconciliation with the accountant noted as paid; return how many."""
    found = queries.settled_elsewhere()
    for one in found:
        with transaction.atomic():
            _paid(one, by, at)
    return len(found)


def _paid(payment: GrantPayment, by: Actor, at: datetime) -> GrantPayment:
    refusal = _("Ce versement n’attend plus de paiement.")
    # The accountant may pay before anybody here noted that the file had left.
    moves = {
        state: frozenset({GrantPaymentState.PAID})
        for state in (GrantPaymentState.PREPARED, GrantPaymentState.SENT)
    }
    states.move(row=payment, to=GrantPaymentState.PAID, moves=moves, refusal=refusal, paid_at=at)
    _tell(payment, "grant_paid", by, at)
    journal.record(verb="grants.paid", subject=payment, by=by, at=at)
    return payment


@transaction.atomic
def note_returned(*, payment: GrantPayment, reason: str, by: Actor, at: datetime) -> GrantPayment:
    """
    The bank sent the money back: the association is asked for its details again.

    Raises: MoveRefused, BadAmount without a reason.
    """
    reason = reason.strip()
    was_paid = payment.payment is not None and payment.payment.state == PaymentState.PAID
    if was_paid:
        budget.send_back(request=payment.payment, reason=reason, by=by, at=at)
    elif not reason:
        raise CannotPay(_("Dites ce que la banque a répondu."))
    refusal = _("Seul un versement parti peut être rejeté par la banque.")
    states.move(
        row=payment,
        to=GrantPaymentState.RETURNED,
        moves=GRANT_PAYMENT_MOVES,
        refusal=refusal,
        reason=reason[:300],
        paid_at=None,
    )
    _tell(payment, "grant_returned", by, at)
    journal.record(verb="grants.payment_returned", subject=payment, by=by, at=at)
    return payment


def _tell(payment: GrantPayment, template: str, by: Actor, at: datetime) -> None:
    application = payment.decision.application
    to = application.representative_email or application.organisation.email
    if to:
        context = {"number": application.number, "decision": payment.decision.number}
        gateways.post(to=to, template=template, context=context, language="fr", by=by, at=at)


@transaction.atomic
def retry(*, payment: GrantPayment, by: Actor, at: datetime) -> GrantPayment:
    """Same account, once more: the bank's refusal was not about it. Raises MoveRefused."""
    refusal = _("Ce versement n’a pas été rejeté par la banque.")
    moves = {GrantPaymentState.RETURNED: GRANT_PAYMENT_MOVES[GrantPaymentState.RETURNED]}
    states.move(
        row=payment, to=GrantPaymentState.PREPARED, moves=moves, refusal=refusal, file=None
    )
    journal.record(verb="grants.payment_retried", subject=payment, by=by, at=at)
    return payment


# --- Other bank details


@transaction.atomic
def ask_bank_change(
    *, application: Application, account: NewAccount, reason: str, by: "User", at: datetime
) -> BankChange:
    """Held until a second person releases it: nothing leaves meanwhile. Raises CannotPay."""
    if len(reason.strip()) < 10:
        raise CannotPay(_("Dites pourquoi le compte change, en une phrase."))
    if account.iban == application.iban and account.holder == application.account_holder:
        raise CannotPay(_("C’est le compte déjà enregistré : il n’y a rien à changer."))
    try:
        with transaction.atomic():
            change = BankChange.objects.create(
                application=application,
                iban=account.iban,
                account_holder=account.holder,
                reason=reason.strip()[:300],
                asked_by_id=by.pk,
                asked_at=at,
            )
    except IntegrityError:
        raise MoveRefused(
            _("Un changement de compte attend déjà : il doit être levé ou refusé d’abord.")
        ) from None
    journal.record(verb="grants.bank_change_asked", subject=change, by=by, at=at)
    return change


@transaction.atomic
def release_bank_change(*, change: BankChange, by: "User", at: datetime) -> BankChange:
    """A second person checked it with the association: it is used from now on."""
    if by.pk == change.asked_by_id:
        raise SecondPersonNeeded(
            _("Vous avez demandé ce changement : une autre personne doit le lever.")
        )
    _end(change, by, at, released=True)
    application = change.application
    Application.objects.filter(pk=application.pk).update(
        iban=change.iban, account_holder=change.account_holder
    )
    waiting = GrantPayment.objects.filter(
        decision__application=application,
        state__in=(GrantPaymentState.PREPARED, GrantPaymentState.RETURNED),
    )
    waiting.update(
        iban=change.iban,
        account_holder=change.account_holder,
        state=GrantPaymentState.PREPARED,
        file=None,
    )
    journal.record(verb="grants.bank_change_released", subject=change, by=by, at=at)
    return change


@transaction.atomic
def refuse_bank_change(*, change: BankChange, by: "User", at: datetime) -> BankChange:
    """The details stay what they were. Raises MoveRefused."""
    _end(change, by, at, released=False)
    journal.record(verb="grants.bank_change_refused", subject=change, by=by, at=at)
    return change


def _end(change: BankChange, by: "User", at: datetime, *, released: bool) -> None:
    rows = BankChange.objects.filter(pk=change.pk, ended_at__isnull=True)
    if not rows.update(ended_at=at, released_by_id=by.pk if released else None):
        raise MoveRefused(_("Ce changement de compte n’attend plus."))


def remind(*, by: Actor, at: datetime) -> int:
    """Once for each: the authority whose legal day of payment comes or has passed."""
    day = timezone.localdate(at) + timedelta(days=REMIND_DAYS)
    found = queries.due_before(day)
    for one in found:
        with transaction.atomic():
            rows = GrantPayment.objects.filter(pk=one.pk, reminded_at__isnull=True)
            authority = one.decision.application.authority
            if rows.update(reminded_at=at) and authority.email:
                context = {
                    "number": one.decision.application.number,
                    "due_on": f"{one.due_on:%d/%m/%Y}",
                }
                gateways.post(
                    to=authority.email, template="grant_late", context=context, language="fr",
                    by=by, at=at,
                )  # fmt: skip
    return len(found)
