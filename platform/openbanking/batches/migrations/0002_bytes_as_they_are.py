from django.db import migrations


class Migration(migrations.Migration):
    """Bytes of an upload live for minutes: packing them would cost more than the room they take."""

    dependencies = [("batches", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE batches_uploadpart ALTER COLUMN content SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        )
    ]
