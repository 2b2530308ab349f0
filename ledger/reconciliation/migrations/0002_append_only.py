"""What is written here stays as it is written."""

from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Triggers that refuse UPDATE, DELETE and TRUNCATE."""

    dependencies = [("reconciliation", "0001_initial"), ("journal", "0002_sql")]

    operations = [
        append_only(f"reconciliation_{table}")
        for table in ("statement", "statementline", "run", "match", "break", "breakevent")
    ]
