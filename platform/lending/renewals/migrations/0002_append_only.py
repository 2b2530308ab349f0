"""A renewal and the checklist behind it may only grow."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """What was decided stands."""

    dependencies = [("renewals", "0001_initial")]

    operations = [append_only("renewals_renewal")]
