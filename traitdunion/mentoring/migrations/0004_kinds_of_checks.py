from django.db import migrations, models

from traitdunion.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0003_codes_and_places")]

    operations = [
        migrations.AlterField(
            model_name="honourabilitycheck",
            name="kind",
            field=models.CharField(max_length=80),
        ),
        # SQLite rebuilds the table, and loses its triggers with it.
        only_grows("mentoring_honourabilitycheck"),
    ]
