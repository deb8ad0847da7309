"""Purchase orders."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.lists import Listing, Page, page
from traitdunion.base.errors import NotFound
from traitdunion.supply import queries, rights

router = Router(tags=["money"])


class Order(Schema):
    """An order, and what it costs, tax included."""

    id: UUID
    number: str
    buyer: UUID
    supplier: UUID
    market_reference: str
    cost_cents: int
    state: str
    placed_at: datetime
    promised_on: date

    @staticmethod
    def resolve_buyer(row: Any) -> UUID:
        return row.buyer_id

    @staticmethod
    def resolve_supplier(row: Any) -> UUID:
        return row.supplier_id


class PaidOrder(Order):
    """An order, and the commitments that pay it, in the order in which the purses pay."""

    commitments: list[UUID]

    @staticmethod
    def resolve_commitments(row: Any) -> list[UUID]:
        return [one.pk for one in queries.commitments_of(row)]


@router.get("/orders", response=Page[Order], summary="Orders that the seat sees")
@right(rights.may_see_orders)
def orders(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.orders_seen_by(request.auth.seat), asked, "placed_at", "pk")


@router.get("/orders/{uuid:order_id}", response=PaidOrder, summary="One order")
@right(rights.may_see_orders)
def order(request: Any, order_id: UUID) -> Any:
    found = queries.orders_seen_by(request.auth.seat).filter(pk=order_id).first()
    if found is None:
        raise NotFound(_("Cette commande n’existe pas."))
    return found
