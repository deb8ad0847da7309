"""Devices enter the register, and move: one conditional UPDATE, then one line of the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import check_iccid, check_imei, check_serial
from traitdunion.equipment import queries
from traitdunion.equipment.models import Custody, Device, SimCard
from traitdunion.equipment.states import MOVES, NOWHERE, Move, State
from traitdunion.journal import operations as journal

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation


class AlreadyHeld(Refusal):
    """Somebody else has the device, or it has just moved."""


class SerialKnown(Refusal):
    """A device of that number is already in the register."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device as a manifest or an inventory gives it."""

    kind: str
    serial: str
    label: str
    imei: str = ""
    iccid: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device goes: an organisation, a person, or nowhere."""

    organisation_id: UUID | None = None
    person_id: UUID | None = None


NO_PLACE = Place()


@transaction.atomic
def register_devices(
    *,
    rows: Sequence[NewDevice],
    owner: "Organisation",
    holder: "Organisation",
    origin: str,
    by: Actor,
    at: datetime,
) -> list[Device]:
    """
    Enter devices in the register, in the hands of ``holder``.

    Args:
        origin: the order's number, or what was bought before the programme.
    Raises: BadIdentifier, SerialKnown naming the number.
    """
    devices = [_new(row, owner, holder, origin, at) for row in rows]
    _check_unknown(devices)
    Device.objects.bulk_create(devices, batch_size=2_000)
    lines = [_first_line(device, holder, origin, by, at) for device in devices]
    Custody.objects.bulk_create(lines, batch_size=2_000)
    _pair_sims(rows, devices)
    journal.record_many(
        verb="equipment.registered",
        subject_kind="equipment.device",
        subjects=[(device.pk, {"origin": origin}) for device in devices],
        by=by,
        at=at,
        rows={line.device_id: (line.told_by, [line]) for line in lines},
    )
    return devices


def _new(
    row: NewDevice, owner: "Organisation", holder: "Organisation", origin: str, at: datetime
) -> Device:
    return Device(
        pk=uuid4(),
        kind=row.kind,
        serial=check_serial(row.serial),
        imei=check_imei(row.imei) if row.imei else None,
        label=row.label,
        owner=owner,
        origin=origin,
        holder_organisation=holder,
        version=1,
        registered_at=at,
    )


def _check_unknown(devices: Sequence[Device]) -> None:
    serials = [device.serial for device in devices]
    twice = queries.known_serials(serials) or {s for s in serials if serials.count(s) > 1}
    if twice:
        raise SerialKnown(
            _("Le numéro de série %(serial)s est déjà au registre.") % {"serial": min(twice)}
        )
    imeis = [device.imei for device in devices if device.imei]
    twice = queries.known_imeis(imeis) or {i for i in imeis if imeis.count(i) > 1}
    if twice:
        raise SerialKnown(_("L’IMEI %(imei)s est déjà au registre.") % {"imei": min(twice)})


def _first_line(
    device: Device, holder: "Organisation", origin: str, by: Actor, at: datetime
) -> Custody:
    return Custody(
        device=device,
        seq=1,
        move=Move.REGISTERED,
        state=State.IN_STOCK,
        to_organisation_id=holder.pk,
        at=at,
        by_kind=by.actor_kind,
        by_id=by.actor_id,
        document=origin[:80],
        told_by=uuid4(),
    )


def _pair_sims(rows: Sequence[NewDevice], devices: Sequence[Device]) -> None:
    sims = [
        SimCard(iccid=check_iccid(row.iccid), device=device)
        for row, device in zip(rows, devices, strict=True)
        if row.iccid
    ]
    SimCard.objects.bulk_create(sims, batch_size=2_000)


@transaction.atomic
def move(
    *,
    device: Device,
    to: Place,
    state: str,
    as_move: str,
    document: str,
    by: Actor,
    at: datetime,
    device_time: datetime | None = None,
) -> Custody:
    """
    Take the device from where it was read to ``to``; of two hands that reach for it, one gets it.

    Args:
        device: as it was read; its version says from which place it is taken.
        state: in which it is there.
    Raises: AlreadyHeld when it moved meanwhile, or may not go there from its state.
    """
    if state in NOWHERE:
        to = NO_PLACE
    came_from = [before for before, nexts in MOVES.items() if state in nexts]
    here = Device.objects.filter(pk=device.pk, version=device.version, state__in=came_from)
    taken = here.update(
        state=state,
        holder_organisation=to.organisation_id,
        holder_person=to.person_id,
        version=device.version + 1,
    )
    if not taken:
        raise _held(device)
    line = Custody.objects.create(
        device=device,
        seq=device.version + 1,
        move=as_move,
        state=state,
        from_organisation_id=device.holder_organisation_id,
        from_person_id=device.holder_person_id,
        to_organisation_id=to.organisation_id,
        to_person_id=to.person_id,
        at=at,
        device_time=device_time,
        by_kind=by.actor_kind,
        by_id=by.actor_id,
        document=document[:80],
        told_by=uuid4(),
    )
    _record(device, line, by, at)
    device.state, device.version = state, device.version + 1
    device.holder_organisation_id, device.holder_person_id = to.organisation_id, to.person_id
    return line


def _held(device: Device) -> AlreadyHeld:
    now = Device.objects.get(pk=device.pk)
    return AlreadyHeld(
        _("L’appareil %(serial)s est maintenant « %(state)s » : rechargez la page et vérifiez-le.")
        % {"serial": now.serial, "state": State(now.state).label}
    )


def _record(device: Device, line: Custody, by: Actor, at: datetime) -> None:
    facts = {"move": line.move, "seq": line.seq, "document": line.document}
    journal.record(
        verb="equipment.moved",
        subject=device,
        by=by,
        at=at,
        facts=facts,
        uid=line.told_by,
        rows=[line],
    )
