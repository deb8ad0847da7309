from django.db import migrations

from traitdunion.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [only_grows("people_eligibilitydecision")]
