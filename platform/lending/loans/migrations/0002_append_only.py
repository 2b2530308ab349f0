"""The log of a loan may only grow."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Refuse changes to loan transactions in PostgreSQL itself."""

    dependencies = [("loans", "0001_initial")]
    operations = [append_only("loans_loantransaction")]
