from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """Forms, answers and the register only grow."""

    dependencies = [("cross_checks", "0001_initial")]
    operations = [
        append_only(table)
        for table in ("cross_interview_form", "cross_interview_answer", "cross_financed_invoice")
    ]
