"""Each young person counted once, however many networks list them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from traitdunion.base.actors import Actor
from traitdunion.mentoring.models import CountedChild, YoungPerson
from traitdunion.people import operations as people
from traitdunion.people import queries as pseudonyms

READ = 5_000


@transaction.atomic
def count_once(*, young: Sequence[YoungPerson], by: Actor, at: datetime) -> int:
    """
    Give each of these young people the one counted child that they are; return how many were
    already counted through another network or another list.

    The same person is the same child. So is a person of another network who is written alike, but
    for one slip of the hand; never two persons whom one network lists apart.
    """
    waiting = [one for one in young if one.child_id is None]
    persons = sorted({one.person_id for one in waiting})
    known = _children_of(persons)
    alike = people.recognise(person_ids=[pk for pk in persons if pk not in known], by=by, at=at)
    others = sorted({one.person_id for some in alike.values() for one in some})
    candidates = _young_of(others)
    taken = _listed({row.child_id for some in candidates.values() for row in some})
    found, fresh = 0, []
    for one in sorted(waiting, key=lambda row: (row.referred_at, row.pk)):
        child_id = known.get(one.person_id) or _same(one, alike, candidates, taken)
        if child_id is None:
            fresh.append(_counted(one))
            child_id = fresh[-1].pk
        else:
            found += 1
        known[one.person_id] = child_id
        taken.add((child_id, one.network_id))
        one.child_id = child_id
    CountedChild.objects.bulk_create(fresh, batch_size=500)
    saved = [one for one in waiting if not one._state.adding]
    YoungPerson.objects.bulk_update(saved, ["child"], batch_size=500)
    return found


def _counted(one: YoungPerson) -> CountedChild:
    pk = uuid4()
    code = pseudonyms.pseudonym(pk)
    return CountedChild(pk=pk, code=code, department_id=one.department_id, level=one.level)


def _same(
    one: YoungPerson,
    alike: Mapping[UUID, Sequence[people.Alike]],
    candidates: Mapping[UUID, Sequence[YoungPerson]],
    taken: set[tuple[UUID, UUID | None]],
) -> UUID | None:
    """The child of somebody alike, unless this network already lists that child as another."""
    for other in alike.get(one.person_id, ()):
        for row in candidates.get(other.person_id, ()):
            if one.network_id is None or (row.child_id, one.network_id) not in taken:
                return row.child_id
    return None


def _children_of(persons: Sequence[UUID]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    for start in range(0, len(persons), READ):
        rows = YoungPerson.objects.filter(
            person__in=persons[start : start + READ], child__isnull=False
        )
        found.update(rows.order_by("pk").values_list("person_id", "child_id"))
    return found


def _listed(children: set[UUID | None]) -> set[tuple[UUID, UUID | None]]:
    """Which network lists each of these counted children already."""
    found: set[tuple[UUID, UUID | None]] = set()
    wanted = sorted(filter(None, children))
    for start in range(0, len(wanted), READ):
        rows = YoungPerson.objects.filter(child__in=wanted[start : start + READ])
        found.update(rows.order_by("pk").values_list("child_id", "network_id"))
    return found


def _young_of(persons: Sequence[UUID]) -> dict[UUID, list[YoungPerson]]:
    """Those in mentoring among these persons, with every row of the child that they are."""
    found: dict[UUID, list[YoungPerson]] = {}
    for start in range(0, len(persons), READ):
        rows = YoungPerson.objects.filter(
            person__in=persons[start : start + READ], child__isnull=False
        )
        for row in rows.order_by("referred_at", "pk"):
            found.setdefault(row.person_id, []).append(row)
    return found
