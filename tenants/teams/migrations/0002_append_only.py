from django.db import migrations

from plumbing.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]
    operations = [append_only("teams_teamact")]
