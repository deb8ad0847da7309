"""Recognising a child that two organisations listed, each for itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from traitdunion.base import bulk
from traitdunion.base.actors import Actor
from traitdunion.base.columns import DRAWN, Columns
from traitdunion.journal import operations as journal
from traitdunion.people import recognising
from traitdunion.people.models import Person, RecognitionKey

READ = 5_000


class Alike(NamedTuple):
    """Another listed child that is the same, but for one slip of the hand when not exact."""

    person_id: UUID
    is_exact: bool


@transaction.atomic
def recognise(*, person_ids: Sequence[UUID], by: Actor, at: datetime) -> dict[UUID, list[Alike]]:
    """
    Say which children listed before each of these looks the same, those exactly alike first.

    Names are read here and go nowhere: keyed digests are kept, by which the next list is compared.
    A child without a birth date is recognised in no other list.
    """
    rows = Person.objects.filter(pk__in=person_ids, purged_at__isnull=True)
    read = rows.filter(birth_date__isnull=False).order_by("pk")
    keys: dict[UUID, set[int]] = {}
    plain: dict[UUID, int] = {}
    for pk, last, first, born in read.values_list("pk", "last_name", "first_name", "birth_date"):
        keys[pk] = recognising.slips(last, first, born)
        plain[pk] = recognising.exact(last, first, born)
    holders = _holders(set().union(*keys.values()))
    found = {pk: _alike(pk, keys[pk], plain[pk], holders) for pk in keys}
    _remember(keys, plain)
    facts = {"children": len(keys), "found": sum(map(bool, found.values()))}
    journal.record_many(
        verb="people.children_compared",
        subject_kind="people.recognitionkey",
        subjects=[(at.isoformat(), facts)] if keys else [],
        by=by,
        at=at,
    )
    return found


def _holders(keys: set[int]) -> Mapping[int, list[tuple[UUID, bool]]]:
    """Who is known under each of these digests, and whether it is their exact one."""
    found: dict[int, list[tuple[UUID, bool]]] = defaultdict(list)
    wanted = sorted(keys)
    for start in range(0, len(wanted), READ):
        rows = RecognitionKey.objects.filter(key__in=wanted[start : start + READ])
        for key, pk, is_exact in rows.order_by("pk").values_list("key", "person_id", "is_exact"):
            found[key].append((pk, is_exact))
    return found


def _alike(
    person_id: UUID, keys: set[int], plain: int, holders: Mapping[int, list[tuple[UUID, bool]]]
) -> list[Alike]:
    exact: dict[UUID, bool] = {}
    for key in keys:
        for other, is_exact in holders.get(key, ()):
            if other != person_id:
                exact[other] = exact.get(other, False) or (is_exact and key == plain)
    ordered = sorted(exact.items(), key=lambda one: (not one[1], one[0]))
    return [Alike(other, is_exact) for other, is_exact in ordered]


def _remember(keys: Mapping[UUID, set[int]], plain: Mapping[UUID, int]) -> None:
    """A name that was corrected has new digests: those before go."""
    known = list(keys)
    for start in range(0, len(known), READ):
        RecognitionKey.objects.filter(person__in=known[start : start + READ]).delete()
    rows = [(pk, key) for pk, some in keys.items() for key in sorted(some)]
    columns: Columns = {
        "id": DRAWN,
        "person_id": [pk for pk, _key in rows],
        "key": [key for _pk, key in rows],
        "is_exact": [plain[pk] == key for pk, key in rows],
    }
    if rows:
        bulk.insert_columns(RecognitionKey, columns)
