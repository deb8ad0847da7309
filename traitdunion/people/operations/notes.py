"""Notes about a child: written for one organisation, read there only, each reading journaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import Actor
from traitdunion.base.errors import Refusal
from traitdunion.journal import operations as journal
from traitdunion.people.models import Note


class EmptyNote(Refusal):
    """Nothing was written."""


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note as its reader sees it."""

    author_id: UUID
    text: str
    at: datetime


@transaction.atomic
def write_note(
    *, person_id: UUID, organisation_id: UUID, text: str, by: Actor, at: datetime
) -> Note:
    """Write a note that only this organisation reads. Raises EmptyNote."""
    text = text.strip()[:2_000]
    if not text:
        raise EmptyNote(_("La note est vide : écrivez une phrase, ou ne notez rien."))
    note = Note.objects.create(
        child_id=person_id,
        organisation_id=organisation_id,
        author_id=by.actor_id,
        text=text,
        at=at,
    )
    journal.record(verb="people.note_written", subject=note, by=by, at=at)
    return note


@transaction.atomic
def open_notes(
    *,
    person_ids: Sequence[UUID],
    organisation_id: UUID,
    written_by: UUID | None,
    by: Actor,
    at: datetime,
) -> list[NoteLine]:
    """
    The notes that an organisation keeps on these children, the latest first; the reading is
    journaled.

    Args:
        written_by: only those of this author; None: all those of the organisation.
    """
    rows = Note.objects.filter(child__in=person_ids, organisation_id=organisation_id)
    if written_by is not None:
        rows = rows.filter(author_id=written_by)
    found = list(rows.order_by("-at", "pk"))
    journal.record_many(
        verb="people.notes_read",
        subject_kind="people.person",
        subjects=[(pk, {}) for pk in sorted({one.child_id for one in found})],
        by=by,
        at=at,
    )
    return [NoteLine(one.author_id, one.text, one.at) for one in found]
