"""An order commits its cost on the envelopes that pay, in the same transaction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base import states
from traitdunion.base.actors import Actor
from traitdunion.base.errors import MoveRefused, Refusal
from traitdunion.budget import operations as budget
from traitdunion.budget import queries as money
from traitdunion.budget.refusals import check_amount
from traitdunion.budget.states import Origin, RequestState
from traitdunion.equipment.states import Kind
from traitdunion.journal import operations as journal
from traitdunion.supply import queries
from traitdunion.supply.models import OrderLine, PurchaseOrder
from traitdunion.supply.operations import funding
from traitdunion.supply.shares import shared
from traitdunion.supply.states import ORDER_MOVES, OrderState

if TYPE_CHECKING:
    from traitdunion.budget.models import Envelope
    from traitdunion.partners.models import Organisation
    from traitdunion.programme.schema import Plan

# What a request for signatures is about.
SIGNED = "supply.order"

# It is a part of the order's address: a slash there would lead nowhere. Two words are taken.
_NUMBER = re.compile(r"(?!(?:nouvelle|don)$)[\w][\w.\-]{0,39}")


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

    @property
    def cost_cents(self) -> int:
        return self.quantity * self.price_cents

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


@transaction.atomic
def order(
    *,
    number: str,
    buyer: "Organisation",
    supplier: "Organisation",
    market_reference: str,
    envelopes: Sequence["Envelope"],
    lines: Sequence[NewLine],
    promised_on: date,
    plan: "Plan",
    by: Actor,
    at: datetime,
    origin: str = Origin.HERE,
) -> PurchaseOrder:
    """
    Place an order and commit its whole cost, tax included, on the buyer's envelopes.

    The purses pay in the programme's order, unit by unit; a person who may not sign that amount
    alone leaves an order that waits for signatures, and commits nothing.

    Args:
        envelopes: those that may pay; their order is the programme's, whatever is given.
        origin: placed elsewhere or before the programme, it is recorded whatever is left.
    Raises: BadOrder, EnvelopeTooSmall (nothing is ordered).
    """
    _check(number, buyer, envelopes, lines)
    total = sum(line.quantity * line.price_cents for line in lines)
    check_amount(total)
    missing = (
        budget.signatures_missing(holder_id=buyer.pk, amount_cents=total, plan=plan, by=by, at=at)
        if origin == Origin.HERE
        else 0
    )
    placed = PurchaseOrder.objects.create(
        number=number,
        buyer=buyer,
        supplier=supplier,
        market_reference=market_reference,
        state=OrderState.TO_SIGN if missing else OrderState.PLACED,
        placed_at=at,
        promised_on=promised_on,
    )
    OrderLine.objects.bulk_create(_rows(placed, lines))
    if missing:
        # Nobody is asked to sign what the envelopes cannot pay today.
        list(shared(lines, envelopes))
        _ask(placed, envelopes, total, missing, by, at)
    else:
        funding.fund(order=placed, envelopes=envelopes, origin=origin, by=by, at=at)
    facts = {"number": number, "amount_cents": total, "lines": len(lines)}
    verb = "supply.order_to_sign" if missing else "supply.ordered"
    journal.record(verb=verb, subject=placed, by=by, at=at, facts=facts)
    return placed


def _rows(order: PurchaseOrder, lines: Sequence[NewLine]) -> list[OrderLine]:
    return [
        OrderLine(
            order=order,
            delivery_point=line.delivery_point,
            kind=line.kind,
            label=line.label,
            quantity=line.quantity,
            spares=line.spares,
            price_excluding_tax_cents=line.price_excluding_tax_cents,
            price_cents=line.price_cents,
        )
        for line in lines
    ]


def _ask(
    order: PurchaseOrder,
    envelopes: Sequence["Envelope"],
    total: int,
    missing: int,
    by: Actor,
    at: datetime,
) -> None:
    budget.ask(
        holder_id=order.buyer_id,
        subject_kind=SIGNED,
        subject_id=order.number,
        terms={"envelopes": [str(one.pk) for one in envelopes]},
        label=_("Commande %(number)s") % {"number": order.number},
        amount_cents=total,
        needed=missing,
        by=by,
        at=at,
    )


@transaction.atomic
def sign_order(*, order: PurchaseOrder, by: Actor, at: datetime) -> PurchaseOrder:
    """
    Sign an order that waits; the last signature commits its cost and places it.

    Raises: MayNotSign, MoveRefused, EnvelopeTooSmall (the signature is then not kept either).
    """
    request = money.request_about(SIGNED, order.number)
    if request is None:
        raise MoveRefused(_("Cette commande n’attend pas de signature."))
    signed = budget.sign(request=request, by=by, at=at)
    if signed.state != RequestState.SIGNED:
        return order
    refusal = _("Cette commande n’attend pas de signature.")
    states.move(row=order, to=OrderState.PLACED, moves=ORDER_MOVES, refusal=refusal, placed_at=at)
    wanted = set(signed.terms["envelopes"])
    held = [one for one in money.held_by(order.buyer_id) if str(one.pk) in wanted]
    funding.fund(order=order, envelopes=held, origin=Origin.HERE, by=by, at=at)
    journal.record(
        verb="supply.ordered", subject=order, by=by, at=at, facts={"number": order.number}
    )
    return order


def _check(
    number: str,
    buyer: "Organisation",
    envelopes: Sequence["Envelope"],
    lines: Sequence[NewLine],
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
    if not envelopes:
        raise BadOrder(_("Choisissez au moins une enveloppe qui paie."))
    if any(envelope.holder_id != buyer.pk for envelope in envelopes):
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
    """Cancel an order of which nothing came; its credits are given back. Raises MoveRefused."""
    refusal = _("La commande %(number)s est déjà reçue en partie.") % {"number": order.number}
    request = money.request_about(SIGNED, order.number)
    states.move(row=order, to=OrderState.CANCELLED, moves=ORDER_MOVES, refusal=refusal)
    if request:
        budget.close_request(request=request, by=by, at=at)
    for commitment in queries.commitments_of(order):
        budget.release(
            commitment=commitment,
            amount_cents=commitment.amount_cents,
            document=order.number,
            by=by,
            at=at,
        )
    journal.record(verb="supply.cancelled", subject=order, by=by, at=at)
    return order
