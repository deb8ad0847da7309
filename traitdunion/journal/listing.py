"""The journal and its seals as rows to go through, in order."""

from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone

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


def newest(
    *,
    verb: str = "",
    subject: str = "",
    first_day: date | None = None,
    last_day: date | None = None,
) -> QuerySet[Event]:
    """The journal, newest first; days are those of the reader's clock."""
    rows = Event.objects.order_by("-id")
    if verb:
        rows = rows.filter(verb=verb.strip())
    if subject:
        # Every kind named, else the index on (kind, identifier) is of no use.
        kinds = [model._meta.label_lower for model in apps.get_models()]
        rows = rows.filter(subject_kind__in=kinds, subject_id=subject.strip())
    if first_day:
        rows = rows.filter(at__gte=_midnight(first_day))
    return rows.filter(at__lt=_midnight(last_day + timedelta(days=1))) if last_day else rows


def below(rows: QuerySet[Event], pk: int | None) -> QuerySet[Event]:
    """What comes after that event in a list that begins with the newest."""
    return rows.filter(id__lt=pk) if pk else rows


def public_seals() -> QuerySet[Seal]:
    """What anybody may know of the seals, the newest first."""
    return Seal.objects.order_by("-number").only("number", "at", "events", "hash")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
