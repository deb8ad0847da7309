"""The organisations that act in the plan."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.lists import Listing, Page, page
from traitdunion.base.errors import NotFound
from traitdunion.partners import queries, rights

router = Router(tags=["places"])


class Organisation(Schema):
    """An organisation; whom to call there is on its page."""

    id: UUID
    kind: str
    name: str
    department: str | None
    academy: str | None
    is_active: bool

    @staticmethod
    def resolve_department(row: Any) -> str | None:
        return row.department_id

    @staticmethod
    def resolve_academy(row: Any) -> str | None:
        return row.academy_id


@router.get("/organisations", response=Page[Organisation], summary="Organisations one sees")
@right(rights.may_see_team)
def organisations(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    """By name."""
    return page(queries.organisations_seen_by(request.auth.seat), asked, "name", "pk")


@router.get("/organisations/{uuid:organisation_id}", response=Organisation, summary="One of them")
@right(rights.may_see_team)
def organisation(request: Any, organisation_id: UUID) -> Any:
    found = queries.organisations_seen_by(request.auth.seat).filter(pk=organisation_id).first()
    if found is None:
        raise NotFound(_("Cette organisation n’existe pas."))
    return found
