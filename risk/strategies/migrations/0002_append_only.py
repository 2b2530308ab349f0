"""A published strategy is evidence of what was signed (R-01), and so is every signature: superseded, never changed."""

from django.db import migrations

from plumbing.sql import append_only

TABLES = (
    "strategyversion",
    "strategydraft",
    "proposal",
    "proposalverdict",
    "rulesnooze",
    "split",
    "explorationbudget",
    "publishingpolicy",
    "shadowassignment",
    "shadowstop",
)


class Migration(migrations.Migration):
    dependencies = [("strategies", "0001_initial")]
    operations = [append_only(f"strategies_{table}") for table in TABLES]
