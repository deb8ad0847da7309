"""The register of devices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.lists import Listing, Page, page
from traitdunion.equipment import queries, rights

router = Router(tags=["loans"])


class Device(Schema):
    """A device; whoever has it is told when it is an organisation, never when it is a child."""

    id: UUID
    kind: str
    serial: str
    imei: str | None
    label: str
    state: str
    owner: UUID
    holder_organisation: UUID | None
    origin: str
    registered_at: datetime

    @staticmethod
    def resolve_owner(row: Any) -> UUID:
        return row.owner_id

    @staticmethod
    def resolve_holder_organisation(row: Any) -> UUID | None:
        return row.holder_organisation_id


@router.get("/devices", response=Page[Device], summary="Devices that the seat sees")
@right(rights.may_see_devices)
def devices(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    """By serial number."""
    return page(queries.devices_seen_by(request.auth.seat), asked, "serial")
