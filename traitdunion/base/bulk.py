"""
Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

Django's own `bulk_create` writes a few dozen rows a statement on SQLite, and spends most of its
time on building them.
Constraints and triggers hold as they do anywhere: this is plain INSERT.
"""

import gc
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, SafeUUID

from django.db import connections, router, transaction
from django.db.models import (
    AutoField,
    BooleanField,
    DateField,
    DateTimeField,
    Field,
    ForeignKey,
    JSONField,
    Model,
    UUIDField,
)

# The bits of a version 4 identifier that are not drawn.
_NOT_RANDOM = (0xC000 << 48) | (0xF000 << 64)
_VERSION_4 = (0x8000 << 48) | (4 << 76)

PAGES_KIB, SQLITE_PAGES_KIB = 98_304, 2_000

Prepare = Callable[[Any], Any]


def create(rows: Sequence[Model]) -> int:
    """Insert these rows, all of one table and none of them saved yet; return how many."""
    if not rows:
        return 0
    names = [field.attname for field in _columns(type(rows[0]))]
    return insert(type(rows[0]), names, (tuple(map(row.__dict__.get, names)) for row in rows))


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """
    Insert rows given as values.

    Args:
        names: the columns (attribute names, ``relay_id``), in the order of the values; every
            column without a default in the database must be there.
    """
    connection = connections[router.db_for_write(model)]
    known = {field.attname: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in names]
    prepare = [_preparing(field, connection.vendor) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)
    values = _prepared(rows, prepare)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors:
                return _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", values)
        marks = ", ".join(["%s"] * len(fields))
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
        cursor.executemany(statement, values)  # type: ignore[arg-type]  # a stream, never a list
        return int(cursor.rowcount)


@contextmanager
def large_write() -> Iterator[None]:
    """
    For the length of one large transaction: pages kept in memory rather than written again and
    again (SQLite's own two megabytes are for small ones), and no search for cycles among millions
    of short-lived values that have none.
    """
    was_on = gc.isenabled()
    gc.disable()
    _keep_pages(PAGES_KIB)
    try:
        yield
    finally:
        _keep_pages(SQLITE_PAGES_KIB)
        if was_on:
            gc.enable()


def _keep_pages(kib: int) -> None:
    connection = connections["default"]
    if connection.vendor == "sqlite" and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = -{kib}")


def new_ids(count: int) -> list[UUID]:
    """As many random identifiers, drawn at once: one by one they cost more than the rows."""
    drawn = os.urandom(16 * count)
    return [_version_4(one) for one in sorted(drawn[i : i + 16] for i in range(0, 16 * count, 16))]


def _version_4(drawn: bytes) -> UUID:
    """What ``UUID(bytes=…, version=4)`` gives, without its checks of arguments."""
    value = int.from_bytes(drawn, "big") & ~_NOT_RANDOM | _VERSION_4
    made = object.__new__(UUID)
    object.__setattr__(made, "int", value)
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


def _prepared(
    rows: Iterable[Sequence[Any]], prepare: Sequence[Prepare | None]
) -> Iterator[Sequence[Any]]:
    """The values as the driver takes them; only the columns that need it are touched."""
    wanted = [(index, one) for index, one in enumerate(prepare) if one]
    for row in rows:
        values = list(row)
        for index, one in wanted:
            if values[index] is not None:
                values[index] = one(values[index])
        yield values


def _copy(cursor: Any, statement: str, values: Iterable[Sequence[Any]]) -> int:
    count = 0
    with cursor.copy(statement) as copy:
        for row in values:
            copy.write_row(row)
            count += 1
    return count


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]


def _preparing(field: Any, vendor: str) -> Prepare | None:
    """What makes a Python value one that the driver takes; None when it takes it as it is."""
    while isinstance(field, ForeignKey):
        field = field.target_field
    if isinstance(field, JSONField):
        return json.dumps
    if vendor == "postgresql":
        return None
    if isinstance(field, UUIDField):
        return _hex
    if isinstance(field, DateTimeField):
        return _instant
    if isinstance(field, DateField):
        return _day
    return int if isinstance(field, BooleanField) else None


def _hex(value: UUID) -> str:
    return f"{value.int:032x}"


@lru_cache(maxsize=16_384)
def _day(value: date) -> str:
    return value.isoformat()


@lru_cache(maxsize=1_024)
def _instant(value: datetime) -> str:
    """As Django writes it on SQLite: UTC, without offset."""
    connection = connections["default"]
    return str(connection.ops.adapt_datetimefield_value(value))
