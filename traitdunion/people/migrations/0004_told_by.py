from functools import partial

from django.db import migrations, models

from traitdunion.base.append_only import only_grows
from traitdunion.journal.adoption import adopt


class Migration(migrations.Migration):
    dependencies = [("people", "0003_lists"), ("journal", "0003_seals")]

    operations = [
        migrations.AddField(
            model_name="eligibilitydecision",
            name="told_by",
            field=models.UUIDField(db_index=True, null=True),
        ),
        # SQLite may have rebuilt the table, and lost its triggers with it.
        only_grows("people_eligibilitydecision"),
        migrations.RunPython(
            partial(adopt, label="people.EligibilityDecision"), migrations.RunPython.noop
        ),
    ]
