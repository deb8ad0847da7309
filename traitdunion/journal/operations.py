"""
Writing in the journal, always inside the transaction of the fact it tells.

The event that tells a row which only grows carries the digest of all its columns, and the row
carries the event's identifier (``told_by``): drawn first, ``uid = uuid4()``, since neither can be
changed afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Model

from traitdunion.base import bulk, hot
from traitdunion.base.actors import Actor
from traitdunion.base.columns import DRAWN, Columns, Same
from traitdunion.journal import canonical, sealing
from traitdunion.journal.canonical import Rows
from traitdunion.journal.models import Event, Head, Seal
from traitdunion.journal.sealing import GENESIS, ROWS

COLUMNS = (
    "uid", "at", "actor_kind", "actor_id", "verb", "subject_kind", "subject_id", "facts",
)  # fmt: skip


def record(
    *,
    verb: str,
    subject: Model,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    uid: UUID | None = None,
    rows: Iterable[Model] = (),
) -> Event:
    """
    Add one event.

    Args:
        verb: dotted, what happened, e.g. ``census.need_recorded``.
        subject: the row it happened to; its kind and identifier are kept, never its name.
        facts: identifiers, codes, counts and cents; nothing that names a person, no free text
            about one.
        uid: its own identifier, which the rows it tells carry as ``told_by``.
        rows: those rows, of any tables that only grow, already saved.
    """
    uid = uid or uuid4()
    told = canonical.rows_of(_of(uid, rows))
    kind, pk = subject._meta.label_lower, subject.pk
    values = (uid, at, by.actor_kind, by.actor_id, verb, kind, str(pk), _facts(facts, told))
    event = Event(**dict(zip(COLUMNS, values, strict=True)))
    hot.add(event)
    return event


def record_many(
    *,
    verb: str,
    subject_kind: str,
    subjects: Iterable[tuple[Any, Mapping[str, Any]]],
    by: Actor,
    at: datetime,
    rows: Mapping[Any, tuple[UUID, Iterable[Model]]] | None = None,
) -> int:
    """
    Add one event for each (identifier, facts) of the same kind, in bulk; return how many.

    Args:
        rows: for each identifier that has some, its event's uid and the rows that event tells.
    """
    listed = list(subjects)
    if not listed:
        return 0
    told = {
        pk: (uid, canonical.rows_of(_of(uid, many))) for pk, (uid, many) in (rows or {}).items()
    }
    columns: Columns = {
        "uid": [told[pk][0] if pk in told else uuid4() for pk, _said in listed] if told else DRAWN,
        "at": Same(at),
        "actor_kind": Same(by.actor_kind),
        "actor_id": Same(by.actor_id),
        "verb": Same(verb),
        "subject_kind": Same(subject_kind),
        "subject_id": [str(pk) for pk, _said in listed],
        "facts": [_facts(facts, told[pk][1] if pk in told else ()) for pk, facts in listed],
    }
    return bulk.insert_columns(Event, columns)


def record_batch(
    *,
    verb: str,
    uid: UUID,
    rows: Rows,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """
    Add the one event of a bulk operation, whose subject is the batch itself.

    Args:
        uid: the batch's identifier, which each of its rows carries as ``told_by``.
        rows: what hashed them on their way into the table (``Rows.through``).
    """
    return Event.objects.create(
        uid=uid,
        at=at,
        actor_kind=by.actor_kind,
        actor_id=by.actor_id,
        verb=verb,
        subject_kind=rows.label,
        subject_id=str(uid),
        facts=_facts(facts, [rows]),
    )


def seal(*, by: Actor, at: datetime) -> int:
    """Close over every event that no seal covers yet, some thousands a seal; return how many."""
    sealed = 0
    while count := _seal_some(by, at):
        sealed += count
    return sealed


@transaction.atomic
def _seal_some(by: Actor, at: datetime) -> int:
    Head.objects.get_or_create(pk=1)
    head = Head.objects.select_for_update().get(pk=1)
    stretch = sealing.unsealed_stretch()
    if not stretch.events:
        return 0
    last = Seal.objects.order_by("-number").defer("marks", "ranges").first()
    made = Seal(
        number=head.seals + 1,
        previous=head.hash or GENESIS,
        ranges=stretch.ranges,
        events=stretch.events,
        top=max(stretch.top, last.top if last else 0),
        digest=stretch.digest,
        marks=bytes(stretch.marks),
        rows=canonical.ordered(stretch.rows_after(last.rows if last else {})),
        # After the events were read: whoever drew an identifier among theirs had begun by now.
        horizon=sealing.running()[1],
        at=at,
        by_kind=by.actor_kind,
        by_id=by.actor_id,
    )
    made.hash = sealing.hash_of_seal(made)
    made.save(force_insert=True)
    head.seals, head.events, head.hash = made.number, head.events + made.events, made.hash
    head.save()
    return made.events


def _of(uid: UUID, rows: Iterable[Model]) -> Iterable[Model]:
    """The rows, each of which must say that this event tells it, or hang under one that does."""
    for row in rows:
        if getattr(row, "told_by", uid) != uid:
            raise ValueError(f"{row._meta.label_lower} {row.pk} is not told by {uid}")
        yield row


def _facts(facts: Mapping[str, Any] | None, told: Sequence[Rows]) -> dict[str, Any]:
    """In the order of `jsonb`, so that both databases keep the text that is hashed."""
    if facts and not told and len(facts) == 1 and isinstance(*facts.values(), str):
        # One word under one key: a list of thousands tells nothing else, and has no order.
        return dict(facts)
    kept = dict(facts or {})
    digests = {one.label: one.told() for one in told if one.count}
    if digests and ROWS in kept:
        raise ValueError(f"facts use the reserved key {ROWS!r}")
    if digests:
        kept[ROWS] = digests
    found: dict[str, Any] = canonical.ordered(kept)
    return found
