"""Children as the arrays in which the engine looks for doubles; names stay in here."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from traitdunion.engine import quality
from traitdunion.people.models import Person
from traitdunion.people.states import Kind

# Children compared at once: about 20 MB.
CHUNK = 20_000
_FIELDS = ("pk", "last_name", "first_name", "birth_date", "household_id", "created_at")
_Line = tuple[UUID, str, str, date | None, UUID | None, datetime]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Two children that may be one. ``person_id`` is the one listed last."""

    person_id: UUID
    other_id: UUID
    score: float
    reasons: tuple[str, ...]


def resembling(*, listed_at: datetime) -> Iterator[Resemblance]:
    """
    Children listed at that instant that look like one another or like children listed before.

    By birth date, a few thousand children at a time; then by whole name, for dates that a slip of
    the hand changed. Memory does not grow with the tables.
    """
    seen: set[tuple[UUID, UUID]] = set()
    for lines in chain(_by_birth_date(listed_at), _by_name(listed_at)):
        for pair in _compared(lines, listed_at):
            key = (pair.person_id, pair.other_id)
            if key not in seen:
                seen.add(key)
                yield pair


def _compared(lines: Sequence[_Line], listed_at: datetime) -> Iterator[Resemblance]:
    homes: dict[UUID, int] = {}
    found = quality.doubles(
        last_name=[line[1] for line in lines],
        first_name=[line[2] for line in lines],
        birth_date=np.array([line[3] or "NaT" for line in lines], dtype="datetime64[D]"),
        household=[homes.setdefault(line[4], len(homes)) if line[4] else -1 for line in lines],
        is_new=[line[5] == listed_at for line in lines],
    )
    for one, other, score, reasons in zip(
        found.left, found.right, found.score, found.reasons, strict=True
    ):
        first, second = sorted((lines[one], lines[other]), key=lambda line: (line[5], line[0]))
        yield Resemblance(second[0], first[0], float(score), reasons)


def _by_birth_date(listed_at: datetime) -> Iterator[list[_Line]]:
    """Every child born on the same days as the new ones, some days at a time."""
    new = Person.objects.filter(kind=Kind.CHILD, created_at=listed_at, birth_date__isnull=False)
    days = list(new.order_by("birth_date").values_list("birth_date", flat=True).distinct())
    born = _children().filter(birth_date__isnull=False).count()
    step = max(1, CHUNK * len(days) // max(1, born))
    for start in range(0, len(days), step):
        some = days[start : start + step]
        rows = _children().filter(birth_date__range=(some[0], some[-1]))
        yield list(rows.order_by("birth_date", "pk").values_list(*_FIELDS))


def _by_name(listed_at: datetime) -> Iterator[list[_Line]]:
    """Children of the same whole name under different birth dates, one of them new."""
    rows = _children().order_by("pk").values_list("pk", "last_name", "first_name", "birth_date")
    keys, days, ids = array("q"), array("q"), bytearray()
    for pk, last, first, born in rows.iterator(chunk_size=5_000):
        keys.append(hash(" ".join(sorted(quality.bare(f"{last} {first}").split()))))
        days.append(born.toordinal() if born else 0)
        ids += pk.bytes
    name, day = np.frombuffer(keys, dtype=np.int64), np.frombuffer(days, dtype=np.int64)
    wanted = [UUID(bytes=bytes(ids[16 * i : 16 * i + 16])) for i in _shared(name, day)]
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        lines: list[_Line] = []
        for some in range(0, len(part), 500):
            lines += _children().filter(pk__in=part[some : some + 500]).values_list(*_FIELDS)
        yield sorted(lines)


def _shared(name: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Rows whose name also appears under another birth date, or whose date is unknown (0)."""
    order = np.lexsort((day, name))
    same = name[order][1:] == name[order][:-1]
    apart = (day[order][1:] != day[order][:-1]) | (day[order][1:] == 0)
    hit = np.flatnonzero(same & apart)
    return order[np.unique(np.concatenate((hit, hit + 1)))]


def _children() -> QuerySet[Person]:
    return Person.objects.filter(kind=Kind.CHILD, purged_at__isnull=True)
