"""From a number to the grant, from a commitment to the association that it pays."""

from uuid import UUID

from django.db.models import Q

from traitdunion.grants.models import Decision, Letter


def decision_numbered(number: str) -> Decision | None:
    """By its number, that of its application or of a letter; the one that stands first."""
    if not number:
        return None
    rows = Decision.objects.select_related(
        "application__organisation", "application__authority", "commitment__envelope__holder"
    )
    told = Letter.objects.filter(number=number).values("decision")
    # Each is asked by its own index: one disjunction would read the whole table.
    for one in (Q(number=number), Q(application__number=number), Q(pk__in=told)):
        found = rows.filter(one).order_by("withdrawn_at", "-decided_at", "pk")
        first = found.filter(withdrawn_at__isnull=True).first() or found.first()
        if first:
            return first
    return None


def decision_of(commitment_id: UUID) -> Decision | None:
    """The decision that bound a commitment."""
    rows = Decision.objects.select_related("application__organisation")
    return rows.filter(commitment=commitment_id).first()
