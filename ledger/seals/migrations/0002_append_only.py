"""A seal is never changed."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Append-only."""

    dependencies = [("seals", "0001_initial")]

    operations = [append_only("ledger_seal")]
