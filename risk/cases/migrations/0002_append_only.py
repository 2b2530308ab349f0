from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """What happened to a case stays written."""

    dependencies = [("cases", "0001_initial")]
    operations = [
        append_only("cases_caseevent"),
    ]
