"""Reading the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from traitdunion.journal.models import Event


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as pages show it."""

    at: datetime
    verb: str
    actor_kind: str
    actor_id: str
    subject_kind: str
    subject_id: str
    facts: dict[str, Any]


def of_subject(subject: Model) -> list[EventRow]:
    """Everything that happened to ``subject``, oldest first."""
    kind = subject._meta.label_lower
    events = Event.objects.filter(subject_kind=kind, subject_id=str(subject.pk)).order_by("id")
    return [_shown(event) for event in events]


def count(verb: str) -> int:
    """How many times this happened."""
    return Event.objects.filter(verb=verb).count()


def latest(limit: int) -> list[EventRow]:
    """The newest events, newest first."""
    return [_shown(event) for event in Event.objects.order_by("-id")[:limit]]


def _shown(event: Event) -> EventRow:
    return EventRow(
        at=event.at,
        verb=event.verb,
        actor_kind=event.actor_kind,
        actor_id=str(event.actor_id or ""),
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        facts=event.facts,
    )


def total() -> int:
    """How many events there are."""
    return Event.objects.count()
