"""Statements and the policies behind them may only grow."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """What was issued stands."""

    dependencies = [("statements", "0001_initial")]

    operations = [append_only("statements_statement"), append_only("statements_statementpolicy")]
