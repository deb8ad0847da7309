"""Reading the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Sum

from traitdunion.journal.checking import check
from traitdunion.journal.models import Event, Head, Seal

__all__ = [
    "EventRow", "SealRow", "check", "count", "has_seal", "last_seal", "latest", "of_subject",
    "total", "unsealed",
]  # fmt: skip


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


def unsealed() -> int:
    """How many events no seal covers yet."""
    sealed = Seal.objects.aggregate(events=Sum("events"))["events"]
    return total() - int(sealed or 0)


@dataclass(frozen=True, slots=True)
class SealRow:
    """A seal as it is shown to anybody: numbers, an instant and a hash."""

    number: int
    at: datetime
    events: int
    events_so_far: int
    hash: str


def last_seal() -> SealRow | None:
    """The latest seal; None when nothing is sealed yet."""
    seal = Seal.objects.order_by("-number").defer("marks", "ranges").first()
    head = Head.objects.first()
    if seal is None or head is None:
        return None
    return SealRow(seal.number, seal.at, seal.events, head.events, seal.hash)


def has_seal(hash_: str) -> bool:
    """Whether a seal of the chain has this hash, as an outside copy gives it."""
    return Seal.objects.filter(hash=hash_.strip().lower()).exists()
