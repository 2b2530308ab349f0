"""The versions of a line may only grow."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Refuse changes to versions in PostgreSQL itself."""

    dependencies = [("line_changes", "0001_initial")]
    operations = [append_only("line_changes_lineversion")]
