"""Reading orders, what was announced, what came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.budget.states import Regime
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind
from traitdunion.supply.models import (
    Certificate,
    Funding,
    Manifest,
    ManifestLine,
    OrderLine,
    PurchaseOrder,
    Receipt,
)
from traitdunion.supply.states import Announced, OrderState

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


class NoSuchOrder(NotFound):
    """No order under that number, for this seat."""


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """What an order amounts to, summed from its lines."""

    quantity: int
    spares: int
    received: int
    certified: int
    excluding_tax_cents: int
    cost_cents: int
    certified_cents: int

    @property
    def held_cents(self) -> int:
        """What no invoice may be paid for yet."""
        return self.cost_cents - self.certified_cents

    @property
    def tax_cents(self) -> int:
        return self.cost_cents - self.excluding_tax_cents


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is still to come to one delivery point, from one order."""

    order: PurchaseOrder
    delivery_point_id: UUID
    expected: int
    received: int

    def is_late(self, on: date) -> bool:
        return self.received < self.expected and self.order.promised_on < on


def orders_seen_by(seat: "Seat | None") -> QuerySet[PurchaseOrder]:
    """Orders that the seat's organisation placed, supplies or receives, and those of its area."""
    if seat is None:
        return PurchaseOrder.objects.none()
    rows = PurchaseOrder.objects.select_related("buyer", "supplier").annotate(
        cost_cents=_cost_of_lines()
    )
    rows = rows.order_by("-placed_at", "number")
    if seat.perimeter.everything:
        return rows
    here = seat.organisation.pk
    delivered = OrderLine.objects.filter(delivery_point=here).values("order")
    mine = Q(buyer=here) | Q(supplier=here) | Q(pk__in=delivered)
    if seat.kind in {Kind.PREFECTURE, Kind.RECTORATE}:
        mine |= partners.within(seat, "buyer__")
    return rows.filter(mine)


def _cost_of_lines() -> Any:
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order")
    cost = lines.annotate(n=Sum(F("quantity") * F("price_cents"))).values("n")
    return Coalesce(Subquery(cost), 0)


def fundings(order: PurchaseOrder) -> list[Funding]:
    """Which commitments pay which units, line by line, in the programme's order."""
    rows = Funding.objects.filter(line__order=order)
    rows = rows.select_related("line__delivery_point", "commitment__envelope__source")
    return list(rows.order_by("line__delivery_point__searchable", "line__kind", "position", "pk"))


def commitments_of(order: PurchaseOrder) -> list[Any]:
    """The commitments of an order, one an envelope."""
    rows = Funding.objects.filter(line__order=order).select_related("commitment__envelope")
    found = {one.commitment_id: one.commitment for one in rows.order_by("position", "pk")}
    return list(found.values())


def order(number: str, seat: "Seat | None") -> PurchaseOrder:
    """Raises NoSuchOrder, for a foreign order as for none."""
    found = orders_seen_by(seat).filter(number=number).first()
    if found is None:
        raise NoSuchOrder(_("Cette commande n’existe pas."))
    return found


def lines(order: PurchaseOrder) -> list[OrderLine]:
    rows = OrderLine.objects.filter(order=order).select_related("delivery_point")
    return list(rows.order_by("delivery_point__searchable", "kind", "pk"))


def last_line(buyer_id: UUID, kind: str) -> OrderLine | None:
    """What this buyer last ordered of a kind: the same label and prices are proposed again."""
    rows = OrderLine.objects.filter(order__buyer=buyer_id, kind=kind)
    return rows.order_by("-order__placed_at", "pk").first()


def line_at(order: PurchaseOrder, delivery_point_id: UUID) -> list[OrderLine]:
    rows = OrderLine.objects.filter(order=order, delivery_point=delivery_point_id)
    return list(rows.select_related("delivery_point").order_by("kind", "pk"))


def totals(order: PurchaseOrder) -> OrderTotals:
    sums = OrderLine.objects.filter(order=order).aggregate(
        ordered=Sum("quantity"),
        kept_spare=Sum("spares"),
        came=Sum("received"),
        approved=Sum("certified"),
        before_tax=Sum(F("quantity") * F("price_excluding_tax_cents")),
        cost=Sum(F("quantity") * F("price_cents")),
        payable=Sum(F("certified") * F("price_cents")),
    )
    return OrderTotals(
        quantity=sums["ordered"] or 0,
        spares=sums["kept_spare"] or 0,
        received=sums["came"] or 0,
        certified=sums["approved"] or 0,
        excluding_tax_cents=sums["before_tax"] or 0,
        cost_cents=sums["cost"] or 0,
        certified_cents=sums["payable"] or 0,
    )


def announced(order: PurchaseOrder, delivery_point_id: UUID | None = None) -> list[ManifestLine]:
    """The serial numbers of an order, those still to come first."""
    rows = ManifestLine.objects.filter(order=order).select_related("line__delivery_point")
    if delivery_point_id:
        rows = rows.filter(line__delivery_point=delivery_point_id)
    return list(rows.order_by("state", "serial"))


def discrepancies(order: PurchaseOrder) -> list[ManifestLine]:
    """What was announced and did not come, or came without being announced."""
    differing = (Announced.MISSING, Announced.SET_ASIDE, Announced.UNEXPECTED, Announced.REFUSED)
    rows = ManifestLine.objects.filter(order=order, state__in=differing)
    rows = rows.select_related("line__delivery_point")
    return list(rows.order_by("line__delivery_point__searchable", "state", "serial"))


def to_settle(seat: "Seat | None") -> QuerySet[ManifestLine]:
    """What was put aside from the seat's own orders, until it accepts or refuses it."""
    if seat is None:
        return ManifestLine.objects.none()
    rows = ManifestLine.objects.filter(
        order__buyer=seat.organisation.pk, state=Announced.SET_ASIDE
    )
    return rows.select_related("order", "line__delivery_point").order_by("order__number", "serial")


def manifests(order: PurchaseOrder) -> list[Manifest]:
    return list(Manifest.objects.filter(order=order).order_by("loaded_at", "pk"))


def receipts(order: PurchaseOrder) -> list[Receipt]:
    rows = Receipt.objects.filter(order=order).select_related("delivery_point", "received_by")
    return list(rows.order_by("received_at", "pk"))


def certificates(order: PurchaseOrder) -> list[Certificate]:
    rows = Certificate.objects.filter(line__order=order)
    return list(rows.select_related("line", "certified_by").order_by("certified_at", "pk"))


def receivers_of(line: OrderLine) -> set[UUID]:
    """Who ticked what came for this line: somebody else certifies it."""
    rows = Receipt.objects.filter(order=line.order_id, delivery_point=line.delivery_point_id)
    return set(rows.values_list("received_by_id", flat=True))


def deliveries_to(organisation_id: UUID) -> list[Delivery]:
    """What an organisation is still to receive, the earliest promise first."""
    rows = (
        OrderLine.objects.filter(delivery_point=organisation_id)
        .exclude(order__state=OrderState.CANCELLED)
        .values("order")
        .annotate(expected=Sum("quantity"), came=Sum("received"))
        .order_by("order")
    )
    waiting = {row["order"]: row for row in rows if row["came"] < row["expected"]}
    orders = PurchaseOrder.objects.filter(pk__in=waiting).select_related("supplier")
    return [
        Delivery(
            order=one,
            delivery_point_id=organisation_id,
            expected=waiting[one.pk]["expected"],
            received=waiting[one.pk]["came"],
        )
        for one in orders.order_by("promised_on", "number")
    ]


def late_orders(seat: "Seat | None", on: date) -> QuerySet[PurchaseOrder]:
    open_states = (OrderState.PLACED, OrderState.PARTLY_RECEIVED)
    return orders_seen_by(seat).filter(state__in=open_states, promised_on__lt=on)


def lines_to_certify(seat: "Seat | None") -> list[OrderLine]:
    """Lines of the seat's own orders of which something came and is not certified yet."""
    if seat is None:
        return []
    rows = OrderLine.objects.filter(
        order__buyer=seat.organisation.pk, received__gt=F("certified")
    ).select_related("order", "delivery_point")
    return list(rows.order_by("order__placed_at", "delivery_point__searchable", "pk"))


def ordered_lines(seat: "Seat | None") -> QuerySet[OrderLine]:
    """
    Every line of the orders that the seat sees; nothing was ordered by a cancelled order, and
    what was given is counted apart.
    """
    orders = orders_seen_by(seat).exclude(state=OrderState.CANCELLED).order_by()
    given = Funding.objects.filter(commitment__envelope__regime=Regime.IN_KIND).order_by()
    rows = OrderLine.objects.filter(order__in=orders.values("pk"))
    rows = rows.exclude(pk__in=given.values("line"))
    rows = rows.select_related("order", "delivery_point")
    return rows.order_by(
        "-order__placed_at", "order__number", "delivery_point__searchable", "kind", "pk"
    )


def ordered_total(seat: "Seat | None") -> int:
    return ordered_lines(seat).aggregate(n=Sum("quantity"))["n"] or 0


def check() -> Iterator[tuple[str, str, str]]:
    """Orders whose commitments are not the sum of their lines; lines that miscount receipts."""
    yield from _wrongly_funded()
    came = {
        row["line"]: row["n"]
        for row in ManifestLine.objects.filter(
            state__in=(Announced.RECEIVED, Announced.UNEXPECTED)
        )
        .values("line")
        .annotate(n=Count("pk"))
        .order_by("line")
    }
    for line in OrderLine.objects.order_by("pk"):
        if came.get(line.pk, 0) != line.received:
            yield "supply_orderline", str(line.pk), "received is not the number of serials ticked"


def _wrongly_funded() -> Iterator[tuple[str, str, str]]:
    """What pays an order is what its lines cost, unit by unit and commitment by commitment."""
    paid: dict[UUID, tuple[int, int, int]] = {}
    costs: dict[UUID, int] = {}
    amounts: dict[UUID, int] = {}
    rows = Funding.objects.select_related("line", "commitment")
    for one in rows.order_by("pk").iterator():
        got = paid.get(one.line_id, (0, 0, 0))
        more = (one.quantity, one.received, one.certified)
        paid[one.line_id] = (got[0] + more[0], got[1] + more[1], got[2] + more[2])
        cost = one.quantity * one.line.price_cents
        costs[one.commitment_id] = costs.get(one.commitment_id, 0) + cost
        amounts[one.commitment_id] = one.commitment.amount_cents
    waiting = (OrderState.CANCELLED, OrderState.TO_SIGN)
    for line in OrderLine.objects.exclude(order__state__in=waiting).order_by("pk").iterator():
        if paid.get(line.pk, (0, 0, 0)) != (line.quantity, line.received, line.certified):
            yield "supply_orderline", str(line.pk), "its units are not those that are paid"
    cancelled = Funding.objects.filter(line__order__state=OrderState.CANCELLED)
    given_back = set(cancelled.order_by().values_list("commitment", flat=True))
    for pk, cost in costs.items():
        if amounts[pk] != (0 if pk in given_back else cost):
            yield "budget_commitment", str(pk), "it is not the sum of the units it pays"


def code_of(organisation_id: UUID) -> str:
    """The number under which a delivery point is known to the supplier."""
    return partners.codes([organisation_id]).get(organisation_id, "")


def still_to_come() -> dict[tuple[UUID, str], int]:
    """What is ordered and not received yet, by delivery point and kind."""
    rows = OrderLine.objects.exclude(order__state=OrderState.CANCELLED)
    left = rows.values("delivery_point", "kind").annotate(n=Sum(F("quantity") - F("received")))
    return {(row["delivery_point"], row["kind"]): row["n"] for row in left.order_by()}


def order_by_number(number: str) -> PurchaseOrder:
    """The order of that number, for a command or the worker. Raises NoSuchOrder."""
    found = PurchaseOrder.objects.filter(number=number).first()
    if found is None:
        raise NoSuchOrder(_("Cette commande n’existe pas."))
    return found
