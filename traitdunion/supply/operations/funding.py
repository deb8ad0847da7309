"""Which euros pay which units: decided when the order is signed, in the programme's order."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused
from traitdunion.budget import operations as budget
from traitdunion.budget.states import Origin
from traitdunion.journal import operations as journal
from traitdunion.supply.models import Funding, ManifestLine, OrderLine, PurchaseOrder
from traitdunion.supply.shares import shared

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope


@transaction.atomic
def fund(
    *,
    order: PurchaseOrder,
    envelopes: Sequence["Envelope"],
    origin: str,
    by: Actor,
    at: datetime,
) -> list[Funding]:
    """
    Commit what each envelope pays of an order. Raises EnvelopeTooSmall; nothing is half done.
    """
    lines = OrderLine.objects.filter(order=order).select_related("delivery_point")
    shares = list(shared(list(lines), envelopes, as_fact=origin != Origin.HERE))
    amounts: dict[UUID, int] = {}
    for share in shares:
        cost = share.quantity * share.line.price_cents
        amounts[share.envelope.pk] = amounts.get(share.envelope.pk, 0) + cost
    by_id = {one.pk: one for one in envelopes}
    # In ascending order of identifiers, whichever pays first: two orders never block each other.
    commitments = {
        pk: budget.commit(
            envelope=by_id[pk],
            amount_cents=amounts[pk],
            label=_("Commande %(number)s") % {"number": order.number},
            reference=order.number,
            beneficiary=order.supplier,
            origin=origin,
            by=by,
            at=at,
        )
        for pk in sorted(amounts)
    }
    funded = Funding.objects.bulk_create(
        Funding(
            line=share.line,
            commitment=commitments[share.envelope.pk],
            position=share.position,
            quantity=share.quantity,
        )
        for share in shares
    )
    facts = {str(pk): cents for pk, cents in sorted(amounts.items())}
    journal.record(verb="supply.funded", subject=order, by=by, at=at, facts={"envelopes": facts})
    return funded


@transaction.atomic
def take_units(*, lines: Sequence[ManifestLine], by: Actor, at: datetime) -> None:
    """Say which euros bought each device that comes: the first purse's units come first."""
    waiting: dict[UUID, list[ManifestLine]] = {}
    for one in lines:
        waiting.setdefault(one.line_id, []).append(one)
    for line_id in sorted(waiting):
        boxes = waiting[line_id]
        rows = Funding.objects.filter(line=line_id, received__lt=F("quantity"))
        for part in rows.order_by("position", "pk"):
            room = part.quantity - part.received
            taken, boxes = boxes[:room], boxes[room:]
            if not taken:
                break
            unchanged = Funding.objects.filter(pk=part.pk, received=part.received)
            if not unchanged.update(received=part.received + len(taken)):
                raise MoveRefused(
                    _("Quelqu’un vient de cocher ces appareils : rechargez la page.")
                )
            pks = [box.pk for box in taken]
            ManifestLine.objects.filter(pk__in=pks).update(funding=part)


@transaction.atomic
def certify_units(
    *, line: OrderLine, quantity: int, document: str, by: Actor, at: datetime
) -> int:
    """Certify so many units on the commitments that pay them; return the cost in cents."""
    left = quantity
    rows = Funding.objects.filter(line=line, certified__lt=F("received"))
    for part in rows.select_related("commitment").order_by("position", "pk"):
        taken = min(left, part.received - part.certified)
        if not taken:
            break
        Funding.objects.filter(pk=part.pk).update(certified=F("certified") + taken)
        budget.certify(
            commitment=part.commitment,
            amount_cents=taken * line.price_cents,
            document=document,
            by=by,
            at=at,
        )
        left -= taken
    if left:
        raise MoveRefused(_("Rien de nouveau à certifier sur cette ligne."))
    return quantity * line.price_cents
