import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_programs_with_tokens"),
        ("territories", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="region",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="territories.region",
            ),
        ),
    ]
