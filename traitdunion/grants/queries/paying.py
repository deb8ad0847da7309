"""The money of a grant: what may be asked for, what stands in its way, where it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.budget.states import PaymentState, Regime
from traitdunion.grants import papers
from traitdunion.grants.models import BankChange, Decision, GrantPayment, Letter, PaymentFile
from traitdunion.grants.queries import deciding
from traitdunion.grants.states import (
    Channel,
    DecisionForm,
    GrantPaymentState,
    Outcome,
    PaymentKind,
)
from traitdunion.partners import queries as partners

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope
    from traitdunion.partners.queries import Seat
    from traitdunion.programme.schema import Plan


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a grant on its way to the account, done or expected."""

    label: str
    on: date | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What an applicant sees: the steps, and the latest legal day of payment."""

    stages: tuple[Stage, ...]
    due_on: date | None
    rule: str = ""


def channel_of(envelope: "Envelope") -> str:
    """The State’s accountant for its credits; a bank for anybody else’s money."""
    return Channel.CHORUS if envelope.regime == Regime.STATE else Channel.BANK


def payments_of(decision: Decision) -> list[GrantPayment]:
    rows = GrantPayment.objects.filter(decision=decision).select_related("payment", "file")
    return list(rows.order_by("asked_at", "pk"))


def next_kind(decision: Decision) -> str | None:
    """What may be asked for next; None when all of it was."""
    if decision.outcome != Outcome.ACCEPTED or decision.withdrawn_at:
        return None
    rows = GrantPayment.objects.filter(decision=decision).exclude(
        state=GrantPaymentState.CANCELLED
    )
    asked = set(rows.order_by().values_list("kind", flat=True))
    if not 0 < decision.advance_cents < decision.amount_cents:
        return None if asked else PaymentKind.WHOLE
    if PaymentKind.ADVANCE not in asked:
        return PaymentKind.ADVANCE
    return None if PaymentKind.BALANCE in asked else PaymentKind.BALANCE


def amount_of(decision: Decision, kind: str) -> int:
    if kind == PaymentKind.ADVANCE:
        return decision.advance_cents
    if kind == PaymentKind.BALANCE:
        return decision.amount_cents - decision.advance_cents
    return decision.amount_cents


def obstacles(decision: Decision) -> list[str]:
    """Why no payment may be asked for now, in sentences."""
    application, found = decision.application, []
    if not partners.numbered([application.organisation_id], deciding.PAYABLE):
        found.append(
            _(
                "L’association n’a pas de SIRET : le comptable ne peut pas la payer. Elle"
                " l’obtient gratuitement sur lecompteasso.associations.gouv.fr."
            )
        )
    if not application.iban:
        found.append(_("L’IBAN de l’association manque : demandez-le-lui."))
    if deciding.bank_change_waiting(application):
        found.append(
            _("Un changement de coordonnées bancaires attend qu’une seconde personne le lève.")
        )
    if decision.form == DecisionForm.AGREEMENT and not is_signed(decision):
        found.append(_("La convention signée par l’association n’est pas revenue."))
    return found


def is_signed(decision: Decision) -> bool:
    return Letter.objects.filter(decision=decision, signed_at__isnull=False).exists()


def payments_seen_by(seat: "Seat | None") -> QuerySet[GrantPayment]:
    seen = deciding.decisions_seen_by(seat).order_by().values("pk")
    rows = GrantPayment.objects.filter(decision__in=seen).select_related(
        "decision__application__organisation", "decision__application__authority",
        "decision__commitment__envelope", "payment", "file",
    )  # fmt: skip
    return rows.order_by(F("due_on").asc(nulls_last=True), "asked_at", "pk")


def payment(payment_id: UUID, seat: "Seat | None") -> GrantPayment:
    """Raises NotFound."""
    found = payments_seen_by(seat).filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    return found


def to_send(seat: "Seat | None") -> QuerySet[GrantPayment]:
    """Those of the seat's own organisation that are ready to leave."""
    rows = payments_seen_by(seat).filter(state=GrantPaymentState.PREPARED)
    return rows.filter(decision__application__authority=seat.organisation.pk if seat else None)


def to_ask(seat: "Seat | None") -> list[Decision]:
    """Granted by the seat's organisation, with something left to ask for."""
    rows = deciding.decisions_seen_by(seat).filter(
        outcome=Outcome.ACCEPTED, withdrawn_at__isnull=True,
        application__authority=seat.organisation.pk if seat else None,
    )  # fmt: skip
    left = Q(commitment__requested_cents__lt=F("commitment__amount_cents"))
    return [one for one in rows.filter(left) if next_kind(one)]


def files_of(payer_id: UUID) -> QuerySet[PaymentFile]:
    """Files that left, the latest first, without their bytes."""
    return PaymentFile.objects.filter(payer=payer_id).defer("content").order_by("-made_at", "pk")


def file(file_id: UUID, payer_id: UUID) -> PaymentFile:
    """Raises NotFound, for another payer's as for none."""
    found = PaymentFile.objects.filter(payer=payer_id, pk=file_id).first()
    if found is None:
        raise NotFound
    return found


def changes_waiting(seat: "Seat | None") -> list[BankChange]:
    """Bank details held until a second person of the seat's organisation releases them."""
    rows = BankChange.objects.filter(
        application__authority=seat.organisation.pk if seat else None, ended_at__isnull=True
    )
    return list(rows.select_related("application__organisation").order_by("asked_at", "pk"))


def change(change_id: UUID, seat: "Seat | None") -> BankChange:
    """Raises NotFound."""
    found = next((one for one in changes_waiting(seat) if one.pk == change_id), None)
    if found is None:
        raise NotFound
    return found


def settled_elsewhere() -> list[GrantPayment]:
    """Noted as paid by the reconciliation with the accountant, and not told yet."""
    rows = GrantPayment.objects.filter(
        state__in=(GrantPaymentState.PREPARED, GrantPaymentState.SENT),
        payment__state=PaymentState.PAID,
    )
    rows = rows.select_related("payment", "decision__application__organisation")
    return list(rows.order_by("asked_at", "pk"))


def due_before(day: date) -> list[GrantPayment]:
    """Not paid, with a legal day that comes or has passed, of which nobody was reminded."""
    rows = GrantPayment.objects.filter(
        state__in=(GrantPaymentState.PREPARED, GrantPaymentState.SENT),
        due_on__lte=day,
        reminded_at__isnull=True,
    ).exclude(payment__state=PaymentState.PAID)
    rows = rows.select_related("decision__application__authority")
    return list(rows.order_by("due_on", "pk"))


def progress(decision: Decision, plan: "Plan", at: datetime) -> Progress:
    """Where the money is, for whoever waits for it."""
    notified = timezone.localdate(decision.notified_at or decision.decided_at)
    rule = plan.payment_rule("grants", notified)
    stages = [
        Stage(_("Décision"), timezone.localdate(decision.decided_at), True),
        Stage(_("Lettre envoyée"), _day(decision.notified_at), decision.notified_at is not None),
    ]
    for one in payments_of(decision):
        stages += _stages(one)
    if kind := next_kind(decision):
        label = _("À demander : %(kind)s") % {"kind": PaymentKind(kind).label}
        stages.append(Stage(label))
    dues = [one.due_on for one in payments_of(decision) if one.due_on]
    due = max(dues, default=papers.pay_before(plan, notified))
    return Progress(tuple(stages), due, rule.title if rule else "")


def _stages(one: GrantPayment) -> list[Stage]:
    kind = one.get_kind_display()
    if one.state == GrantPaymentState.CANCELLED:
        return [Stage(_("%(kind)s : demande annulée") % {"kind": kind})]
    found = [Stage(_("%(kind)s : demande de paiement") % {"kind": kind}, _day(one.asked_at), True)]
    sent = one.file.made_at if one.file else None
    found.append(Stage(_("Transmise à qui paie"), _day(sent), sent is not None))
    if one.state == GrantPaymentState.RETURNED:
        return [*found, Stage(_("Rejetée par la banque : %(why)s") % {"why": one.reason})]
    paid_on = one.payment.paid_on if one.payment else None
    return [*found, Stage(_("Sur le compte"), paid_on, paid_on is not None)]


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None
