from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("lending", "0003_signatures_given"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "SIGNED"), _negated=True)
                | models.Q(("signature", "none"))
                | models.Q(("signatures_given__gte", models.F("signatures_required"))),
                name="loan_signed_by_all",
            ),
        ),
    ]
