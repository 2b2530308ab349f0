from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("regulation", "0001_initial")]
    operations = [append_only("adopted_rule")]
