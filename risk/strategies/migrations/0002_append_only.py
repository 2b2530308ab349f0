"""A published strategy is evidence of what was signed (R-01): it is superseded, never changed."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("strategies", "0001_initial")]
    operations = [append_only("strategies_strategyversion")]
