"""What comes back, what breaks, what is lost: never a charge, always a trace."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.equipment import operations as equipment
from traitdunion.equipment import queries as register
from traitdunion.equipment.states import Move, State
from traitdunion.journal import operations as journal
from traitdunion.lending import queries
from traitdunion.lending.models import Incident, Loan
from traitdunion.lending.states import (
    AGREEMENT_MOVES,
    AgreementState,
    Condition,
    EndReason,
    IncidentKind,
)

if TYPE_CHECKING:
    from traitdunion.equipment.models import Device
    from traitdunion.partners.models import Organisation


class ComplaintMissing(Refusal):
    """A theft is declared with the number of its complaint."""

    status = 400


GONE = {
    IncidentKind.LOST: (State.LOST, Move.LOST, EndReason.LOST),
    IncidentKind.STOLEN: (State.STOLEN, Move.STOLEN, EndReason.STOLEN),
}


@transaction.atomic
def give_back(
    *, serial: str, relay: "Organisation", condition: str, by: Actor, at: datetime
) -> Loan:
    """
    Take a device back at the relay that lent it. Raises NoSuchDevice, NoSuchLoan, AlreadyHeld.
    """
    device = register.device(serial)
    loan = queries.loan_at(device.pk, relay.pk)
    _end(loan, EndReason.RETURNED, at)
    equipment.move(
        device=device,
        to=equipment.Place(organisation_id=relay.pk),
        state=State.IN_STOCK,
        as_move=Move.RETURNED,
        document=loan.agreement.number,
        by=by,
        at=at,
    )
    if condition == Condition.BROKEN:
        _repair(device, relay, loan, by, at)
    _close_agreement(loan)
    facts = {"condition": condition, "agreement": loan.agreement.number}
    journal.record(verb="lending.returned", subject=loan, by=by, at=at, facts=facts)
    return loan


def _end(loan: Loan, reason: str, at: datetime) -> None:
    open_loan = Loan.objects.filter(pk=loan.pk, ended_at__isnull=True)
    if not open_loan.update(ended_at=at, end_reason=reason):
        raise MoveRefused(_("Ce prêt est déjà clos."))


def _close_agreement(loan: Loan) -> None:
    """An agreement ends with the last of its devices."""
    if Loan.objects.filter(agreement=loan.agreement_id, ended_at__isnull=True).exists():
        return
    refusal = _("Cette convention est déjà close.")
    states.move(
        row=loan.agreement, to=AgreementState.ENDED, moves=AGREEMENT_MOVES, refusal=refusal
    )


def _repair(
    device: "Device", relay: "Organisation", loan: Loan | None, by: Actor, at: datetime
) -> Incident:
    equipment.move(
        device=device,
        to=equipment.Place(organisation_id=relay.pk),
        state=State.IN_REPAIR,
        as_move=Move.TO_REPAIR,
        document="",
        by=by,
        at=at,
    )
    return _incident(device, relay, loan, IncidentKind.BROKEN, "", by, at)


def _incident(
    device: "Device",
    relay: "Organisation",
    loan: Loan | None,
    kind: str,
    complaint_number: str,
    by: Actor,
    at: datetime,
) -> Incident:
    incident = Incident.objects.create(
        device=device,
        loan=loan,
        relay=relay,
        kind=kind,
        declared_at=at,
        complaint_number=complaint_number,
    )
    facts = {"kind": kind, "device": str(device.pk)}
    journal.record(verb="lending.incident", subject=incident, by=by, at=at, facts=facts)
    return incident


@transaction.atomic
def declare_incident(
    *,
    serial: str,
    relay: "Organisation",
    kind: str,
    complaint_number: str,
    by: Actor,
    at: datetime,
) -> Incident:
    """
    Report a breakage, a loss or a theft, on loan or in stock.

    Raises: ComplaintMissing for a theft without its number, NoSuchDevice, NoSuchLoan, AlreadyHeld.
    """
    if kind == IncidentKind.STOLEN and not complaint_number.strip():
        raise ComplaintMissing(
            _("Un vol se déclare avec le numéro du dépôt de plainte, ou comme une perte d’abord.")
        )
    device = register.device(serial)
    loan = queries.open_loan_of(device.pk)
    if loan is None and device.holder_organisation_id != relay.pk:
        raise queries.NoSuchLoan(_("Cet appareil n’est pas celui de votre organisation."))
    if loan is not None and loan.agreement.relay_id != relay.pk:
        raise queries.NoSuchLoan(_("Cet appareil n’est pas prêté par votre organisation."))
    if kind == IncidentKind.BROKEN:
        if loan is not None:
            _end(loan, EndReason.RETURNED, at)
            _close_agreement(loan)
        return _repair(device, relay, loan, by, at)
    state, as_move, reason = GONE[IncidentKind(kind)]
    if loan is not None:
        _end(loan, reason, at)
        _close_agreement(loan)
    equipment.move(
        device=device,
        to=equipment.NO_PLACE,
        state=state,
        as_move=as_move,
        document=complaint_number,
        by=by,
        at=at,
    )
    return _incident(device, relay, loan, kind, complaint_number.strip(), by, at)


@transaction.atomic
def close_incident(*, incident: Incident, by: Actor, at: datetime) -> Incident:
    """The device is back in stock: repaired, or found. Raises MoveRefused, AlreadyHeld."""
    if not Incident.objects.filter(pk=incident.pk, closed_at__isnull=True).update(closed_at=at):
        raise MoveRefused(_("Cet incident est déjà clos."))
    found = incident.kind != IncidentKind.BROKEN
    equipment.move(
        device=incident.device,
        to=equipment.Place(organisation_id=incident.relay_id),
        state=State.IN_STOCK,
        as_move=Move.FOUND if found else Move.REPAIRED,
        document="",
        by=by,
        at=at,
    )
    journal.record(verb="lending.incident_closed", subject=incident, by=by, at=at)
    return incident


@transaction.atomic
def replace(
    *, serial: str, by_serial: str, relay: "Organisation", by: Actor, at: datetime
) -> Loan:
    """
    Swap a broken device for a good one under the same agreement: new serial, same loan.

    Raises: NoSuchDevice, NoSuchLoan, AlreadyHeld, MoveRefused when the other is not in stock.
    """
    broken, good = register.device(serial), register.device(by_serial)
    loan = queries.loan_at(broken.pk, relay.pk)
    agreement = loan.agreement
    if good.kind != broken.kind:
        raise MoveRefused(_("On remplace un appareil par un autre de même sorte."))
    if good.state != State.IN_STOCK or good.holder_organisation_id != relay.pk:
        raise MoveRefused(
            _("L’appareil %(serial)s n’est pas dans votre stock.") % {"serial": good.serial}
        )
    _end(loan, EndReason.REPLACED, at)
    _repair(broken, relay, loan, by, at)
    equipment.move(
        device=good,
        to=equipment.Place(
            organisation_id=agreement.organisation_id, person_id=agreement.person_id
        ),
        state=State.LENT,
        as_move=Move.LENT,
        document=agreement.number,
        by=by,
        at=at,
    )
    fresh = Loan.objects.create(
        agreement=agreement, device=good, started_at=at, due_on=loan.due_on
    )
    facts = {"replaces": str(loan.pk)}
    journal.record(verb="lending.replaced", subject=fresh, by=by, at=at, facts=facts)
    return fresh


@transaction.atomic
def extend(*, loan: Loan, due_on: date, by: Actor, at: datetime) -> Loan:
    """Let a family keep a device longer. Raises MoveRefused on a loan that is over."""
    if due_on <= loan.due_on:
        raise MoveRefused(_("La nouvelle date doit être après l’ancienne."))
    if not Loan.objects.filter(pk=loan.pk, ended_at__isnull=True).update(due_on=due_on):
        raise MoveRefused(_("Ce prêt est déjà clos."))
    facts = {"due_on": due_on.isoformat()}
    journal.record(verb="lending.extended", subject=loan, by=by, at=at, facts=facts)
    return loan
