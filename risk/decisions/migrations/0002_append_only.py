"""A decision is a fact of the past, and so is its seal: another may supersede it, nothing changes it."""

from django.db import migrations

from plumbing.sql import append_only, sql_file


class Migration(migrations.Migration):
    dependencies = [("decisions", "0001_initial")]
    operations = [
        append_only("decisions_decision"),
        append_only("decisions_decisionseal"),
        append_only("decisions_shadowfailure"),
        sql_file(__file__, "write.sql"),
    ]
