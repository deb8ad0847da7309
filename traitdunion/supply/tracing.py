"""Between the euro and the device: which commitment paid which unit, and what became of it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from traitdunion.supply.models import Funding, ManifestLine, PurchaseOrder

PAGE = 50


@dataclass(frozen=True, slots=True)
class Units:
    """So many devices of one price in one state; ``with_child``: in the hands of a person."""

    state: str
    with_child: bool
    count: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What one commitment paid of some devices."""

    commitment_id: UUID
    count: int
    amount_cents: int


def box_of(device_id: UUID) -> ManifestLine | None:
    """How a device came: its order, its line, what paid it; None when it came otherwise."""
    rows = ManifestLine.objects.filter(device=device_id).select_related(
        "line__delivery_point", "order__supplier", "order__buyer", "funding__commitment__envelope"
    )
    return rows.first()


def order_of(commitment_id: UUID) -> PurchaseOrder | None:
    """The order that this commitment pays, whole or in part."""
    rows = PurchaseOrder.objects.filter(
        pk__in=Funding.objects.filter(commitment=commitment_id).values("line__order")
    )
    return rows.select_related("supplier", "buyer").order_by("number").first()


def order_numbered(number: str) -> PurchaseOrder | None:
    return PurchaseOrder.objects.filter(number=number).first()


def commitment_ids(order: PurchaseOrder) -> list[UUID]:
    """The commitments that pay an order, in the order of the purses."""
    rows = Funding.objects.filter(line__order=order).order_by("position", "pk")
    return list(dict.fromkeys(rows.values_list("commitment", flat=True)))


def units(of: Q) -> list[Units]:
    """
    Where the devices are now that some commitments paid, by state; what is not received, apart.

    Args:
        of: a condition on the funding, e.g. ``Q(commitment__envelope__in=…)``.
    """
    paid = _on(of, "funding__")
    came = (
        ManifestLine.objects.filter(paid, device__isnull=False)
        .values("device__state", "line__price_cents")
        .annotate(n=Count("pk"), held=Count("pk", filter=Q(device__holder_person__isnull=False)))
        .order_by("device__state", "line__price_cents")
    )
    found: list[Units] = []
    for row in came:
        price, state = row["line__price_cents"], row["device__state"]
        for with_child, count in ((True, row["held"]), (False, row["n"] - row["held"])):
            if count:
                found.append(Units(state, with_child, count, count * price))
    left = Funding.objects.filter(of).aggregate(
        n=Sum(F("quantity") - F("received")),
        cents=Sum((F("quantity") - F("received")) * F("line__price_cents")),
    )
    if left["n"]:
        found.append(Units("TO_COME", False, left["n"], left["cents"]))
    return found


def _on(condition: Q, path: str) -> Q:
    """The same condition, asked from a table above."""
    made = Q(_connector=condition.connector, _negated=condition.negated)
    for child in condition.children:
        if isinstance(child, Q):
            made.children.append(_on(child, path))
        else:
            made.children.append((path + child[0], child[1]))
    return made


def funded(of: Q) -> QuerySet[Funding]:
    """The commitments that pay devices, as a subquery: ``values("commitment")``."""
    return Funding.objects.filter(of).order_by()


def devices_paid_by(commitment_id: UUID, after: str = "") -> list[ManifestLine]:
    """A page of the devices that a commitment paid, by serial number."""
    rows = ManifestLine.objects.filter(funding__commitment=commitment_id, device__isnull=False)
    if after:
        rows = rows.filter(serial__gt=after)
    return list(rows.select_related("device", "line").order_by("serial")[: PAGE + 1])


def paid_for(device_ids: "QuerySet[object] | list[UUID]") -> list[Paid]:
    """Which commitments paid these devices, and how much."""
    rows = (
        ManifestLine.objects.filter(device__in=device_ids, funding__isnull=False)
        .values("funding__commitment")
        .annotate(n=Count("pk"), cents=Sum("line__price_cents"))
        .order_by("funding__commitment")
    )
    return [Paid(row["funding__commitment"], row["n"], row["cents"]) for row in rows]
