from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """A signed overlay stays as it is."""

    dependencies = [("overlays", "0001_initial")]
    operations = [
        append_only("overlays_cycleoverlay"),
    ]
