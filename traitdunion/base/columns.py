"""
Values on their way to a table, a column at a time: as SQLite's driver takes them, or as the text
that PostgreSQL's COPY reads. One loop a column costs a third of one call a value.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import repeat
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKey,
    JSONField,
    TextField,
    UUIDField,
)

quoted = json.encoder.encode_basestring_ascii
Write = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Same:
    """One value that every row has."""

    value: Any


class Drawn:
    """An identifier for each row, which nothing else needs to know."""


DRAWN = Drawn()
Column = Sequence[Any] | Same | Drawn
Columns = Mapping[str, Column]


def drawn(count: int) -> list[str]:
    """
    As many version 4 identifiers, in 32 hexadecimal digits and in rising order.

    Those of one call begin alike, by 48 bits drawn for the call: the rows of a list land on the
    same few pages of every index that holds them, where wholly random ones would touch a page
    each. 72 of the other bits are random for each, which nobody guesses.
    """
    start, variant = os.urandom(6).hex() + "4", "89ab"[os.urandom(1)[0] & 3]
    ends = os.urandom(9 * count).hex()
    return sorted(
        f"{start}{ends[i : i + 3]}{variant}{ends[i + 3 : i + 18]}"
        for i in range(0, 18 * count, 18)
    )


def length(columns: Columns) -> int:
    """How many rows these columns make. Raises ValueError when they disagree."""
    counts = {len(one) for one in columns.values() if not isinstance(one, Same | Drawn)}
    if len(counts) != 1:
        raise ValueError(f"columns of several lengths: {sorted(counts)}")
    return counts.pop()


def for_sqlite(field: Any, column: Column, count: int) -> Iterable[Any]:
    """The column as the driver takes it."""
    if isinstance(column, Drawn):
        return drawn(count)
    write = _SQLITE.get(kind_of(field))
    if isinstance(column, Same):
        value = column.value
        return repeat(value if write is None or value is None else write(value), count)
    if write is None:
        return column
    if write is _hex:
        return [None if value is None else f"{value.int:032x}" for value in column]
    return [None if value is None else write(value) for value in column]


def for_copy(field: Any, column: Column, count: int) -> Iterable[str]:
    """The column as COPY reads it."""
    if isinstance(column, Drawn):
        return drawn(count)
    write = _COPY.get(kind_of(field), str)
    if isinstance(column, Same):
        return repeat(r"\N" if column.value is None else write(column.value), count)
    if write is _hex:
        return [r"\N" if value is None else f"{value.int:032x}" for value in column]
    return [r"\N" if value is None else write(value) for value in column]


def kind_of(field: Any) -> type:
    """The kind of column that decides how its values are written; that of what a key points to."""
    while isinstance(field, ForeignKey):
        field = field.target_field
    return next((kind for kind in _COPY if isinstance(field, kind)), object)


def document(value: Any) -> str:
    """As ``json.dumps`` writes it; one word under one key, by far the most frequent, at once."""
    if type(value) is dict and len(value) == 1:
        [(key, word)] = value.items()
        if type(key) is str and type(word) is str:
            return f"{{{quoted(key)}: {quoted(word)}}}"
    return json.dumps(value)


def _hex(value: UUID) -> str:
    return f"{value.int:032x}"


@lru_cache(maxsize=16_384)
def _day(value: date) -> str:
    return value.isoformat()


@lru_cache(maxsize=1_024)
def _instant(value: datetime) -> str:
    """As Django writes it on SQLite: UTC, without offset."""
    return str(connections["default"].ops.adapt_datetimefield_value(value))


@lru_cache(maxsize=1_024)
def _instant_with_offset(value: datetime) -> str:
    return value.isoformat()


def _escaped(value: Any) -> str:
    text = str(value)
    if text.isprintable() and "\\" not in text:
        return text
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace("\r", r"\r").replace("\t", r"\t")


def _escaped_document(value: Any) -> str:
    return document(value).replace("\\", r"\\")


def _bytes(value: bytes) -> str:
    return rf"\\x{bytes(value).hex()}"


def _truth(value: bool) -> str:
    return "t" if value else "f"


# The first that fits: an instant is also a day for Django.
_COPY: Mapping[type, Write] = {
    UUIDField: _hex,
    DateTimeField: _instant_with_offset,
    DateField: _day,
    BooleanField: _truth,
    JSONField: _escaped_document,
    BinaryField: _bytes,
    CharField: _escaped,
    TextField: _escaped,
}
_SQLITE: Mapping[type, Write] = {
    UUIDField: _hex,
    DateTimeField: _instant,
    DateField: _day,
    BooleanField: int,
    JSONField: document,
}
