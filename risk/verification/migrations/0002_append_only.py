"""A report is what was known then."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("verification", "0001_initial")]
    operations = [append_only("verification_backtestreport")]
