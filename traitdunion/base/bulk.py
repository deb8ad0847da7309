"""
Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

Django's own `bulk_create` writes a few dozen rows a statement on SQLite, and spends most of its
time on building them.
Constraints and triggers hold as they do anywhere: this is plain INSERT.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

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
    values = (
        tuple(p(v) if v is not None and p else v for p, v in zip(prepare, row, strict=True))
        for row in rows
    )
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", values)
        marks = ", ".join(["%s"] * len(fields))
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
        cursor.executemany(statement, values)  # type: ignore[arg-type]  # a stream, never a list
        return int(cursor.rowcount)


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
        return date.isoformat
    return int if isinstance(field, BooleanField) else None


def _hex(value: UUID) -> str:
    return value.hex


@lru_cache(maxsize=1_024)
def _instant(value: datetime) -> str:
    """As Django writes it on SQLite: UTC, without offset."""
    connection = connections["default"]
    return str(connection.ops.adapt_datetimefield_value(value))
