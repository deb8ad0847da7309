"""Which euros pay which units: decided when the order is signed, in the programme's order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused
from traitdunion.base.money import euros
from traitdunion.budget import operations as budget
from traitdunion.budget.states import Origin
from traitdunion.journal import operations as journal
from traitdunion.supply.models import Funding, ManifestLine, OrderLine, PurchaseOrder

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope

# Behind every purse of the programme.
LAST = 10_000


@dataclass(frozen=True, slots=True)
class Share:
    """So many units of a line, paid by an envelope."""

    line: OrderLine
    envelope: "Envelope"
    position: int
    quantity: int


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
    shares = list(_shared(order, envelopes, as_fact=origin != Origin.HERE))
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


def check_affordable(*, order: PurchaseOrder, envelopes: Sequence["Envelope"]) -> None:
    """Nobody is asked to sign what the envelopes cannot pay today. Raises EnvelopeTooSmall."""
    list(_shared(order, envelopes, as_fact=False))


def _shared(
    order: PurchaseOrder, envelopes: Sequence["Envelope"], *, as_fact: bool
) -> Iterator[Share]:
    """
    Each purse pays as many whole units as it holds, before the next one; a fact that goes beyond
    all of them falls on the last.
    """
    purses = sorted(envelopes, key=_place)
    left = {one.pk: max(0, one.available_cents) for one in purses}
    lines = OrderLine.objects.filter(order=order).order_by("delivery_point__name", "kind", "pk")
    for line in lines:
        units = line.quantity
        for position, purse in enumerate(purses):
            taken = min(units, left[purse.pk] // line.price_cents)
            if as_fact and purse is purses[-1]:
                taken = units
            if taken:
                left[purse.pk] -= taken * line.price_cents
                units -= taken
                yield Share(line, purse, position, taken)
        if units:
            raise _too_small(purses, units * line.price_cents, sum(left.values()))


def _place(envelope: "Envelope") -> tuple[int, str, UUID]:
    position = envelope.source.position if envelope.source else LAST
    return position, envelope.label, envelope.pk


def _too_small(purses: Sequence["Envelope"], lacking: int, left: int) -> budget.EnvelopeTooSmall:
    names = " + ".join(f"« {one.label} »" for one in purses)
    return budget.EnvelopeTooSmall(
        _(
            "%(names)s ne suffit pas : il manque %(lacking)s au moins. Réduisez les quantités ou"
            " demandez un abondement."
        )
        % {"names": names, "lacking": euros(max(1, lacking - left))},
        sum(max(0, one.available_cents) for one in purses),
    )


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
