"""Objection, erasure and retention: one code empties a file, whatever the reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from traitdunion.base.actors import Actor
from traitdunion.journal import operations as journal
from traitdunion.people.models import (
    Address,
    Authorisation,
    AuthorisationRequest,
    Guardianship,
    ListFile,
    Note,
    Person,
    RecognitionKey,
)
from traitdunion.people.states import Kind

CHUNK = 1_000


@transaction.atomic
def object_to_processing(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """A family asks not to be in the plan: the file is closed, the strands take the child out."""
    Person.objects.filter(pk=person_id, objected_at__isnull=True).update(objected_at=at)
    journal.record_many(
        verb="people.objection_recorded",
        subject_kind="people.person",
        subjects=[(person_id, {})],
        by=by,
        at=at,
    )


@transaction.atomic
def forget(*, person_ids: Sequence[UUID], reason: str, by: Actor, at: datetime) -> int:
    """
    Empty these children's files: names, dates, addresses, those who answer for them.

    What remains is a row without a name, so that sums, custody and seals stay true.
    """
    ties = Guardianship.objects.filter(child__in=person_ids, guardian__isnull=False)
    adults = list(ties.order_by("pk").values_list("guardian_id", flat=True))
    Person.objects.filter(pk__in=adults).update(**_EMPTY, purged_at=at)
    Guardianship.objects.filter(child__in=person_ids).update(phone="", email="", language="")
    Address.objects.filter(person__in=[*person_ids, *adults]).update(
        text="", postcode="", city="", city_code="", lon=None, lat=None, purged_at=at
    )
    Authorisation.objects.filter(child__in=person_ids).update(guardianship=None)
    AuthorisationRequest.objects.filter(child__in=person_ids).delete()
    Note.objects.filter(child__in=person_ids).delete()
    RecognitionKey.objects.filter(person__in=person_ids).delete()
    done = Person.objects.filter(pk__in=person_ids, purged_at__isnull=True).update(
        **_EMPTY, purged_at=at
    )
    journal.record_many(
        verb="people.file_emptied",
        subject_kind="people.person",
        subjects=[(pk, {"reason": reason}) for pk in person_ids],
        by=by,
        at=at,
    )
    return done


_EMPTY = {
    "first_name": "",
    "last_name": "",
    "birth_date": None,
    "search_key": "",
    "household": None,
}


def purge(*, created_before: datetime, by: Actor, at: datetime) -> int:
    """Empty the files older than the programme keeps them; return how many."""
    old = Person.objects.filter(
        kind=Kind.CHILD, created_at__lt=created_before, purged_at__isnull=True
    )
    done = 0
    while chunk := list(old.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        done += forget(person_ids=chunk, reason="retention", by=by, at=at)
    return done


@transaction.atomic
def forget_lists(*, sent_before: datetime, by: Actor, at: datetime) -> int:
    """Empty the lists that relays sent before that instant, and the rows left to mend."""
    kept = Q(content__isnull=False) | Q(refused__isnull=False)
    old = ListFile.objects.filter(kept, sent_at__lt=sent_before)
    emptied = list(old.order_by("pk").values_list("pk", flat=True))
    old.update(content=None, refused=None, name="")
    journal.record_many(
        verb="people.list_emptied",
        subject_kind="people.listfile",
        subjects=[(pk, {}) for pk in emptied],
        by=by,
        at=at,
    )
    return len(emptied)
