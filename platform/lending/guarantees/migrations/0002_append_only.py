"""What was paid and shared may only grow."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Fees and recoveries stand."""

    dependencies = [("guarantees", "0001_initial")]

    operations = [append_only("guarantees_feepayment"), append_only("guarantees_claimrecovery")]
