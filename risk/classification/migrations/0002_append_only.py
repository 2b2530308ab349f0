from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Histories, policies, overlays and results may only grow."""

    dependencies = [("classification", "0001_initial")]
    operations = [
        append_only(table)
        for table in (
            "classification_tier_change",
            "classification_stage_change",
            "classification_debtor_share",
            "ecl_policy_version",
            "ecl_overlay",
            "ecl_run",
            "ecl_result",
        )
    ]
