"""Children as the arrays in which the engine looks for doubles; names stay in here."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Case, CharField, IntegerField, QuerySet, When
from django.db.models.functions import Cast
from numpy.typing import NDArray

from traitdunion.engine import quality
from traitdunion.people.models import Person
from traitdunion.people.states import Kind

# Children compared at once: about 20 MB.
CHUNK = 20_000
_READ = 5_000
# Listed before the others, with them, or since.
_BEFORE, _WITH, _SINCE = 0, 1, 2


class _Line(NamedTuple):
    """One child, as text: whoever compares hundreds of thousands does not make them objects."""

    pk: str
    last_name: str
    first_name: str
    birth_date: str | None
    household: str | None
    listed: int


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

    The children are read once, by birth date, and compared some thousands at a time; then by whole
    name, for dates that a slip of the hand changed. Of the tables, memory keeps 40 bytes a child.
    """
    names, seen = _Names(), set()
    for lines in chain(_by_birth_date(listed_at, names), _by_name(listed_at, names)):
        for pair in _compared(lines):
            key = (pair.person_id, pair.other_id)
            if key not in seen:
                seen.add(key)
                yield pair


def _compared(lines: Sequence[_Line]) -> Iterator[Resemblance]:
    homes: dict[str, int] = {}
    found = quality.doubles(
        last_name=[line.last_name for line in lines],
        first_name=[line.first_name for line in lines],
        birth_date=_days(lines),
        household=[
            homes.setdefault(line.household, len(homes)) if line.household else -1
            for line in lines
        ],
        is_new=[line.listed == _WITH for line in lines],
    )
    for one, other, score, reasons in zip(
        found.left, found.right, found.score, found.reasons, strict=True
    ):
        first, second = sorted((lines[one], lines[other]), key=lambda line: (line.listed, line.pk))
        yield Resemblance(UUID(second.pk), UUID(first.pk), float(score), reasons)


@dataclass
class _Names:
    """Of every child read: its name as a number, its birth date, whether it is new, who it is."""

    keys: "array[int]" = field(default_factory=lambda: array("q"))
    days: "array[int]" = field(default_factory=lambda: array("q"))
    new: bytearray = field(default_factory=bytearray)
    ids: bytearray = field(default_factory=bytearray)

    def take(self, lines: Sequence[_Line]) -> None:
        for line in lines:
            words = quality.bare(f"{line.last_name} {line.first_name}").split()
            self.keys.append(hash(" ".join(sorted(words))))
        self.days.frombytes(_days(lines).tobytes())
        self.new += bytes(line.listed == _WITH for line in lines)
        self.ids += b"".join([bytes.fromhex(line.pk.replace("-", "")) for line in lines])

    def shared(self) -> list[UUID]:
        """Children of one name and of birth dates that a slip of the hand tells apart."""
        rows = quality.namesakes(
            name=np.frombuffer(self.keys, dtype=np.int64),
            birth_date=np.frombuffer(self.days, dtype="datetime64[D]"),
            is_new=np.frombuffer(self.new, dtype=bool),
        )
        return [UUID(bytes=bytes(self.ids[16 * i : 16 * i + 16])) for i in rows.tolist()]


def _by_birth_date(listed_at: datetime, names: _Names) -> Iterator[list[_Line]]:
    """Every child, those born the same day together, some days at a time."""
    waiting: list[_Line] = []
    rows = _lines(_children(), listed_at).order_by("birth_date", "pk").iterator(chunk_size=_READ)
    while some := list(map(_Line._make, islice(rows, _READ))):
        names.take(some)
        waiting += [line for line in some if line.birth_date]
        if len(waiting) >= CHUNK:
            cut = bisect_left(waiting, waiting[-1].birth_date or "", key=_birth_date)
            if cut:
                yield waiting[:cut]
                waiting = waiting[cut:]
    yield waiting


def _by_name(listed_at: datetime, names: _Names) -> Iterator[list[_Line]]:
    """Children of the same whole name under different birth dates, one of them new."""
    wanted = names.shared()
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        lines: list[_Line] = []
        for some in range(0, len(part), 500):
            found = _children().filter(pk__in=part[some : some + 500])
            lines += map(_Line._make, _lines(found, listed_at))
        yield sorted(lines)


def _lines(children: QuerySet[Person], listed_at: datetime) -> QuerySet[Any]:
    listed = Case(
        When(created_at__lt=listed_at, then=_BEFORE),
        When(created_at=listed_at, then=_WITH),
        default=_SINCE,
        output_field=IntegerField(),
    )
    return children.values_list(
        Cast("pk", CharField()),
        "last_name",
        "first_name",
        Cast("birth_date", CharField()),
        Cast("household_id", CharField()),
        listed,
    )


def _birth_date(line: _Line) -> str:
    return line.birth_date or ""


def _days(lines: Sequence[_Line]) -> NDArray[np.datetime64]:
    return np.array([line.birth_date or "NaT" for line in lines], dtype="datetime64[D]")


def _children() -> QuerySet[Person]:
    return Person.objects.filter(kind=Kind.CHILD, purged_at__isnull=True)
