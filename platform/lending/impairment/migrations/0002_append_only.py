from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """A frozen population stays frozen."""

    dependencies = [("impairment", "0001_initial")]
    operations = [append_only("inclusive_snapshot"), append_only("inclusive_row")]
