"""
Closing over a stretch of the journal: which events no seal covers yet, what a seal says of them.

An identifier is drawn before its row is committed, so a lower one may appear after a higher one.
Nothing waits for it: a seal lists the identifiers it found, and the next ones look again from the
last seal below which no transaction can still be running.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from zlib import crc32

from django.db import connection

from traitdunion.journal import canonical
from traitdunion.journal.models import Event, Seal
from traitdunion.journal.reading import Lines

GENESIS = "0" * 64
# Events a seal covers at most: what it takes to hash them is what a writer may have to wait on
# SQLite.
MOST = 10_000
# The key of an event's facts under which the rows it tells are: {table: [count, digest]}.
ROWS = "rows"
TELLS = b'"rows": {'
# Bytes of an event's short sum.
MARK = 4

Range = Sequence[int]


@dataclass
class Stretch:
    """What a seal says of its events, computed as they pass in the order of their identifiers."""

    ranges: list[list[int]] = field(default_factory=list)
    events: int = 0
    marks: bytearray = field(default_factory=bytearray)
    rows: dict[str, int] = field(default_factory=dict)
    _hash: Any = field(default_factory=sha256)

    def add(self, pk: int, line: bytes) -> None:
        if self.ranges and pk == self.ranges[-1][1] + 1:
            self.ranges[-1][1] = pk
        else:
            self.ranges.append([pk, pk])
        self.events += 1
        self._hash.update(line)
        self._hash.update(b"\n")
        self.marks += mark(line)
        if TELLS in line:
            for label, claim in tells(json.loads(line)).items():
                self.rows[label] = self.rows.get(label, 0) + claim[0]

    def rows_after(self, before: Mapping[str, int]) -> dict[str, int]:
        """The rows told so far, table by table."""
        return {
            label: before.get(label, 0) + self.rows.get(label, 0)
            for label in {*before, *self.rows}
        }

    @property
    def digest(self) -> str:
        return str(self._hash.hexdigest())

    @property
    def top(self) -> int:
        return self.ranges[-1][1] if self.ranges else 0


def tells(event: dict[str, Any] | None) -> dict[str, Any]:
    """The rows that an event tells: {table: [how many, their digest]}."""
    told = event["facts"].get(ROWS) if event else None
    return told if isinstance(told, dict) else {}


def mark(line: bytes) -> bytes:
    return crc32(line).to_bytes(MARK)


def event_lines() -> Lines:
    return Lines(Event, first=("t.id",))


def seal_lines() -> Lines:
    return Lines(Seal, first=("t.number", "t.hash"), without=("hash",))


def hash_of(line: bytes) -> str:
    """A seal's hash: of all its columns, the hash of the seal before among them."""
    return sha256(line).hexdigest()


def hash_of_seal(seal: Seal) -> str:
    return hash_of(canonical.form(Seal, ("hash",)).line_of(seal).encode())


def unsealed_stretch() -> Stretch:
    """The oldest events that no seal covers, as many as one seal takes."""
    floor, covered = settled()
    inside = sum(last - first + 1 for first, last in covered)
    lines = event_lines()
    tail = "WHERE t.id > %s ORDER BY t.id LIMIT %s"
    made = Stretch()
    for (pk,), line in outside(lines.read(tail, [floor, MOST + inside]), covered):
        made.add(pk, lines.again(line) if b"\\" in line else line)
        if made.events == MOST:
            break
    return made


def outside(
    rows: Iterable[tuple[Sequence[Any], bytes]], covered: Sequence[Range]
) -> Iterator[tuple[Sequence[Any], bytes]]:
    """The rows, in the order of their identifiers, that none of these sorted ranges covers."""
    place = 0
    for row in rows:
        pk = row[0][0]
        while place < len(covered) and covered[place][1] < pk:
            place += 1
        if place == len(covered) or pk < covered[place][0]:
            yield row


def settled() -> tuple[int, list[Range]]:
    """
    Below which identifier nothing can appear any more, and what is covered above it.

    Every transaction that had begun when a seal was made has ended once the oldest one still
    running is younger. One seal more is kept in hand, for an identifier drawn by a transaction
    that had not yet written anything.
    """
    oldest, newest = running()
    covered: list[Range] = []
    spare = oldest is not None
    seals = Seal.objects.order_by("-number").values_list("top", "horizon", "ranges")
    for top, horizon, ranges in seals.iterator(chunk_size=4):
        if _has_ended(horizon, oldest, newest):
            if not spare:
                return top, sorted(covered)
            spare = False
        covered += ranges
    return 0, sorted(covered)


def _has_ended(horizon: int | None, oldest: int | None, newest: int | None) -> bool:
    """A horizon above the newest transaction is another server's: restored, hence ended."""
    if horizon is None or oldest is None or newest is None:
        return True
    return horizon <= oldest or horizon > newest


def running() -> tuple[int | None, int | None]:
    """The oldest transaction still running and the first not yet begun; none on SQLite."""
    if connection.vendor == "sqlite":
        return None, None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint"
            " FROM pg_current_snapshot() s"
        )
        oldest, newest = cursor.fetchone()
    return oldest, newest
