"""
What the first version called an entry is a movement: its number stays what events say of it.

The triggers come back with the last migration of this series, once every row is as it stays.
"""

from django.db import migrations, models

from traitdunion.base.append_only import protect, unprotect


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
        migrations.RenameField("movement", "movement", "kind"),
    ]
