"""Answers and the policies behind them may only grow."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """What was said stands."""

    dependencies = [("prequalifications", "0001_initial")]

    operations = [
        append_only("prequalifications_prequalification"),
        append_only("prequalifications_prequalificationpolicy"),
        append_only("prequalifications_policyproposal"),
        append_only("prequalifications_policyverdict"),
    ]
