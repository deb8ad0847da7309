"""Which event tells a row that only grows, and which rows an event tells."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model

from traitdunion.journal.models import Event, Seal

TOLD_BY = "told_by"


class Telling:
    """How the rows of a table are found from the event that tells them; the table is ``t``."""

    def __init__(self, model: type[Model]) -> None:
        quote = connection.ops.quote_name
        self.table = quote(model._meta.db_table)
        self.key = f"t.{quote(model._meta.pk.column)}"
        self.join, self.column = "", f"t.{TOLD_BY}"
        if not _has_told_by(model):
            # A line hangs under the row of another table, which says what tells them both.
            link = _links(model)[0]
            above = link.related_model._meta
            on = f"a.{quote(above.pk.column)} = t.{quote(link.column)}"
            self.join = f"JOIN {quote(above.db_table)} a ON {on}"
            self.column = f"a.{TOLD_BY}"

    def untold(self) -> str:
        """What follows the table to have the rows that no event tells, in order."""
        return f"{self._where(f'{self.column} IS NULL')} ORDER BY {self.key}"

    def of(self, count: int) -> str:
        """The same for the rows of so many events, given as parameters: all mixed, in order."""
        marks = ", ".join(["%s"] * count)
        return f"{self._where(f'{self.column} IN ({marks})')} ORDER BY {self.key}"

    def _where(self, condition: str) -> str:
        """
        SQLite takes from an index the columns that it holds, and would not see that the table
        says something else: rows are found by the index, then read by their place.
        """
        if connection.vendor != "sqlite":
            return f"{self.join} WHERE {condition}"
        found = f"SELECT t.rowid FROM {self.table} t {self.join} WHERE {condition}"  # noqa: S608
        return f"{self.join} WHERE t.rowid IN ({found})"


def tables() -> list[type[Model]]:
    """Every table that only grows, but for the journal's own."""
    growing = [one for one in apps.get_models() if getattr(one, "append_only", False)]
    told = [one for one in growing if one not in {Event, Seal} and is_told(one)]
    return sorted(told, key=lambda one: one._meta.label_lower)


def is_told(model: type[Model]) -> bool:
    """Whether its rows say which event tells them, themselves or through the one above them."""
    return _has_told_by(model) or bool(_links(model))


def parameters(uids: Sequence[str]) -> list[Any]:
    """Identifiers in hexadecimal as the database's driver takes them."""
    return list(uids) if connection.vendor == "sqlite" else [UUID(uid) for uid in uids]


def _has_told_by(model: type[Model]) -> bool:
    return any(field.attname == TOLD_BY for field in model._meta.concrete_fields)


def _links(model: type[Model]) -> list[Any]:
    links = [one for one in model._meta.concrete_fields if isinstance(one, ForeignKey)]
    return [one for one in links if _has_told_by(one.related_model)]
