from django.db import migrations, models


def count_what_was_signed(apps, schema_editor):
    """What was signed before had every signature that was asked for."""
    rows = apps.get_model("lending", "Agreement").objects.filter(state__in=("SIGNED", "ENDED"))
    rows = rows.filter(signature__in=("paper", "screen"))
    rows.update(signatures_given=models.F("signatures_required"))


class Migration(migrations.Migration):

    dependencies = [
        ("lending", "0002_loans_without_award"),
    ]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="signatures_given",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunPython(count_what_was_signed, migrations.RunPython.noop),
    ]
