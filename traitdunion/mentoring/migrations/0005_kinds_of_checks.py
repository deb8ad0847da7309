from django.db import migrations, models

from traitdunion.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0004_matching_and_continuity")]

    operations = [
        migrations.AlterField(
            model_name="honourabilitycheck",
            name="kind",
            field=models.CharField(max_length=80),
        ),
        # SQLite rebuilds the table, and loses its triggers with it.
        only_grows("mentoring_honourabilitycheck"),
    ]
