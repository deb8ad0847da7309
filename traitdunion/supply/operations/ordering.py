"""An order binds the envelope in the transaction that writes it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.budget import operations as budget
from traitdunion.journal import operations as journal
from traitdunion.supply.models import OrderLine, PurchaseOrder
from traitdunion.supply.states import ORDER_MOVES, OrderState

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope
    from traitdunion.partners.models import Organisation


# It is a part of the order's address: a slash there would lead nowhere. "nouvelle" is taken.
_NUMBER = re.compile(r"(?!nouvelle$)[\w][\w.\-]{0,39}")


class BadOrder(Refusal):
    """A line that cannot be ordered, or a number already used."""

    status = 400


@dataclass(frozen=True, slots=True)
class NewLine:
    """So many devices for one delivery point."""

    delivery_point: "Organisation"
    kind: str
    label: str
    quantity: int
    price_excluding_tax_cents: int
    price_cents: int
    spares: int = 0


@transaction.atomic
def order(
    *,
    number: str,
    buyer: "Organisation",
    supplier: "Organisation",
    market_reference: str,
    envelope: "Envelope",
    lines: Sequence[NewLine],
    promised_on: date,
    by: Actor,
    at: datetime,
) -> PurchaseOrder:
    """
    Place an order and commit its whole cost, tax included, on the envelope.

    Raises: BadOrder, EnvelopeTooSmall (nothing is ordered).
    """
    _check(number, buyer, envelope, lines)
    total = sum(line.quantity * line.price_cents for line in lines)
    commitment = budget.commit(
        envelope=envelope,
        amount_cents=total,
        label=_("Commande %(number)s") % {"number": number},
        reference=number,
        by=by,
        at=at,
    )
    placed = PurchaseOrder.objects.create(
        number=number,
        buyer=buyer,
        supplier=supplier,
        market_reference=market_reference,
        commitment=commitment,
        placed_at=at,
        promised_on=promised_on,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=placed,
            delivery_point=line.delivery_point,
            kind=line.kind,
            label=line.label,
            quantity=line.quantity,
            spares=line.spares,
            price_excluding_tax_cents=line.price_excluding_tax_cents,
            price_cents=line.price_cents,
        )
        for line in lines
    )
    facts = {"number": number, "amount_cents": total, "lines": len(lines)}
    journal.record(verb="supply.ordered", subject=placed, by=by, at=at, facts=facts)
    return placed


def _check(
    number: str, buyer: "Organisation", envelope: "Envelope", lines: Sequence[NewLine]
) -> None:
    if not lines:
        raise BadOrder(_("Une commande a au moins une ligne."))
    if not _NUMBER.fullmatch(number):
        raise BadOrder(
            _(
                "« %(number)s » : un numéro de commande s’écrit en lettres et chiffres, avec des"
                " tirets ; remplacez-y barres et espaces par un tiret."
            )
            % {"number": number[:40]}
        )
    if PurchaseOrder.objects.filter(number=number).exists():
        raise BadOrder(
            _("La commande %(number)s existe déjà : prenez un autre numéro.") % {"number": number}
        )
    if envelope.holder_id != buyer.pk:
        raise BadOrder(_("On n’engage que ses propres enveloppes."))
    for line in lines:
        where = line.delivery_point.name
        if line.quantity <= 0 or not 0 <= line.spares <= line.quantity:
            raise BadOrder(
                _("%(where)s : quantité ou nombre de pièces de rechange impossible.")
                % {"where": where}
            )
        if not 0 < line.price_excluding_tax_cents <= line.price_cents:
            raise BadOrder(
                _("%(where)s : le prix TTC ne peut pas être inférieur au prix hors taxes.")
                % {"where": where}
            )
    keys = [(line.delivery_point.pk, line.kind) for line in lines]
    if len(keys) != len(set(keys)):
        raise BadOrder(_("Deux lignes portent le même lieu et le même matériel : réunissez-les."))


@transaction.atomic
def cancel(*, order: PurchaseOrder, by: Actor, at: datetime) -> PurchaseOrder:
    """Cancel an order of which nothing came; its commitment is given back. Raises MoveRefused."""
    refusal = _("La commande %(number)s est déjà reçue en partie.") % {"number": order.number}
    states.move(row=order, to=OrderState.CANCELLED, moves=ORDER_MOVES, refusal=refusal)
    budget.release(
        commitment=order.commitment,
        amount_cents=order.commitment.amount_cents,
        document=order.number,
        by=by,
        at=at,
    )
    journal.record(verb="supply.cancelled", subject=order, by=by, at=at)
    return order
