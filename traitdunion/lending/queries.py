"""Reading agreements, loans, what is missing and what is late."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from traitdunion.allocation.states import AwardState
from traitdunion.base.errors import NotFound
from traitdunion.base.identifiers import squeezed
from traitdunion.documents.ordering import class_order
from traitdunion.equipment.states import State
from traitdunion.lending.models import Agreement, Incident, Loan, Transfer, TransferLine
from traitdunion.lending.states import (
    LENT,
    TO_HAND_OVER,
    AgreementState,
    TransferState,
)
from traitdunion.partners import queries as partners

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


class NoSuchAgreement(NotFound):
    """No agreement under that number, for this relay."""


class NoSuchLoan(NotFound):
    """That device is not on loan from this relay."""


def agreements_seen_by(seat: "Seat | None") -> QuerySet[Agreement]:
    if seat is None:
        return Agreement.objects.none()
    rows = Agreement.objects.filter(partners.within(seat, "relay__"))
    return rows.select_related("relay", "award__need", "organisation").order_by("number")


def agreement(number: str, relay_id: UUID) -> Agreement:
    """The agreement of that number, as typed or scanned. Raises NoSuchAgreement."""
    # On the way of every hand-over: no more columns than it needs.
    rows = Agreement.objects.select_related("award", "person").order_by("number")
    found = rows.filter(number=squeezed(number), relay=relay_id).first()
    if found is None:
        raise NoSuchAgreement(
            _("Aucune convention « %(number)s » dans votre organisation : rescannez le code.")
            % {"number": number[:30]}
        )
    return found


def waiting(relay_id: UUID) -> QuerySet[Agreement]:
    """What a relay may hand over: an award that lapsed takes its agreement off the list."""
    holds = Q(award__isnull=True) | Q(award__state=AwardState.AWARDED)
    return Agreement.objects.filter(holds, relay=relay_id, state__in=TO_HAND_OVER)


def to_hand_over(relay_id: UUID) -> list[Agreement]:
    """Agreements that wait for a borrower and whose award still holds, in the order of classes."""
    rows = waiting(relay_id)
    rows = rows.select_related("award__need", "person", "relay", "organisation")
    return sorted(rows.order_by("number"), key=lambda one: class_order(_class_of(one)))


def _class_of(one: Agreement) -> str:
    return one.award.need.school_class if one.award else ""


def signatures_missing(relay_id: UUID) -> list[Agreement]:
    """Handed over, signature to come: they stay here until it is there."""
    rows = Agreement.objects.filter(relay=relay_id, state=AgreementState.TO_SIGN)
    return list(rows.select_related("award__need").order_by("prepared_at", "number"))


def household_agreements(one: Agreement) -> list[Agreement]:
    """
    The other agreements of the same household that wait at the same relay: one visit serves all.
    """
    if one.person is None or one.person.household_id is None:
        return []
    rows = waiting(one.relay_id).filter(person__household=one.person.household_id)
    rows = rows.exclude(pk=one.pk)
    return list(rows.select_related("award__need", "person").order_by("number"))


def loans_seen_by(seat: "Seat | None") -> QuerySet[Loan]:
    if seat is None:
        return Loan.objects.none()
    rows = Loan.objects.filter(partners.within(seat, "agreement__relay__"))
    rows = rows.select_related("agreement__relay", "agreement__award__need", "device")
    return rows.order_by("-started_at", "pk")


def open_loan_of(device_id: UUID) -> Loan | None:
    rows = Loan.objects.filter(device=device_id, ended_at__isnull=True)
    return rows.select_related("agreement__relay", "device").first()


def loan_at(device_id: UUID, relay_id: UUID) -> Loan:
    """The open loan of that device at that relay. Raises NoSuchLoan."""
    found = open_loan_of(device_id)
    if found is None or found.agreement.relay_id != relay_id:
        raise NoSuchLoan(_("Cet appareil n’est pas prêté par votre organisation."))
    return found


def loans_of(agreement: Agreement) -> list[Loan]:
    rows = Loan.objects.filter(agreement=agreement).select_related("device")
    return list(rows.order_by("started_at", "pk"))


def late_loans(seat: "Seat | None", on: date) -> QuerySet[Loan]:
    """Loans past their date, which never leave this list by being forgotten."""
    return loans_seen_by(seat).filter(ended_at__isnull=True, due_on__lt=on)


def incidents_seen_by(seat: "Seat | None") -> QuerySet[Incident]:
    if seat is None:
        return Incident.objects.none()
    rows = Incident.objects.filter(partners.within(seat, "relay__"))
    return rows.select_related("device", "relay").order_by("-declared_at", "pk")


def open_incidents(relay_id: UUID) -> QuerySet[Incident]:
    """What broke, was lost or stolen at a relay, and is not closed."""
    rows = Incident.objects.filter(relay=relay_id, closed_at__isnull=True)
    return rows.select_related("device", "relay").order_by("-declared_at", "pk")


def transfers_seen_by(seat: "Seat | None") -> QuerySet[Transfer]:
    if seat is None:
        return Transfer.objects.none()
    rows = Transfer.objects.select_related("sender", "receiver").order_by("-sent_at", "pk")
    if seat.perimeter.everything:
        return rows
    return rows.filter(partners.within(seat, "sender__") | partners.within(seat, "receiver__"))


def transfers_to_receive(organisation_id: UUID) -> list[Transfer]:
    rows = Transfer.objects.filter(receiver=organisation_id, state=TransferState.SENT)
    return list(rows.select_related("sender").order_by("sent_at", "pk"))


def transfer_lines(transfer: Transfer) -> list[TransferLine]:
    rows = TransferLine.objects.filter(transfer=transfer).select_related("device")
    return list(rows.order_by("device__serial"))


def open_loans() -> QuerySet[Loan]:
    """Everything now on loan, the latest first."""
    rows = Loan.objects.filter(ended_at__isnull=True)
    rows = rows.select_related("agreement__relay", "agreement__award__need__neighbourhood")
    return rows.select_related("agreement__organisation", "device").order_by("-started_at", "pk")


def check() -> Iterator[tuple[str, str, str]]:
    """Loans that the register does not confirm, and lent devices without a loan."""
    open_loans = Loan.objects.filter(ended_at__isnull=True).select_related("device", "agreement")
    for loan in open_loans.order_by("pk").iterator(chunk_size=2_000):
        held = (loan.device.holder_person_id, loan.device.holder_organisation_id)
        wanted = (loan.agreement.person_id, loan.agreement.organisation_id)
        if loan.device.state != State.LENT or held != wanted:
            yield "lending_loan", str(loan.pk), "its device is not with its borrower"
    wrong = Agreement.objects.filter(state__in=LENT).exclude(
        pk__in=Loan.objects.values("agreement")
    )
    for one in wrong.order_by("pk"):
        yield "lending_agreement", str(one.pk), "signed, but nothing was lent"


def counts(relay_id: UUID) -> dict[str, int]:
    """What a relay's day holds."""
    to_sign = Agreement.objects.filter(relay=relay_id, state=AgreementState.TO_SIGN)
    return {
        "to_hand_over": waiting(relay_id).count(),
        "to_sign": to_sign.count(),
        "to_receive": len(transfers_to_receive(relay_id)),
    }


def open_loans_of(relay_id: UUID) -> list[Loan]:
    """What a relay has lent and not taken back, the oldest first."""
    rows = Loan.objects.filter(agreement__relay=relay_id, ended_at__isnull=True)
    return list(rows.select_related("device", "agreement").order_by("started_at", "pk"))


def loan_count() -> int:
    return Loan.objects.count()
