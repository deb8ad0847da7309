"""Stock moves from one organisation to another; it is theirs once they ticked it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.base.identifiers import drawn_number
from traitdunion.equipment import operations as equipment
from traitdunion.equipment import queries as register
from traitdunion.equipment.states import Move, State
from traitdunion.journal import operations as journal
from traitdunion.lending import queries
from traitdunion.lending.models import Transfer, TransferLine
from traitdunion.lending.states import TransferState

if TYPE_CHECKING:
    from traitdunion.partners.models import Organisation


class NothingToSend(Refusal):
    """A transfer of nothing, or to oneself."""

    status = 400


@transaction.atomic
def transfer(
    *,
    serials: Sequence[str],
    sender: "Organisation",
    receiver: "Organisation",
    by: Actor,
    at: datetime,
) -> Transfer:
    """
    Send devices of one's stock to another organisation.

    Raises: NothingToSend, NoSuchDevice, MoveRefused for a device that is not in the sender's
        stock.
    """
    if not serials or sender.pk == receiver.pk:
        raise NothingToSend(_("Choisissez au moins un appareil et une autre organisation."))
    sent = Transfer.objects.create(
        number=drawn_number("T"), sender=sender, receiver=receiver, sent_at=at
    )
    for serial in dict.fromkeys(serials):
        device = register.device(serial)
        if device.state != State.IN_STOCK or device.holder_organisation_id != sender.pk:
            raise MoveRefused(
                _("L’appareil %(serial)s n’est pas dans votre stock.") % {"serial": device.serial}
            )
        equipment.move(
            device=device,
            to=equipment.Place(organisation_id=sender.pk),
            state=State.IN_TRANSIT,
            as_move=Move.SENT,
            document=sent.number,
            by=by,
            at=at,
        )
        TransferLine.objects.create(transfer=sent, device=device)
    facts = {"receiver": str(receiver.pk), "devices": len(serials)}
    journal.record(verb="lending.sent", subject=sent, by=by, at=at, facts=facts)
    return sent


@transaction.atomic
def receive_transfer(
    *, transfer: Transfer, serials: Sequence[str], by: Actor, at: datetime
) -> int:
    """
    Tick what came; what was not ticked stays on its way, and the transfer stays open.

    Raises: MoveRefused when the transfer is already closed.
    """
    waiting = {
        line.device.serial: line
        for line in queries.transfer_lines(transfer)
        if line.received_at is None
    }
    ticked = [waiting[serial] for serial in dict.fromkeys(serials) if serial in waiting]
    for line in ticked:
        equipment.move(
            device=line.device,
            to=equipment.Place(organisation_id=transfer.receiver_id),
            state=State.IN_STOCK,
            as_move=Move.RECEIVED,
            document=transfer.number,
            by=by,
            at=at,
        )
        TransferLine.objects.filter(pk=line.pk).update(received_at=at)
    if len(ticked) == len(waiting):
        states.move(
            row=transfer,
            to=TransferState.RECEIVED,
            moves={TransferState.SENT: frozenset({TransferState.RECEIVED})},
            refusal=_("Ce transfert est déjà reçu."),
            received_at=at,
        )
    facts = {"devices": len(ticked), "left": len(waiting) - len(ticked)}
    journal.record(verb="lending.transfer_received", subject=transfer, by=by, at=at, facts=facts)
    return len(ticked)
