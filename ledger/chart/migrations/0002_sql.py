"""Installs what PostgreSQL itself holds of this room."""

from django.db import migrations

from plumbing.sql import append_only, sql_file


class Migration(migrations.Migration):
    """Functions and triggers."""

    dependencies = [("chart", "0001_initial")]

    operations = [
        sql_file(__file__, "chart.sql"),
        append_only("ledger_account_role"),
        append_only("ledger_posting_rule"),
        append_only("ledger_posting_rule_line"),
        append_only("ledger_reference_product"),
    ]
