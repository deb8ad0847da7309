"""Writing in the journal, always inside the transaction of the fact it tells."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.journal.models import Event

COLUMNS = (
    "uid", "at", "actor_kind", "actor_id", "verb", "subject_kind", "subject_id", "facts",
)  # fmt: skip


def record(
    *, verb: str, subject: Model, by: Actor, at: datetime, facts: Mapping[str, Any] | None = None
) -> Event:
    """
    Add one event.

    Args:
        verb: dotted, what happened, e.g. ``census.need_recorded``.
        subject: the row it happened to; its kind and identifier are kept, never its name.
        facts: identifiers, codes, counts and cents; nothing that names a person, no free text
            about one.
    """
    return Event.objects.create(**_row(verb, subject._meta.label_lower, subject.pk, facts, by, at))


def record_many(
    *,
    verb: str,
    subject_kind: str,
    subjects: Iterable[tuple[Any, Mapping[str, Any]]],
    by: Actor,
    at: datetime,
) -> int:
    """Add one event for each (identifier, facts) of the same kind, in bulk; return how many."""
    listed = list(subjects)
    kind, actor = by.actor_kind, by.actor_id
    rows = (
        (uid, at, kind, actor, verb, subject_kind, str(pk), dict(facts))
        for uid, (pk, facts) in zip(bulk.new_ids(len(listed)), listed, strict=True)
    )
    return bulk.insert(Event, COLUMNS, rows) if listed else 0


def _row(
    verb: str,
    kind: str,
    pk: Any,
    facts: Mapping[str, Any] | None,
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    return {
        "at": at,
        "actor_kind": by.actor_kind,
        "actor_id": by.actor_id,
        "verb": verb,
        "subject_kind": kind,
        "subject_id": str(pk),
        "facts": dict(facts or {}),
    }
