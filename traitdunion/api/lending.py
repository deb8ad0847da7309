"""Hand-overs: what left the stock of a relay, for whom, under which agreement."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.fields import Body, Instant, Reason, Text40, Text120
from traitdunion.api.lists import Listing, Page, page
from traitdunion.api.once import once
from traitdunion.base.clock import now
from traitdunion.base.errors import NotFound
from traitdunion.lending import operations, queries, rights
from traitdunion.people import queries as people
from traitdunion.programme import queries as programme

router = Router(tags=["loans"])


class ToAward(Body):
    """The child whom a wave served."""

    award: UUID


class ToPerson(Body):
    """A child whom no wave served, known to the relay, and why."""

    person: UUID
    reason: Reason


class ToOrganisation(Body):
    """An organisation that runs workshops."""

    organisation: UUID


Holder = Annotated[
    ToAward | ToPerson | ToOrganisation,
    Field(description="one of the three; what it names decides"),
]


class NewHandover(Body):
    """A device, whoever takes it, and how it was signed."""

    serial: Text40
    holder: Holder
    received_by: Annotated[
        Text120 | None,
        Field(description="adult who took it for an organisation; for a child, not kept"),
    ] = None
    signature: Literal["screen", "paper", "later", "none"]
    at: Instant
    device_time: Instant | None = None


class Handover(Schema):
    """A loan: the device, its agreement, and the child's code, never a name."""

    id: UUID
    serial: str
    kind: str
    relay: UUID
    agreement: str
    award: UUID | None
    organisation: UUID | None
    child: str | None
    state: str
    signature: str
    signed_on: date | None
    started_at: datetime
    due_on: date
    ended_at: datetime | None
    end_reason: str

    @staticmethod
    def resolve_serial(row: Any) -> str:
        return row.device.serial

    @staticmethod
    def resolve_kind(row: Any) -> str:
        return row.device.kind

    @staticmethod
    def resolve_relay(row: Any) -> UUID:
        return row.agreement.relay_id

    @staticmethod
    def resolve_agreement(row: Any) -> str:
        return row.agreement.number

    @staticmethod
    def resolve_award(row: Any) -> UUID | None:
        return row.agreement.award_id

    @staticmethod
    def resolve_organisation(row: Any) -> UUID | None:
        return row.agreement.organisation_id

    @staticmethod
    def resolve_child(row: Any) -> str | None:
        person = row.agreement.person_id
        return people.pseudonym(person) if person else None

    @staticmethod
    def resolve_state(row: Any) -> str:
        return row.agreement.state

    @staticmethod
    def resolve_signature(row: Any) -> str:
        return row.agreement.signature

    @staticmethod
    def resolve_signed_on(row: Any) -> date | None:
        return row.agreement.signed_on


@router.get("/handovers", response=Page[Handover], summary="Hand-overs that the seat sees")
@right(rights.may_see_loans)
def handovers(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.loans_seen_by(request.auth.seat), asked, "started_at", "pk")


@router.get("/handovers/{uuid:handover_id}", response=Handover, summary="One hand-over")
@right(rights.may_see_loans)
def handover(request: Any, handover_id: UUID) -> Any:
    found = queries.loans_seen_by(request.auth.seat).filter(pk=handover_id).first()
    if found is None:
        raise NotFound(_("Cette remise n’existe pas."))
    return found


@router.post("/handovers", response={201: Handover}, summary="Hand a device over")
@right(rights.may_lend)
@once
def hand_over(request: Any, body: NewHandover) -> Handover:
    """
    From the stock of the seat's own relay. 409 `already-held` when somebody else has the device.

    The hour is the server's; `at` gives the day of the signature, and the clock of the device is
    kept beside (`device_time`, else `at`).
    """
    loan = operations.hand_over_to(
        borrower=_borrower(request, body),
        serial=body.serial,
        relay=request.auth.seat.organisation,
        rules=programme.plan(programme.current()).lending,
        signature=body.signature,
        signed_on=body.at.date(),
        by=request.auth.by,
        at=now(),
        device_time=body.device_time or body.at,
    )
    return Handover.from_orm(loan)


def _borrower(request: Any, body: NewHandover) -> operations.Borrower:
    match body.holder:
        case ToAward(award=award):
            return operations.Borrower(award_id=award)
        case ToOrganisation(organisation=organisation):
            return operations.Borrower(
                organisation_id=organisation, received_by=body.received_by or ""
            )
    known = people.children_known_to(request.auth.seat).filter(pk=body.holder.person)
    if not known.exists():
        raise NotFound(_("Cet enfant n’est pas connu de votre organisation."))
    return operations.Borrower(person_id=body.holder.person, reason=body.holder.reason)
