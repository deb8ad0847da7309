"""
Tables that only grow: their migrations refuse UPDATE and DELETE by trigger, on SQLite as on
PostgreSQL.

SQLite loses the triggers of a table when it rebuilds it (AlterField), so a test asserts after
``migrate`` that
every model with ``append_only = True`` still has them.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{word} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} only grows'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION traitdunion_only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$
"""
_POSTGRES = """
CREATE OR REPLACE TRIGGER {table}_no_{word} BEFORE {verb} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION traitdunion_only_grows()
"""


def protect(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Put the triggers on ``table``."""
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(_SQLITE.format(table=table, word=verb.lower(), verb=verb))
        return
    # No parameters: psycopg would take the function's own % for a placeholder.
    schema_editor.execute(_POSTGRES_FUNCTION, params=None)
    for verb in ("UPDATE", "DELETE", "TRUNCATE"):
        schema_editor.execute(_POSTGRES.format(table=table, word=verb.lower(), verb=verb))


def unprotect(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the triggers off, before a migration that must rebuild the table."""
    on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {table}"
    verbs = ("update", "delete") if not on else ("update", "delete", "truncate")
    for word in verbs:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{word}{on}")


def only_grows(table: str) -> migrations.RunPython:
    """The migration operation that protects ``table``, reversible."""
    return migrations.RunPython(
        lambda apps, schema_editor: protect(schema_editor, table),
        lambda apps, schema_editor: unprotect(schema_editor, table),
        elidable=False,
    )
