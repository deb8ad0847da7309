"""
The one way in which a row is written before it is hashed: the same bytes on SQLite and on
PostgreSQL, before a backup and after it, from values about to be inserted as from rows read back.

A row is the JSON object of all its columns, sorted by name: UUID as 32 hexadecimal digits,
instants in UTC with microseconds, JSON as PostgreSQL's `jsonb` writes it (keys by length, then by
bytes). Rows are taken in the order of their keys, one a line.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from itertools import pairwise, repeat
from typing import Any, cast
from uuid import UUID
from zlib import crc32

from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    UUIDField,
)

from traitdunion.base.columns import Column, Columns, Same

Write = Callable[[Any], str]

# A string in quotes, with nothing escaped but quotes, backslashes and controls.
text: Write = json.encoder.encode_basestring
# Bytes kept of a row's sum.
MARK = 2
_INSTANT = "%Y-%m-%d %H:%M:%S.%f"


class OutOfOrder(Exception):
    """Rows to be hashed as they are written must come in the order of their keys."""


class Form:
    """How the rows of one table are written."""

    def __init__(self, model: type[Model], without: Sequence[str] = ()) -> None:
        kept = [field for field in model._meta.concrete_fields if field.attname not in without]
        fields = sorted(kept, key=lambda field: str(field.column))
        self.label = model._meta.label_lower
        self.key = model._meta.pk.attname
        self.names = [field.attname for field in fields]
        self.columns = [str(field.column) for field in fields]
        self.kinds = [kind_of(field) for field in fields]
        self.floats = [
            name for name, kind in zip(self.names, self.kinds, strict=True) if kind is FloatField
        ]
        self.has_json = JSONField in self.kinds
        self.writers = [_WRITERS.get(kind, text) for kind in self.kinds]
        self.template = "{" + ",".join(f'"{column}":%s' for column in self.columns) + "}"

    def line(self, values: Sequence[Any]) -> str:
        """One row, its values in the order of ``names``."""
        written = [
            "null" if value is None else write(value)
            for write, value in zip(self.writers, values, strict=True)
        ]
        return self.template % tuple(written)

    def lines(self, columns: Columns, count: int) -> Iterator[str]:
        """Many rows, column by column."""
        written = [
            _written(write, columns[name], count)
            for name, write in zip(self.names, self.writers, strict=True)
        ]
        return map(self.template.__mod__, zip(*written, strict=True))

    def line_of(self, row: Model) -> str:
        """One row, from what its model holds."""
        return self.line([getattr(row, name) for name in self.names])


def _written(write: Write, column: Column, count: int) -> Iterable[str]:
    if isinstance(column, Same):
        return repeat("null" if column.value is None else write(column.value), count)
    return ["null" if value is None else write(value) for value in cast("Sequence[Any]", column)]


@cache
def form(model: type[Model], without: tuple[str, ...] = ()) -> Form:
    return Form(model, without)


class Rows:
    """Counts and hashes the rows of one table that one event tells."""

    def __init__(self, model: type[Model]) -> None:
        self.form = form(model)
        self.count = 0
        self._hash = sha256()
        self._marks = bytearray()
        self._last: Any = None

    @property
    def label(self) -> str:
        return self.form.label

    def through(self, columns: Columns) -> Columns:
        """
        The same columns, hashed on their way to ``bulk.insert_columns``: no second reading.

        Args:
            columns: all of the table, the key included, none of them left to be drawn.
        Raises: OutOfOrder when a key is not above the one before.
        """
        keys = cast("Sequence[Any]", columns[self.form.key])
        if self._last is not None and keys and keys[0] <= self._last:
            raise OutOfOrder(self.label)
        if any(after <= before for before, after in pairwise(keys)):
            raise OutOfOrder(self.label)
        lines = [line.encode() for line in self.form.lines(columns, len(keys))]
        self._hash.update(b"".join([line + b"\n" for line in lines]))
        self._marks += b"".join([mark(line) for line in lines])
        self.count += len(lines)
        self._last = keys[-1] if keys else self._last
        return columns

    def add_line(self, line: bytes) -> None:
        """One more row, as it is written."""
        self._hash.update(line)
        self._hash.update(b"\n")
        self._marks += mark(line)
        self.count += 1

    def holds(self, claim: Sequence[Any]) -> bool:
        """Whether these are the rows that an event told."""
        return list(claim[:2]) == [self.count, self._hash.hexdigest()]

    def told(self) -> list[Any]:
        """
        What the event keeps: how many rows, their digest, and of several a short sum of each,
        which proves nothing and names the one that was changed.
        """
        told: list[Any] = [self.count, self._hash.hexdigest()]
        return [*told, b64encode(self._marks).decode()] if self.count > 1 else told


def mark(line: bytes) -> bytes:
    return crc32(line).to_bytes(4)[:MARK]


def rows_of(written: Iterable[Model]) -> list[Rows]:
    """These rows, saved or about to be, table by table."""
    found: dict[type[Model], list[Model]] = {}
    for row in written:
        found.setdefault(type(row), []).append(row)
    return [_hashed(model, rows) for model, rows in found.items()]


def _hashed(model: type[Model], rows: list[Model]) -> Rows:
    made = Rows(model)
    for row in sorted(rows, key=lambda row: row.pk):
        made.add_line(made.form.line_of(row).encode())
    return made


def ordered(value: Any) -> Any:
    """The same JSON value, its keys in the order of `jsonb`."""
    if isinstance(value, dict):
        named = {str(key): ordered(one) for key, one in value.items()}
        return dict(sorted(named.items(), key=lambda pair: (len(pair[0].encode()), pair[0])))
    return [ordered(one) for one in value] if isinstance(value, list | tuple) else value


def json_text(value: Any) -> str:
    """A JSON value as it is hashed."""
    return json.dumps(ordered(value), ensure_ascii=False)


def kind_of(field: Any) -> type:
    """The kind of column that decides how a value is written; a text when it is no other."""
    while isinstance(field, ForeignKey):
        field = field.target_field
    return next((kind for kind in _WRITERS if isinstance(field, kind)), CharField)


def _uuid(value: UUID | str) -> str:
    known = value if isinstance(value, UUID) else UUID(value)
    return f'"{known.int:032x}"'


@lru_cache(maxsize=1_024)
def _instant(value: datetime) -> str:
    return f'"{value.astimezone(UTC):{_INSTANT}}"'


def _day(value: date) -> str:
    return f'"{value.isoformat()}"'


def _number(value: int) -> str:
    return str(int(value))


def _float(value: float) -> str:
    return repr(float(value))


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _binary(value: bytes) -> str:
    return f'"{bytes(value).hex()}"'


# The first that fits: an instant is also a day for Django.
_WRITERS: dict[type, Write] = {
    UUIDField: _uuid,
    DateTimeField: _instant,
    DateField: _day,
    BooleanField: _bool,
    IntegerField: _number,
    FloatField: _float,
    JSONField: json_text,
    BinaryField: _binary,
}
