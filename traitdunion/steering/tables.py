"""
Which tables a backup holds, as they are at a given state of the migrations, and how their rows go
back in.

Only our own tables travel: log-ins, attempts at logging in, the queue of tasks and what Django
makes for itself stay where they are. Work that was under way is asked for again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import (
    BinaryField,
    DateField,
    DateTimeField,
    Model,
    UUIDField,
)

from traitdunion.base import bulk
from traitdunion.journal import canonical
from traitdunion.journal.reading import Lines

# What a table leaves behind, when it is not whole.
KEPT = {"jobs.work": "WHERE t.finished_at IS NOT NULL"}

Migrations = Mapping[str, list[str]]


class UnknownMigrations(Exception):
    """Migrations that this version does not have."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Our tables as certain migrations leave them, from the ground up: an app after those it
    points to."""

    migrations: Migrations
    models: list[type[Model]]

    def named(self) -> dict[str, type[Model]]:
        return {model._meta.label_lower: model for model in self.models}


def our_apps() -> list[str]:
    """Labels of our apps, from the ground up."""
    ours = [one for one in apps.get_app_configs() if one.name.startswith("traitdunion.")]
    return [one.label for one in ours]


def applied() -> Migrations:
    """The migrations of our apps that the database has had."""
    executor = MigrationExecutor(connection)
    found: dict[str, list[str]] = {}
    for app, name in sorted(executor.loader.applied_migrations):
        if app in our_apps():
            found.setdefault(app, []).append(name)
    return found


def tables_at(migrations: Migrations) -> Tables:
    """Raises UnknownMigrations."""
    order = {label: place for place, label in enumerate(our_apps())}
    known = MigrationExecutor(connection).loader.project_state(_targets(migrations)).apps
    models = [
        model
        for model in known.get_models(include_auto_created=True)
        if model._meta.app_label in order and model._meta.managed
    ]
    models.sort(key=lambda one: (order[one._meta.app_label], one._meta.label_lower))
    return Tables(migrations, models)


def make_tables(migrations: Migrations) -> None:
    """Bring an empty database to that state, not further."""
    executor = MigrationExecutor(connection)
    executor.migrate(_targets(migrations))


def _targets(migrations: Migrations) -> list[tuple[str, str]]:
    """The last migration of each app. Raises UnknownMigrations."""
    graph = MigrationExecutor(connection).loader.graph
    had = {(app, name) for app, names in migrations.items() for name in names}
    if unknown := sorted(had - set(graph.nodes)):
        raise UnknownMigrations(".".join(unknown[0]))
    children = {key: {child.key for child in graph.node_map[key].children} for key in had}
    return sorted(
        key for key in had if not any(c[0] == key[0] and c in had for c in children[key])
    )


def lines_of(model: type[Model]) -> Iterator[bytes]:
    """The rows of a table, in the order of their keys, never all in memory."""
    key = connection.ops.quote_name(model._meta.pk.column)
    tail = f"{KEPT.get(model._meta.label_lower, '')} ORDER BY t.{key}"
    for _first, line in Lines(model).read(tail, streamed=True):
        yield line


def count_of(model: type[Model]) -> int:
    return model._default_manager.count()


def insert(model: type[Model], rows: Iterator[dict[str, Any]]) -> int:
    """
    Put rows back as they were; return how many.

    Raises: KeyError, TypeError, ValueError on a row that is not one of this table.
    """
    form = canonical.form(model)
    read = [_READERS.get(kind) for kind in form.kinds]
    columns = list(zip(form.columns, read, strict=True))
    values = ([_value(row[column], reader) for column, reader in columns] for row in rows)
    return bulk.insert(model, form.names, values)


def after_insert(models: list[type[Model]]) -> None:
    """Numbers go on after the last one; SQLite sees to it by itself."""
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def check_links() -> None:
    """
    Every foreign key of the tables filled so far points to a row. Raises IntegrityError.

    PostgreSQL keeps those that wait in memory, so they are asked for app by app; SQLite counts
    them, and says at the end.
    """
    if connection.vendor == "postgresql":
        connection.check_constraints()


def _value(value: Any, reader: Callable[[str], Any] | None) -> Any:
    return value if reader is None or value is None else reader(value)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


_READERS: dict[type, Callable[[str], Any]] = {
    UUIDField: UUID,
    DateTimeField: _instant,
    DateField: date.fromisoformat,
    BinaryField: bytes.fromhex,
}
