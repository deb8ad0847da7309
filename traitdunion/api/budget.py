"""Envelopes, their movements, and the signatures that bind them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from traitdunion.api.access import right
from traitdunion.api.fields import Body, Cents, Text80, Text200
from traitdunion.api.lists import Listing, Page, page
from traitdunion.api.once import once
from traitdunion.base.clock import now
from traitdunion.base.errors import NotAllowed, NotFound
from traitdunion.budget import operations, queries, rights
from traitdunion.programme import queries as programme

router = Router(tags=["money"])


class Envelope(Schema):
    """Money that a holder may use; what is left is ``available_cents``."""

    id: UUID
    label: str
    year: int
    holder: UUID
    strand: str
    source: str | None
    parent: UUID | None
    regime: str
    authorized_cents: int
    delegated_cents: int
    committed_cents: int
    certified_cents: int
    available_cents: int
    cp_granted_cents: int
    cp_delegated_cents: int
    paid_cents: int
    cp_available_cents: int
    excess_cents: int
    opened_at: datetime
    closed_at: datetime | None

    @staticmethod
    def resolve_holder(row: Any) -> UUID:
        return row.holder_id

    @staticmethod
    def resolve_parent(row: Any) -> UUID | None:
        return row.parent_id

    @staticmethod
    def resolve_strand(row: Any) -> str:
        return row.strand.code

    @staticmethod
    def resolve_source(row: Any) -> str | None:
        return row.source.name if row.source else None


class Movement(Schema):
    """One movement that touched an envelope; the ledger only grows. ``event`` tells it."""

    event: UUID | None
    envelope: UUID
    commitment: UUID | None
    kind: str
    amount_cents: int
    document_kind: str
    document: str
    origin: str
    at: datetime

    @staticmethod
    def resolve_event(row: Any) -> UUID | None:
        return row.told_by

    @staticmethod
    def resolve_envelope(row: Any) -> UUID:
        return row.envelope_id

    @staticmethod
    def resolve_commitment(row: Any) -> UUID | None:
        return row.commitment_id


class Commitment(Schema):
    """A signature that binds an envelope."""

    id: UUID
    envelope: UUID
    year: int
    spending: str
    beneficiary: UUID | None
    origin: str
    amount_cents: int
    certified_cents: int
    paid_cents: int
    label: str
    reference: str
    ej_number: str
    committed_at: datetime

    @staticmethod
    def resolve_envelope(row: Any) -> UUID:
        return row.envelope_id

    @staticmethod
    def resolve_beneficiary(row: Any) -> UUID | None:
        return row.beneficiary_id


class SignatureRequest(Schema):
    """Nothing is bound yet: so many other people must sign first, on the page of the envelope."""

    STATUS: ClassVar[int] = 202
    id: UUID
    envelope: UUID
    amount_cents: int
    label: str
    needed: int
    signed: int
    asked_at: datetime

    @staticmethod
    def resolve_envelope(row: Any) -> UUID:
        return row.subject_id


class NewCommitment(Body):
    """What to bind, on which envelope, for what, under which reference of one's own."""

    envelope: UUID
    amount_cents: Cents
    label: Text200
    reference: Text80


class OfEnvelope(Listing):
    """Of one envelope."""

    envelope: UUID


class MaybeOfEnvelope(Listing):
    """Of one envelope, or of all that are seen."""

    envelope: UUID | None = None


@router.get("/envelopes", response=Page[Envelope], summary="Envelopes that the seat sees")
@right(rights.may_see_envelopes)
def envelopes(request: Any, asked: Query[Listing]) -> dict[str, Any]:
    return page(queries.envelopes_seen_by(request.auth.seat), asked, "opened_at", "pk")


@router.get("/envelopes/{uuid:envelope_id}", response=Envelope, summary="One envelope")
@right(rights.may_see_envelopes)
def envelope(request: Any, envelope_id: UUID) -> Any:
    return _seen(request, envelope_id)


@router.get("/movements", response=Page[Movement], summary="The movements of an envelope")
@right(rights.may_see_envelopes)
def movements(request: Any, asked: Query[OfEnvelope]) -> dict[str, Any]:
    """Oldest first."""
    return page(queries.movements(_seen(request, asked.envelope)), asked, "id")


@router.get("/commitments", response=Page[Commitment], summary="Commitments that the seat sees")
@right(rights.may_see_envelopes)
def commitments(request: Any, asked: Query[MaybeOfEnvelope]) -> dict[str, Any]:
    rows = queries.commitments_seen_by(request.auth.seat)
    if asked.envelope:
        rows = rows.filter(envelope=_seen(request, asked.envelope))
    return page(rows, asked, "committed_at", "pk")


@router.get("/commitments/{uuid:commitment_id}", response=Commitment, summary="One commitment")
@right(rights.may_see_envelopes)
def commitment(request: Any, commitment_id: UUID) -> Any:
    found = queries.commitments_seen_by(request.auth.seat).filter(pk=commitment_id).first()
    if found is None:
        raise NotFound(_("Cet engagement n’existe pas."))
    return found


@router.post(
    "/commitments",
    response={201: Commitment, 202: SignatureRequest},
    summary="Bind an amount of an envelope",
)
@right(rights.may_commit)
@once
def commit(request: Any, body: NewCommitment) -> Commitment | SignatureRequest:
    """
    201 when the seat may sign that amount alone; 202 when others must sign first. 409
    `envelope-exhausted` tells `available_cents`, what is left.
    """
    one = _seen(request, body.envelope)
    if one.holder_id != request.auth.seat.organisation.pk:
        raise NotAllowed(_("On n’engage que ses propres enveloppes."))
    decided = operations.engage(
        envelope=one,
        amount_cents=body.amount_cents,
        label=body.label,
        reference=body.reference,
        plan=programme.plan(programme.current()),
        by=request.auth.by,
        at=now(),
    )
    if decided.commitment is None:
        return SignatureRequest.from_orm(decided.request)
    return Commitment.from_orm(decided.commitment)


def _seen(request: Any, envelope_id: UUID) -> Any:
    """An envelope that this seat sees; a foreign one answers like none."""
    found = queries.envelopes_seen_by(request.auth.seat).filter(pk=envelope_id).first()
    if found is None:
        raise NotFound(_("Cette enveloppe n’existe pas."))
    return found
