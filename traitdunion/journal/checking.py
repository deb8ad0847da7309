"""Whether the journal still says what it said: seals, events, and the rows that events tell."""

import gc
import json
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model

from traitdunion.journal import canonical, sealing
from traitdunion.journal.adoption import ADOPTED
from traitdunion.journal.models import Event, Head, Seal
from traitdunion.journal.reading import Lines, hexed
from traitdunion.journal.sealing import GENESIS, MARK, TELLS, Range
from traitdunion.journal.telling import Telling, parameters, tables

Wrong = tuple[str, str, str]
Claim = list[Any]  # [how many rows, their digest, a short sum of each when there are several]

EVENTS, SEALS, HEAD = (one._meta.db_table for one in (Event, Seal, Head))
# Events whose rows are looked up together.
TOGETHER = 1_000
# Identifiers missing between two of a seal's ranges before they are read apart.
APART = 1_000


@dataclass
class Claims:
    """What events say of the rows they tell, kept until there are enough to look them up."""

    waiting: dict[str, dict[str, Claim]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)

    def add(self, pk: int, line: bytes) -> Iterator[Wrong]:
        """Take what this event tells, if it tells anything."""
        if TELLS in line:
            yield from self.take([(pk, line)])

    def take(self, lines: Sequence[tuple[int, bytes]]) -> Iterator[Wrong]:
        """Take what these events tell; look the rows up when there are many."""
        for pk, event in _events(lines):
            if event is None:
                yield EVENTS, str(pk), "it cannot be read"
                continue
            for label, claim in sealing.tells(event).items():
                self.told[label] += claim[0]
                if event["verb"] == ADOPTED:
                    yield from _told(label).untold(event["uid"], claim)
                    continue
                wait = self.waiting.setdefault(label, {})
                wait[event["uid"]] = claim
                if len(wait) == TOGETHER:
                    yield from _told(label).check(self.waiting.pop(label))

    def rest(self) -> Iterator[Wrong]:
        for label, wait in self.waiting.items():
            yield from _told(label).check(wait)
        self.waiting = {}


def _events(lines: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """What these lines say, read all at once; one by one when one of them cannot be read."""
    try:
        events = json.loads(b"[" + b",".join([line for _pk, line in lines]) + b"]")
    except ValueError:
        events = []
    if len(events) == len(lines):
        yield from ((pk, event) for (pk, _line), event in zip(lines, events, strict=True))
        return
    for pk, line in lines:
        try:
            yield pk, json.loads(line)
        except ValueError:
            yield pk, None


@cache
def _told(label: str) -> "_Told":
    return _Told(label)


class _Told:
    """The rows of one table, compared with what their events say."""

    def __init__(self, label: str) -> None:
        self.model: type[Model] = apps.get_model(label)
        self.table = self.model._meta.db_table
        self.telling = Telling(self.model)
        first = (hexed(self.telling.column), self.telling.key)
        self.lines = Lines(self.model, first=first)

    def check(self, claims: dict[str, Claim]) -> Iterator[Wrong]:
        many = sum(claim[0] for claim in claims.values()) > 2 * TOGETHER
        found = self._streamed(list(claims)) if many else self._at_once(list(claims))
        for uid, claim in claims.items():
            if found.get(uid) != claim[:2]:
                yield self._named(uid, claim, self._of([uid]))

    def _at_once(self, uids: Sequence[str]) -> dict[str, Claim]:
        lines: dict[str, list[bytes]] = {}
        put_in_order = self.lines.again if self.lines.form.has_json else bytes
        tail = self.telling.of(len(uids))
        for uid, _pk, line in self.lines.at_once(tail, parameters(uids)):
            lines.setdefault(uid, []).append(put_in_order(line))
        return {
            uid: [len(told), sha256(b"\n".join([*told, b""])).hexdigest()]
            for uid, told in lines.items()
        }

    def _streamed(self, uids: Sequence[str]) -> dict[str, Claim]:
        """The same, never all in memory: one event may tell a whole list."""
        found: dict[str, tuple[list[int], Any]] = {}
        for (uid, _pk), line in self._of(uids, streamed=True):
            if uid not in found:
                found[uid] = [0], sha256()
            count, digest = found[uid]
            count[0] += 1
            digest.update(line + b"\n")
        return {uid: [count[0], digest.hexdigest()] for uid, (count, digest) in found.items()}

    def untold(self, uid: str, claim: Claim) -> Iterator[Wrong]:
        found = canonical.Rows(self.model)
        for _first, line in self.lines.read(self.telling.untold(), streamed=True):
            found.add_line(line)
        if not found.holds(claim):
            yield self._named(uid, claim, self.lines.read(self.telling.untold(), streamed=True))

    def _of(
        self, uids: Sequence[str], *, streamed: bool = False
    ) -> Iterator[tuple[Sequence[Any], bytes]]:
        tail = self.telling.of(len(uids))
        rows = self.lines.read(tail, parameters(uids), streamed=streamed)
        if not self.lines.form.has_json:
            return rows
        return ((first, self.lines.again(line)) for first, line in rows)

    def _named(self, uid: str, claim: Claim, rows: Iterable[tuple[Sequence[Any], bytes]]) -> Wrong:
        """The first row that is not as it was told, by its short sum."""
        marks = b64decode(claim[2]) if len(claim) > 2 else b""
        count = 0
        for (_uid, pk), line in rows:
            mark = marks[count * canonical.MARK : (count + 1) * canonical.MARK]
            count += 1
            if claim[0] == 1 or mark != canonical.mark(line):
                return self.table, shown(pk), f"it is not what event {shown(uid)} told"
        reason = f"event {shown(uid)} told {claim[0]} rows, {count} are there"
        return self.table, shown(uid), reason


def check() -> Iterator[Wrong]:
    """Every seal, event and told row that is not as it was: (table, identifier, reason)."""
    claims = Claims()
    sealed = Sealed()
    with _unswept():
        yield from sealed.check(claims)
        yield from _newer(sealed, claims)
        yield from claims.rest()
    for model in tables():
        yield from _all_told(model, claims.told)


@contextmanager
def _unswept() -> Iterator[None]:
    """
    What is read here is freed as soon as it is left; to look for cycles in everything that the
    process holds, again and again, costs a fifth of the time.
    """
    was_sweeping = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_sweeping:
            gc.enable()


@dataclass
class Sealed:
    """The chain of seals, walked from the first."""

    number: int = 0
    hash: str = GENESIS
    events: int = 0
    top: int = 0
    covered: list[Range] = field(default_factory=list)

    def check(self, claims: Claims) -> Iterator[Wrong]:
        while (found := _next_seal(self.number)) is not None:
            number, kept, line = found
            if number != self.number + 1:
                yield SEALS, str(self.number + 1), "it is missing"
            if sealing.hash_of(line) != kept:
                yield SEALS, str(number), "it is not what was sealed"
            seal = json.loads(line)
            if seal["previous"] != self.hash:
                yield SEALS, str(number), "it does not follow the seal before it"
            yield from _check_events(seal, claims)
            if any(claims.told[label] != count for label, count in seal["rows"].items()):
                yield SEALS, str(number), "its events do not tell as many rows"
            self.number, self.hash = number, kept
            self.events += seal["events"]
            self.top = max(self.top, seal["top"])
            self.covered += seal["ranges"]
        yield from self._head()

    def _head(self) -> Iterator[Wrong]:
        head = Head.objects.values_list("seals", "events", "hash").first()
        seals, events, last = head or (0, 0, "")
        if seals != self.number and self.number + 1 <= int(seals):
            yield SEALS, str(self.number + 1), "it is missing"
        elif (seals, events, last or GENESIS) != (self.number, self.events, self.hash):
            yield HEAD, "1", "it does not count the seals that are there"


def _next_seal(number: int) -> tuple[int, str, bytes] | None:
    lines = sealing.seal_lines()
    tail = "WHERE t.number > %s ORDER BY t.number LIMIT 1"
    for (found, kept), line in lines.read(tail, [number]):
        right = line if sealing.hash_of(line) == kept else lines.again(line)
        return found, kept, right
    return None


def _check_events(seal: dict[str, Any], claims: Claims) -> Iterator[Wrong]:
    """The events of one seal, all together; one by one only when that does not hold."""
    lines = sealing.event_lines()
    rows = _read(lines, seal["ranges"])
    whole = _joined(rows)
    # A line holds its identifier: the same bytes are the same events, and all of them.
    due = sum(last - first + 1 for first, last in seal["ranges"])
    same = sha256(whole).hexdigest() == seal["digest"]
    if not same or not seal["events"] == len(rows) == due:
        rows = [(pk, lines.again(line)) for pk, line in rows]
        yield from _name_events(seal, rows)
    yield from claims.take([(pk, line) for pk, line in rows if TELLS in line])


def _joined(rows: Sequence[tuple[int, bytes]]) -> bytes:
    """The bytes of these events, one a line, as they are hashed."""
    return b"\n".join([line for _pk, line in rows] + [b""])


def _name_events(seal: dict[str, Any], rows: Sequence[tuple[int, bytes]]) -> Iterator[Wrong]:
    """The events that are not what was sealed, each by its short sum."""
    marks = bytes.fromhex(seal["marks"])
    place, wanted = 0, _identifiers(seal["ranges"])
    for pk, line in rows:
        while (due := next(wanted, None)) is not None and due < pk:
            yield EVENTS, str(due), "it is missing"
            place += 1
        if sealing.mark(line) != marks[place * MARK : (place + 1) * MARK]:
            yield EVENTS, str(pk), f"it is not what seal {seal['number']} closed over"
        place += 1
    for due in wanted:
        yield EVENTS, str(due), "it is missing"
    whole = _joined(rows)
    if (len(rows), sha256(whole).hexdigest()) != (seal["events"], seal["digest"]):
        yield SEALS, str(seal["number"]), "its events are not those that were sealed"


def _identifiers(ranges: Iterable[Range]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1)


def _read(lines: Lines, ranges: Sequence[Range]) -> list[tuple[int, bytes]]:
    """The events of these ranges; near ranges in one query, what lies between them left out."""
    found: list[tuple[int, bytes]] = []
    tail = "WHERE t.id BETWEEN %s AND %s ORDER BY t.id"
    for group in _near(ranges):
        between = [[a[1] + 1, b[0] - 1] for a, b in pairwise(group)]
        rows = lines.at_once(tail, [group[0][0], group[-1][1]])
        if between:
            apart = sealing.outside((((pk,), line) for pk, line in rows), between)
            rows = [(first[0], line) for first, line in apart]
        found += rows
    return found


def _near(ranges: Sequence[Range]) -> Iterator[list[Range]]:
    group: list[Range] = []
    for one in ranges:
        if group and one[0] - group[-1][1] > APART:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _newer(sealed: Sealed, claims: Claims) -> Iterator[Wrong]:
    """The events that no seal covers: those after the last, and those that came late."""
    lines = sealing.event_lines()
    newer = 0
    tail = "WHERE t.id > %s ORDER BY t.id"
    for (pk,), line in lines.read(tail, [sealed.top], streamed=True):
        newer += 1
        yield from claims.add(pk, lines.again(line) if b"\\" in line else line)
    if Event.objects.count() <= sealed.events + newer:
        return
    floor, _covered = sealing.settled()
    tail = "WHERE t.id <= %s ORDER BY t.id"
    late = lines.read(tail, [sealed.top], streamed=True)
    for (pk,), line in sealing.outside(late, sorted(sealed.covered)):
        if pk <= floor:
            yield EVENTS, str(pk), "it was added among events already sealed"
        yield from claims.add(pk, lines.again(line) if b"\\" in line else line)


def _all_told(model: type[Model], told: Counter[str]) -> Iterator[Wrong]:
    """No row of a table that only grows but an event tells it."""
    table, label = model._meta.db_table, model._meta.label_lower
    count = model._default_manager.count()
    if count == told[label]:
        return
    telling = Telling(model)
    quoted = connection.ops.quote_name(EVENTS)
    query = (
        f"SELECT {telling.key} FROM {connection.ops.quote_name(table)} t {telling.join}"  # noqa: S608
        f" LEFT JOIN {quoted} e ON e.uid = {telling.column}"
        f" WHERE e.id IS NULL ORDER BY {telling.key} LIMIT 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchone()
    yield (
        table,
        shown(found[0]) if found else "",
        f"{told[label]} rows are told, {count} are there",
    )


def shown(pk: Any) -> str:
    """An identifier as a person copies it."""
    text = str(pk)
    return str(UUID(text)) if len(text) == 32 and text.isalnum() and _is_hex(text) else text


def _is_hex(text: str) -> bool:
    return all(one in "0123456789abcdef" for one in text)
