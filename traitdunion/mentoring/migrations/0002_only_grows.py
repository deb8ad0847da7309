from django.db import migrations

from traitdunion.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0001_initial")]

    operations = [
        only_grows("mentoring_honourabilitycheck"),
        only_grows("mentoring_countcertificate"),
    ]
