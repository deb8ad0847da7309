"""From the awards that wait to the lines of an order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from traitdunion.allocation import queries as allocation
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.base.identifiers import folded
from traitdunion.budget import operations as budget
from traitdunion.equipment import queries as equipment
from traitdunion.equipment.states import Kind
from traitdunion.partners import queries as partners
from traitdunion.programme import queries as programme
from traitdunion.supply import operations, queries, shares

# What a price with tax is to the same without, where nothing better is known: 20 % of TVA.
TAX = 1.2
# One spare for twenty, as schools and buyers found out.
SPARE_FOR = 20


class NotANumber(Refusal):
    """A quantity is not a whole number."""

    status = 400


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a delivery point lacks: awards, less what it holds or is already sent."""

    relay: Any
    kind: str
    awards: int
    at_hand: int
    quantity: int
    spares: int

    @property
    def key(self) -> str:
        return f"{self.relay.pk}-{self.kind}"

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Preflight:
    """What an order would bind, shown before it does: its lines, its cost, who pays what."""

    lines: list[operations.NewLine]
    total_cents: int
    before_tax_cents: int
    purses: list[shares.Purse]
    signatures: int


def proposals(seat: Any) -> list[Proposal]:
    """One line for each relay of the territory and kind of device that its awards ask for."""
    wanted: dict[tuple[Any, str], int] = {}
    for (relay, kind), count in allocation.to_order(seat).items():
        for part in ("tablet", "key_4g") if kind == "both" else (kind,):
            wanted[relay, part] = wanted.get((relay, part), 0) + count
    relays = {one.pk: one for one in partners.relays_seen_by(seat)}
    coming = queries.still_to_come()
    found = []
    for (relay_id, kind), count in wanted.items():
        if relay_id in relays:
            stock = equipment.in_stock(relay_id, kind).count()
            at_hand = stock + coming.get((relay_id, kind), 0)
            found.append(_proposal(relays[relay_id], kind, count, at_hand))
    # What lacks something comes first.
    return sorted(found, key=lambda one: (not one.quantity, folded(one.relay.name), one.kind))


def _proposal(relay: Any, kind: str, awards: int, at_hand: int) -> Proposal:
    lacking = max(0, awards - at_hand)
    spares = lacking // SPARE_FOR if kind == Kind.TABLET else 0
    return Proposal(relay, kind, awards, at_hand, lacking + spares, spares)


def as_typed(found: list[Proposal], typed: Mapping[str, str]) -> list[Proposal]:
    """The proposals with the quantities that were typed, so that an error loses nothing."""
    return [
        replace(
            one,
            quantity=typed.get(f"quantity-{one.key}", one.quantity),
            spares=typed.get(f"spares-{one.key}", one.spares),
        )
        for one in found
    ]


def is_wanted(one: Proposal) -> bool:
    """Something is to be ordered there, as proposed or as typed."""
    return str(one.quantity).strip() not in {"", "0"}


def usual(buyer: Any, plan: Any) -> dict[str, str]:
    """What to propose as labels and prices: those of the last order, or the programme's."""
    asked: dict[str, str] = {}
    for kind in Kind:
        last = queries.last_line(buyer.pk, kind)
        price = last.price_cents if last else plan.allocation.prices_cents[kind.value]
        before_tax = last.price_excluding_tax_cents if last else round(price / TAX)
        asked[f"{kind}_label"] = last.label if last else str(kind.label).capitalize()
        asked[f"{kind}_price"] = _typed(price)
        asked[f"{kind}_before_tax"] = _typed(before_tax)
    return asked


def _typed(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def lines(
    typed: Mapping[str, str], data: Mapping[str, Any], found: list[Proposal]
) -> list[operations.NewLine]:
    """The lines that were typed, those of nothing left out. Raises NotANumber."""
    wanted = []
    for one in found:
        quantity = _number(typed.get(f"quantity-{one.key}", "0"))
        if quantity:
            line = operations.NewLine(
                delivery_point=one.relay,
                kind=one.kind,
                label=data[f"{one.kind}_label"],
                quantity=quantity,
                spares=_number(typed.get(f"spares-{one.key}", "0")),
                price_excluding_tax_cents=data[f"{one.kind}_before_tax"],
                price_cents=data[f"{one.kind}_price"],
            )
            wanted.append(line)
    return wanted


def preflight(
    request: Any, data: Mapping[str, Any], wanted: list[operations.NewLine]
) -> Preflight:
    """What would be bound if this order were placed now. Raises EnvelopeTooSmall, BadOrder."""
    if not wanted:
        raise operations.BadOrder(_("Une commande a au moins une ligne."))
    total = sum(line.quantity * line.price_cents for line in wanted)
    return Preflight(
        lines=wanted,
        total_cents=total,
        before_tax_cents=sum(one.quantity * one.price_excluding_tax_cents for one in wanted),
        purses=shares.purses(wanted, data["envelopes"]),
        signatures=budget.signatures_missing(
            holder_id=request.seat.organisation.pk,
            amount_cents=total,
            plan=programme.plan(programme.current()),
            by=request.user,
            at=now(),
        ),
    )


def place(request: Any, data: Mapping[str, Any], wanted: list[operations.NewLine]) -> Any:
    """Place the order of what was typed. Raises BadOrder, EnvelopeTooSmall."""
    return operations.order(
        number=data["number"],
        buyer=request.seat.organisation,
        supplier=data["supplier"],
        market_reference=data["market_reference"],
        envelopes=data["envelopes"],
        lines=wanted,
        promised_on=data["promised_on"],
        plan=programme.plan(programme.current()),
        by=request.user,
        at=now(),
    )


def _number(text: str) -> int:
    if not text.strip():
        return 0
    if not (text.strip().isascii() and text.strip().isdecimal()):
        raise NotANumber(_not_a_number(text))
    return int(text)


def _not_a_number(text: str) -> str:
    return _("« %(text)s » n’est pas une quantité : écrivez un nombre entier.") % {
        "text": text[:12]
    }
