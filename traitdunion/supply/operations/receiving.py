"""
What came is ticked by whoever receives it, and certified by the buyer: two people, two dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.identifiers import BadIdentifier, check_serial
from traitdunion.equipment import operations as equipment
from traitdunion.equipment import queries as register
from traitdunion.journal import operations as journal
from traitdunion.supply import queries
from traitdunion.supply.models import (
    Certificate,
    ManifestLine,
    OrderLine,
    PurchaseOrder,
    Receipt,
)
from traitdunion.supply.operations import funding
from traitdunion.supply.states import ORDER_MOVES, Announced, OrderState

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation


class SamePerson(Refusal):
    """Whoever received may not certify."""

    status = 403


class NothingTicked(Refusal):
    """A receipt of nothing at all."""

    status = 400


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What a receipt did: how many entered the register, what is missing, what is put aside."""

    receipt: Receipt
    entered: int
    missing: tuple[str, ...]
    set_aside: tuple[str, ...]
    unusable: tuple[str, ...]


@transaction.atomic
def receive(
    *,
    order: PurchaseOrder,
    delivery_point: "Organisation",
    ticked: Sequence[str],
    unannounced: Mapping[str, str],
    is_complete: bool,
    by: Actor,
    at: datetime,
) -> ReceiptReport:
    """
    Enter in the register what came to a delivery point.

    Args:
        ticked: serial numbers of the manifest that are in the boxes.
        unannounced: serial numbers found in the boxes that the manifest does not hold, and of
            which kind each is: put aside until the buyer accepts or refuses them.
        is_complete: nothing more is expected today: what was not ticked is missing.
    Raises: NothingTicked, MoveRefused on an order already closed.
    """
    expected = {
        line.serial: line
        for line in queries.announced(order, delivery_point.pk)
        if line.state in {Announced.ANNOUNCED, Announced.MISSING}
    }
    boxes = [expected[serial] for serial in dict.fromkeys(ticked) if serial in expected]
    came, excess = _within_quantity(boxes)
    strange, unusable = _unannounced(unannounced, expected, order, delivery_point)
    unusable = [*(_beyond(line.serial) for line in excess), *unusable]
    if not came and not strange and not is_complete:
        raise NothingTicked(_("Cochez au moins un appareil, ou dites que rien n’est arrivé."))
    missing = [line for line in expected.values() if line not in boxes] if is_complete else []
    _write(came, strange, missing)
    if came or is_complete:
        take_in(order=order, lines=came, by=by, at=at)
    elif order.state in {OrderState.TO_SIGN, OrderState.CANCELLED}:
        raise MoveRefused(_closed(order))
    receipt = _receipt(order, delivery_point, came, missing, strange, by, at)
    return ReceiptReport(
        receipt=receipt,
        entered=len(came),
        missing=tuple(line.serial for line in missing),
        set_aside=tuple(line.serial for line in strange),
        unusable=tuple(unusable),
    )


def _within_quantity(
    boxes: Sequence[ManifestLine],
) -> tuple[list[ManifestLine], list[ManifestLine]]:
    """What may enter, and what the supplier sent beyond the quantity of its line."""
    room: dict[object, int] = {}
    came: list[ManifestLine] = []
    for one in boxes:
        left = room.setdefault(one.line_id, one.line.quantity - one.line.received)
        if left > 0:
            came.append(one)
        room[one.line_id] = left - 1
    return came, [one for one in boxes if one not in came]


def _beyond(serial: str) -> str:
    text = _("%(serial)s : plus que la quantité commandée ; gardez-le à part.")
    return text % {"serial": serial}


def _unannounced(
    found: Mapping[str, str],
    expected: Mapping[str, ManifestLine],
    order: PurchaseOrder,
    delivery_point: "Organisation",
) -> tuple[list[ManifestLine], list[str]]:
    """What is put aside, and what cannot even be that, with the reason."""
    lines = {line.kind: line for line in queries.line_at(order, delivery_point.pk)}
    aside: dict[str, ManifestLine] = {}
    unusable = []
    for typed, kind in found.items():
        try:
            serial = check_serial(typed)
        except BadIdentifier as error:
            unusable.append(str(error))
            continue
        elsewhere = ManifestLine.objects.filter(order=order, serial=serial).exists()
        if serial in expected or elsewhere or register.known_serials([serial]):
            unusable.append(
                _("%(serial)s : déjà annoncé ailleurs ou déjà au registre.") % {"serial": serial}
            )
        elif kind not in lines:
            unusable.append(_not_ordered(serial))
        else:
            aside[serial] = ManifestLine(
                order=order, line=lines[kind], serial=serial, state=Announced.SET_ASIDE
            )
    return list(aside.values()), unusable


def _not_ordered(serial: str) -> str:
    text = _("%(serial)s : dites ce que c’est, parmi ce qui est commandé pour votre lieu.")
    return text % {"serial": serial}


def _write(
    came: Sequence[ManifestLine],
    strange: Sequence[ManifestLine],
    missing: Sequence[ManifestLine],
) -> None:
    ManifestLine.objects.bulk_create(strange)
    waiting = ManifestLine.objects.filter(
        pk__in=[line.pk for line in came], state__in=(Announced.ANNOUNCED, Announced.MISSING)
    )
    if waiting.update(state=Announced.RECEIVED) != len(came):
        raise MoveRefused(_("Quelqu’un vient de cocher ces appareils : rechargez la page."))
    ManifestLine.objects.filter(pk__in=[line.pk for line in missing]).update(
        state=Announced.MISSING
    )


@transaction.atomic
def take_in(
    *, order: PurchaseOrder, lines: Sequence[ManifestLine], by: Actor, at: datetime
) -> None:
    """
    Enter in the register what is accepted, each device on the euros that pay it.

    Raises: MoveRefused beyond the quantity ordered, or on an order already closed.
    """
    _count(lines)
    funding.take_units(lines=lines, by=by, at=at)
    _enter(order, lines, by, at)
    _advance(order)


def _count(lines: Sequence[ManifestLine]) -> None:
    counts: dict[object, int] = {}
    for line in lines:
        counts[line.line_id] = counts.get(line.line_id, 0) + 1
    for pk, number in sorted(counts.items(), key=str):
        room = Q(received__lte=F("quantity") - number)
        if not OrderLine.objects.filter(room, pk=pk).update(received=F("received") + number):
            raise MoveRefused(_("On ne reçoit pas plus que la quantité commandée."))


def _enter(order: PurchaseOrder, lines: Sequence[ManifestLine], by: Actor, at: datetime) -> None:
    """Every line is of one delivery point."""
    if not lines:
        return
    rows = [
        equipment.NewDevice(
            kind=line.line.kind,
            serial=line.serial,
            label=line.line.label,
            imei=line.imei,
            iccid=line.iccid,
        )
        for line in lines
    ]
    devices = equipment.register_devices(
        rows=rows,
        owner=order.buyer,
        holder=lines[0].line.delivery_point,
        origin=order.number,
        by=by,
        at=at,
    )
    for line, device in zip(lines, devices, strict=True):
        line.device = device
    ManifestLine.objects.bulk_update(lines, ["device"], batch_size=500)


def _advance(order: PurchaseOrder) -> None:
    left = OrderLine.objects.filter(order=order, received__lt=F("quantity")).exists()
    to = OrderState.PARTLY_RECEIVED if left else OrderState.RECEIVED
    states.move(row=order, to=to, moves=ORDER_MOVES, refusal=_closed(order))


def _closed(order: PurchaseOrder) -> str:
    return _("La commande %(number)s est close.") % {"number": order.number}


def _receipt(
    order: PurchaseOrder,
    delivery_point: "Organisation",
    came: Sequence[ManifestLine],
    missing: Sequence[ManifestLine],
    strange: Sequence[ManifestLine],
    by: Actor,
    at: datetime,
) -> Receipt:
    receipt = Receipt.objects.create(
        order=order,
        delivery_point=delivery_point,
        received_by_id=by.actor_id,
        received_at=at,
        ticked=len(came),
        missing=len(missing),
        unexpected=len(strange),
    )
    facts = {"ticked": len(came), "missing": len(missing), "unexpected": len(strange)}
    journal.record(verb="supply.received", subject=order, by=by, at=at, facts=facts)
    return receipt


@transaction.atomic
def certify(*, line: OrderLine, by: Actor, at: datetime) -> Certificate:
    """
    Certify, by quantity, what came for a line: the buyer, never whoever ticked it.

    Raises: SamePerson, MoveRefused when there is nothing left to certify.
    """
    if by.actor_id in queries.receivers_of(line):
        raise SamePerson(
            _("Vous avez coché la réception : une autre personne doit certifier le service fait.")
        )
    return certify_received(line=line, by=by, at=at)


@transaction.atomic
def certify_received(*, line: OrderLine, by: Actor, at: datetime) -> Certificate:
    """Certify all that came for a line, whoever ticked it. Raises MoveRefused for nothing."""
    line.refresh_from_db()
    quantity = line.received - line.certified
    room = Q(received__gte=F("certified") + quantity)
    done = quantity > 0 and OrderLine.objects.filter(
        room, pk=line.pk, certified=line.certified
    ).update(certified=F("certified") + quantity)
    if not done:
        raise MoveRefused(_("Rien de nouveau à certifier sur cette ligne."))
    amount = funding.certify_units(
        line=line, quantity=quantity, document=line.order.number, by=by, at=at
    )
    certificate = Certificate.objects.create(
        line=line,
        certified_by_id=by.actor_id,
        certified_at=at,
        quantity=quantity,
        amount_cents=amount,
    )
    facts = {"quantity": quantity, "amount_cents": amount}
    journal.record(verb="supply.certified", subject=line, by=by, at=at, facts=facts)
    return certificate


def register_found(
    *,
    owner: "Organisation",
    holder: "Organisation",
    rows: Sequence[equipment.NewDevice],
    origin: str,
    by: Actor,
    at: datetime,
) -> int:
    """Enter devices that were bought before the programme, with their origin; return how many."""
    done = equipment.register_devices(
        rows=rows, owner=owner, holder=holder, origin=origin, by=by, at=at
    )
    return len(done)
