"""The log of a loan may only grow; a page of loans keeps room for the rows that the due roll rewrites."""

from django.db import migrations

from plumbing.sql import append_only

FILL = "ALTER TABLE loans_loan SET (fillfactor = 90)"


class Migration(migrations.Migration):
    """Refuse changes to loan transactions in PostgreSQL itself, and leave room on the pages of loans."""

    dependencies = [("loans", "0001_initial")]
    operations = [
        append_only("loans_loantransaction"),
        migrations.RunSQL(FILL, "ALTER TABLE loans_loan RESET (fillfactor)"),
    ]
