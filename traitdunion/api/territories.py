"""Priority neighbourhoods, as their official contours name them."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.lists import Listing, Page, page
from traitdunion.territories import queries, rights

router = Router(tags=["places"])


class Neighbourhood(Schema):
    """A neighbourhood of one generation of contours."""

    id: UUID
    code: str
    name: str
    generation: str
    department: str
    valid_from_date: date
    valid_until_date: date | None
    pupils: int | None

    @staticmethod
    def resolve_department(row: Any) -> str:
        return row.department_id


class OfGeneration(Listing):
    """Of which contours: those of 2015, which the plan of 2020 uses, or those of 2024."""

    generation: Literal["2015", "2024"] = "2015"


@router.get("/neighbourhoods", response=Page[Neighbourhood], summary="Every neighbourhood")
@right(rights.may_read_reference)
def neighbourhoods(request: Any, asked: Query[OfGeneration]) -> dict[str, Any]:
    """Public reference data, by code."""
    return page(queries.neighbourhoods(asked.generation), asked, "code")
