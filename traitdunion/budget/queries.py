"""Reading the money."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet, Sum

from traitdunion.budget.models import Commitment, Entry, Envelope
from traitdunion.budget.states import Movement
from traitdunion.partners import queries as partners

if TYPE_CHECKING:
    from traitdunion.partners.queries import Seat


@dataclass(frozen=True, slots=True)
class Totals:
    authorized_cents: int = 0
    committed_cents: int = 0
    certified_cents: int = 0

    @property
    def available_cents(self) -> int:
        return self.authorized_cents - self.committed_cents


def envelopes_seen_by(seat: "Seat | None") -> QuerySet[Envelope]:
    """The envelopes of the seat's organisation and of its territory."""
    if seat is None:
        return Envelope.objects.none()
    rows = Envelope.objects.filter(partners.within(seat, "holder__"))
    return rows.select_related("strand", "source", "holder").order_by("label", "pk")


def held_by(organisation_id: UUID) -> list[Envelope]:
    rows = Envelope.objects.filter(holder=organisation_id)
    return list(rows.select_related("source").order_by("label", "pk"))


def totals(rows: QuerySet[Envelope]) -> Totals:
    sums = rows.order_by().aggregate(
        a=Sum("authorized_cents"), c=Sum("committed_cents"), f=Sum("certified_cents")
    )
    return Totals(sums["a"] or 0, sums["c"] or 0, sums["f"] or 0)


def authorized_by_source() -> dict[UUID, int]:
    """What was opened on each purse, whoever holds it."""
    rows = Envelope.objects.filter(source__isnull=False).order_by()
    sums = rows.values("source").annotate(total=Sum("authorized_cents"))
    return {row["source"]: row["total"] for row in sums}


def entries(envelope: Envelope) -> list[Entry]:
    rows = Entry.objects.filter(envelope=envelope).select_related("commitment")
    return list(rows.order_by("id"))


def commitments_seen_by(seat: "Seat | None") -> QuerySet[Commitment]:
    """What was committed on the envelopes that the seat sees."""
    if seat is None:
        return Commitment.objects.none()
    rows = Commitment.objects.filter(partners.within(seat, "envelope__holder__"))
    return rows.select_related("envelope").order_by("committed_at", "pk")


def commitments(envelope: Envelope) -> list[Commitment]:
    return list(Commitment.objects.filter(envelope=envelope).order_by("committed_at", "pk"))


def check() -> Iterator[tuple[str, str, str]]:
    """What does not hold together: (table, identifier, reason) of each wrong envelope."""
    sums: dict[tuple[UUID, str], int] = {
        (row["envelope"], row["movement"]): row["total"]
        for row in Entry.objects.values("envelope", "movement")
        .annotate(total=Sum("amount_cents"))
        .order_by("envelope", "movement")
    }
    for envelope in Envelope.objects.order_by("pk"):
        told = _told(sums, envelope.pk)
        kept = Totals(
            envelope.authorized_cents, envelope.committed_cents, envelope.certified_cents
        )
        if told != kept:
            yield "budget_envelope", str(envelope.pk), "counters are not the sum of the entries"
    yield from _wrong_commitments()


def _told(sums: dict[tuple[UUID, str], int], pk: UUID) -> Totals:
    return Totals(
        sums.get((pk, Movement.ALLOT), 0),
        sums.get((pk, Movement.COMMIT), 0) - sums.get((pk, Movement.RELEASE), 0),
        sums.get((pk, Movement.CERTIFY), 0),
    )


def _wrong_commitments() -> Iterator[tuple[str, str, str]]:
    sums: dict[tuple[UUID, str], int] = {
        (row["commitment"], row["movement"]): row["total"]
        for row in Entry.objects.filter(commitment__isnull=False)
        .values("commitment", "movement")
        .annotate(total=Sum("amount_cents"))
        .order_by("commitment", "movement")
    }
    for one in Commitment.objects.order_by("pk"):
        committed = sums.get((one.pk, Movement.COMMIT), 0)
        committed -= sums.get((one.pk, Movement.RELEASE), 0)
        certified = sums.get((one.pk, Movement.CERTIFY), 0)
        if (committed, certified) != (one.amount_cents, one.certified_cents):
            yield "budget_commitment", str(one.pk), "amounts are not the sum of the entries"
