"""Applications for grants, and the opinions asked about them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.fields import Body, Words
from traitdunion.api.lists import Listing, Page, page
from traitdunion.api.once import once
from traitdunion.base.clock import now
from traitdunion.base.errors import NotFound
from traitdunion.grants import operations, queries, rights

router = Router(tags=["grants"])


class Application(Schema):
    """An application. Neither its account nor who represents the association is told here."""

    id: UUID
    number: str
    organisation: UUID
    authority: UUID
    state: str
    purpose: str
    title: str
    summary: str
    starts_on: date
    ends_on: date
    requested_cents: int | None
    granted_cents: int | None
    other_aid_cents: int
    reason: str
    created_at: datetime
    submitted_at: datetime | None
    silence_on: date | None
    decided_at: datetime | None

    @staticmethod
    def resolve_organisation(row: Any) -> UUID:
        return row.organisation_id

    @staticmethod
    def resolve_authority(row: Any) -> UUID:
        return row.authority_id


class WholeApplication(Application):
    """An application, with the neighbourhoods that it serves and what is still missing."""

    neighbourhoods: list[str]
    missing: list[str]
    is_signed: bool

    @staticmethod
    def resolve_neighbourhoods(row: Any) -> list[str]:
        return sorted(one.code for one in queries.neighbourhoods_of(row))

    @staticmethod
    def resolve_missing(row: Any) -> list[str]:
        return queries.missing(row)

    @staticmethod
    def resolve_is_signed(row: Any) -> bool:
        return queries.is_signed(row)


class Opinion(Schema):
    """What an organisation was asked, before when, and what it answered."""

    id: UUID
    application: UUID
    organisation: UUID
    question: str
    asked_at: datetime
    due_on: date
    stance: str
    text: str
    given_at: datetime | None

    @staticmethod
    def resolve_application(row: Any) -> UUID:
        return row.application_id

    @staticmethod
    def resolve_organisation(row: Any) -> UUID:
        return row.organisation_id


class NewOpinion(Body):
    """The opinion of the seat's organisation, on an application about which it was asked."""

    application: UUID
    stance: Literal["FAVOURABLE", "RESERVED", "UNFAVOURABLE"]
    text: Words = ""


@router.get("/applications", response=Page[Application], summary="Applications that the seat sees")
@right(rights.may_open)
def applications(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.seen_by(request.auth.seat), asked, "created_at", "pk")


@router.get(
    "/applications/{uuid:application_id}", response=WholeApplication, summary="One application"
)
@right(rights.may_open)
def application(request: Any, application_id: UUID) -> Any:
    found = queries.seen_by(request.auth.seat).filter(pk=application_id).first()
    if found is None:
        raise NotFound(_("Cette demande de subvention n’existe pas."))
    return found


@router.get("/opinions", response=Page[Opinion], summary="Opinions asked of or read by the seat")
@right(rights.may_read_opinions)
def opinions(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.opinions_seen_by(request.auth.seat), asked, "asked_at", "pk")


@router.post("/opinions", response={201: Opinion}, summary="Give the opinion that was asked")
@right(rights.may_give_opinion)
@once
def give_opinion(request: Any, body: NewOpinion) -> Opinion:
    """Once; 409 when it was given already, 404 when none is asked of the organisation."""
    seat = request.auth.seat
    rows = queries.opinions_asked_of(seat).filter(application=body.application)
    found = rows.first()
    if found is None:
        raise NotFound(_("Aucun avis ne vous est demandé sur cette demande."))
    given = operations.give_opinion(
        opinion=found, stance=body.stance, text=body.text, by=request.auth.by, at=now()
    )
    return Opinion.from_orm(given)
