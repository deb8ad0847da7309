"""What came without being announced: the buyer accepts it, or sends it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import NotFound
from traitdunion.journal import operations as journal
from traitdunion.supply.models import ManifestLine, PurchaseOrder
from traitdunion.supply.operations import receiving
from traitdunion.supply.states import ASIDE_MOVES, Announced


class NothingAside(NotFound):
    """No device of that number was put aside for that order."""


@transaction.atomic
def accept(*, order: PurchaseOrder, serial: str, by: Actor, at: datetime) -> ManifestLine:
    """
    Take a device that was put aside: it enters the register, and can then be certified.

    Raises: NothingAside, MoveRefused when somebody has settled it, or beyond the quantity ordered.
    """
    line = _settled(order, serial, Announced.UNEXPECTED)
    receiving.take_in(order=order, lines=[line], by=by, at=at)
    journal.record(verb="supply.accepted", subject=line, by=by, at=at)
    return line


@transaction.atomic
def refuse(*, order: PurchaseOrder, serial: str, by: Actor, at: datetime) -> ManifestLine:
    """
    Send a device that was put aside back to its supplier. Raises NothingAside, MoveRefused.
    """
    line = _settled(order, serial, Announced.REFUSED)
    journal.record(verb="supply.refused", subject=line, by=by, at=at)
    return line


def _settled(order: PurchaseOrder, serial: str, to: str) -> ManifestLine:
    rows = ManifestLine.objects.select_related("line__delivery_point")
    line = rows.filter(order=order, serial=serial).first()
    if line is None:
        raise NothingAside(_("Aucun appareil de ce numéro n’est à contrôler."))
    refusal = _("%(serial)s n’est plus à contrôler : quelqu’un a tranché.") % {"serial": serial}
    states.move(row=line, to=to, moves=ASIDE_MOVES, refusal=refusal)
    return line
