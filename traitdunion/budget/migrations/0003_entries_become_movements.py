"""
What the first version called an entry is a movement: its number stays what events say of it.

The triggers come back with the last migration of this series, once every row is as it stays.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from traitdunion.base.append_only import protect, unprotect


def rename_indexes(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """PostgreSQL keeps an index's name when its table is renamed; the new entries need theirs."""
    if schema_editor.connection.vendor == "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'budget_movement'"
            " AND starts_with(indexname, 'budget_entry_')"
        )
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        new = name.replace("budget_entry_", "budget_movement_", 1)
        schema_editor.execute(f'ALTER INDEX "{name}" RENAME TO "{new}"', params=None)


class Migration(migrations.Migration):
    dependencies = [("budget", "0002_only_grows")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: unprotect(schema_editor, "budget_entry"),
            lambda apps, schema_editor: protect(schema_editor, "budget_entry"),
        ),
        migrations.RemoveConstraint(model_name="entry", name="entry_is_positive"),
        migrations.RemoveIndex(model_name="entry", name="entry_by_envelope"),
        migrations.RenameModel("Entry", "Movement"),
        migrations.RunPython(rename_indexes, migrations.RunPython.noop),
        migrations.RenameField("movement", "movement", "kind"),
    ]
