from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Policies, sightings, moves and actions may only grow."""

    dependencies = [("warnings", "0001_initial")]
    operations = [
        append_only("warnings_warningpolicyversion"),
        append_only("warnings_sighting"),
        append_only("warnings_warningchange"),
        append_only("warnings_warningaction"),
    ]
