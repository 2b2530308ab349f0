from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Outcomes, references and readings may only grow."""

    dependencies = [("monitoring", "0001_initial")]
    operations = [
        append_only("monitoring_outcome"),
        append_only("monitoring_monitorreference"),
        append_only("monitoring_monitorreading"),
    ]
