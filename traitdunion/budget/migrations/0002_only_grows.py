from django.db import migrations

from traitdunion.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("budget", "0001_initial")]

    operations = [only_grows("budget_entry")]
