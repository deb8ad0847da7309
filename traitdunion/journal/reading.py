"""
Rows read back as the bytes that are hashed, written by the database itself: no column is parsed,
so a value that can no longer be read is still a line, and a different one.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import (
    BinaryField,
    BooleanField,
    DateField,
    DateTimeField,
    FloatField,
    IntegerField,
    JSONField,
    Model,
    UUIDField,
)

from traitdunion.journal import canonical

BATCH = 2_000


class Lines:
    """
    The lines of one table.

    Args:
        first: what comes before the line, in SQL; the table is called ``t``.
        without: columns that are left out of the line.
    """

    def __init__(
        self, model: type[Model], *, first: Sequence[str] = (), without: Sequence[str] = ()
    ) -> None:
        self.form = canonical.form(model, tuple(without))
        self.first = len(first)
        table = connection.ops.quote_name(model._meta.db_table)
        self.sql = f"SELECT {', '.join([*first, *_pieces(self.form)])} FROM {table} t"  # noqa: S608

    def read(
        self, tail: str, parameters: Sequence[Any] = (), *, streamed: bool = False
    ) -> Iterator[tuple[Sequence[Any], bytes]]:
        """
        Each row: the columns asked for first, then its line.

        Args:
            tail: what follows the table: joins, conditions, order; the table is called ``t``.
            streamed: never all in memory, for a price on each query (PostgreSQL only).
        """
        whole, first = not self.form.floats, self.first
        with connection.chunked_cursor() if streamed else connection.cursor() as cursor:
            cursor.execute(f"{self.sql} {tail}", parameters)
            while many := cursor.fetchmany(BATCH):
                if whole and connection.vendor == "sqlite":
                    yield from ((row[:first], row[first]) for row in many)
                else:
                    yield from ((row[:first], _joined(row[first:])) for row in many)

    def at_once(self, tail: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The same all in memory: of each row the columns asked for first, then its line."""
        with connection.cursor() as cursor:
            cursor.execute(f"{self.sql} {tail}", parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        if connection.vendor == "sqlite" and not self.form.floats:
            return rows
        return [(*row[: self.first], _joined(row[self.first :])) for row in rows]

    def again(self, line: bytes) -> bytes:
        """
        The line with its JSON put in order: as it was hashed, whatever wrote the row.

        Only what `json` itself writes is put in order: a blank or a key added by hand stays, and
        is another line.
        """
        try:
            values = json.loads(line)
            if line not in {self._written(values, write) for write in _AS_KEPT}:
                return line
            return self._written(values, canonical.json_text)
        except (ValueError, KeyError, TypeError, RecursionError):
            return line

    def _written(self, values: dict[str, Any], write: Callable[[Any], str]) -> bytes:
        """The line of these values, its JSON columns written that way."""
        written = (
            _value(values[name], kind, write)
            for name, kind in zip(self.form.columns, self.form.kinds, strict=True)
        )
        return (self.form.template % tuple(written)).encode(errors="surrogatepass")


# How JSON is kept on SQLite: by Django, or by a restored copy.
_AS_KEPT = (json.dumps, partial(json.dumps, ensure_ascii=False))


def _value(value: Any, kind: type, write: Callable[[Any], str]) -> str:
    if kind is JSONField:
        return write(value)
    if isinstance(value, str):
        return canonical.text(value)
    return "null" if value is None else json.dumps(value)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _joined(pieces: Sequence[Any]) -> bytes:
    """Text, number, text, number, text: a float is written here, never by the database."""
    out = [_bytes(pieces[0])]
    for index in range(1, len(pieces), 2):
        number = pieces[index]
        shown = "null" if number is None else repr(number) if type(number) is float else None
        out.append((shown if shown is not None else json.dumps(repr(number))).encode())
        out.append(_bytes(pieces[index + 1]))
    return b"".join(out)


def _pieces(form: canonical.Form) -> list[str]:
    """The SQL of the line, cut at each float."""
    pieces, parts, opening = [], [], "{"
    for column, kind in zip(form.columns, form.kinds, strict=True):
        parts.append(f"'{opening}\"{column}\":'")
        # A column may bear a word of SQL's own.
        opening, held = ",", f"t.{connection.ops.quote_name(column)}"
        if kind is FloatField:
            pieces += [_glued(parts), held]
            parts = []
        elif kind is IntegerField and column == form.key and connection.vendor == "sqlite":
            # The place of the row itself: it holds a whole number and nothing else.
            parts.append(held)
        else:
            parts.append(_json(held, kind))
    return [*pieces, _glued([*parts, "'}'"])]


def _glued(parts: Sequence[str]) -> str:
    whole = " || ".join(parts)
    return f"CAST({whole} AS BLOB)" if connection.vendor == "sqlite" else whole


def hexed(column: str) -> str:
    """The SQL of an identifier in hexadecimal, as it is in lines and on SQLite."""
    return column if connection.vendor == "sqlite" else f"encode(uuid_send({column}), 'hex')"


def _json(column: str, kind: type) -> str:
    make = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    return f"CASE WHEN {column} IS NULL THEN 'null' ELSE {make(column, kind)} END"


def _on_postgresql(column: str, kind: type) -> str:
    written = {
        UUIDField: f"'\"' || encode(uuid_send({column}), 'hex') || '\"'",
        DateTimeField: (
            f"'\"' || to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '\"'"
        ),
        DateField: f"'\"' || to_char({column}, 'YYYY-MM-DD') || '\"'",
        BooleanField: f"CASE WHEN {column} THEN 'true' ELSE 'false' END",
        IntegerField: f"{column}::text",
        JSONField: f"{column}::text",
        BinaryField: f"'\"' || encode({column}, 'hex') || '\"'",
    }.get(kind, f"to_json({column})::text")
    return written


def _on_sqlite(column: str, kind: type) -> str:
    """What a column holds may be of another type than its own: that is told, never refused."""
    other = f"CASE typeof({column}) WHEN 'blob' THEN '\"blob ' || hex({column}) || '\"'"
    any_type = f"{other} ELSE json_quote({column}) END"
    if kind is JSONField:
        return f"CASE typeof({column}) WHEN 'text' THEN {column} ELSE {any_type} END"
    if kind is UUIDField:
        quoted = f"'\"' || {column} || '\"'"
        return f"CASE typeof({column}) WHEN 'text' THEN {quoted} ELSE {any_type} END"
    if kind is BooleanField:
        flag = f"WHEN typeof({column}) = 'integer' AND {column}"
        return f"CASE {flag} = 1 THEN 'true' {flag} = 0 THEN 'false' ELSE {any_type} END"
    if kind is BinaryField:
        blob = f"'\"' || lower(hex({column})) || '\"'"
        return f"CASE typeof({column}) WHEN 'blob' THEN {blob} ELSE json_quote({column}) END"
    if kind is DateTimeField:
        short = f"typeof({column}) = 'text' AND length({column}) = 19"
        return f"CASE WHEN {short} THEN '\"' || {column} || '.000000\"' ELSE {any_type} END"
    return any_type
