from functools import partial

from django.db import migrations

from traitdunion.base.append_only import only_grows
from traitdunion.journal.adoption import adopt


class Migration(migrations.Migration):
    dependencies = [("budget", "0005_former_movements"), ("journal", "0003_seals")]

    operations = [
        only_grows("budget_movement"),
        only_grows("budget_entry"),
        migrations.RunPython(partial(adopt, label="budget.Movement"), migrations.RunPython.noop),
        migrations.RunPython(partial(adopt, label="budget.Entry"), migrations.RunPython.noop),
    ]
