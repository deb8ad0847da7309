from django.db import migrations, models

from traitdunion.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_only_grows")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("previous", models.CharField(max_length=64)),
                ("ranges", models.JSONField()),
                ("events", models.PositiveBigIntegerField()),
                ("top", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("marks", models.BinaryField()),
                ("rows", models.JSONField()),
                ("horizon", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("by_kind", models.CharField(max_length=40)),
                ("by_id", models.UUIDField(null=True)),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
        ),
        only_grows("journal_seal"),
        migrations.CreateModel(
            name="Head",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, primary_key=True, serialize=False
                    ),
                ),
                ("seals", models.PositiveBigIntegerField(default=0)),
                ("events", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_head")
                ],
            },
        ),
    ]
