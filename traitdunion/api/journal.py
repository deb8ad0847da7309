"""Who did what, when, to what; and the seals that close over it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Query, Router, Schema

from traitdunion.api.access import public, right
from traitdunion.api.fields import Instant, Text80
from traitdunion.api.lists import Listing, Page, page
from traitdunion.journal import listing
from traitdunion.steering import rights

router = Router(tags=["journal"])


class Event(Schema):
    """One thing that happened: kinds, identifiers, codes and cents, never a name."""

    id: UUID
    at: datetime
    verb: str
    actor_kind: str
    actor_id: UUID | None
    subject_kind: str
    subject_id: str
    facts: dict[str, Any]

    @staticmethod
    def resolve_id(row: Any) -> UUID:
        return row.uid


class Seal(Schema):
    """A stretch of the journal closed over; its hash holds the one before."""

    number: int
    previous: str
    hash: str
    digest: str
    events: int
    at: datetime


class EventListing(Listing):
    """Which events."""

    verb: Text80 | None = None
    subject: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z_]{1,40}\.[a-z_]{1,40}:[0-9A-Za-z-]{1,64}$",
            description="kind:identifier, for example budget.envelope:7c9e6679-…",
        ),
    ] = None
    since: Instant | None = None


@router.get("/events", response=Page[Event], summary="The journal, oldest first")
@right(rights.may_read_journal)
def events(request: Any, asked: Query[EventListing]) -> dict[str, Any]:
    kind, _colon, identifier = (asked.subject or "").partition(":")
    subject = (kind, identifier) if kind else None
    rows = listing.events(verb=asked.verb or "", subject=subject, since=asked.since)
    return page(rows, asked, "id")


@router.get("/seals", response=Page[Seal], auth=None, summary="Seals of the journal")
@public
def seals(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    """Public: whoever kept a hash outside can see that it is still in the chain."""
    return page(listing.seals(), asked, "number")
