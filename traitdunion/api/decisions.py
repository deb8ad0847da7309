"""Decisions on grants, the letters that tell them, the reports that answer for them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.fields import Body, Cents, Words
from traitdunion.api.lists import Listing, Page, page
from traitdunion.api.once import once
from traitdunion.base.clock import now
from traitdunion.base.errors import NotAllowed, NotFound
from traitdunion.budget import queries as budget
from traitdunion.grants import queries as applications
from traitdunion.grants import rights
from traitdunion.grants.operations import deciding
from traitdunion.grants.operations.deciding import Terms
from traitdunion.grants.queries import answering as reports
from traitdunion.grants.queries import deciding as queries
from traitdunion.grants.states import DecisionForm, Outcome
from traitdunion.programme import queries as programme

router = Router(tags=["grants"])
MOST_ADVANCE = 10**15


class Decision(Schema):
    """One decision; ``withdrawn_at`` says when it was taken back."""

    id: UUID
    number: str
    application: UUID
    outcome: str
    form: str
    amount_cents: int
    advance_cents: int
    reason: str
    keeps_surplus: bool
    commitment: UUID | None
    decided_at: datetime
    notified_at: datetime | None
    withdrawn_at: datetime | None

    @staticmethod
    def resolve_application(row: Any) -> UUID:
        return row.application_id

    @staticmethod
    def resolve_commitment(row: Any) -> UUID | None:
        return row.commitment_id


class NewDecision(Body):
    """A grant takes an envelope and an amount; a refusal or a closing, a reason."""

    application: UUID
    outcome: Literal["ACCEPTED", "REFUSED", "CLOSED"]
    envelope: UUID | None = None
    amount_cents: Cents | None = None
    advance_cents: Annotated[int, Field(strict=True, ge=0, le=MOST_ADVANCE)] = 0
    form: Literal["", "ORDER", "AGREEMENT"] = ""
    keeps_surplus: bool = False
    reason: Words = ""


class Letter(Schema):
    """A letter; ``digest`` is the SHA-256 of its PDF as it left."""

    id: UUID
    number: str
    decision: UUID
    template: str
    prepared_at: datetime
    sent_at: datetime | None
    signed_at: datetime | None
    digest: str

    @staticmethod
    def resolve_decision(row: Any) -> UUID:
        return row.decision_id


class UseReport(Schema):
    """What was done with a grant; nothing was spent as long as ``spent_cents`` is null."""

    id: UUID
    decision: UUID
    state: str
    due_on: date | None
    spent_cents: int | None
    kept_cents: int
    to_return_cents: int
    submitted_at: datetime | None
    looked_at: datetime | None

    @staticmethod
    def resolve_decision(row: Any) -> UUID:
        return row.decision_id


@router.get("/decisions", response=Page[Decision], summary="Decisions that the seat sees")
@right(rights.may_see_applications)
def decisions(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.decisions_seen_by(request.auth.seat), asked, "decided_at", "pk")


@router.get("/decisions/{uuid:decision_id}", response=Decision, summary="One decision")
@right(rights.may_see_applications)
def decision(request: Any, decision_id: UUID) -> Any:
    return queries.decision(decision_id, request.auth.seat)


@router.post("/decisions", response={201: Decision}, summary="Decide an application")
@right(rights.may_decide)
@once
def decide(request: Any, body: NewDecision) -> Decision:
    """Money, decision and letter at once; 409 when something stands in the way, said whole."""
    seat = request.auth.seat
    application = applications.seen_by(seat).filter(pk=body.application).first()
    if application is None:
        raise NotFound(_("Cette demande de subvention n’existe pas."))
    if application.authority_id != seat.organisation.pk:
        raise NotAllowed(_("Une autre autorité décide de cette demande."))
    envelope = budget.envelope(body.envelope, seat) if body.envelope else None
    is_grant = body.outcome == Outcome.ACCEPTED
    terms = Terms(
        body.outcome,
        body.amount_cents or 0,
        body.advance_cents,
        body.form if is_grant else DecisionForm.LETTER,
        body.keeps_surplus,
        body.reason,
    )
    made = deciding.decide(
        application=application,
        terms=terms,
        envelope=envelope,
        plan=programme.plan(programme.current()),
        by=request.auth.by,
        at=now(),
    )
    return Decision.from_orm(made)


@router.get("/letters", response=Page[Letter], summary="Letters that the seat sees")
@right(rights.may_see_applications)
def letters(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.letters_seen_by(request.auth.seat), asked, "prepared_at", "pk")


@router.get("/letters/{uuid:letter_id}", response=Letter, summary="One letter")
@right(rights.may_see_applications)
def letter(request: Any, letter_id: UUID) -> Any:
    return queries.letter(letter_id, request.auth.seat)


@router.get("/use-reports", response=Page[UseReport], summary="Reports that the seat sees")
@right(rights.may_see_applications)
def use_reports(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    rows = reports.reports_seen_by(request.auth.seat)
    return page(rows, asked, "pk")


@router.get("/use-reports/{uuid:report_id}", response=UseReport, summary="One report")
@right(rights.may_see_applications)
def use_report(request: Any, report_id: UUID) -> Any:
    return reports.report(report_id, request.auth.seat)
