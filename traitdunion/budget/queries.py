"""Reading the money."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from traitdunion.base.errors import NotFound
from traitdunion.budget import checking
from traitdunion.budget.models import (
    Commitment,
    Entry,
    Envelope,
    Extract,
    ExtractLine,
    Movement,
    PaymentRequest,
    Signature,
    SignatureRequest,
    SigningDelegation,
)
from traitdunion.budget.rules import ENVELOPE
from traitdunion.budget.states import (
    SIGNED_COMMITMENT,
    SIGNED_DELEGATION,
    LineState,
    Origin,
    PaymentState,
    Regime,
    RequestState,
    Spending,
)
from traitdunion.partners import queries as partners
from traitdunion.partners.states import INVITING

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat

# The strand whose needs the programme's purses pay, in their order.
EQUIPMENT = "equipment"
SUMMED = (
    "authorized_cents", "delegated_cents", "committed_cents", "certified_cents",
    "cp_granted_cents", "cp_delegated_cents", "paid_cents",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Totals:
    """Credits and their uses, each euro counted once: what a child received is its parent's."""

    authorized_cents: int = 0
    committed_cents: int = 0
    certified_cents: int = 0
    paid_cents: int = 0
    cp_granted_cents: int = 0
    available_cents: int = 0
    cp_available_cents: int = 0


@dataclass(frozen=True, slots=True)
class Power:
    """Why somebody may sign: by office (no delegation), or by the delegation named."""

    delegation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What would be taken once everybody has signed."""

    ae_cents: int = 0
    cp_cents: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is still to be paid on an envelope this year, were everything to come and be signed."""

    asked_cents: int
    late_cents: int
    next_due_on: date | None
    to_ask_cents: int
    to_come_cents: int
    waiting_cents: int
    left_cents: int


# --- Envelopes


def envelopes_seen_by(seat: "Seat | None") -> QuerySet[Envelope]:
    """The envelopes of the seat's organisation, those under them, and those of its territory."""
    if seat is None:
        return Envelope.objects.none()
    rows = Envelope.objects.all()
    if not seat.perimeter.everything:
        # What one delegated is one's own affair, whatever territory its holder is of.
        here = seat.organisation.pk
        given = Q(parent__holder=here) | Q(parent__parent__holder=here)
        rows = rows.filter(partners.within(seat, "holder__") | given)
    rows = rows.select_related("strand", "source", "holder", "parent", "budget_programme")
    return rows.order_by("label", "year", "pk")


def envelope(envelope_id: UUID, seat: "Seat | None") -> Envelope:
    """Raises NotFound, for a foreign envelope as for none."""
    found = envelopes_seen_by(seat).filter(pk=envelope_id).first()
    if found is None:
        raise NotFound
    return found


def held_by(organisation_id: UUID) -> list[Envelope]:
    """Open envelopes of an organisation, in the order in which the programme says they pay."""
    rows = Envelope.objects.filter(holder=organisation_id, closed_at__isnull=True)
    rows = rows.select_related("source", "strand", "parent")
    return list(rows.order_by(F("source__position").asc(nulls_last=True), "label", "pk"))


def under(envelope: Envelope) -> QuerySet[Envelope]:
    """The envelopes directly under it."""
    rows = Envelope.objects.filter(parent=envelope).select_related("holder", "source", "strand")
    return rows.order_by("label", "pk")


def following(envelope: Envelope) -> Envelope | None:
    """The same envelope the year after."""
    return Envelope.objects.filter(follows=envelope).first()


def path(envelope: Envelope) -> list[Envelope]:
    """From the root down to this one."""
    found = [envelope]
    while found[0].parent is not None:
        found.insert(0, found[0].parent)
    return found


def totals(rows: QuerySet[Envelope]) -> Totals:
    """
    What these envelopes sum to; what one delegates to another, or carries over to the next year's,
    is not counted twice.
    """
    within = Q(parent__in=rows.order_by().values("pk"))
    goes_on = Q(pk__in=rows.order_by().filter(follows__isnull=False).values("follows"))
    sums = rows.order_by().aggregate(
        # Before the sums that bear the names of the columns, which would hide these.
        ae_inside=Sum("authorized_cents", filter=within),
        cp_inside=Sum("cp_granted_cents", filter=within),
        ae_again=Sum("carried_cents", filter=goes_on),
        cp_again=Sum("cp_carried_cents", filter=goes_on),
        ae_gone=Sum(F("carried_cents") + F("lapsed_cents")),
        cp_gone=Sum(F("cp_carried_cents") + F("cp_lapsed_cents")),
        **{name: Sum(name) for name in SUMMED},
    )
    got = {name: value or 0 for name, value in sums.items()}
    return Totals(
        authorized_cents=got["authorized_cents"] - got["ae_inside"] - got["ae_again"],
        committed_cents=got["committed_cents"],
        certified_cents=got["certified_cents"],
        paid_cents=got["paid_cents"],
        cp_granted_cents=got["cp_granted_cents"] - got["cp_inside"] - got["cp_again"],
        available_cents=got["authorized_cents"]
        - got["delegated_cents"]
        - got["committed_cents"]
        - got["ae_gone"],
        cp_available_cents=got["cp_granted_cents"]
        - got["cp_delegated_cents"]
        - got["paid_cents"]
        - got["cp_gone"],
    )


def given_in_kind(rows: QuerySet[Envelope]) -> int:
    """The value of what was given, in cents: it is no credit, and is counted apart."""
    gifts = rows.order_by().filter(regime=Regime.IN_KIND)
    return gifts.aggregate(n=Sum("authorized_cents"))["n"] or 0


def credits_among(rows: QuerySet[Envelope]) -> QuerySet[Envelope]:
    """Those that hold money: what was given in kind left out."""
    return rows.exclude(regime=Regime.IN_KIND)


def forecast(envelope: Envelope, on: date) -> Forecast:
    """Who must be paid until the end of the year, and whether there is enough to."""
    rows = PaymentRequest.objects.filter(envelope=envelope, state=PaymentState.REQUESTED)
    asked = list(rows.order_by(F("due_on").asc(nulls_last=True), "pk"))
    due = [one.due_on for one in asked if one.due_on]
    total = sum(one.amount_cents for one in asked)
    payable = envelope.certified_cents + envelope.advanced_cents - envelope.paid_cents
    owed = envelope.committed_cents - envelope.paid_cents
    signing = waiting(envelope)
    if envelope.regime != Regime.STATE:
        # What was paid has left the purse, and what is owed is set aside in it.
        left = envelope.available_cents
    else:
        left = envelope.cp_available_cents - owed
    return Forecast(
        asked_cents=total,
        late_cents=sum(one.amount_cents for one in asked if one.due_on and one.due_on < on),
        next_due_on=due[0] if due else None,
        to_ask_cents=max(0, min(payable, owed) - total),
        to_come_cents=max(0, owed - max(total, payable)),
        waiting_cents=signing.ae_cents,
        left_cents=left - max(signing.ae_cents, signing.cp_cents),
    )


def authorized_by_source() -> dict[UUID, int]:
    """
    What was opened for equipment on each purse, whoever holds it; what was delegated is counted
    once, what was carried over too, and what lapsed no more.
    """
    rows = Envelope.objects.filter(source__isnull=False, strand__code=EQUIPMENT).order_by()
    sums = rows.values("source").annotate(
        opened=Sum("authorized_cents", filter=Q(parent__isnull=True)),
        gone=Sum(F("carried_cents") + F("lapsed_cents")),
    )
    return {row["source"]: (row["opened"] or 0) - row["gone"] for row in sums}


def committed_apart_by_source() -> dict[UUID, int]:
    """
    What is committed for equipment on each purse otherwise than by an order placed here: taken
    over, found in Chorus, or another expense. No award is paid by it.
    """
    rows = Commitment.objects.filter(
        envelope__source__isnull=False, envelope__strand__code=EQUIPMENT
    ).exclude(spending=Spending.ORDERS, origin=Origin.HERE)
    sums = rows.order_by().values("envelope__source").annotate(n=Sum("amount_cents"))
    return {row["envelope__source"]: row["n"] for row in sums}


def committed_by_source() -> dict[UUID, int]:
    """What is committed for equipment on each purse."""
    rows = Envelope.objects.filter(source__isnull=False, strand__code=EQUIPMENT).order_by()
    sums = rows.values("source").annotate(n=Sum("committed_cents"))
    return {row["source"]: row["n"] for row in sums}


def to_regularise(seat: "Seat | None") -> QuerySet[Envelope]:
    """Envelopes that facts made elsewhere went beyond."""
    return envelopes_seen_by(seat).exclude(ENVELOPE.none_exceeded)


# --- Movements, commitments, payments


def movements(envelope: Envelope, *, before: int | None = None) -> QuerySet[Movement]:
    """Every movement that touched an envelope, newest first; from before that one on."""
    touched = Entry.objects.filter(envelope=envelope).values("movement")
    rows = Movement.objects.filter(pk__in=touched).select_related("commitment", "envelope")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-id")


def movement(told_by: UUID, envelope: Envelope) -> Movement:
    """By the event that tells it. Raises NotFound."""
    found = movements(envelope).filter(told_by=told_by).first()
    if found is None:
        raise NotFound
    return found


def reversal_of(movement: Movement) -> Movement | None:
    return Movement.objects.filter(reverses=movement).first()


def entries(movement: Movement) -> list[Entry]:
    """The lines of a movement."""
    rows = Entry.objects.filter(movement=movement).select_related("envelope")
    return list(rows.order_by("id"))


def commitments(envelope: Envelope) -> QuerySet[Commitment]:
    rows = Commitment.objects.filter(envelope=envelope).select_related("beneficiary")
    return rows.order_by("committed_at", "pk")


def commitments_seen_by(seat: "Seat | None") -> QuerySet[Commitment]:
    """The commitments of the envelopes that the seat sees."""
    # Asked of each commitment's envelope by its key: SQLite would read them all for a list.
    seen = envelopes_seen_by(seat).order_by().filter(pk=OuterRef("envelope"))
    rows = Commitment.objects.filter(Exists(seen))
    return rows.select_related("envelope__holder", "beneficiary").order_by("-committed_at", "pk")


def commitment(commitment_id: UUID, seat: "Seat | None") -> Commitment:
    """Raises NotFound, for a foreign commitment as for none."""
    found = commitments_seen_by(seat).filter(pk=commitment_id).first()
    if found is None:
        raise NotFound
    return found


def commitment_numbered(number: str) -> Commitment | None:
    """By its EJ number, or by the DP number of one of its payments."""
    rows = Commitment.objects.select_related("envelope__holder")
    if not number:
        return None
    # Said again as the indexes say it, or SQLite does not see that they answer.
    found = rows.filter(~Q(ej_number=""), ej_number=number).first()
    if found:
        return found
    paid = PaymentRequest.objects.filter(~Q(dp_number=""), dp_number=number)
    return rows.filter(pk__in=paid.values("commitment")).first()


def payments(commitment: Commitment) -> list[PaymentRequest]:
    rows = PaymentRequest.objects.filter(commitment=commitment)
    return list(rows.order_by("requested_at", "pk"))


def payments_seen_by(seat: "Seat | None") -> QuerySet[PaymentRequest]:
    seen = envelopes_seen_by(seat).order_by().values("pk")
    rows = PaymentRequest.objects.filter(envelope__in=seen)
    rows = rows.select_related("commitment__envelope__holder", "commitment__beneficiary")
    return rows.order_by(F("due_on").asc(nulls_last=True), "requested_at", "pk")


def payment(payment_id: UUID, seat: "Seat | None") -> PaymentRequest:
    """Raises NotFound."""
    found = payments_seen_by(seat).filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    return found


def late_payments(seat: "Seat | None", on: date) -> QuerySet[PaymentRequest]:
    """Asked for, not paid, and the legal day has passed."""
    return payments_seen_by(seat).filter(state=PaymentState.REQUESTED, due_on__lt=on)


def to_request(seat: "Seat | None") -> QuerySet[Commitment]:
    """Commitments of which something is certified or advanced and not asked for yet."""
    payable = Q(requested_cents__lt=F("certified_cents") + F("advanced_cents"))
    return commitments_seen_by(seat).filter(payable, requested_cents__lt=F("amount_cents"))


def begun_before(rows: QuerySet[Envelope]) -> int:
    """What of these envelopes was committed before the programme, in cents."""
    told = Commitment.objects.filter(
        envelope__in=rows.order_by().values("pk"), origin=Origin.OPENING
    )
    return told.order_by().aggregate(n=Sum("amount_cents"))["n"] or 0


# --- Signatures


def signing_power(
    holder_id: UUID, user_id: UUID | None, amount_cents: int, on: date
) -> Power | None:
    """By which right this person may sign that amount for the holder on that day, if any."""
    if user_id is None:
        return None
    if partners.role_in(user_id, holder_id) in INVITING:
        return Power()
    given = SigningDelegation.objects.filter(
        holder=holder_id, user=user_id, up_to_cents__gte=amount_cents,
        from_date__lte=on, until_date__gte=on, revoked_at__isnull=True,
    )  # fmt: skip
    one = given.order_by("-until_date", "pk").first()
    return Power(one.pk) if one else None


def delegations_of_signature(holder_id: UUID) -> list[SigningDelegation]:
    rows = SigningDelegation.objects.filter(holder=holder_id).select_related("user")
    return list(rows.order_by("-from_date", "pk"))


def requests_of(holder_id: UUID, *, waiting: bool = True) -> list[SignatureRequest]:
    """Decisions of an organisation that wait for signatures, the oldest first; or all of them."""
    rows = SignatureRequest.objects.filter(holder=holder_id).select_related("holder")
    if waiting:
        rows = rows.filter(state=RequestState.WAITING)
    return list(rows.order_by("asked_at", "pk"))


def request(request_id: UUID, seat: "Seat | None") -> SignatureRequest:
    """A request of the seat's own organisation. Raises NotFound."""
    rows = SignatureRequest.objects.select_related("holder").filter(pk=request_id)
    found = rows.filter(holder=seat.organisation.pk).first() if seat else None
    if found is None:
        raise NotFound
    return found


def request_about(kind: str, subject_id: UUID | str) -> SignatureRequest | None:
    """The request that waits about that thing."""
    rows = SignatureRequest.objects.filter(subject_kind=kind, subject_id=str(subject_id))
    return rows.filter(state=RequestState.WAITING).order_by("asked_at", "pk").first()


def signatures(request: SignatureRequest) -> list[Signature]:
    return list(Signature.objects.filter(request=request).order_by("signed_at", "pk"))


def waiting(envelope: Envelope) -> Waiting:
    """What decisions that wait for signatures would take from it."""
    ae = cp = 0
    rows = SignatureRequest.objects.filter(state=RequestState.WAITING)
    bound = rows.filter(subject_kind=SIGNED_COMMITMENT, terms__envelope=str(envelope.pk))
    for one in bound.order_by("asked_at", "pk"):
        ae += one.amount_cents
    children = [str(pk) for pk in under(envelope).values_list("pk", flat=True)]
    given = rows.filter(subject_kind=SIGNED_DELEGATION, subject_id__in=children)
    for one in given.order_by("asked_at", "pk"):
        ae, cp = ae + one.terms["ae_cents"], cp + one.terms["cp_cents"]
    return Waiting(ae, cp)


def signing_delegation(delegation_id: UUID, holder_id: UUID) -> SigningDelegation:
    """Raises NotFound, for that of another organisation as for none."""
    rows = SigningDelegation.objects.filter(holder=holder_id, pk=delegation_id)
    found = rows.select_related("user").first()
    if found is None:
        raise NotFound
    return found


# --- Extracts


def extracts_of(holder_id: UUID) -> QuerySet[Extract]:
    return Extract.objects.filter(holder=holder_id).order_by("-loaded_at", "pk")


def extract(extract_id: UUID, seat: "Seat | None") -> Extract:
    """A comparison of the seat's own organisation. Raises NotFound."""
    found = extracts_of(seat.organisation.pk).filter(pk=extract_id).first() if seat else None
    if found is None:
        raise NotFound
    return found


def extract_lines(extract: Extract) -> QuerySet[ExtractLine]:
    rows = ExtractLine.objects.filter(extract=extract).select_related("commitment")
    return rows.order_by("line")


def extract_line(line_id: UUID, extract: Extract) -> ExtractLine:
    """Raises NotFound."""
    found = extract_lines(extract).filter(pk=line_id).select_related("extract").first()
    if found is None:
        raise NotFound
    return found


def absent_from(extract: Extract) -> list[PaymentRequest]:
    """Paid here in the year of the extract, and not in it."""
    told = ExtractLine.objects.filter(extract=extract).exclude(state=LineState.UNREADABLE)
    rows = PaymentRequest.objects.filter(
        envelope__holder=extract.holder_id, state=PaymentState.PAID, paid_on__year=extract.year
    )
    rows = rows.exclude(dp_number__in=told.values("dp_number")).select_related("commitment")
    return list(rows.order_by("paid_on", "pk"))


# --- Does it hold together?


def check() -> Iterator[checking.Wrong]:
    """What does not hold together: (table, identifier, reason) of each wrong row."""
    return checking.check()
