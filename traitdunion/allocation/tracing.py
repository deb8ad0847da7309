"""From a right to the need behind it, and what a neighbourhood was given."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Sum

from traitdunion.allocation.models import Award
from traitdunion.allocation.states import AwardState


@dataclass(frozen=True, slots=True)
class Given:
    """So many awards of one purse in one state."""

    source: str
    state: str
    count: int
    amount_cents: int


def award_with_need(award_id: UUID) -> Award:
    rows = Award.objects.select_related("source", "neighbourhood", "relay")
    return rows.get(pk=award_id)


def award_or_none(award_id: UUID) -> Award | None:
    return Award.objects.filter(pk=award_id).first()


def awards_of_person(person_id: UUID) -> list[Award]:
    """Every award of a child, by identifier."""
    return list(Award.objects.filter(person=person_id).order_by("awarded_at", "pk"))


def awards_by_source(neighbourhood_id: UUID) -> list[Given]:
    """What a neighbourhood was given, by purse and state."""
    rows = (
        Award.objects.filter(neighbourhood=neighbourhood_id)
        .values("source__position", "source__title", "state")
        .annotate(n=Count("pk"), cents=Sum("cost_cents"))
        .order_by("source__position", "state")
    )
    return [
        Given(row["source__title"], str(AwardState(row["state"]).label), row["n"], row["cents"])
        for row in rows
    ]
