from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    """What was known, and on what evidence, stays written."""

    dependencies = [("knowledge", "0001_initial")]
    operations = [
        append_only("knowledge_knowledgeentry"),
    ]
