"""What somebody with every right on the database does past the operations, and undoes."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Model

from traitdunion.base.append_only import protect, unprotect


class Undone(Exception):
    """The trial is over: put everything back."""


@contextmanager
def behind_the_back(model: type[Model]) -> Iterator[Any]:
    """With the triggers off, then back on; undone at the end."""
    table = model._meta.db_table
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            unprotect(connection.schema_editor(), table)
            yield cursor
            protect(connection.schema_editor(), table)
            raise Undone
    except Undone:
        pass


def places(model: type[Model]) -> list[Any]:
    """The keys of the first, a middle and the last row."""
    keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    return [keys[0], keys[len(keys) // 2], keys[-1]]


def stored(value: Any) -> Any:
    """A value as the driver of this database takes it."""
    if isinstance(value, dict | list):
        return json.dumps(value)
    if connection.vendor == "sqlite":
        if isinstance(value, UUID):
            return value.hex
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value)
    return value


def changed(value: Any, kind: type) -> list[Any]:
    """Values as near to this one as can be, and of the same kind."""
    if value is None:
        return {
            "UUIDField": [uuid4()],
            "DateTimeField": [datetime.fromisoformat("2020-05-01T00:00:00+00:00")],
            "FloatField": [0.0],
        }.get(kind.__name__, [1])
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1_000_000]
    if isinstance(value, float):
        return [math.nextafter(value, 10**9)]
    if isinstance(value, UUID):
        return [UUID(int=value.int ^ 1)]
    if isinstance(value, datetime):
        return [value + timedelta(microseconds=1)]
    if isinstance(value, date):
        return [value + timedelta(days=1)]
    if isinstance(value, dict):
        return [{**value, "zz": 1}]
    if isinstance(value, list):
        return [[*value, [10**9, 10**9]]]
    if isinstance(value, bytes | memoryview):
        held = bytes(value)
        return [bytes([held[0] ^ 1]) + held[1:]]
    return [f"{value[:-1]}{'x' if value[-1:] != 'x' else 'y'}" if value else "x"]


def set_column(cursor: Any, model: type[Model], column: str, value: Any, key: Any) -> None:
    """One column of one row, written past every operation."""
    pk = model._meta.pk.column
    table = model._meta.db_table
    name = connection.ops.quote_name(column)
    cursor.execute(f"UPDATE {table} SET {name} = %s WHERE {pk} = %s", [value, key])
    assert cursor.rowcount == 1
