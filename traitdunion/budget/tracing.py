"""From the euro down: what an envelope or a commitment is made of, whatever the year."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from traitdunion.budget.models import Commitment, Entry, Envelope
from traitdunion.budget.rules import ENVELOPE
from traitdunion.budget.states import MovementKind


def envelope_by_id(pk: UUID) -> Envelope | None:
    rows = Envelope.objects.select_related("holder", "source", "strand", "parent")
    return rows.filter(pk=pk).first()


def commitment_by_id(pk: UUID) -> Commitment | None:
    rows = Commitment.objects.select_related("envelope__holder", "beneficiary")
    return rows.filter(pk=pk).first()


def commitments_by_id(pks: Collection[UUID]) -> list[Commitment]:
    rows = Commitment.objects.filter(pk__in=pks).select_related("envelope__holder")
    return list(rows.order_by("committed_at", "pk"))


def commitments_for(organisation_id: UUID) -> QuerySet[Commitment]:
    """What was committed for the benefit of an organisation."""
    rows = Commitment.objects.filter(beneficiary=organisation_id)
    return rows.select_related("envelope__holder").order_by("committed_at", "pk")


def itself_and_under(envelope: Envelope) -> list[UUID]:
    """An envelope and everything under it, level by level."""
    found, level = [envelope.pk], [envelope.pk]
    while level:
        level = list(
            Envelope.objects.filter(parent__in=level).order_by("pk").values_list("pk", flat=True)
        )
        found += level
    return found


def brought_forward(envelope_ids: Collection[UUID]) -> set[UUID]:
    """Commitments that went from one year's envelope to the next: each holds a part of them."""
    rows = Entry.objects.filter(
        envelope__in=envelope_ids, movement__kind=MovementKind.FORWARD, commitment__isnull=False
    )
    return set(rows.order_by().values_list("commitment", flat=True))


def committed_in(envelope_ids: Collection[UUID], commitment_ids: Collection[UUID]) -> int:
    """What these envelopes hold of these commitments, in cents."""
    counted = [
        key for key, signs in ENVELOPE.counting.items() if signs.get("committed_cents") == 1
    ]
    accounts = Q()
    for ledger, account in counted:
        accounts |= Q(ledger=ledger, account=account)
    rows = Entry.objects.filter(accounts, envelope__in=envelope_ids, commitment__in=commitment_ids)
    return rows.order_by().aggregate(n=Sum("amount_cents"))["n"] or 0


def consumption(envelope_ids: Collection[UUID]) -> int:
    """What is committed on these envelopes, in cents."""
    rows = Envelope.objects.filter(pk__in=envelope_ids).order_by()
    return rows.aggregate(n=Sum("committed_cents"))["n"] or 0


def committed_elsewhere(
    envelope_ids: Collection[UUID],
    *,
    devices: "QuerySet[Any]",
    forwarded: Collection[UUID],
) -> list[tuple[str, int, int]]:
    """(spending, how many, cents) of the commitments that buy no device."""
    rows = Commitment.objects.filter(envelope__in=envelope_ids).exclude(pk__in=devices)
    grouped = (
        rows.exclude(pk__in=forwarded)
        .values("spending")
        .annotate(n=Count("pk"), cents=Sum("amount_cents"))
        .order_by("spending")
    )
    return [(row["spending"], row["n"], row["cents"]) for row in grouped]


def commitments_after(envelope: Envelope, after: str, count: int) -> list[Commitment]:
    """A page of the commitments of one envelope, by identifier."""
    rows = Commitment.objects.filter(envelope=envelope).select_related("envelope")
    if after:
        rows = rows.filter(pk__gt=UUID(after))
    return list(rows.order_by("pk")[:count])
