"""Names as the engine compares them; they come back as identifiers."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from traitdunion.base.identifiers import folded
from traitdunion.engine import quality
from traitdunion.people.models import Person
from traitdunion.people.states import Kind

BATCH = 5_000


def look_alikes(person_ids: Sequence[UUID]) -> list[tuple[UUID, UUID, float, tuple[str, ...]]]:
    """
    Children who may be one of these under another spelling.

    Returns: (one of them, the other, score 0–1, reasons), each pair once.
    """
    fresh = set(person_ids)
    rows = _around(list(person_ids))
    likes = quality.probable_duplicates(
        first_names=[folded(first) for _pk, first, _last, _birth, _home in rows],
        last_names=[folded(last) for _pk, _first, last, _birth, _home in rows],
        births=[birth.isoformat() if birth else "" for _pk, _first, _last, birth, _home in rows],
        households=[str(home or "") for _pk, _first, _last, _birth, home in rows],
        fresh=[row[0] in fresh for row in rows],
    )
    return [
        (rows[like.first][0], rows[like.second][0], like.score, like.reasons) for like in likes
    ]


def _around(person_ids: list[UUID]) -> list[tuple]:
    """These children, and those born the same day or living in the same household."""
    found: dict[UUID, tuple] = {}
    columns = ("pk", "first_name", "last_name", "birth_date", "household_id")
    children = Person.objects.filter(kind=Kind.CHILD, purged_at__isnull=True)
    for start in range(0, len(person_ids), BATCH):
        chunk = person_ids[start : start + BATCH]
        mine = children.filter(pk__in=chunk)
        births = mine.filter(birth_date__isnull=False).values("birth_date")
        homes = mine.filter(household__isnull=False).values("household")
        near = children.filter(Q(pk__in=chunk) | Q(birth_date__in=births) | Q(household__in=homes))
        found |= {row[0]: row for row in near.order_by("pk").values_list(*columns)}
    return [found[pk] for pk in sorted(found)]
