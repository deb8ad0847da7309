"""
Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

Django's own `bulk_create` writes a few dozen rows a statement on SQLite, and spends most of its
time on building them.
Constraints and triggers hold as they do anywhere: this is plain INSERT.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any
from uuid import UUID, SafeUUID

from django.db import connections, router, transaction
from django.db.models import AutoField, Field, Model

from traitdunion.base.columns import Columns, drawn, for_copy, for_sqlite, length

PAGES_KIB, SQLITE_PAGES_KIB = 65_536, 2_000
CHUNK = 5_000

_set_int, _set_safe = vars(UUID)["int"].__set__, vars(UUID)["is_safe"].__set__


def create(rows: Sequence[Model]) -> int:
    """Insert these rows, all of one table and none of them saved yet; return how many."""
    if not rows:
        return 0
    names = [field.attname for field in _fields(type(rows[0]))]
    return insert(type(rows[0]), names, (tuple(map(row.__dict__.get, names)) for row in rows))


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """
    Insert rows given as values, some thousands at a time.

    Args:
        names: the columns (attribute names, ``relay_id``), in the order of the values; every
            column without a default in the database must be there.
    """
    count, waiting = 0, iter(rows)
    with transaction.atomic(using=router.db_for_write(model)):
        while some := list(islice(waiting, CHUNK)):
            count += insert_columns(model, dict(zip(names, zip(*some, strict=True), strict=True)))
    return count


def insert_columns(model: type[Model], columns: Columns) -> int:
    """
    Insert rows given as columns, by attribute name (``relay_id``); return how many.

    Args:
        columns: the values of every row, one value that all have (``Same``), or identifiers to
            be drawn (``DRAWN``); every column without a default in the database must be there.
    """
    count = length(columns)
    connection = connections[router.db_for_write(model)]
    known = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    listed = ", ".join(quote(str(known[name].column)) for name in columns)
    into = f"{quote(model._meta.db_table)} ({listed})"
    written_for = for_copy if connection.vendor == "postgresql" else for_sqlite
    values = [written_for(known[name], column, count) for name, column in columns.items()]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = "\n".join(map("\t".join, zip(*values, strict=True)))
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                copy.write(f"{lines}\n" if count else "")
            return count
        marks = ", ".join(["%s"] * len(values))
        statement = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608
        cursor.executemany(statement, zip(*values, strict=True))  # type: ignore[arg-type]  # a stream, never a list
        return count


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
    """As many identifiers, drawn at once and in rising order (see ``columns.drawn``)."""
    return [_made(int(one, 16)) for one in drawn(count)]


def _made(value: int) -> UUID:
    """What ``UUID(int=value)`` gives, without its checks of arguments."""
    made = object.__new__(UUID)
    _set_int(made, value)
    _set_safe(made, SafeUUID.unknown)
    return made


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]
