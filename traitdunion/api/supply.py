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
    """An order, and the commitment that pays it."""

    id: UUID
    number: str
    buyer: UUID
    supplier: UUID
    market_reference: str
    commitment: UUID
    amount_cents: int
    state: str
    placed_at: datetime
    promised_on: date

    @staticmethod
    def resolve_buyer(row: Any) -> UUID:
        return row.buyer_id

    @staticmethod
    def resolve_supplier(row: Any) -> UUID:
        return row.supplier_id

    @staticmethod
    def resolve_commitment(row: Any) -> UUID:
        return row.commitment_id

    @staticmethod
    def resolve_amount_cents(row: Any) -> int:
        return row.commitment.amount_cents


@router.get("/orders", response=Page[Order], summary="Orders that the seat sees")
@right(rights.may_see_orders)
def orders(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.orders_seen_by(request.auth.seat), asked, "placed_at", "pk")


@router.get("/orders/{uuid:order_id}", response=Order, summary="One order")
@right(rights.may_see_orders)
def order(request: Any, order_id: UUID) -> Any:
    found = queries.orders_seen_by(request.auth.seat).filter(pk=order_id).first()
    if found is None:
        raise NotFound(_("Cette commande n’existe pas."))
    return found
