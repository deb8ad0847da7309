"""The gate, twenty minutes: scan the agreement, scan the tablet, next."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.allocation import operations as allocation
from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.equipment import operations as equipment
from traitdunion.equipment import queries as register
from traitdunion.equipment.states import Move, State
from traitdunion.journal import operations as journal
from traitdunion.lending.models import Agreement, Loan
from traitdunion.lending.states import AGREEMENT_MOVES, AgreementState, Signature

if TYPE_CHECKING:
    from traitdunion.equipment.models import Device

# What each kind of agreement may put in the hands of its borrower.
FITTING = {"tablet": {"tablet"}, "key_4g": {"key_4g"}, "both": {"tablet", "key_4g"}}


class NotInStock(Refusal):
    """The device is not in this relay's stock."""


class KindMismatch(Refusal):
    """The device is not what the agreement lends."""


@transaction.atomic
def hand_over(
    *,
    agreement: Agreement,
    serials: Sequence[str],
    signature: str,
    signed_on: date | None,
    by: Actor,
    at: datetime,
    device_time: datetime | None = None,
) -> list[Loan]:
    """
    Put devices in the hands of an agreement's borrower.

    Args:
        serials: as typed or scanned; one device of each kind that the agreement lends.
        signature: `Signature`, of one adult; ``later``, or a second one that the programme asks
            for, stays on the relay's list until it is there.
        device_time: what the phone's clock said, kept beside the hour of the server.
    Raises: NoSuchDevice, NotInStock, KindMismatch, AlreadyHeld, MoveRefused; nothing is half done.
    """
    devices = [_in_hand(serial, agreement) for serial in dict.fromkeys(serials)]
    _check_kinds(agreement, devices)
    given = int(signature in {Signature.PAPER, Signature.SCREEN})
    missing = agreement.signatures_required > given
    waits = signature == Signature.LATER or (given > 0 and missing)
    try:
        states.move(
            row=agreement,
            to=AgreementState.TO_SIGN if waits else AgreementState.SIGNED,
            moves=AGREEMENT_MOVES,
            refusal=_("La convention %(number)s est déjà remise ou close.")
            % {"number": agreement.number},
            signature=signature,
            signatures_given=given,
            signed_on=None if waits else signed_on or at.date(),
        )
    except MoveRefused:
        # Of two hands on the same agreement and the same device, the second is told first that the
        # device is gone.
        _check_in_hand(serials, agreement)
        raise
    loans = [_lend(agreement, device, by, at, device_time) for device in devices]
    if agreement.award:
        allocation.mark_handed_over(award=agreement.award, by=by, at=at)
    facts = {"signature": signature, "devices": len(devices)}
    journal.record(verb="lending.handed_over", subject=agreement, by=by, at=at, facts=facts)
    return loans


@transaction.atomic
def complete(
    *,
    agreement: Agreement,
    serial: str,
    by: Actor,
    at: datetime,
    device_time: datetime | None = None,
) -> Loan:
    """
    The other half of an agreement that lends a tablet and a key: it is signed already.

    Raises: NoSuchDevice, NotInStock, KindMismatch, AlreadyHeld.
    """
    Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    device = _in_hand(serial, agreement)
    lent = Loan.objects.filter(agreement=agreement, ended_at__isnull=True)
    if device.kind in set(lent.order_by("pk").values_list("device__kind", flat=True)):
        raise KindMismatch(_("Un seul appareil de chaque sorte par enfant."))
    loan = _lend(agreement, device, by, at, device_time)
    facts = {"signature": agreement.signature, "devices": 1}
    journal.record(verb="lending.handed_over", subject=agreement, by=by, at=at, facts=facts)
    return loan


def _lend(
    agreement: Agreement, device: "Device", by: Actor, at: datetime, device_time: datetime | None
) -> Loan:
    """One device goes from the stock of the relay to the borrower. Raises AlreadyHeld."""
    equipment.move(
        device=device,
        to=equipment.Place(
            organisation_id=agreement.organisation_id, person_id=agreement.person_id
        ),
        state=State.LENT,
        as_move=Move.LENT,
        document=agreement.number,
        by=by,
        at=at,
        device_time=device_time,
    )
    return Loan.objects.create(
        agreement=agreement, device=device, started_at=at, due_on=agreement.due_back_on
    )


def _in_hand(serial: str, agreement: Agreement) -> "Device":
    """The device of that number in the relay's stock. Raises NoSuchDevice, NotInStock."""
    device = register.device(serial)
    here = device.holder_organisation_id == agreement.relay_id
    if device.state == State.IN_STOCK and here:
        return device
    if device.state == State.IN_STOCK:
        raise NotInStock(
            _("L’appareil %(serial)s est au stock d’un autre lieu : transférez-le d’abord.")
            % {"serial": device.serial}
        )
    raise NotInStock(
        _("L’appareil %(serial)s est « %(state)s » : il ne peut pas être remis.")
        % {"serial": device.serial, "state": State(device.state).label}
    )


def _check_in_hand(serials: Sequence[str], agreement: Agreement) -> None:
    for serial in serials:
        _in_hand(serial, agreement)


def _check_kinds(agreement: Agreement, devices: Sequence["Device"]) -> None:
    kinds = [device.kind for device in devices]
    collective = agreement.organisation_id is not None
    allowed = FITTING[agreement.kind]
    if not devices or not set(kinds) <= allowed:
        raise KindMismatch(
            _("La convention %(number)s prête %(kind)s : scannez l’appareil prévu.")
            % {"number": agreement.number, "kind": _kinds(allowed)}
        )
    if not collective and len(kinds) != len(set(kinds)):
        raise KindMismatch(_("Un seul appareil de chaque sorte par enfant."))


def _kinds(allowed: set[str]) -> str:
    words = {"tablet": _("une tablette"), "key_4g": _("une clé 4G")}
    return _(" et ").join(words[kind] for kind in ("tablet", "key_4g") if kind in allowed)


@transaction.atomic
def record_signature(
    *, agreement: Agreement, signed_on: date, by: Actor, at: datetime
) -> Agreement:
    """
    One signature that was to come is there; the agreement is signed once all are. Raises
    MoveRefused.
    """
    # Two signatures noted at the same instant are two: the row is read when it is ours.
    rows = Agreement.objects.select_for_update(of=("self",)).filter(pk=agreement.pk)
    given = rows.values_list("signatures_given", flat=True).get() + 1
    is_last = given >= agreement.signatures_required
    to = AgreementState.SIGNED if is_last else AgreementState.TO_SIGN
    states.move(
        row=agreement,
        to=to,
        moves={AgreementState.TO_SIGN: frozenset({to})},
        refusal=_("La convention %(number)s n’attend pas de signature.")
        % {"number": agreement.number},
        signature=Signature.PAPER,
        signatures_given=given,
        signed_on=signed_on if is_last else None,
    )
    facts = {"given": given, "required": agreement.signatures_required}
    journal.record(verb="lending.signed", subject=agreement, by=by, at=at, facts=facts)
    return agreement


@transaction.atomic
def record_absence(
    *, agreement: Agreement, seen_again_on: date | None, by: Actor, at: datetime
) -> Agreement:
    """The family did not come: the award waits, with a date. Raises MoveRefused."""
    states.move(
        row=agreement,
        to=AgreementState.ABSENT,
        moves=AGREEMENT_MOVES,
        refusal=_("La convention %(number)s n’est plus à remettre.")
        % {"number": agreement.number},
        seen_again_on=seen_again_on,
    )
    journal.record(verb="lending.absent", subject=agreement, by=by, at=at)
    return agreement


@transaction.atomic
def record_refusal(*, agreement: Agreement, by: Actor, at: datetime) -> Agreement:
    """The family says no: the award goes to the next in the queue. Raises MoveRefused."""
    states.move(
        row=agreement,
        to=AgreementState.REFUSED,
        moves=AGREEMENT_MOVES,
        refusal=_("La convention %(number)s n’est plus à remettre.")
        % {"number": agreement.number},
    )
    if agreement.award:
        allocation.decline(award=agreement.award, by=by, at=at)
    journal.record(verb="lending.refused", subject=agreement, by=by, at=at)
    return agreement
