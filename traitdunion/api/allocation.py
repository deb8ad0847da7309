"""Awards: who gets what, by code."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from traitdunion.allocation import queries, rights
from traitdunion.api.access import right
from traitdunion.api.lists import Listing, Page, page
from traitdunion.base.errors import NotFound
from traitdunion.people.queries import pseudonym

router = Router(tags=["awards"])


class Award(Schema):
    """A right to be lent something, paid by a named purse."""

    id: UUID
    need: UUID
    child: str
    relay: UUID
    neighbourhood: UUID | None
    source: str
    kind: str
    degree: int
    cost_cents: int
    state: str
    awarded_at: datetime
    lapses_on: date
    is_out_of_turn: bool

    @staticmethod
    def resolve_need(row: Any) -> UUID:
        return row.need_id

    @staticmethod
    def resolve_child(row: Any) -> str:
        return pseudonym(row.person_id)

    @staticmethod
    def resolve_relay(row: Any) -> UUID:
        return row.relay_id

    @staticmethod
    def resolve_neighbourhood(row: Any) -> UUID | None:
        return row.neighbourhood_id

    @staticmethod
    def resolve_source(row: Any) -> str:
        return row.source.name


@router.get("/awards", response=Page[Award], summary="Awards that the seat sees")
@right(rights.may_see_waves)
def awards(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.awards_seen_by(request.auth.seat), asked, "awarded_at", "pk")


@router.get("/awards/{uuid:award_id}", response=Award, summary="One award")
@right(rights.may_see_waves)
def award(request: Any, award_id: UUID) -> Any:
    found = queries.awards_seen_by(request.auth.seat).filter(pk=award_id).first()
    if found is None:
        raise NotFound(_("Cette attribution n’existe pas."))
    return found
