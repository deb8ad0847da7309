"""
The few rows of a hot path: one INSERT a table, its text made once.

Django's `save()` spends several times as long on deciding what to write as on writing it. This is
plain INSERT: constraints and triggers hold, and the row is left as `save()` leaves it.
"""

from functools import cache
from typing import Any

from django.db import connections, router
from django.db.models import (
    AutoField,
    DateField,
    Field,
    ForeignKey,
    JSONField,
    Model,
    UUIDField,
)

# The driver does not take these as Python holds them, on one database or the other.
PREPARED = (UUIDField, DateField, JSONField)


class _Insert:
    """How rows of one table are written."""

    def __init__(self, model: type[Model], alias: str) -> None:
        quote = connections[alias].ops.quote_name
        key = model._meta.pk
        fields = [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]
        columns = ", ".join(quote(str(field.column)) for field in fields)
        self.fields = [(field.attname, field if _is_prepared(field) else None) for field in fields]
        self.head = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608
        self.marks = f"({', '.join(['%s'] * len(fields))})"
        self.key = key.attname if isinstance(key, AutoField) else ""
        self.tail = f" RETURNING {quote(str(key.column))}" if self.key else ""

    def values(self, row: Model, connection: Any) -> list[Any]:
        known = row.__dict__
        return [
            field.get_db_prep_save(known[name], connection) if field else known[name]
            for name, field in self.fields
        ]


def _is_prepared(field: "Field[Any, Any]") -> bool:
    target = field
    while isinstance(target, ForeignKey):
        target = target.target_field
    return isinstance(target, PREPARED)


@cache
def _insert(model: type[Model], alias: str) -> _Insert:
    return _Insert(model, alias)


def add(*rows: Model) -> None:
    """Insert these new rows, all of one table; keys are set as the database gives them."""
    model = type(rows[0])
    alias = router.db_for_write(model)
    connection, how = connections[alias], _insert(model, alias)
    statement = how.head + ", ".join([how.marks] * len(rows)) + how.tail
    values = [value for row in rows for value in how.values(row, connection)]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        keys = [one[0] for one in cursor.fetchall()] if how.key else []
    for place, row in enumerate(rows):
        row._state.adding, row._state.db = False, alias
        if how.key:
            setattr(row, how.key, keys[place])
