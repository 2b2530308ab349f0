"""What was signed, reported and booked stays as it is."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Triggers that refuse UPDATE, DELETE and TRUNCATE."""

    dependencies = [("participations", "0001_initial"), ("journal", "0002_sql")]

    operations = [
        append_only(f"participations_{table}") for table in ("jointagreement", "bankfigures", "sharerow")
    ]
