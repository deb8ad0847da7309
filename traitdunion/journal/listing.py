"""The journal and its seals as rows to go through, in order."""

from datetime import datetime

from django.db.models import QuerySet

from traitdunion.journal.models import Event, Seal


def events(
    *,
    verb: str = "",
    subject: tuple[str, str] | None = None,
    since: datetime | None = None,
) -> QuerySet[Event]:
    """
    The journal, oldest first.

    Args:
        verb: only this one, e.g. ``budget.commit``.
        subject: only what happened to this (kind, identifier).
        since: only from that instant on.
    """
    rows = Event.objects.order_by("id")
    if verb:
        rows = rows.filter(verb=verb)
    if subject:
        rows = rows.filter(subject_kind=subject[0], subject_id=subject[1])
    return rows.filter(at__gte=since) if since else rows


def seals() -> QuerySet[Seal]:
    """Every seal, the first one first."""
    return Seal.objects.order_by("number")
